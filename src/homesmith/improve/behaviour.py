"""Candidates by what they do: which of them return the same, and what most of them return.

A call that fails by accident, such as an index out of range, says nothing of what is right: it
neither agrees nor contradicts. Values do, and errors that a candidate raises on purpose. How much
two agree is the part of the calls on which they say the same, so one that mostly fails has little
to say for anybody, itself included. Pure functions of results; an earlier candidate is one that
has to be outdone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from homesmith.improve.execution import Result

Behaviour = tuple[Result, ...]
SAID = ("value", "refused")
HALF = 0.5
"""What one that agrees has to say at least to count as a second voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The place of the candidate that is agreed with most, and how much, its own voice included.

    `rival` is the best placed of those that contradict it, None without one, and `against` how
    much that one is agreed with. `agreed`: another candidate says the same, and clearly fewer say
    anything else.
    """

    best: int
    support: float
    rival: int | None = None
    against: float = 0.0
    agreed: bool = False


def works(one: Behaviour) -> bool:
    """Whether it returned anything at all; failing alike is no agreement."""
    return any(result.kind == "value" for result in one)


def spoken(one: Behaviour) -> float:
    """The part of the calls on which it says anything; 1 without a call."""
    return sum(result.kind in SAID for result in one) / len(one) if one else 1.0


def agreement(one: Behaviour, other: Behaviour) -> float:
    """The part of the calls on which they say the same; 0 where they contradict each other."""
    same = [a for a, b in zip(one, other, strict=True) if _speak(a, b)]
    if differing(one, other) or not works(tuple(same)):
        return 0.0
    return len(same) / len(one)


def most_agreed(ran: Sequence[Behaviour]) -> Agreement:
    """Which of these, at least one, has most of the others on its side; of equals the earliest.

    Unless that is clear, the best two that contradict each other are compared where they differ:
    there those that agree with neither side with one of them; an equal number leaves it with the
    earlier one.
    """
    places = [at for at, one in enumerate(ran) if works(one)] or [0]
    beside = {at: {to: agreement(ran[at], ran[to]) for to in places} for at in places}
    support = {at: round(sum(beside[at].values()), 6) for at in places}
    order = sorted(places, key=lambda at: (-support[at], at))
    best = order[0]
    rival = next((at for at in order if differing(ran[best], ran[at])), None)
    against = 0.0 if rival is None else support[rival]
    second = support[best] - beside[best][best] >= HALF
    if rival is None or (second and support[best] - against >= HALF):
        return Agreement(
            best=best, support=support[best], rival=rival, against=against, agreed=second
        )
    one, two = min(best, rival), max(best, rival)
    others = [at for at in places if not beside[one][at] and not beside[two][at]]
    leaning = [_leans(ran[at], ran[one], ran[two]) for at in others]
    first = support[one] + sum(side > 0 for side in leaning)
    later = support[two] + sum(side < 0 for side in leaning)
    if later - first >= HALF:
        return Agreement(best=two, support=later, rival=one, against=first)
    return Agreement(best=one, support=first, rival=two, against=later)


def ending(ran: Sequence[Behaviour], best: int) -> int:
    """The place of one that says the same as the best, and ends on more calls; else the best's."""
    others = [at for at, one in enumerate(ran) if agreement(ran[best], one) >= HALF]
    return min([best, *others], key=lambda at: sum(one.kind == "endless" for one in ran[at]))


def differing(one: Behaviour, other: Behaviour) -> list[int]:
    """The places where they say different things."""
    pairs = enumerate(zip(one, other, strict=True))
    return [place for place, (a, b) in pairs if _speak(a, b) and not a.same(b)]


def _speak(one: Result, other: Result) -> bool:
    return one.kind in SAID and other.kind in SAID


def _leans(other: Behaviour, one: Behaviour, two: Behaviour) -> int:
    """On how many inputs where the two differ it sides with the first, less with the second."""
    places = differing(one, two)
    return sum(other[at].same(one[at]) - other[at].same(two[at]) for at in places)
