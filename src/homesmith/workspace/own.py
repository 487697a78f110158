"""Run a program that the person wrote or chose, such as the tests of their suite, on the host.

Never code that a model wrote: that is the sandbox's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO


async def run_own(
    argv: Sequence[str], *, environment: Mapping[str, str], log: Path | None, seconds: float
) -> None:
    """Run to its end, or for `seconds` of wall time; what it prints is added to `log`.

    Nothing of its session is left behind, whatever ends the call.
    """
    with _more(log or Path(os.devnull)) as output:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=os.environ | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), seconds)
        finally:
            await _end(process)


def _more(path: Path) -> BinaryIO:
    return path.open("ab")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
