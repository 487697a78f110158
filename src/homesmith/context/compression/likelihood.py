"""How likely each sentence is to hold the answer: a logistic model of seven or nine features.

The weights were fitted on one half of a public set of questions (see
docs/measurements.md) and are data, not truth: they say that the passage matters most, then the
sentence, then what kind of thing is asked for. Nothing here is learned at run time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from homesmith.context.compression.expecting import expectation
from homesmith.context.compression.scoring import bags, merged, shares
from homesmith.context.compression.sentences import Sentence
from homesmith.context.compression.values import Count, Embed


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Log-odds per unit of each feature. Shares, ranks and likeness lie between 0 and 1."""

    constant: float
    sentence: float
    neighbour: float
    passage: float
    passage_rank: float
    length: float
    expected: float
    opening: float
    likeness: float = 0.0
    passage_likeness: float = 0.0


BY_WORDS = Weights(
    constant=-13.14,
    sentence=1.06,
    neighbour=0.22,
    passage=5.65,
    passage_rank=2.14,
    length=0.85,
    expected=0.82,
    opening=0.63,
)
BY_WORDS_AND_MEANING = Weights(
    constant=-11.64,
    sentence=0.0,
    neighbour=0.0,
    passage=0.0,
    passage_rank=2.39,
    length=0.57,
    expected=0.63,
    opening=0.49,
    likeness=3.65,
    passage_likeness=4.85,
)
"""Fitted for MiniLM-L6 on sixty questions only; weights below zero were set to zero."""


def likelihoods(
    query: str, sentences: Sequence[Sentence], count: Count, embed: Embed | None = None
) -> list[float]:
    """For each sentence the chance, between 0 and 1, that it holds what `query` asks for."""
    weights = BY_WORDS_AND_MEANING if embed else BY_WORDS
    names = [getattr(weights, name) for name in FEATURES]
    return [
        _logistic(weights.constant + sum(map(float.__mul__, names, row)))
        for row in features(query, sentences, count, embed)
    ]


FEATURES = (
    *("sentence", "neighbour", "passage", "passage_rank", "length", "expected", "opening"),
    *("likeness", "passage_likeness"),
)


def features(
    query: str, sentences: Sequence[Sentence], count: Count, embed: Embed | None = None
) -> list[tuple[float, ...]]:
    """For each sentence its features, in the order of FEATURES."""
    members = _members(sentences)
    pieces = bags(query, (one.text for one in sentences))
    own = [sum(pair) / 2 for pair in zip(*shares(pieces), strict=True)]
    stems, runs = shares([merged(pieces[first:last]) for first, last in members])
    by_stem, by_run = _relative(stems), _relative(runs)
    passage = [sum(pair) / 2 for pair in zip(by_stem, by_run, strict=True)]
    rank = [sum(pair) / 2 for pair in zip(_ranks(stems), _ranks(runs), strict=True)]
    like = _likeness(query, sentences, embed)
    near = _relative([max(like[first:last]) for first, last in members])
    expected = expectation(query)
    rows: list[tuple[float, ...]] = []
    for at, one in enumerate(sentences):
        first, last = members[one.passage]
        around = [own[near_by] for near_by in (at - 1, at + 1) if first <= near_by < last]
        rows.append(
            (
                own[at],
                max(around, default=0.0),
                passage[one.passage],
                rank[one.passage],
                math.log(max(1, count(one.text))),
                expected(one.text),
                float(at == first),
                like[at],
                near[one.passage],
            )
        )
    return rows


def _members(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Where each passage begins and ends."""
    starts = [at for at, one in enumerate(sentences) if at == 0 or _begins(sentences, at)]
    return list(pairwise([*starts, len(sentences)]))


def _begins(sentences: Sequence[Sentence], at: int) -> bool:
    return sentences[at].passage != sentences[at - 1].passage


def _relative(scores: Sequence[float]) -> list[float]:
    most = max(scores, default=0.0)
    return [score / most if most > 0 else 0.0 for score in scores]


def _ranks(scores: Sequence[float]) -> list[float]:
    """1 for the best, 1/2 for the next, and so on; equals in their order."""
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    ranks = [0.0] * len(scores)
    for place, at in enumerate(order, start=1):
        ranks[at] = 1 / place
    return ranks


def _likeness(query: str, sentences: Sequence[Sentence], embed: Embed | None) -> list[float]:
    """The cosine between the question and each sentence; 0 without a model."""
    if embed is None or not sentences:
        return [0.0] * len(sentences)
    asked, *given = [
        [float(value) for value in row]
        for row in embed([query, *(one.text.strip() for one in sentences)])
    ]
    return [_cosine(asked, row) for row in given]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    length = math.hypot(*one) * math.hypot(*other)
    return sum(map(float.__mul__, one, other)) / length if length else 0.0


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
