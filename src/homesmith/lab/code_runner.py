"""Judge one candidate by hidden tests. Runs inside the sandbox only, standard library alone.

The job comes on standard input, one JSON object of verdict and reason goes to the descriptor that
was standard output before the candidate could print to it.
"""

from __future__ import annotations

import copy
import json
import math
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import Any

LEAST_SECONDS, TIMES_REFERENCE, WAITING = 2.0, 5.0, 5


class Endless(BaseException):
    """The candidate takes too long."""


def main() -> None:
    """Read the job, judge, tell."""
    job = json.loads(sys.stdin.read())
    told = os.dup(1)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.setrecursionlimit(5000)
    judge = os.getpid()
    verdict, why = _judged(job)
    if os.getpid() != judge:
        os._exit(0)  # A process that the candidate forked has nothing to say.
    os.write(told, json.dumps({"verdict": verdict, "why": why[:300]}).encode())


def _judged(job: dict[str, Any]) -> tuple[str, str]:
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, _end)
    try:
        if job["test"]:
            _alarm(job["seconds"])
            _execute(f"{job['code']}\n{job['test']}", "candidate.py")
            return "passed", ""
        return _agree(job)
    except Endless:
        return "endless", ""
    except AssertionError as error:
        return "wrong", str(error)
    except BaseException as error:  # noqa: BLE001  SystemExit of a candidate is a result too
        return "raised", f"{type(error).__name__}: {error}"
    finally:
        _alarm(0)


def _agree(job: dict[str, Any]) -> tuple[str, str]:
    known = _execute(job["reference"], "reference.py")
    inputs = eval(job["inputs"], {"inf": math.inf, "nan": math.nan})  # noqa: S307  our own data
    wanted = []
    for arguments in inputs:
        began = time.perf_counter()
        value = known[job["entry"]](*copy.deepcopy(arguments))
        wanted.append((value, time.perf_counter() - began))
    _alarm(LEAST_SECONDS)
    candidate = _execute(job["code"], "candidate.py")[job["entry"]]
    for arguments, (value, seconds) in zip(inputs, wanted, strict=True):
        _alarm(max(LEAST_SECONDS, TIMES_REFERENCE * seconds))
        got = candidate(*copy.deepcopy(arguments))
        if not agrees(got, value, job["compare"], job["tolerance"]):
            return "wrong", f"{job['entry']}{tuple(arguments)!r} gave {got!r}, not {value!r}"
    return "passed", ""


def _execute(code: str, name: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "candidate"}
    exec(compile(code, name, "exec"), space)  # noqa: S102  the sandbox is around it
    return space


def agrees(got: Any, wanted: Any, compare: str, tolerance: float) -> bool:
    """Whether a result is right: equal, equal as a set, or only also a match."""
    if compare == "match":
        return (got is None or got is False) == (wanted is None or wanted is False)
    if compare == "set":
        return _as_set(got) == _as_set(wanted)
    if tolerance == 0 and _has_float(wanted):
        tolerance = 1e-6
    return bool(got == wanted) or (tolerance > 0 and _close(got, wanted, tolerance))


def _as_set(value: Any) -> set[Any]:
    return {repr(item) for item in value} if isinstance(value, Iterable) else {repr(value)}


def _has_float(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _close(got: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(wanted, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(wanted)
            and all(_close(one, two, tolerance) for one, two in zip(got, wanted, strict=True))
        )
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return math.isclose(got, wanted, rel_tol=1e-7, abs_tol=tolerance)
    return bool(got == wanted)


def _alarm(seconds: float) -> None:
    """Processor time, because a busy machine is not the candidate's fault; and wall time, for a
    candidate that only waits.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAITING * seconds)


def _end(_number: int, _frame: object) -> None:
    raise Endless


if __name__ == "__main__":
    main()
