"""A whole measurement as one value: the scores, the comparisons, and what others published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from homesmith.lab.attempts import Attempt, Score, scores
from homesmith.lab.comparison import Comparison, compared
from homesmith.lab.figures import Figure
from homesmith.lab.published import PUBLISHED, Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a report shows, on a terminal, as JSON and as a page. `at` is a UTC time.

    `removed`: how many tasks of each suite are not counted, for they are no longer in it.
    `left_out`: how many of its files or lines are no task. `untried`: how many attempts were still
    to be made when the evaluation was stopped.
    """

    model: str
    at: str
    version: str
    attempts: tuple[Attempt, ...]
    scores: tuple[Score, ...]
    comparisons: tuple[Comparison, ...]
    published: Mapping[str, Published]
    figures: tuple[Figure, ...] = ()
    removed: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    untried: int = 0

    def as_json(self) -> dict[str, Any]:
        """All of it but the single attempts, which the ledger holds."""
        return {
            "model": self.model,
            "at": self.at,
            "version": self.version,
            "scores": [asdict(score) | {"share": score.share} for score in self.scores],
            "pairs": [asdict(one) for one in self.comparisons],
            "published": [asdict(one) for one in self.published.values()],
            "figures": [asdict(one) for one in self.figures],
            "removed": dict(self.removed),
            "left_out": dict(self.left_out),
            "untried": self.untried,
        }


def measurement(
    sides: Sequence[tuple[str, Sequence[Attempt]]],
    *,
    model: str,
    at: str,
    version: str,
    figures: Sequence[Figure] = (),
) -> Measurement:
    """What several sides come to: each its scores, and each but the first against the first."""
    tried = tuple(attempt for _, own in sides for attempt in own)
    own_scores = tuple(score for name, own in sides for score in _named(name, scores(own)))
    first, *others = sides or [("", ())]
    pairs = [pair for name, own in others for pair in compared(first[1], own, (first[0], name))]
    suites = dict.fromkeys(attempt.suite for attempt in tried)
    return Measurement(
        model=model,
        at=at,
        version=version,
        attempts=tried,
        scores=own_scores,
        comparisons=tuple(pairs),
        published={suite: PUBLISHED[suite] for suite in suites if suite in PUBLISHED},
        figures=tuple(figures),
    )


def _named(name: str, found: Sequence[Score]) -> list[Score]:
    return [replace(score, strategy=name) for score in found]
