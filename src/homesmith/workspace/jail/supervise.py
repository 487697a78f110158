"""Stay outside the lock, wait for the command, and leave nothing of it alive.

Used where there is no private pid namespace: the supervisor adopts every orphan below it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from .system import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, control


def adopt(parent: int) -> None:
    """Become the parent of every orphan below, and end with the process that started us."""
    if sys.platform == "linux":
        control(PR_SET_PDEATHSIG, signal.SIGTERM)
        control(PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != parent:
        os._exit(128 + signal.SIGTERM)


def supervise(child: int) -> None:
    """Wait for `child`, end all that it started, exit as it did (128 + signal); never returns."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        _end_all(child)
        os._exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, give_up)
    code = _wait_for(child)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _end_all(child)
    os._exit(code)


def _wait_for(child: int) -> int:
    while True:
        done, status = os.wait()
        if done == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _end_all(child: int) -> None:
    """Kill what is below us until nothing is; a process that forks on meanwhile is outrun."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    for _ in range(1000):
        for process in below(os.getpid()):
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def below(process: int) -> list[int]:
    """All processes that descend from `process`, as the kernel tells it; gaps are passed over."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{current}/task").iterdir():
                children = [int(word) for word in (task / "children").read_text().split()]
                found += children
                waiting += children
    return found
