"""What compression keeps and what it costs, measured: answers, shapes of code, milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from homesmith.context.compression.compress import compress
from homesmith.context.compression.sources import shape
from homesmith.context.compression.values import Embed
from homesmith.context.estimate import estimate
from homesmith.lab.distractors import Question
from homesmith.lab.statistics import wilson

UNIT = 4000
"""Tokens for which milliseconds are told."""
Shorten = Callable[[str, str, int], str]
"""A text, a question and a budget to a shorter text: the way that is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How often the answer survived at a ratio of tokens; 95 % between `low` and `high` (Wilson).

    `by_characters` is the ratio that came out in characters; `milliseconds` are of processor
    time for UNIT tokens.
    """

    way: str
    ratio: float
    kept: int
    total: int
    low: float
    high: float
    by_characters: float
    milliseconds: float
    over_budget: int

    @property
    def share(self) -> float:
        return self.kept / max(1, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Tokens of source files before and after their bodies were left out."""

    files: int
    before: int
    after: int
    milliseconds: float

    @property
    def ratio(self) -> float:
        return self.before / max(1, self.after)


def ours(embed: Embed | None = None) -> Shorten:
    """Our own way, with or without a model of meaning."""

    def shorten(text: str, query: str, budget: int) -> str:
        return compress(text, query, budget, embed=embed).text

    return shorten


def cut_in_the_middle(text: str, _query: str, budget: int) -> str:
    """The usual way, to compare with: the head and the tail, the middle left out."""
    low, high = 0, len(text) // 2
    while low < high:
        half = (low + high + 1) // 2
        if estimate(f"{text[:half]} … {text[-half:]}") <= budget:
            low = half
        else:
            high = half - 1
    return f"{text[:low]} … {text[-low:]}" if low else ""


@dataclass(slots=True, kw_only=True)
class _Tally:
    """The sums of one way at one ratio."""

    kept: int = 0
    total: int = 0
    over: int = 0
    tokens: int = 0
    seconds: float = 0.0
    characters: int = 0
    left: int = 0


def answers_kept(
    asked: Iterable[Question], ratios: Iterable[float], ways: Mapping[str, Shorten]
) -> list[Kept]:
    """For each ratio and way how many answers stand in the shorter text."""
    tallies = {(ratio, way): _Tally() for ratio in ratios for way in ways}
    for question in asked:
        text = question.prompt
        before = estimate(text)
        for (ratio, way), tally in tallies.items():
            budget = int(before / ratio)
            began = time.process_time()
            shorter = ways[way](text, question.text, budget)
            tally.seconds += time.process_time() - began
            tally.kept += question.answered_by(shorter)
            tally.total += 1
            tally.over += estimate(shorter) > budget
            tally.tokens += before
            tally.characters += len(text)
            tally.left += len(shorter)
    return [_kept(way, ratio, tally) for (ratio, way), tally in tallies.items()]


def _kept(way: str, ratio: float, tally: _Tally) -> Kept:
    low, high = wilson(tally.kept, tally.total)
    return Kept(
        way=way,
        ratio=ratio,
        kept=tally.kept,
        total=tally.total,
        low=low,
        high=high,
        by_characters=tally.characters / max(1, tally.left),
        milliseconds=1000 * tally.seconds * UNIT / max(1, tally.tokens),
        over_budget=tally.over,
    )


def shapes(files: Iterable[str]) -> Shapes:
    """What the shape of Python files costs against the files themselves."""
    number = before = after = 0
    seconds = 0.0
    for text in files:
        began = time.process_time()
        short = shape(text, "python")
        seconds += time.process_time() - began
        number, before, after = number + 1, before + estimate(text), after + estimate(short)
    milliseconds = 1000 * seconds * UNIT / max(1, before)
    return Shapes(files=number, before=before, after=after, milliseconds=milliseconds)
