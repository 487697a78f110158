"""Has a model begun to say the same thing over and over? A pure function of the text so far.

It looks only for exact repeats at the end: code, tables and style sheets are full of lines that
resemble each other and must never be cut.
"""

from __future__ import annotations

SHORTEST = 40
"""Characters a stretch needs before its repeats count: shorter ones are ordinary in code."""

SHORTEST_RUN = 800
"""Characters the repeats need together: six equal weeks of a calendar's markup are not a loop."""

LONGEST = 2000
"""Characters of the longest stretch that is looked for."""

SAME_LINES = 12
"""More than this many identical lines in a row are a repetition, however short the line."""


def repeats(text: str, limit: int) -> bool:
    """True when `text` ends in one stretch written `limit` times back to back.

    A stretch has 40 to 2000 characters, its repeats 800 in all; one that is a single line must
    stand more than 12 times in a row: grids and tables are made of equal lines.
    """
    return _same_line(text) or _same_stretch(text, limit)


def _same_line(text: str) -> bool:
    end = text.rfind("\n")
    tail = text[max(0, end - 8 * LONGEST) : end].split("\n")
    if len(tail) <= SAME_LINES:
        return False
    return len(set(tail[-SAME_LINES - 1 :])) == 1


def _same_stretch(text: str, limit: int) -> bool:
    if limit < 2 or len(text) < SHORTEST_RUN:
        return False
    probe = text[-SHORTEST:]
    place = len(text) - SHORTEST
    while True:
        # Each earlier place of the last 40 characters proposes one length for the stretch.
        place = text.rfind(probe, max(0, len(text) - SHORTEST - LONGEST), place + SHORTEST - 1)
        if place < 0:
            return False
        length = len(text) - SHORTEST - place
        if length >= SHORTEST and _ends_in(text, length, limit):
            return True


def _ends_in(text: str, length: int, limit: int) -> bool:
    stretch = text[-length:]
    times = max(limit, -(-SHORTEST_RUN // length))
    # A stretch of one character is a ruler or an indent, not a thought: let the line rule judge.
    if len(set(stretch)) < 3 or _is_one_line(stretch):
        return False
    return len(text) >= length * times and text.endswith(stretch * times)


def _is_one_line(stretch: str) -> bool:
    whole = (stretch + stretch).split("\n")[1:-1]
    return len(set(whole)) == 1


class Repetition:
    """Watches an answer as it grows; `add` says whether it has begun to repeat itself."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._text = ""
        self._looked_at = 0

    def add(self, text: str) -> bool:
        self._text = (self._text + text)[-(LONGEST * max(self._limit, SAME_LINES) + LONGEST) :]
        self._looked_at += len(text)
        # A look costs little but not nothing: one per line or per 40 characters is enough.
        if "\n" not in text and self._looked_at < SHORTEST:
            return False
        self._looked_at = 0
        return repeats(self._text, self._limit)
