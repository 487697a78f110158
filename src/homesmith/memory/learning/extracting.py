"""From a model's answer to facts: each with messages that say it, or a word for why it is none.

What rests on the person's own words is a fact. What needs the words of a model, a file or a page
is a proposal, which waits for the person. Pure functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homesmith.core.learning import Gain, Learned, Proposal
from homesmith.core.memories import Memory
from homesmith.memory.chunks import chunks, head_of
from homesmith.memory.learning.answers import line_of, number, read_list
from homesmith.memory.learning.grounding import alike, contrary, grounded, related
from homesmith.memory.learning.questions import FACTS, SENTENCE, who

NO_TEXT = "a fact without a text"
NO_POINTER = "a fact without a pointer"
NOWHERE = "a pointer to nothing"
UNSAID = "not said by anybody"
DENIED = "the opposite of what was said"
KNOWN = "known already"
REFUSED = "refused before"
UNRELATED = "replaces another matter"
REPLACES_NOTHING = "replaces nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the model was shown: messages and known facts, both numbered from 1 in this order.

    `every` are all facts that hold, shown or not; `refused` what the person does not want known.
    """

    messages: Sequence[Memory]
    known: Sequence[Memory]
    every: Sequence[Memory]
    refused: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A sentence, the places of the messages it points to, and the known fact it replaces."""

    text: str
    places: tuple[int, ...]
    replaces: int | None


def taken(answer: str, view: View) -> Gain | str:
    """What the answer yields; a word for what is wrong when it cannot be read at all."""
    said = read_list(answer, "facts")
    if isinstance(said, str):
        return said
    counts: Counter[str] = Counter()
    learned: list[Learned] = []
    proposals: list[Proposal] = []
    for plain in said[:FACTS]:
        claim = _claim(plain, view, counts)
        if isinstance(claim, str):
            counts[claim] += 1
            continue
        judged = _judged(claim, view, [one.memory.text for one in learned])
        match judged:
            case Learned():
                learned.append(judged)
            case Proposal():
                proposals.append(judged)
            case _:
                counts[judged] += 1
    return Gain(learned=tuple(learned), proposals=tuple(proposals), counts=counts)


def fact(
    text: str,
    sources: Sequence[Memory],
    *,
    confirmed: bool = False,
    replaces: int | None = None,
    same_as: int | None = None,
) -> Learned:
    """A fact that holds from the first of the messages that say it.

    `confirmed` says that the person only agreed to it: the words are another's.
    """
    first = min(sources, key=lambda one: (one.at, one.id))
    memory = Memory(
        id=0,
        kind="fact",
        session=first.session,
        speaker="fact",
        text=text,
        at=first.at,
        trust="outside" if confirmed else "person",
    )
    head = head_of(speaker="fact", at=first.at)
    return Learned(
        memory=memory,
        chunks=chunks(text, head=head),
        sources=tuple(one.id for one in sources),
        replaces=replaces,
        same_as=same_as,
    )


def _claim(plain: Any, view: View, counts: Counter[str]) -> _Claim | str:
    """What the model means, in our numbers; a word for what is wrong with it."""
    if not isinstance(plain, dict):
        return NO_TEXT
    text = line_of(plain.get("text"), SENTENCE)
    if not text:
        return NO_TEXT
    pointers = plain.get("from")
    if not isinstance(pointers, list) or not pointers:
        return NO_POINTER
    places = [number(pointer) for pointer in pointers]
    if not all(place is not None and 1 <= place <= len(view.messages) for place in places):
        return NOWHERE
    replaces = _replaced(text, plain.get("replaces"), view, counts)
    here = tuple(dict.fromkeys(place - 1 for place in places if place is not None))
    return _Claim(text=text, places=here, replaces=replaces)


def _replaced(text: str, said: Any, view: View, counts: Counter[str]) -> int | None:
    """The fact that ends, if the one that is named can be about the same matter."""
    place = number(said)
    if said is None or place == 0:
        return None
    if place is None or not 1 <= place <= len(view.known):
        counts[REPLACES_NOTHING] += 1
        return None
    old = view.known[place - 1]
    if not related(old.text, text):
        counts[UNRELATED] += 1
        return None
    return old.id


def _judged(claim: _Claim, view: View, new: Sequence[str]) -> Learned | Proposal | str:
    pointed = [view.messages[place] for place in claim.places]
    persons = [one for one in pointed if who(one) == "person"]
    before = [view.messages[place - 1] for place in claim.places if place]
    asked = [one.text for one in before if who(one) == "assistant"]
    if any(alike(claim.text, text) for text in new):
        return KNOWN
    if contrary(claim.text, [one.text for one in pointed]):
        return DENIED
    same = next((one.id for one in view.every if alike(one.text, claim.text)), None)
    if persons and grounded(claim.text, [one.text for one in persons], asked):
        replaces = None if same == claim.replaces else claim.replaces
        return fact(claim.text, persons, replaces=replaces, same_as=same)
    if not grounded(claim.text, [one.text for one in (*pointed, *before)]):
        return UNSAID
    if same is not None:
        return KNOWN
    if any(alike(text, claim.text) for text in view.refused):
        return REFUSED
    return _proposal(claim, view, pointed)


def _proposal(claim: _Claim, view: View, pointed: Sequence[Memory]) -> Proposal:
    """It rests on all messages that carry its words, so that it goes when one of them goes."""
    before = [view.messages[place - 1] for place in claim.places if place]
    rests = [*pointed, *(one for one in before if related(one.text, claim.text))]
    first = min(pointed, key=lambda one: (one.at, one.id))
    strangers = sorted({who(one) for one in rests if who(one) != "person"})
    return Proposal(
        id=0,
        text=claim.text,
        at=first.at,
        session=first.session,
        origin=", ".join(strangers),
        sources=tuple(sorted({one.id for one in rests})),
        replaces=claim.replaces,
    )
