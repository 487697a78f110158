"""Read lines as they come, while other work goes on: from a terminal, a pipe, a file or a test."""

from __future__ import annotations

import asyncio
import io
import os
from typing import BinaryIO

from homesmith.core.errors import InvalidText

LONGEST = 500_000
"""Bytes of one line; more was given by mistake."""


class Lines:
    """The lines of standard input. No thread is used, so that a program can end at any time."""

    def __init__(self, stdin: BinaryIO) -> None:
        self._stdin = stdin
        self._held = b""
        self._over = False

    async def next(self) -> str | None:
        """The next line without its end, None after the last. Raises InvalidText."""
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
        return _text(line)

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


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8").removeprefix("\ufeff").strip()
    except UnicodeDecodeError as error:
        raise InvalidText(
            "A line is not UTF-8 text",
            why=f"byte {error.start + 1} is not part of any character",
            remedy="iconv -t UTF-8 FILE | homesmith chat",
        ) from error
