"""Texts cut into pieces that a search can find and a prompt can carry, each with its context.

A piece alone often does not say who spoke, when, or in answer to what; its head does. Chunks are
positions in the text they come from, so that joined together they are that text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from homesmith.core.memories import ASKED, Chunk
from homesmith.memory.times import here

LONGEST = 800
"""Characters of a chunk: about 200 tokens, below the 256 that small embedding models read."""
QUOTED = 160
"""Characters of a question that stand in the head of its answer."""
BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n|[.!?]['\")\]]*\s"), re.compile(r"\s"))
"""Where a text is cut, best first: paragraphs, lines and sentences, words."""


def chunks(text: str, *, head: str) -> tuple[Chunk, ...]:
    """The text in pieces of at most LONGEST characters, without gaps; at least one."""
    return tuple(Chunk(start=start, stop=stop, head=head) for start, stop in _cuts(text))


def head_of(*, speaker: str, at: str, asked: str = "", tags: tuple[str, ...] = ()) -> str:
    """Who said it, on which day in words, and in answer to what.

    `at` is ISO 8601; what is no date stands as it is.
    """
    parts = [f"{speaker}, {day_of(at)}"]
    if tags:
        parts.append(" ".join(tags))
    quoted = " ".join(asked[: 4 * QUOTED].split())[:QUOTED]
    return "; ".join(parts) + (ASKED + quoted if asked else "")


def day_of(at: str) -> str:
    """A day as people write it, with its weekday: what somebody will ask for later."""
    day = here(at)
    if day is None:
        return at
    return f"{day:%A} {day.day} {day:%B %Y}"


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > LONGEST:
        stop = _best_cut(text, start)
        yield start, stop
        start = stop
    yield start, len(text)


def _best_cut(text: str, start: int) -> int:
    """The last good place in the second half of what fits, so that no piece is tiny."""
    for places in BREAKS:
        found = [
            match.end() for match in places.finditer(text, start + LONGEST // 2, start + LONGEST)
        ]
        if found:
            return found[-1]
    return start + LONGEST
