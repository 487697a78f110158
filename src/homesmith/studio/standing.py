"""An app that stands in its folder: checked, run, and taken back to an earlier step."""

from __future__ import annotations

import asyncio
import shlex
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith.core.checks import Inspection, Verdict
from homesmith.core.errors import UnknownRun
from homesmith.core.sandboxes import Command, Execution, Limits, Reach
from homesmith.studio.house import House
from homesmith.workspace.interpreter import python_environment
from homesmith.workspace.snapshots import Snapshot, before

if TYPE_CHECKING:
    from homesmith.builder.manifest import Run

INSIDE = 8000
"""The port of an app within its sandbox, whatever port people see it at."""


async def check(house: House, root: Path, tell: Callable[[Verdict], None]) -> tuple[Verdict, ...]:
    """Every check that the app's manifest names, cheapest first."""
    from homesmith.builder.checks.gate import run_checks
    from homesmith.builder.manifest import read_manifest
    from homesmith.builder.specification import specification_from

    manifest = read_manifest(root)
    evidence = house.settings.places.evidence / f"check-{time.time_ns()}"
    evidence.mkdir(parents=True, exist_ok=True)
    inspection = Inspection(
        root=root,
        manifest=manifest.as_mapping(),
        evidence=evidence,
        sandbox=await house.sandbox_or_none(),
        options={
            "literals": specification_from(manifest.specification).literals.as_options(),
            "browser": house.browser,
        },
    )
    return await run_checks(inspection, manifest.checks or None, tell=tell)


async def execute(house: House, root: Path, argv: tuple[str, ...], seconds: float) -> Execution:
    """What a command did with `root` as its only folder. Raises SandboxUnavailable."""
    command = Command(
        argv=argv,
        workspace=root,
        reach=Reach.LOOPBACK,
        limits=Limits(seconds=seconds, cpu_seconds=max(1, round(seconds) * 2)),
        readable=python_environment(),
    )
    return await (await house.sandbox()).run(command)


@asynccontextmanager
async def serve(house: House, root: Path, port: int) -> AsyncIterator[str]:
    """The app kept running in the sandbox, and the address at which it answers."""
    from homesmith.builder.manifest import read_manifest
    from homesmith.workspace.preview import expose

    command = Command(
        argv=_server(read_manifest(root).run),
        workspace=root,
        reach=Reach.LOOPBACK,
        readable=python_environment(),
    )
    sandbox = await house.sandbox()
    async with (
        sandbox.serve(command, INSIDE) as serving,
        expose(serving, port) as host_port,
    ):
        yield f"http://127.0.0.1:{host_port}/"


def _server(run: Run) -> tuple[str, ...]:
    from homesmith.builder.manifest import launch_command

    argv: tuple[str, ...] = (sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1")
    if run.kind == "server":
        argv = launch_command(run, python=sys.executable)
    return tuple(word.replace("{port}", str(INSIDE)) for word in argv)


def snapshots(house: House, root: Path) -> tuple[Snapshot, ...]:
    """Every kept state of the app, oldest first. A step that was broken off is finished."""
    kept = house.snapshots(root)
    kept.recover()
    return kept.list()


async def undo(house: House, root: Path, step: int | None) -> Snapshot:
    """The app back at a step, or at the one before where it stands. Raises UnknownRun."""
    kept = snapshots(house, root)
    number = before(kept) if step is None else step
    target = _numbered(kept, number, root)
    return await asyncio.to_thread(house.snapshots(root).restore, target.id)


async def diff(house: House, root: Path, step: int | None) -> str:
    """What changed since a step, or in the last one, as unified text. Raises UnknownRun."""
    kept = snapshots(house, root)
    number = max(1, len(kept) - 1) if step is None else step
    since = _numbered(kept, number, root)
    return await asyncio.to_thread(house.snapshots(root).diff, since.id, None)


def _numbered(kept: tuple[Snapshot, ...], number: int, root: Path) -> Snapshot:
    for snapshot in kept:
        if snapshot.number == number:
            return snapshot
    if not kept:
        raise UnknownRun(
            f"No step is kept of {root}",
            why="it was not built here, or was moved or copied: then its steps begin anew",
            remedy=f'homesmith build --in {shlex.quote(str(root))} "what to change"',
        )
    raise UnknownRun(
        f"There is no step {number} of {root}" if number > 0 else f"{root} has no earlier step",
        why="1 step was kept" if len(kept) == 1 else f"{len(kept)} steps were kept",
        remedy=f"homesmith undo {shlex.quote(str(root))} --list",
    )
