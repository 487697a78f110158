"""Run a candidate function on calls, in the sandbox, and say what came out.

It does not know where the code or the calls come from.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from homesmith.core.sandboxes import Limits, Sandbox
from homesmith.improve.examples import Example
from homesmith.workspace.scripts import run_script

RUNNER = Path(__file__).with_name("runner.py")
CALL_SECONDS = 3.0
LIMITS = Limits(seconds=60, cpu_seconds=20, memory=1 << 30, processes=16, output=1 << 18)

Kind = Literal["passed", "wrong", "value", "refused", "raised", "endless", "crashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one call came to. `shown` is the value as Python writes it, or the error.

    An error is "refused" where the candidate itself raises it, "raised" where it happens to it.
    `plain` is the value without what does not matter: the order of sets and dictionaries, the last
    digits of a float, addresses; of an error its type.
    """

    kind: Kind
    shown: str = ""
    plain: str = ""

    def same(self, other: Result) -> bool:
        """Whether both came to the same."""
        return (self.kind, self.plain or self.shown) == (other.kind, other.plain or other.shown)


async def evaluate(
    sandbox: Sandbox, code: str, calls: Sequence[str], *, deadline: float | None = None
) -> tuple[Result, ...]:
    """The values of the calls, one result each. Raises SandboxUnavailable.

    Nothing runs past `deadline`, a `time.monotonic()` value.
    """
    return await _run(sandbox, code, [(call, None) for call in calls], deadline)


async def compare(
    sandbox: Sandbox, code: str, wanted: Sequence[Example], *, deadline: float | None = None
) -> tuple[Result, ...]:
    """Whether the calls give what the examples say, one result each. Raises SandboxUnavailable.

    Nothing runs past `deadline`, a `time.monotonic()` value.
    """
    return await _run(sandbox, code, [(one.call, one.expected) for one in wanted], deadline)


async def _run(
    sandbox: Sandbox,
    code: str,
    calls: Sequence[tuple[str, str | None]],
    deadline: float | None,
) -> tuple[Result, ...]:
    if not calls:
        return ()
    left = LIMITS.seconds if deadline is None else min(LIMITS.seconds, deadline - time.monotonic())
    if left <= 0:
        return (Result(kind="crashed", shown="no seconds left to run it"),) * len(calls)
    job = {
        "code": code,
        "calls": [{"call": call, "expected": expected} for call, expected in calls],
        "seconds": CALL_SECONDS,
    }
    execution = await run_script(sandbox, RUNNER, job, replace(LIMITS, seconds=left))
    results = [_result(line) for line in execution.stdout.splitlines()][: len(calls)]
    # What ended the whole process, such as a crash or the memory limit, ends at one call.
    missing = Result(kind="crashed", shown=f"ended by {execution.ended_by}")
    return (*results, *[missing] * (len(calls) - len(results)))


def _result(line: bytes) -> Result:
    try:
        value: Any = json.loads(line)
        kind, shown, plain = value["outcome"], str(value["shown"]), str(value.get("plain", ""))
    except (ValueError, TypeError, LookupError, RecursionError):
        return Result(kind="crashed", shown="an unreadable result")
    if kind not in get_args(Kind):
        return Result(kind="crashed", shown="an unreadable result")
    return Result(kind=kind, shown=shown[:400], plain=plain[:400])
