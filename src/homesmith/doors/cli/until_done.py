"""Run one piece of asynchronous work to its end, or to the person's Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from homesmith.core.errors import Cancelled

Result = TypeVar("Result")
ENDS = [one for one in signal.Signals if one.name in ("SIGTERM", "SIGHUP")]
"""The polite requests to end that this system knows: also what a closed terminal sends."""


def until_done(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`. Raises Cancelled after Ctrl-C or a polite request to end."""
    try:
        return asyncio.run(_ended_politely(work))
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        raise stopped() from error


def stopped(remedy: str = "run the same command again") -> Cancelled:
    """The error that says a person ended it."""
    return Cancelled("Stopped", why="you asked for it", remedy=remedy)


async def _ended_politely(work: Coroutine[Any, Any, Result]) -> Result:
    """`work`, cancelled by SIGTERM, and by a terminal that is closed, as by SIGINT."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    try:
        for number in ENDS:
            if task is not None and signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, task.cancel)
    except (NotImplementedError, ValueError, RuntimeError):
        pass  # not on Windows, and not outside the main thread
    return await work
