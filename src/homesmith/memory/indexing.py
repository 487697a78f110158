"""Read the backlog: chunks that an embedder has not read yet, in small batches, newest first.

Writing never waits for it. Stopped at any moment it loses at most one batch, and goes on later.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from homesmith.core.embedders import Embedder
from homesmith.core.memories import ASKED, Piece
from homesmith.memory.vectors import bits_of, quantised
from homesmith.store.database import Store
from homesmith.store.meanings import Meaning

BATCH = 32
"""Pieces that are read and written at once."""


def index(
    store: Store,
    agent: int,
    embedder: Embedder,
    *,
    seconds: float | None = None,
    batch: int = BATCH,
) -> Iterator[int]:
    """Read until nothing is left or `seconds` are over; yields how many were read so far.

    What is added meanwhile is read when the oldest is.
    """
    until = None if seconds is None else time.monotonic() + seconds
    read, oldest = 0, None
    while until is None or time.monotonic() < until:
        pieces = store.memories.without_vector(agent, embedder.id, batch, oldest)
        if not pieces:
            if oldest is None:
                return
            oldest = None
            continue
        vectors = embedder.embed([key_of(piece) for piece in pieces])
        store.meanings.put(
            agent,
            embedder.id,
            [_meaning(piece, vector) for piece, vector in zip(pieces, vectors, strict=True)],
        )
        oldest = pieces[-1].chunk
        read += len(pieces)
        yield read


def _meaning(piece: Piece, vector: Sequence[float]) -> Meaning:
    value = quantised(vector)
    return Meaning(chunk=piece.chunk, value=value, bits=bits_of(value))


def key_of(piece: Piece) -> str:
    """What the embedder reads: the question that an answer answers, then the text itself."""
    asked = piece.head.partition(ASKED)[2]
    return f"{asked}\n{piece.text}" if asked else piece.text
