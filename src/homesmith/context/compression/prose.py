"""Prose by relevance: the sentences that may hold what is asked for, in their order."""

from __future__ import annotations

import re

from homesmith.context.compression.choosing import Layout
from homesmith.context.compression.likelihood import likelihoods
from homesmith.context.compression.sentences import Sentence, taken_apart
from homesmith.context.compression.values import Count, Embed
from homesmith.context.slices import Slice

LONG_ENOUGH = 40
"""Characters; shorter sentences may well be said twice."""
TRAILING = re.compile(r"\s*\Z")


def lay_out(text: str, query: str, count: Count, embed: Embed | None = None) -> Layout:
    """The sentences as pieces, each worth its likelihood for what it costs."""
    sentences = taken_apart(text)
    if query.strip():
        chances = likelihoods(query, sentences, count, embed)
        worths = [
            chance / max(1, count(one.text)) for chance, one in zip(chances, sentences, strict=True)
        ]
    else:
        worths = _by_place(sentences)
    again = repeated([one.text for one in sentences])
    slices = tuple(
        Slice(
            source=f"passage {one.passage + 1}",
            text=one.text,
            worth=worth,
            kept=not said,
            why="said before, word for word" if said else "",
        )
        for one, worth, said in zip(sentences, worths, again, strict=True)
    )

    def gap(_first: int, last: int) -> str:
        """Three dots, and the line or paragraph ends where the missing text did."""
        space = TRAILING.search(slices[last].text) if slices else None
        return "…" + (space[0] if space and space[0] else " ")

    return Layout(slices=slices, gap=gap)


def _by_place(sentences: list[Sentence]) -> list[float]:
    """Without a question: the openings of passages, then what follows them, the earlier first."""
    worths, place, passage = [], 0, -1
    for one in sentences:
        place = 0 if one.passage != passage else place + 1
        passage = one.passage
        worths.append(1 / (1 + place))
    return worths


def repeated(texts: list[str]) -> list[bool]:
    """Which of the texts, but for blank space, stood there before."""
    seen: set[str] = set()
    found = []
    for text in texts:
        plain = " ".join(text.split())
        found.append(len(plain) >= LONG_ENOUGH and plain in seen)
        seen.add(plain)
    return found
