"""Run a program on a throw-away copy of the app, in the sandbox. No other way runs app code."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import homesmith
from homesmith.builder.checks.inside.jobs import Job, job_text
from homesmith.builder.checks.scratch import Scratch
from homesmith.core.checks import Finding
from homesmith.core.sandboxes import Command, Execution, Limits, Reach, Sandbox
from homesmith.workspace.interpreter import python_environment

PACKAGES = Path(homesmith.__file__).resolve().parents[1]
"""Where the package folder stands: Python must be able to list it to find us."""
ENVIRONMENT = {
    "PYTHONPATH": str(PACKAGES),
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}
NO_SANDBOX = "generated code was not run: no sandbox is available; `homesmith doctor` says why"


async def run_python(
    sandbox: Sandbox,
    place: Scratch,
    arguments: Sequence[str],
    *,
    reach: Reach = Reach.NOTHING,
    limits: Limits | None = None,
    readable: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Execution:
    """Homesmith's own Python with `arguments`, working in the copy of the app."""
    return await run(
        sandbox,
        place,
        (sys.executable, *arguments),
        reach=reach,
        limits=limits,
        readable=(*python_environment(), PACKAGES, *readable),
        environment={**ENVIRONMENT, **(environment or {})},
        stdin=stdin,
    )


async def run(
    sandbox: Sandbox,
    place: Scratch,
    argv: tuple[str, ...],
    *,
    reach: Reach = Reach.NOTHING,
    limits: Limits | None = None,
    readable: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Execution:
    """Any program, working in the copy of the app; only the copy and `out` can be written."""
    return await sandbox.run(
        Command(
            argv=argv,
            workspace=place.app,
            reach=reach,
            limits=limits or Limits(),
            environment=dict(environment or {}),
            readable=tuple(dict.fromkeys(readable)),
            writable=(place.out,),
            stdin=stdin,
        )
    )


async def run_inside(
    sandbox: Sandbox,
    place: Scratch,
    module: str,
    job: Job,
    *,
    reach: Reach,
    limits: Limits,
    readable: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> tuple[list[Finding], list[str], Execution]:
    """Run a module of `inside` on a job; its findings, its pictures and how it ended."""
    execution = await run_python(
        sandbox,
        place,
        ("-P", "-m", f"homesmith.builder.checks.inside.{module}"),
        reach=reach,
        limits=limits,
        readable=readable,
        environment=environment,
        stdin=job_text(job),
    )
    findings, pictures = read_report(place.read("report.json"))
    return findings, pictures, execution


def read_report(data: bytes) -> tuple[list[Finding], list[str]]:
    """The findings and picture names of a report; both empty when it cannot be read."""
    try:
        value: Any = json.loads(data)
        findings = [_finding(item) for item in value["findings"]]
        pictures = [name for name in value["pictures"] if isinstance(name, str) and "/" not in name]
    except (ValueError, TypeError, LookupError, RecursionError):
        return [], []
    return findings[:500], pictures[:50]


def _finding(value: Mapping[str, Any]) -> Finding:
    outcome = value["outcome"]
    if outcome not in ("passed", "failed", "skipped"):
        raise ValueError(f"no such outcome: {outcome!r}")
    return Finding(
        name=str(value["name"])[:200],
        outcome=outcome,
        message=str(value["message"])[:300],
        file=str(value["file"])[:200],
        line=int(value["line"]),
    )
