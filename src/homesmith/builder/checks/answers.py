"""The http check: the server starts, and its pages answer without an error of its own."""

from __future__ import annotations

import socket
import sys
import time

from homesmith.builder.checks.confined import NO_SANDBOX, run_inside
from homesmith.builder.checks.inside.jobs import Job
from homesmith.builder.checks.scratch import scratch
from homesmith.builder.checks.verdicts import conclude, failed, skipped
from homesmith.builder.manifest import launch_command, run_of
from homesmith.core.checks import Inspection, Verdict
from homesmith.core.sandboxes import Limits, Reach


class HttpCheck:
    """The command of the manifest serves, and every plain GET path answers below 500."""

    name = "http"
    cost = 2

    def applies(self, inspection: Inspection) -> bool:
        return run_of(inspection.manifest).kind == "server"

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        run = run_of(inspection.manifest)
        if inspection.sandbox is None:
            return skipped(self.name, NO_SANDBOX, started=started)
        port = _free_port()
        with scratch(inspection.root) as place:
            findings, _, execution = await run_inside(
                inspection.sandbox,
                place,
                "visit",
                Job(
                    app=place.app,
                    out=place.out,
                    kind=run.kind,
                    command=launch_command(run, python=sys.executable),
                    health=run.health,
                    port=port,
                ),
                reach=Reach.LOOPBACK,
                limits=Limits(seconds=180, cpu_seconds=60),
                environment={"PORT": str(port)},  # A sandbox may open this port alone.
            )
        if not findings:
            said = execution.stderr.decode("utf-8", "replace").strip().splitlines() or ["no output"]
            findings = [failed("start", f"the server check broke off: {said[-1]}")]
        return conclude(self.name, findings, started=started, done="the server starts and answers")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
