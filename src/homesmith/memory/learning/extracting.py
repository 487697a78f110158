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
from homesmith.core.memories import Memory, Trust
from homesmith.memory.chunks import chunks, head_of
from homesmith.memory.learning.answers import line_of, number, read_list
from homesmith.memory.learning.grounding import alike, contrary, grounded, of_another, related
from homesmith.memory.learning.matters import matter
from homesmith.memory.learning.questions import FACTS, SENTENCE, who

NO_TEXT = "a fact without a text"
NO_POINTER = "a fact without a pointer"
NOWHERE = "a pointer to nothing"
UNSAID = "not said by anybody"
DENIED = "the opposite of what was said"
ANOTHERS = "said of another person"
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
    """A sentence, the places of the messages it points to, and the known fact it replaces.

    `wrong` says why it replaces none although it names one.
    """

    text: str
    places: tuple[int, ...]
    replaces: int | None
    wrong: str = ""


def taken(answer: str, view: View) -> Gain | str:
    """What the answer yields; a word for what is wrong when it cannot be read at all."""
    said = read_list(answer, "facts")
    if isinstance(said, str):
        return said
    counts: Counter[str] = Counter()
    learned: list[Learned] = []
    proposals: list[Proposal] = []
    for plain in said[:FACTS]:
        claim = _claim(plain, view)
        if isinstance(claim, str):
            counts[claim] += 1
            continue
        counts.update([claim.wrong] if claim.wrong else [])
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
    *,
    at: str,
    session: str,
    sources: tuple[int, ...],
    trust: Trust = "person",
    replaces: int | None = None,
    same_as: int | None = None,
) -> Learned:
    """A fact that holds from `at` on, with the messages that say it."""
    memory = Memory(
        id=0, kind="fact", session=session, speaker="fact", text=text, at=at, trust=trust
    )
    return Learned(
        memory=memory,
        chunks=chunks(text, head=head_of(speaker="fact", at=at)),
        sources=sources,
        replaces=replaces,
        same_as=same_as,
    )


def _claim(plain: Any, view: View) -> _Claim | str:
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
    replaces = _replaced(text, plain.get("replaces"), view)
    return _Claim(
        text=text,
        places=tuple(dict.fromkeys(place - 1 for place in places if place is not None)),
        replaces=replaces if isinstance(replaces, int) else None,
        wrong=replaces if isinstance(replaces, str) else "",
    )


def _replaced(text: str, said: Any, view: View) -> int | str | None:
    """The fact that ends, if it can be about the same matter; a word for why not."""
    place = number(said)
    if said is None or place == 0:
        return None
    if place is None or not 1 <= place <= len(view.known):
        return REPLACES_NOTHING
    old = view.known[place - 1]
    return old.id if related(old.text, text) else UNRELATED


def _judged(claim: _Claim, view: View, new: Sequence[str]) -> Learned | Proposal | str:
    pointed = [view.messages[place] for place in claim.places]
    persons = [one for one in pointed if who(one) == "person"]
    before = [view.messages[place - 1] for place in claim.places if place]
    asked = [one.text for one in before if who(one) == "assistant"]
    if any(alike(claim.text, text) for text in new):
        return KNOWN
    if contrary(claim.text, [one.text for one in pointed]):
        return DENIED
    if of_another(claim.text, [one.text for one in pointed]):
        return ANOTHERS
    same = next((one.id for one in view.every if alike(one.text, claim.text)), None)
    if persons and grounded(claim.text, [one.text for one in persons], asked):
        first = _first(persons)
        return fact(
            claim.text,
            at=first.at,
            session=first.session,
            sources=tuple(one.id for one in persons),
            replaces=None if same is not None else claim.replaces or _ended(claim.text, view),
            same_as=same,
        )
    if not grounded(claim.text, [one.text for one in (*pointed, *before)]):
        return UNSAID
    if same is not None:
        return KNOWN
    if any(alike(text, claim.text) for text in view.refused):
        return REFUSED
    return _proposal(claim, view, pointed)


def _ended(text: str, view: View) -> int | None:
    """The fact that ends without a word, because there is one at a time of its matter."""
    about = matter(text)
    return next((one.id for one in view.every if about and matter(one.text) == about), None)


def _proposal(claim: _Claim, view: View, pointed: Sequence[Memory]) -> Proposal:
    """It rests on all messages that carry its words, so that it goes when one of them goes."""
    before = [view.messages[place - 1] for place in claim.places if place]
    rests = [*pointed, *(one for one in before if related(one.text, claim.text))]
    first = _first(pointed)
    strangers = sorted({who(one) for one in rests if who(one) != "person"})
    return Proposal(
        id=0,
        text=claim.text,
        at=first.at,
        session=first.session,
        origin=", ".join(strangers),
        sources=tuple(sorted({one.id for one in rests})),
        replaces=claim.replaces or _ended(claim.text, view),
    )


def _first(messages: Sequence[Memory]) -> Memory:
    """Of messages that say the same, the one from which on it is known."""
    return min(messages, key=lambda one: (one.at, one.id))
