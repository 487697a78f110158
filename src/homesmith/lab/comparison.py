"""Two ways on the same tasks: what only one of them solved, and whether that can be chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from homesmith.lab.attempts import Attempt, counted, distinct
from homesmith.lab.statistics import chance, difference, mcnemar

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sides on the tasks of `suite` that both tried; "all" for those of several suites.

    A task with several seeds counts once: for the side that solved it more often, for `both` when
    they solved it as often; `seeds` is the most that one has. `difference` is second less first, in
    mean shares of each task's seeds, with its 95 % interval, as parts of 1; `p` is McNemar's,
    two-sided and exact, which with seeds is a sign test of the tasks. Tokens and seconds are those
    of the common tasks. `codes`: how many versions of the code made the attempts; `means`: how many
    limits, weights and profiles those of one model, at most.
    """

    suite: str
    first: str
    second: str
    tasks: int
    first_share: float
    second_share: float
    both: tuple[str, ...]
    neither: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    difference: float
    low: float
    high: float
    p: float
    first_tokens: int
    second_tokens: int
    first_seconds: float
    second_seconds: float
    seeds: int = 1
    codes: int = 0
    means: int = 0

    @property
    def chance(self) -> str:
        """`p` as papers write it."""
        return chance(self.p)


def compared(
    first: Sequence[Attempt], second: Sequence[Attempt], names: tuple[str, str]
) -> tuple[Comparison, ...]:
    """One comparison for each suite that both tried, and one of all when there are several."""
    suites = {one.suite: None for one in first}
    common = [suite for suite in suites if any(two.suite == suite for two in second)]
    made = [compare(_of(first, suite), _of(second, suite), names, suite=suite) for suite in common]
    kept = [one for one in made if one.tasks]
    if len(kept) > 1:
        kept.append(compare(first, second, names, suite=ALL))
    return tuple(kept)


def compare(
    first: Iterable[Attempt],
    second: Iterable[Attempt],
    names: tuple[str, str],
    *,
    suite: str = ALL,
) -> Comparison:
    """Two sides over everything that both tried with the same seeds.

    A task that was another one for the other side, such as one that was mended, is left out.
    """
    ours, theirs = _by_place(first), _by_place(second)
    both = ours.keys() & theirs.keys()
    common = sorted(place for place in both if ours[place].same_task(theirs[place]))
    tried = [side[place] for side in (ours, theirs) for place in common]
    one = _shares(ours, common)
    two = _shares(theirs, common)
    only_first = tuple(_name(task) for task in one if one[task] > two[task])
    only_second = tuple(_name(task) for task in one if two[task] > one[task])
    gain, low, high = difference([two[task] - one[task] for task in one])
    total = max(1, len(one))
    return Comparison(
        suite=suite,
        first=names[0],
        second=names[1],
        tasks=len(one),
        first_share=sum(one.values()) / total,
        second_share=sum(two.values()) / total,
        both=tuple(_name(task) for task in one if one[task] == two[task] > 0),
        neither=tuple(_name(task) for task in one if one[task] == two[task] == 0),
        only_first=only_first,
        only_second=only_second,
        difference=gain,
        low=low,
        high=high,
        p=mcnemar(len(only_first), len(only_second)),
        first_tokens=sum(ours[key].answer_tokens for key in common),
        second_tokens=sum(theirs[key].answer_tokens for key in common),
        first_seconds=round(sum(ours[key].seconds for key in common), 1),
        second_seconds=round(sum(theirs[key].seconds for key in common), 1),
        seeds=max(Counter(place[:2] for place in common).values(), default=1),
        codes=len(distinct(one.code for one in tried)),
        means=_most_means(tried),
    )


Task = tuple[str, str]
Place = tuple[str, str, int]


def _of(tried: Iterable[Attempt], suite: str) -> list[Attempt]:
    return [attempt for attempt in tried if attempt.suite == suite]


def _by_place(tried: Iterable[Attempt]) -> dict[Place, Attempt]:
    return {one.place: one for one in counted(tried)}


def _most_means(tried: Sequence[Attempt]) -> int:
    """Other weights are meant where two models are compared, and only there."""
    models = {one.model for one in tried}
    made = (distinct(one.means for one in tried if one.model == model) for model in models)
    return max(map(len, made), default=0)


def _shares(tried: Mapping[Place, Attempt], common: Iterable[Place]) -> dict[Task, float]:
    """In which share of its seeds each common task was solved."""
    solved: dict[Task, list[bool]] = {}
    for suite, task, seed in common:
        solved.setdefault((suite, task), []).append(tried[suite, task, seed].passed)
    return {task: sum(passed) / len(passed) for task, passed in solved.items()}


def _name(task: Task) -> str:
    return f"{task[0]} {task[1]}"
