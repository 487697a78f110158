"""Where the lines of a talk come from: a keyboard that is drawn as it is typed, or plain input."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from homesmith.doors.cli.lines import Lines
from homesmith.doors.cli.terminal import Terminal


class Reader(Protocol):
    """Where a person's lines come from."""

    async def next(self) -> str | None:
        """The next line without its end, None after the last. Raises InvalidText."""
        ...

    async def quiet(self, seconds: float) -> None:
        """Return when nobody has written for so long."""
        ...


def reading(
    terminal: Terminal, recalled: Callable[[], Sequence[str]]
) -> AbstractContextManager[Reader]:
    """The lines of this terminal; `recalled` is what was said before, which arrow up brings."""
    person = not terminal.json and terminal.stdin.isatty()
    if person and sys.platform != "win32" and _editable(terminal):
        from homesmith.doors.cli.keyboard import Keyboard

        term = terminal.environ["TERM"]
        return Keyboard(terminal.stdin.fileno(), terminal.stdout, term=term, recalled=recalled)
    return nullcontext(Lines(terminal.stdin, prompt=terminal.stderr if person else None))


def _editable(terminal: Terminal) -> bool:
    """Whether both ends are a real terminal whose cursor can be moved."""
    try:
        real = os.isatty(terminal.stdin.fileno()) and os.isatty(terminal.stdout.fileno())
    except (io.UnsupportedOperation, AttributeError):
        return False
    return real and terminal.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")
