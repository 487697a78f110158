"""Whether a program solves a task: its hidden tests, in the sandbox.

It does not know which model or method wrote the program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from homesmith.core.errors import SandboxUnavailable
from homesmith.core.sandboxes import Execution, Limits, Sandbox
from homesmith.lab.code_tasks import CodeTask
from homesmith.workspace.scripts import run_script

RUNNER = Path(__file__).with_name("code_runner.py")
TEST_SECONDS = 20.0
LIMITS = Limits(seconds=180, cpu_seconds=60, memory=4 << 30, processes=16, output=1 << 16)

NO_ROOM = ("OSError: [Errno 27]", "OSError: [Errno 28]")
"""File too large, and no space left on device: what the sandbox lets a candidate write."""

Verdict = Literal[
    "passed", "wrong", "raised", "endless", "memory", "disk", "crashed", "empty", "unjudged"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the hidden tests say of one program."""

    verdict: Verdict
    why: str = ""


async def judge(
    sandbox: Sandbox | None, task: CodeTask, program: str, names: Mapping[str, str] | None = None
) -> Judgement:
    """Run the hidden tests on `program`. Raises SandboxUnavailable."""
    if not program.strip():
        return Judgement(verdict="empty", why="the answer holds no code")
    return await checked(sandbox, task, program, names)


async def checked(
    sandbox: Sandbox | None, task: CodeTask, program: str, names: Mapping[str, str] | None = None
) -> Judgement:
    """The same, where the tests can do without a program; `names` are texts that they see, too.

    Raises SandboxUnavailable.
    """
    if sandbox is None:
        raise SandboxUnavailable(
            "There is nothing to run the answer in", why="no sandbox", remedy="homesmith doctor"
        )
    job = {
        "code": program,
        "entry": task.entry,
        "reference": task.reference,
        "test": task.test,
        "names": dict(names or {}),
        "inputs": repr(task.inputs),
        "compare": task.compare,
        "tolerance": task.tolerance,
        "seconds": TEST_SECONDS,
    }
    execution = await run_script(sandbox, RUNNER, job, LIMITS)
    return _judgement(execution)


def _judgement(execution: Execution) -> Judgement:
    ends: dict[str, Verdict] = {"time": "endless", "memory": "memory", "size": "disk"}
    if execution.ended_by in ends:
        return Judgement(verdict=ends[execution.ended_by], why=f"ended by {execution.ended_by}")
    try:
        value: Any = json.loads(execution.stdout)
        verdict, why = value["verdict"], str(value["why"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return Judgement(verdict="crashed", why=f"ended with status {execution.exit_code}")
    if verdict not in get_args(Verdict):
        return Judgement(verdict="crashed", why="an unreadable verdict")
    if verdict == "raised" and why.startswith("MemoryError"):
        verdict = "memory"
    if verdict == "raised" and why.startswith(NO_ROOM):
        verdict = "disk"
    return Judgement(verdict=verdict, why=why)
