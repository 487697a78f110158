"""Which texts matter for a request: BM25 over words, with identifiers taken apart.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009). It knows
words, not meanings: "remove" does not find "delete".
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

K1, B = 1.2, 0.75
NAME_WEIGHT = 3
"""A word in a document's name counts as often as this many in its text."""
WORD = re.compile(r"[^\W_]+")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!^\d\.)(?<!^\d\d\.)\s+(?=[^\s])"
    r"|(?<=[.!?][`\"”])\s+(?=[A-Z`])|\n+",
    re.MULTILINE,
)
QUOTE = re.compile(r"`[^`\n]{1,200}`|[\"“][^\"“”\n]{1,200}[\"”]")
"""Words given as they are: their full stops end no sentence."""
WRAPPED = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=[^\s\-*+•#>|]|\*\*)(?!\d{1,3}[.)]\s)")
"""The end of a line inside a paragraph: what follows is no list item, heading or table."""
HEADING = re.compile(r"^#.*$", re.MULTILINE)
COMMON = frozenset(
    WORD.findall(
        "a an and are as at be by can do for from has have i if in into is it its make me my of"
        " on or please should so that the then there they this to want was we when will with you"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A document's name and how well it answers the query; 0 is not at all."""

    name: str
    score: float


def words(text: str) -> list[str]:
    """Lower-case words; dueDate and due_date both give "due" and "date"; plurals lose their s."""
    return [
        _stem(part.lower())
        for word in WORD.findall(text)
        for part in HUMP.split(word)
        if part and part.lower() not in COMMON
    ]


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def rank(query: str, documents: Mapping[str, str]) -> tuple[Ranked, ...]:
    """All documents (name to text), best first; equals stay in their given order."""
    bags = {
        name: Counter(words(text)) + Counter(dict.fromkeys(words(name), NAME_WEIGHT))
        for name, text in documents.items()
    }
    sizes = {name: bag.total() for name, bag in bags.items()}
    average = (sum(sizes.values()) / len(sizes)) if sizes else 0.0
    asked = Counter(words(query))
    rarity = {word: _rarity(sum(word in bag for bag in bags.values()), len(bags)) for word in asked}
    ranked = [
        Ranked(
            name=name,
            score=sum(rarity[word] * _saturated(bag[word], sizes[name], average) for word in asked),
        )
        for name, bag in bags.items()
    ]
    return tuple(sorted(ranked, key=lambda item: -item.score))


def _rarity(having: int, total: int) -> float:
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def _saturated(often: int, size: int, average: float) -> float:
    """More of the same word adds less and less; a long document must have more of it."""
    if not often:
        return 0.0
    return often * (K1 + 1) / (often + K1 * (1 - B + B * size / average))


def sentences(text: str) -> list[str]:
    """The sentences and list items of a text, in order, without white space around them.

    Lines that an editor wrapped belong together; a heading stands alone.
    """
    apart = HEADING.sub(lambda found: f"{found[0]}\n", text)
    whole = WRAPPED.sub(" ", apart)
    quotes = [found.span() for found in QUOTE.finditer(whole)]
    ends = [found for found in SENTENCE.finditer(whole) if not _inside(quotes, found.start())]
    starts = [0, *(found.end() for found in ends)]
    stops = [*(found.start() for found in ends), len(whole)]
    parts = (whole[start:stop] for start, stop in zip(starts, stops, strict=True))
    return [part.strip() for part in parts if part.strip()]


def _inside(spans: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether a place lies in one of these spans, which are in order and apart."""
    before = bisect_left(spans, (place, 0))
    return before > 0 and place < spans[before - 1][1]
