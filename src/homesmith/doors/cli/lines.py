"""Read lines as they come, while other work goes on: from a terminal, a pipe, a file or a test.

At a terminal `keyboard.py` reads them instead, where keys can be drawn as they are typed.
"""

from __future__ import annotations

import asyncio
import io
import os
from typing import BinaryIO, TextIO

from homesmith.core.errors import InvalidText

LONGEST = 500_000
"""Bytes of one line; more was given by mistake."""
CUT = 4095
"""Bytes after which a terminal that edits lines itself drops the rest of one (termios(3))."""
PROMPT = "> "


class Lines:
    """The lines of standard input. No thread is used, so that a program can end at any time."""

    def __init__(self, stdin: BinaryIO, *, prompt: TextIO | None = None) -> None:
        self._stdin = stdin
        self._prompt = prompt
        self._held = b""
        self._over = False

    async def next(self) -> str | None:
        """The next line without its end, None after the last. Raises InvalidText."""
        if self._prompt is not None:
            self._prompt.write(PROMPT)
            self._prompt.flush()
        while b"\n" not in self._held and not self._over:
            if len(self._held) > LONGEST:
                raise InvalidText(
                    "A line is too long",
                    why=f"at most {LONGEST // 1000} kB are read as one message",
                    remedy="give it as a file: homesmith ask --with FILE",
                )
            self._take(await self._more())
        line, _, self._held = self._held.partition(b"\n")
        if not line and self._over and not self._held:
            return None
        return self._text(line)

    async def quiet(self, seconds: float) -> None:
        """Return after so long: what is being written is not seen before it is a whole line."""
        await asyncio.sleep(seconds)

    def _take(self, more: bytes) -> None:
        self._held += more
        self._over = not more

    async def _more(self) -> bytes:
        """What has come; nothing at the end. A plain file never makes anybody wait."""
        try:
            descriptor = self._stdin.fileno()
        except (io.UnsupportedOperation, AttributeError):
            return self._stdin.readline()
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(descriptor, ready.set)
        except (NotImplementedError, PermissionError):
            return self._stdin.readline()
        try:
            await ready.wait()
        finally:
            loop.remove_reader(descriptor)
        return os.read(descriptor, 1 << 16)

    def _text(self, line: bytes) -> str:
        if self._prompt is not None and len(line) >= CUT:
            raise InvalidText(
                "The line is too long for this terminal, and was not sent",
                why=f"it drops what comes after {CUT} bytes",
                remedy="give it as a file: homesmith ask --with FILE",
            )
        try:
            return line.decode("utf-8").removeprefix("\ufeff").strip()
        except UnicodeDecodeError as error:
            at_terminal = "set the terminal to UTF-8, and write the line again"
            raise InvalidText(
                "A line is not UTF-8 text",
                why=f"byte {error.start + 1} is not part of any character",
                remedy=at_terminal if self._prompt else "iconv -t UTF-8 FILE | homesmith chat",
            ) from error
