"""What is brought along for one message: what was recalled, and what the person wrote down.

A text that stands in the prompt already is not brought again; one that has too little to do with
the message is not brought at all, because all that is brought must be read.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from homesmith.context.prompt.values import Example, Layout, Passage
from homesmith.context.relevance import WORD, sentences, words
from homesmith.context.slices import Slice
from homesmith.core.memories import Recalled
from homesmith.memory.recall import Recollection, shown, telling
from homesmith.memory.times import day
from homesmith.runtime.conversation.standing import NOTE
from homesmith.runtime.knowing import Known

SHARED = 0.2
"""The part of what the message's telling words say that makes a recalled piece worth reading."""
ALIKE = 0.4
"""A piece is read from this cosine on, whatever its words."""
ON_ITSELF = 0.8
"""The part that a piece must share with a message which only asks about what it says itself; of
those only the nearest is read."""
NEAREST = 3
"""Pieces that are read for a question which names nothing: "What did I tell you before that?"."""
PAST = frozenset(
    WORD.findall(
        "ago again before did earlier last mention mentioned recall remember said tell told"
    )
)
"""Words of a question that asks for what was said, whatever else it names."""
AGAIN = "it stands in the conversation already"
NO_ROOM = "it has no room beside what is worth as much"
ANSWERED = "assistant"
REPEATED = "it repeats what another says"
UNLIKE = "others have more in common with the message, or it has too little"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The passages, oldest first, examples, and every text that is not brought, with why."""

    passages: tuple[Passage, ...] = ()
    examples: tuple[Example, ...] = ()
    dropped: tuple[Slice, ...] = ()


def bring(message: str, recollection: Recollection, known: Known, layout: Layout) -> Brought:
    """What goes along with `message`."""
    candidates = [
        (one, why or (AGAIN if one.key in layout.passages else ""))
        for one, why in (*_personal(known), *_recalled(message, recollection))
    ]
    brought = [one for one, why in candidates if not why]
    dropped = [_dropped(one, why) for one, why in candidates if why]
    dropped += [_dropped(_piece(one), NO_ROOM) for one in recollection.misfits]
    unwanted = [piece for piece in known.slices if not piece.kept]
    return Brought(
        passages=tuple(brought),
        examples=tuple(one for one in known.examples if one.key not in layout.examples),
        dropped=(*dropped, *unwanted),
    )


def _personal(known: Known) -> Iterator[tuple[Passage, str]]:
    """Notes and the project's own file; what holds for every request stands in the head."""
    for piece in known.slices:
        if piece.kept and piece.text not in known.head:
            yield _passage(piece), ""


def _passage(piece: Slice) -> Passage:
    sha = hashlib.blake2b(piece.text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Passage(
        key=f"{NOTE}{sha}",
        source=piece.source,
        text=piece.text,
        tokens=piece.tokens,
        why=piece.why,
    )


def _recalled(message: str, recollection: Recollection) -> Iterator[tuple[Passage, str]]:
    """What was recalled, oldest first, each with why it is not read, "" where it is."""
    repeated = _repeated(recollection.found)
    shares = {
        one.piece.chunk: _share(recollection.weights, one.piece.text)
        for one in recollection.found
        if one.piece.chunk not in repeated
    }
    most, least, alike = _wanted(message, len(shares))
    nearest = sorted(shares, key=lambda chunk: (-shares[chunk], -chunk))[:most]
    found = sorted(recollection.found, key=lambda one: (one.piece.memory.at, one.piece.chunk))
    for one in found:
        chunk = one.piece.chunk
        fits = chunk in nearest and (shares[chunk] >= least or one.alike >= alike)
        yield _piece(one), REPEATED if chunk in repeated else "" if fits else UNLIKE


def _repeated(found: Sequence[Recalled]) -> set[int]:
    """The chunks of an answer that say in no other words what a message says that is there too."""
    pieces = [one.piece for one in found]
    said = [set(telling(one.text)) for one in pieces if one.memory.speaker != ANSWERED]
    return {
        one.chunk
        for one in pieces
        if one.memory.speaker == ANSWERED and any(set(telling(one.text)) <= each for each in said)
    }


def _wanted(message: str, every: int) -> tuple[int, float, float]:
    """How many of the nearest pieces to read at most, and the part they must share or the cosine.

    Questions that name nothing are about what else the message says: "I sold ten. Is that many?".
    """
    said = sentences(message)
    asked = [one.lower() for one in said if one.endswith("?")]
    if not 0 < len(asked) < len(said) or any(map(telling, asked)):
        return every, SHARED, ALIKE
    past = any(PAST.intersection(WORD.findall(one)) for one in asked)
    return (NEAREST, SHARED, ALIKE) if past else (1, ON_ITSELF, math.inf)


def _share(weights: Mapping[str, float], text: str) -> float:
    """The part of what the telling words of a query say that stands in a text, 0 to 1."""
    there = set(words(text))
    shared = sum(weight for word, weight in weights.items() if there.intersection(words(word)))
    return shared / (sum(weights.values()) or 1.0)


def _piece(one: Recalled) -> Passage:
    memory = one.piece.memory
    return Passage(
        key=f"piece {one.piece.chunk}",
        source=f"memory {memory.id} ({memory.speaker}, {day(memory.at)})",
        text=shown(one.piece),
        tokens=one.tokens,
        why=f"worth {one.worth:.2f}: {one.why}",
    )


def _dropped(passage: Passage, why: str) -> Slice:
    return Slice(
        source=passage.source, text=passage.text, tokens=passage.tokens, kept=False, why=why
    )


def slices_of(passages: Sequence[Passage]) -> tuple[Slice, ...]:
    """Passages as people are shown them."""
    return tuple(
        Slice(source=one.source, text=one.text, tokens=one.tokens, why=one.why) for one in passages
    )
