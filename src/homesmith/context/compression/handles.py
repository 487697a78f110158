"""Short names for long texts: the start of the hash, and perhaps a range of lines.

`3fa2b81c90` names a whole text, `3fa2b81c90:12-40` its lines 12 to 40. It does not know where
texts are kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from homesmith.core.counting import counted
from homesmith.core.errors import UsageError

DIGITS = 10
"""Of 64: two texts among a hundred thousand share them once in two hundred stores."""
HANDLE = re.compile(r"(?P<digits>[0-9a-f]{6,64})(?::(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """The first digits of a text's SHA-256, and lines from 1, both ends included; 0 is all."""

    digits: str
    first: int = 0
    last: int = 0


def content(text: str) -> bytes:
    """The bytes that are hashed and kept; any text has some, also one with lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def handle_of(text: str) -> str:
    """The short name of a text, the same for the same text everywhere."""
    return hashlib.sha256(content(text)).hexdigest()[:DIGITS]


def read_handle(written: str) -> Handle:
    """The handle a person or a model wrote. Raises UsageError."""
    match = HANDLE.fullmatch(written.strip().strip("[]").removeprefix("expand").strip().lower())
    if match is None:
        raise UsageError(
            f"{written[:80]!r} is no handle",
            why="a handle is at least six hexadecimal digits, then perhaps lines",
            remedy="homesmith expand 3fa2b81c90:12-40",
        )
    first = int(match["first"] or 0)
    last = int(match["last"] or first)
    if match["first"] and not 1 <= first <= last:
        raise UsageError(
            f"{written[:80]!r} names no lines",
            why="lines count from 1, the smaller number first",
            remedy=f"homesmith expand {match['digits']}",
        )
    return Handle(digits=match["digits"], first=first, last=last)


def expand(handle: Handle, find: Callable[[str], bytes]) -> str:
    """The original, or those of the lines that the handle names which it has.

    `find` gives the bytes whose hash begins with the digits, and raises when it has none. Raises
    UsageError when the first of the lines is beyond the end.
    """
    text = find(handle.digits).decode("utf-8", "surrogatepass")
    if not handle.first:
        return text
    lines = text.split("\n")
    count = len(lines) - text.endswith("\n")
    if handle.first > count:
        raise UsageError(
            f"{handle.digits} has no line {handle.first}",
            why=f"it has {counted(count, 'lines')}",
            remedy=f"homesmith expand {handle.digits}:1-{count}",
        )
    return "\n".join(lines[handle.first - 1 : handle.last])
