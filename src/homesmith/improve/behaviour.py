"""Candidates by what they do: which of them return the same, and what most of them return.

A call that fails by accident, such as an index out of range, says nothing of what is right: it
neither agrees nor contradicts. Values do, and errors that a candidate raises on purpose. Pure
functions of results; an earlier candidate is one that has to be outdone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from homesmith.improve.execution import Result

Behaviour = tuple[Result, ...]
SAID = ("value", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The place of the candidate that most agree with, and how many do, itself among them.

    `rival` is the best placed of those that contradict it, None without one, and `against` how
    many agree with that one. `agreed`: two agree outright at least, and fewer on anything else.
    """

    best: int
    support: int
    rival: int | None = None
    against: int = 0
    agreed: bool = False


def works(one: Behaviour) -> bool:
    """Whether it returned anything at all; failing alike is no agreement."""
    return any(result.kind == "value" for result in one)


def contradict(one: Behaviour, other: Behaviour) -> bool:
    """Whether they say different things of the same call."""
    return bool(differing(one, other))


def agree(one: Behaviour, other: Behaviour) -> bool:
    """Whether they return the same somewhere, and nowhere say different things."""
    shared = any(a == b and a.kind == "value" for a, b in zip(one, other, strict=True))
    return shared and not contradict(one, other)


def standing(ran: Sequence[Behaviour]) -> Standing:
    """Which of these, at least one, has most of them on its side.

    Of those with equally many it is the one that answers most calls, then the earliest. Unless
    that is agreed, the best two that contradict each other are compared where they differ: there
    the candidates that agree with neither side with one of them; an equal number leaves it with
    the earlier side.
    """
    places = [at for at, one in enumerate(ran) if works(one)] or [0]
    siding = {at: {to for to in places if to == at or agree(ran[at], ran[to])} for at in places}
    answers = {at: sum(result.kind in SAID for result in ran[at]) for at in places}
    order = sorted(places, key=lambda at: (-len(siding[at]), -answers[at], at))
    best = order[0]
    rival = next((at for at in order if contradict(ran[best], ran[at])), None)
    if rival is None:
        return Standing(best=best, support=len(siding[best]), agreed=len(siding[best]) > 1)
    support, against = len(siding[best]), len(siding[rival])
    if support > max(1, against):
        return Standing(best=best, support=support, rival=rival, against=against, agreed=True)
    if min(siding[rival]) < min(siding[best]):
        best, rival = rival, best
    others = [ran[at] for at in places if at not in siding[best] | siding[rival]]
    leaning = [_leans(other, ran[best], ran[rival]) for other in others]
    support, against = (
        len(siding[best]) + sum(one > 0 for one in leaning),
        len(siding[rival]) + sum(one < 0 for one in leaning),
    )
    if against > support:
        best, support, rival, against = rival, against, best, support
    return Standing(best=best, support=support, rival=rival, against=against)


def differing(one: Behaviour, other: Behaviour) -> list[int]:
    """The places where they say different things."""
    pairs = enumerate(zip(one, other, strict=True))
    return [place for place, (a, b) in pairs if _speak(a, b) and a != b]


def _speak(one: Result, other: Result) -> bool:
    return one.kind in SAID and other.kind in SAID


def _leans(other: Behaviour, one: Behaviour, two: Behaviour) -> int:
    """On how many inputs where the two differ it sides with the first, less with the second."""
    places = differing(one, two)
    return sum((other[place] == one[place]) - (other[place] == two[place]) for place in places)
