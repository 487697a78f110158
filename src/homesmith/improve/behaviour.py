"""Candidates by what they do: groups that return the same, and which group speaks for most.

Pure functions of results; the earliest candidate is always the one that has to be outdone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homesmith.improve.drafts import Tried
from homesmith.improve.execution import Result

Behaviour = tuple[Result, ...]
Groups = Mapping[Behaviour, Sequence[Tried]]


def works(behaviour: Behaviour) -> bool:
    """Whether it returned anything at all; failing alike is no agreement."""
    return any(one.kind == "value" for one in behaviour)


def sizes(groups: Groups) -> list[int]:
    """How many agree in each group that works."""
    return [len(group) for behaviour, group in groups.items() if works(behaviour)]


def winner(groups: Groups) -> tuple[Tried, bool]:
    """The first candidate of the group that most agree with, and whether others agree with it.

    The two largest groups are set against each other on the inputs where they differ; there the
    candidates of other groups speak too. An equal number leaves it with the earlier group, and
    groups that never return anything only win when all are such.
    """
    working = {one: group for one, group in groups.items() if works(one)} or dict(groups)
    ordered = sorted(working, key=lambda one: -len(working[one]))  # stable: the earlier first
    if len(ordered) == 1:
        return working[ordered[0]][0], len(working[ordered[0]]) > 1
    one, two = sorted(ordered[:2], key=list(working).index)
    others = [behaviour for behaviour in ordered[2:] for _ in working[behaviour]]
    first = len(working[one]) + sum(_leans(other, one, two) > 0 for other in others)
    second = len(working[two]) + sum(_leans(other, one, two) < 0 for other in others)
    best = two if second > first else one
    return working[best][0], max(first, second) > 1


def _leans(other: Behaviour, one: Behaviour, two: Behaviour) -> int:
    """On how many inputs where the two differ it sides with the first, less with the second."""
    differing = [place for place in range(len(one)) if one[place] != two[place]]
    return sum((other[place] == one[place]) - (other[place] == two[place]) for place in differing)
