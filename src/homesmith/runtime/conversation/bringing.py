"""What is brought along for one message: what was recalled, and what the person wrote down.

A text that stands in the prompt already is not brought again; one that has too little to do with
the message is not brought at all, because all that is brought must be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from homesmith.context.prompt.values import Layout, Passage
from homesmith.context.relevance import words
from homesmith.context.slices import Slice
from homesmith.core.memories import Recalled
from homesmith.memory.recall import Recollection, shown, terms
from homesmith.runtime.knowing import Known

ENOUGH_WORDS = 2
"""So many telling words of the message make a recalled piece worth reading."""
CERTAIN = 0.5
"""A piece found by its meaning is read from this worth on, whatever its words."""
AGAIN = "it stands in the conversation already"
UNLIKE = "too little in common with the message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The passages, oldest first, and every text that was looked at for them, with why."""

    passages: tuple[Passage, ...] = ()
    dropped: tuple[Slice, ...] = ()
    by: str = ""


def bring(message: str, recollection: Recollection, known: Known, layout: Layout) -> Brought:
    """What goes along with `message`."""
    there = layout.passages
    candidates = [*_personal(known), *_recalled(message, recollection)]
    brought = [one for one, fits in candidates if fits and one.key not in there]
    dropped = [
        _dropped(one, UNLIKE if not fits else AGAIN)
        for one, fits in candidates
        if not fits or one.key in there
    ]
    unwanted = [piece for piece in known.slices if not piece.kept]
    return Brought(
        passages=tuple(brought), dropped=(*dropped, *unwanted), by=f"by {recollection.by}"
    )


def _personal(known: Known) -> Iterator[tuple[Passage, bool]]:
    """Notes and the project's own file; what holds for every request stands in the head."""
    for piece in known.slices:
        if piece.kept and piece.text not in known.head:
            yield _passage(piece), True


def _passage(piece: Slice) -> Passage:
    sha = hashlib.blake2b(piece.text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return Passage(
        key=f"note {sha}",
        source=piece.source,
        text=piece.text,
        tokens=piece.tokens,
        why=piece.why,
    )


def _recalled(message: str, recollection: Recollection) -> Iterator[tuple[Passage, bool]]:
    asked = set(words(" ".join(terms(message))))
    meaning = "meaning" in recollection.by
    found = sorted(recollection.found, key=lambda one: (one.piece.memory.at, one.piece.chunk))
    for one in found:
        shared = asked.intersection(words(one.piece.text))
        near = len(shared) >= min(ENOUGH_WORDS, max(1, len(asked)))
        yield _piece(one), near or (meaning and one.worth >= CERTAIN)


def _piece(one: Recalled) -> Passage:
    memory = one.piece.memory
    return Passage(
        key=f"piece {one.piece.chunk}",
        source=f"memory {memory.id} ({memory.speaker}, {memory.at[:10]})",
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
