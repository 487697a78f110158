"""The outline of a file: what a program can know of it stands, a model writes what lies between.

Above each part stand the sentences of the request that it answers, because a small model does well
what stands right before it, and loses what stands far away. Of a language it knows no more
than what follows a function of a server.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = 100
BODY = 420
"""Tokens that one part may have."""
BRACKETS = {"(": ")", "[": "]", "{": "}"}
QUOTES = "\"'`"
ITEM = re.compile(r"[-*+•]\s|\d+[.)]\s")
AFTER_PYTHON = ("\n\n\n", "\n@app", "\ndef ", "\nclass ", "\nasync def ", "\n# ")
"""What a model writes after the end of a function of a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a file. The model writes between `opening` and `ending`, until one of `stop`.

    `stop` is empty where nothing is left to write. `about` are the names it answers for; `mends`
    are slips that small models make here, as patterns, each with what it is replaced by. A `value`
    ends before a bracket that it does not open.
    """

    name: str
    opening: str
    ending: str = ""
    stop: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    tokens: int = BODY
    mends: tuple[tuple[str, str], ...] = ()
    value: bool = False

    def mended(self, body: str) -> str:
        """The body without those slips."""
        body = _closed(body) if self.value else body
        for pattern, instead in self.mends:
            body = re.sub(pattern, instead, body)
        return body


def _closed(text: str) -> str:
    """A text up to the first bracket that closes what it did not open; texts in quotes aside."""
    open_ones, quote = [], ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[place - 1] != "\\" else quote
        elif letter in QUOTES:
            quote = letter
        elif letter in BRACKETS:
            open_ones.append(BRACKETS[letter])
        elif letter in BRACKETS.values() and (not open_ones or open_ones.pop() != letter):
            return text[:place].rstrip()
    return text


def written(parts: Sequence[Part], bodies: Mapping[str, str]) -> str:
    """The file of an outline, with the bodies that are there."""
    return "".join(part.opening + bodies.get(part.name, "") + part.ending for part in parts)


def bodies_of(parts: Sequence[Part], text: str) -> dict[str, str] | None:
    """The bodies in a file that was written along the outline; None if it was not."""
    found: dict[str, str] = {}
    at = 0
    for part in parts:
        if not text.startswith(part.opening, at):
            return None
        at += len(part.opening)
        if part.stop:
            end = text.find(part.ending, at)
            if part is parts[-1]:
                end = len(text) - len(part.ending) if text.endswith(part.ending) else -1
            if end < at:
                return None
            found[part.name] = text[at:end]
            at = end
        at += len(part.ending)
    return found if at == len(text) else None


def comment(lines: Iterable[str], sign: str = "//") -> str:
    """The sentences as a comment; items of a list begin new lines."""
    blocks: list[str] = []
    for line in lines:
        if blocks and not ITEM.match(line) and not ITEM.match(blocks[-1]):
            blocks[-1] += f" {line}"
        else:
            blocks.append(line)
    return "".join(
        f"{sign} {part}\n"
        for block in blocks
        for part in textwrap.wrap(
            block, COLUMNS - 3, break_long_words=False, break_on_hyphens=False
        )
    )
