"""Attempts: one task, tried once with one strategy; how they are kept, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from homesmith.lab.ledger import Ledger
from homesmith.lab.statistics import wilson

UNJUDGED = "unjudged"
"""The verdict of an attempt that this machine could not judge: it is made again the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One task, tried once. `verdict` is the hidden checks'; tokens and seconds are the method's.

    `kind`: "code", "answer" or "prose", or "app". `recalled`: how many of its answers were taken
    from those kept before, with the tokens and seconds that they took when they were made.
    `fingerprint` names the task, the method and its means; an attempt with another one is not
    taken for this one. `code` names the code that made it alone; see `codebase`.
    """

    suite: str
    task: str
    strategy: str
    model: str
    seed: int
    verdict: str
    kind: str = "code"
    why: str = ""
    answer_tokens: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    seconds: float = 0.0
    candidates: int = 0
    stopped: str = ""
    recalled: int = 0
    fingerprint: str = ""
    code: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict == "passed"

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What makes an attempt the same as another."""
        return self.suite, self.task, self.strategy, self.model, self.seed

    @property
    def place(self) -> tuple[str, str, int]:
        """What two strategies must share for these to be compared."""
        return self.suite, self.task, self.seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one strategy came to on one suite.

    `low` and `high` bound the share at 95 %, counting each task once however many seeds it had.
    `codes` names the code that made the attempts: more than one where they were made at times
    between which it changed.
    """

    suite: str
    strategy: str
    passed: int
    total: int
    tasks: int
    low: float
    high: float
    answer_tokens: int
    seconds: float
    recalled: int = 0
    unjudged: int = 0
    codes: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.passed / self.total if self.total else 0.0


def attempts(ledger: Ledger) -> tuple[Attempt, ...]:
    """The attempts of a ledger, of several at the same thing the last; other lines are left out."""
    names = {field.name for field in fields(Attempt)}
    found: dict[object, Attempt] = {}
    for entry in ledger.entries():
        try:
            attempt = Attempt(**{name: entry[name] for name in names & entry.keys()})
            found[attempt.key] = attempt
        except TypeError:
            continue
    return tuple(found.values())


def judged(tried: Iterable[Attempt]) -> list[Attempt]:
    """Those that were judged; the others count for nobody."""
    return [attempt for attempt in tried if attempt.verdict != UNJUDGED]


def scores(tried: Iterable[Attempt]) -> tuple[Score, ...]:
    """One score for each suite and strategy, in the order in which they were met."""
    groups: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in tried:
        groups.setdefault((attempt.suite, attempt.strategy), []).append(attempt)
    return tuple(_score(group) for group in groups.values())


def _score(group: Sequence[Attempt]) -> Score:
    counted = judged(group)
    passed, tasks = sum(attempt.passed for attempt in counted), len({one.task for one in counted})
    share = passed / len(counted) if counted else 0.0
    low, high = wilson(share * tasks, tasks)
    return Score(
        suite=group[0].suite,
        strategy=group[0].strategy,
        passed=passed,
        total=len(counted),
        tasks=tasks,
        low=low,
        high=high,
        answer_tokens=sum(attempt.answer_tokens for attempt in counted),
        seconds=round(sum(attempt.seconds for attempt in counted), 1),
        recalled=sum(attempt.recalled for attempt in counted),
        unjudged=len(group) - len(counted),
        codes=tuple(sorted({one.code for one in counted if one.code})),
    )
