"""What an answer must hold, by the question's words: a date, a number, a name.

English only; for any other question it expects nothing in particular.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from homesmith.context.compression.terms import folded, plain_words, stem

MUCH = re.compile(
    r"\bhow (?:many|much|long|old|tall|far|big|high|often|fast|deep|large)\b"
    r"|\bwhat (?:number|percent|age)"
)
WHEN = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|time|month)")
NAME = re.compile(r"\bwho(?:se|m|'s)?\b|\bwhere\b|\b(?:what|which)\b")
NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand"
    r"|million|dozen)\b",
    re.IGNORECASE,
)
DATE = re.compile(
    r"\b(?:1\d{3}|20\d\d)\b|\b(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\b"
)
CAPITAL = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+")  # noqa: RUF001
ENOUGH_NAMES = 3


def expectation(query: str) -> Callable[[str], float]:
    """How far a sentence holds the kind of thing that is asked for, from 0 to 1."""
    asked = folded(query)
    if MUCH.search(asked):
        return lambda text: float(NUMBER.search(text) is not None)
    if WHEN.search(asked):
        return lambda text: float(DATE.search(text) is not None)
    if not NAME.search(asked):
        return lambda _text: 0.0
    known = {stem(word) for word in plain_words(query)}

    def names(text: str) -> float:
        new = sum(stem(folded(name)) not in known for name in CAPITAL.findall(text))
        return min(new, ENOUGH_NAMES) / ENOUGH_NAMES

    return names
