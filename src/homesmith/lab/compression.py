"""What compression keeps and what it costs, measured: answers, shapes of code, milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from homesmith.context.compression.compress import compress
from homesmith.context.compression.packing import Material, pack
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


def as_files(text: str, query: str, budget: int) -> str:
    """Our own way with each document as a file of its own, as `ask --with` takes them."""
    files = [
        Material(source=f"{number}.txt", text=part)
        for number, part in enumerate(text.split("\n\n"), start=1)
    ]
    return pack(files, query, budget, best_last=True).context.text


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One text, shortened once. Tokens and characters before and after; processor seconds."""

    task: str
    way: str
    ratio: float
    kept: bool
    over: bool
    tokens: int
    characters: int
    left: int
    seconds: float


def cuts(
    asked: Iterable[Question], ratios: Sequence[float], ways: Mapping[str, Shorten]
) -> Iterator[Cut]:
    """Every question's documents, shortened in each way at each ratio."""
    for number, question in enumerate(asked):
        text = question.prompt
        before = estimate(text)
        for ratio in ratios:
            for way, shorten in ways.items():
                budget = int(before / ratio)
                began = time.process_time()
                shorter = shorten(text, question.text, budget)
                seconds = time.process_time() - began
                yield Cut(
                    task=str(number),
                    way=way,
                    ratio=ratio,
                    kept=question.answered_by(shorter),
                    over=estimate(shorter) > budget,
                    tokens=before,
                    characters=len(text),
                    left=len(shorter),
                    seconds=seconds,
                )


def answers_kept(
    asked: Iterable[Question], ratios: Sequence[float], ways: Mapping[str, Shorten]
) -> list[Kept]:
    """For each ratio and way how many answers stand in the shorter text."""
    return kept_of(list(cuts(asked, ratios, ways)))


def kept_of(made: Sequence[Cut]) -> list[Kept]:
    """What single cuts add up to, for each ratio and way."""
    groups: dict[tuple[float, str], list[Cut]] = {}
    for one in made:
        groups.setdefault((one.ratio, one.way), []).append(one)
    return [_kept(way, ratio, group) for (ratio, way), group in groups.items()]


def _kept(way: str, ratio: float, group: Sequence[Cut]) -> Kept:
    kept, total = sum(one.kept for one in group), len(group)
    low, high = wilson(kept, total)
    tokens = sum(one.tokens for one in group)
    return Kept(
        way=way,
        ratio=ratio,
        kept=kept,
        total=total,
        low=low,
        high=high,
        by_characters=sum(one.characters for one in group) / max(1, sum(one.left for one in group)),
        milliseconds=1000 * sum(one.seconds for one in group) * UNIT / max(1, tokens),
        over_budget=sum(one.over for one in group),
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
