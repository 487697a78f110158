"""Judge one candidate by hidden tests. Runs inside the sandbox only, standard library alone.

The job comes on standard input, one JSON object of verdict and reason goes to the descriptor that
was standard output before the candidate could print to it.
"""

from __future__ import annotations

import ast
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
CODE, CHECK = "candidate.py", "check.py"
MESSAGE, STATEMENT, WHY = 150, 100, 300
"""The most letters that are told of an error, of a statement, and in all."""


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
    os.write(told, json.dumps({"verdict": verdict, "why": why[:WHY]}).encode())


def _judged(job: dict[str, Any]) -> tuple[str, str]:
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, _end)
    try:
        if job["test"]:
            _alarm(job["seconds"])
            space = _execute(job["code"], CODE)
            space.update(job["names"])
            _execute(job["test"], CHECK, space)
            return "passed", ""
        return _agree(job)
    except Endless as error:
        return "endless", f"never ended, {_place(error, job)}"
    except AssertionError as error:
        return "wrong", _unasserted(error, job)
    except MemoryError as error:
        return "raised", f"MemoryError: {error}"
    except BaseException as error:  # noqa: BLE001  SystemExit of a candidate is a result too
        why = f"{type(error).__name__}: {str(error)[:MESSAGE]}, {_place(error, job)}".rstrip(", ")
        if _check_at_fault(error, job):
            return "unjudged", f"its check is at fault: {why}"
        return "raised", why
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
    candidate = _execute(job["code"], CODE)[job["entry"]]
    for arguments, (value, seconds) in zip(inputs, wanted, strict=True):
        _alarm(max(LEAST_SECONDS, TIMES_REFERENCE * seconds))
        got = candidate(*copy.deepcopy(arguments))
        if not agrees(got, value, job["compare"], job["tolerance"]):
            return "wrong", f"{job['entry']}{tuple(arguments)!r} gave {got!r}, not {value!r}"
    return "passed", ""


def _unasserted(error: AssertionError, job: dict[str, Any]) -> str:
    """What a failed assert says: its own words, else the statement of the check."""
    files = [file for file, _ in _trace(error) if file in (CODE, CHECK)]
    if files[-1:] == [CODE]:
        return f"an assert failed {_place(error, job)}"
    return str(error) or _place(error, job).removeprefix("in the check, ")


def _check_at_fault(error: BaseException, job: dict[str, Any]) -> bool:
    """Whether the check itself is wrong, whatever the answer is.

    It asks for a module or a method of texts that is not there; or, where there is no code that
    could have made it, for a name.
    """
    (file, _) = _trace(error)[-1]
    if file != CHECK:
        return False
    if isinstance(error, AttributeError):
        return any(error.obj is text for text in job["names"].values())
    return isinstance(error, ImportError) or (isinstance(error, NameError) and not job["code"])


def _place(error: BaseException, job: dict[str, Any]) -> str:
    """Where it happened: in which line of the code, of the check, or of both; "" in neither."""
    trace = [(file, line) for file, line in _trace(error) if file in (CODE, CHECK)]
    lines = dict(trace)
    places = [f"in its code, line {lines[CODE]}"] if trace and trace[-1][0] == CODE else []
    if CHECK in lines:
        how = "called by" if places else "in"
        line = lines[CHECK]
        places.append(f"{how} the check, line {line}: {_statement(job['test'], line)}")
    return ", ".join(places)


def _trace(error: BaseException) -> list[tuple[str, int]]:
    """File and line of every call that was open, the innermost last."""
    trace, found = error.__traceback__, []
    while trace is not None:
        found.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return found


def _statement(text: str, line: int) -> str:
    """The statement at a line, as one line; of one with others in it, this line."""
    first, last = line, line
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            end = node.end_lineno or node.lineno
            if node.lineno <= line <= end:
                first, last = node.lineno, end
    return " ".join(" ".join(text.split("\n")[first - 1 : last]).split())[:STATEMENT]


def _execute(code: str, name: str, space: dict[str, Any] | None = None) -> dict[str, Any]:
    space = {"__name__": "candidate"} if space is None else space
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
