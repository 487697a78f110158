"""Prose by relevance: the sentences that may hold what is asked for, in their order.

A sentence whose passage or section lost its beginning stands behind the first words of it: without
them nobody knows who "she" is, or whose dog the one "named Buck". It knows the headings of
Markdown by their first letters alone: a comment may look like one, an underlined title does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from homesmith.context.compression.choosing import Gap, Layout
from homesmith.context.compression.likelihood import likelihoods
from homesmith.context.compression.sentences import Sentence, taken_apart
from homesmith.context.compression.values import Count, Embed
from homesmith.context.slices import Slice

LONG_ENOUGH = 40
"""Characters; shorter sentences may well be said twice."""
FIRST_WORDS = 60
"""Characters at most of the first words of a passage or of a heading, before the blank space."""
HEADING = re.compile(r"#{1,6} ")


def lay_out(text: str, query: str, count: Count, embed: Embed | None = None) -> Layout:
    """The sentences as pieces, each worth its likelihood for what it costs."""
    sentences = taken_apart(text)
    worths = worths_of(sentences, query, count, embed) if query.strip() else _by_place(sentences)
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
    gap, bare = _gaps(sentences)
    return Layout(slices=slices, gap=gap, bare=bare)


def worths_of(
    sentences: Sequence[Sentence], query: str, count: Count, embed: Embed | None = None
) -> list[float]:
    """For each sentence the chance that it holds what `query` asks for, per token."""
    chances = likelihoods(query, sentences, count, embed)
    return [
        chance / max(1, count(one.text)) for chance, one in zip(chances, sentences, strict=True)
    ]


def _gaps(sentences: Sequence[Sentence]) -> tuple[Gap, Gap]:
    """What stands for missing sentences, from one number to another, and the least that can.

    Three dots, and the line or paragraph ends where the missing text did. Before the last of them
    stands what the next sentence belongs to, if that is missing.
    """
    begins = _begins(sentences)

    def bare(_first: int, last: int) -> str:
        return "…" + _space_after(sentences[last])

    def gap(first: int, last: int) -> str:
        parts, missing = [], first
        for at in begins[last + 1] if last + 1 < len(begins) else ():
            if first <= at <= last:
                words = _first_words(sentences[at].text)
                parts += [bare(missing, at - 1), words] if at > missing else [words]
                missing = at + (words == sentences[at].text)
        return "".join([*parts, bare(missing, last)] if missing <= last else parts)

    return gap, bare


def _begins(sentences: Sequence[Sentence]) -> list[tuple[int, ...]]:
    """For each sentence the heading above it and the first of its passage, but for itself."""
    found: list[tuple[int, ...]] = []
    heading = start = -1
    for at, one in enumerate(sentences):
        if at == 0 or one.passage != sentences[at - 1].passage:
            start = at
        found.append(tuple(sorted({place for place in (heading, start) if 0 <= place < at})))
        if HEADING.match(one.text):
            heading = at
    return found


def _first_words(text: str) -> str:
    """A short sentence as it is, of a longer one the first words, of a heading only its line."""
    title, end, _ = text.partition("\n")
    if HEADING.match(text) and len(title) <= FIRST_WORDS and end:
        return text if text.strip() == title.strip() else title + end
    if len(text.rstrip()) <= FIRST_WORDS:
        return text
    words = " ".join(text[: 2 * FIRST_WORDS].split())[: FIRST_WORDS + 1]
    return (words.rpartition(" ")[0] or words[:FIRST_WORDS]) + " "


def _space_after(sentence: Sentence) -> str:
    return sentence.text[len(sentence.text.rstrip()) :] or " "


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
