"""Evaluate calls of code nobody has read, one result line each. Runs inside the sandbox only.

Standard library alone; the job comes on standard input, results go to the descriptor that was
standard output before the code could print to it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import signal
import sys
from collections.abc import Iterator
from opcode import opmap
from typing import Any

SHOWN, WAITING, ENDLESS = 300, 5, 2
CANDIDATE = "candidate.py"
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def main() -> None:
    """Read the job, load the code, evaluate every call."""
    job = json.loads(sys.stdin.read())
    results = os.dup(1)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    space: dict[str, Any] = {"__name__": "candidate"}
    judge = os.getpid()
    trouble = _load(job["code"], space, job["seconds"])
    endless = 0
    for call in job["calls"]:
        if endless == ENDLESS:  # the others are not waited for
            trouble = {"outcome": "endless", "shown": ""}
        result = trouble or _evaluate(call["call"], call["expected"], space, job["seconds"])
        if os.getpid() != judge:
            os._exit(0)  # A process that the candidate forked has nothing to say.
        endless += result["outcome"] == "endless"
        os.write(results, json.dumps(result).encode() + b"\n")


def _load(code: str, space: dict[str, Any], seconds: float) -> dict[str, Any] | None:
    try:
        with _at_most(seconds):
            exec(compile(code, CANDIDATE, "exec"), space)  # noqa: S102  the sandbox is around it
    except BaseException as error:  # noqa: BLE001  SystemExit of a candidate is a result too
        return _trouble(error)
    return None


def _evaluate(
    call: str, expected: str | None, space: dict[str, Any], seconds: float
) -> dict[str, Any]:
    try:
        with _at_most(seconds):
            value = eval(call, space)  # noqa: S307  the sandbox is around it
            shown = _shown(repr(value))
            if expected is None:
                plain = _shown(ADDRESS.sub("", _plain(value)))
                return {"outcome": "value", "shown": shown, "plain": plain}
            same = _same(value, eval(expected, space))  # noqa: S307
    except BaseException as error:  # noqa: BLE001
        trouble = _trouble(error)
        if not _on_purpose(error):
            return trouble
        return {**trouble, "outcome": "refused", "plain": type(error).__name__}
    return {"outcome": "passed" if same else "wrong", "shown": shown}


def _trouble(error: BaseException) -> dict[str, Any]:
    if isinstance(error, _TooLong):
        return {"outcome": "endless", "shown": ""}
    text = f"{type(error).__name__}: {error}"
    return {"outcome": "raised", "shown": text[:SHOWN]}


def _on_purpose(error: BaseException) -> bool:
    """Whether a raise or assert in the candidate's code made it."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    if at is None or at.tb_frame.f_code.co_filename != CANDIDATE:
        return False
    code = at.tb_frame.f_code.co_code
    return code[at.tb_lasti] == opmap["RAISE_VARARGS"]


def _shown(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}…{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:16]}"


def _plain(value: Any) -> str:
    """The value as text, without what does not matter when two are compared."""
    match value:
        case bool() | str():
            return repr(value)
        case float() if math.isfinite(value):
            return repr(int(value)) if value == int(value) else f"{value:.9g}"
        case list():
            return f"[{', '.join(map(_plain, value))}]"
        case tuple():
            return f"({', '.join(map(_plain, value))},)"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_plain, value)))}}}"
        case dict():
            pairs = sorted(f"{_plain(key)}: {_plain(one)}" for key, one in value.items())
            return f"{{{', '.join(pairs)}:}}"
        case _:
            return repr(value)


def _same(value: Any, expected: Any) -> bool:
    """Equal, and of equal shape; floats to six digits, as people write them down."""
    if isinstance(value, float) or isinstance(expected, float):
        try:
            return math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-6)
        except TypeError:
            return False
    if isinstance(value, list | tuple) and type(value) is type(expected):
        pairs = zip(value, expected, strict=False)
        return len(value) == len(expected) and all(_same(one, two) for one, two in pairs)
    return bool(value == expected)


class _TooLong(BaseException):
    """The call took longer than it may."""


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def end(_number: int, _frame: object) -> None:
        raise _TooLong

    # Processor time, because a busy machine is not the candidate's fault; wall time for one that
    # only waits.
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAITING * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main()
