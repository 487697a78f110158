"""Attempts: one task, tried once with one strategy; how they are kept, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from homesmith.lab.ledger import Ledger
from homesmith.lab.statistics import wilson

UNJUDGED = "unjudged"
"""The verdict of an attempt that this machine could not judge, or no check that is itself at fault:
it is made again the next time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One task, tried once. `verdict` is the hidden checks'; tokens and seconds are the method's.

    `kind`: "code", "answer" or "prose", or "app". `recalled`: how many of its answers were taken
    from those kept before, with the tokens and seconds that they took when they were made.
    `fingerprint` names the task, the method and its means; an attempt with another one is not
    taken for this one. `code` names the code that made it alone; see `codebase`. `task_digest`
    names the task as it was then, with its hidden checks, and `means` the limits, the weights and
    the profile. Those of an older ledger are "": nobody knows.
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
    task_digest: str = ""
    means: str = ""

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

    def same_task(self, other: Attempt) -> bool:
        """Whether both saw the same task, as far as is known."""
        seen = {self.task_digest, other.task_digest}
        return len(seen) == 1 or "" in seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one strategy came to on one suite.

    `low` and `high` bound the share at 95 %, counting each task once however many seeds it had.
    `codes` and `means` name the code and the means that made the attempts: more than one where
    these were made at times between which it changed.
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
    means: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.passed / self.total if self.total else 0.0


def attempts(ledger: Ledger) -> tuple[Attempt, ...]:
    """The attempts of a ledger, of several at the same thing the last; other lines are left out."""
    known = {field.name for field in fields(Attempt)}
    found: dict[object, Attempt] = {}
    for entry in ledger.entries():
        try:
            attempt = Attempt(**{name: entry[name] for name in known & entry.keys()})
            found[attempt.key] = attempt
        except TypeError:
            continue
    return tuple(found.values())


def counted(tried: Iterable[Attempt]) -> list[Attempt]:
    """Those that were judged; the others count for nobody."""
    return [attempt for attempt in tried if attempt.verdict != UNJUDGED]


def scores(tried: Iterable[Attempt]) -> tuple[Score, ...]:
    """One score for each suite and strategy, in the order in which they were met."""
    groups: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in tried:
        groups.setdefault((attempt.suite, attempt.strategy), []).append(attempt)
    return tuple(_score(group) for group in groups.values())


def distinct(given: Iterable[str]) -> tuple[str, ...]:
    """The different ones that are known, in their order."""
    return tuple(sorted({one for one in given if one}))


def _score(group: Sequence[Attempt]) -> Score:
    own = counted(group)
    passed, tasks = sum(attempt.passed for attempt in own), len({one.task for one in own})
    share = passed / len(own) if own else 0.0
    low, high = wilson(share * tasks, tasks)
    return Score(
        suite=group[0].suite,
        strategy=group[0].strategy,
        passed=passed,
        total=len(own),
        tasks=tasks,
        low=low,
        high=high,
        answer_tokens=sum(attempt.answer_tokens for attempt in own),
        seconds=round(sum(attempt.seconds for attempt in own), 1),
        recalled=sum(attempt.recalled for attempt in own),
        unjudged=len(group) - len(own),
        codes=distinct(one.code for one in own),
        means=distinct(one.means for one in own),
    )
