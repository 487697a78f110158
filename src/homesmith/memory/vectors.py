"""Vectors small enough to keep a million of them: signed bytes, and one bit per dimension.

A search compares the bits of all (Hamming distance), then the bytes of the nearest (cosine); the
second step puts right what the first one blurs. See Yamada et al., Binary Passage Retriever
(2021), for bits first and Jégou et al., Searching with quantization (2011), for the second look.
It needs NumPy, and knows neither texts nor models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from homesmith.store.meanings import Meanings, Segment

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

SECOND_LOOK = 1000
"""Vectors whose bytes are compared after the bits of all were."""
WORD = 64
"""Bits that are compared at once."""


def quantised(vector: Sequence[float]) -> bytes:
    """A vector as signed bytes, the largest number as 127: its direction, not its length."""
    import numpy as np

    given = np.asarray(vector, dtype=np.float32)
    largest = float(np.abs(given).max(initial=0.0))
    scaled = given * (127 / largest) if largest > 0 else given
    return np.rint(scaled).astype(np.int8).tobytes()


def bits_of(value: bytes) -> bytes:
    """The bits of signed bytes, 1 for above zero, filled up with zeros to whole words of 64."""
    import numpy as np

    return _bits(np.frombuffer(value, dtype=np.int8)).tobytes()


def _bits(vector: Array) -> Array:
    import numpy as np

    whole = np.zeros(-(-vector.size // WORD) * WORD, dtype=np.uint8)
    whole[: vector.size] = vector > 0
    return np.packbits(whole)


class Nearest:
    """The vectors of one agent by one embedder, kept up with what others write."""

    def __init__(self, meanings: Meanings, agent: int, model: str) -> None:
        self._meanings = meanings
        self._agent = agent
        self._model = model
        self._segments: dict[int, tuple[Array, Array]] = {}

    def find(self, vector: Sequence[float], limit: int) -> list[tuple[int, float]]:
        """The chunks whose vectors point most alike: number and cosine, best first."""
        import numpy as np

        self._refresh()
        asked = np.asarray(vector, dtype=np.float32)
        near = self._near(asked, max(limit, SECOND_LOOK))
        values = self._meanings.values(self._model, near)
        if not values:
            return []
        numbers = list(values)
        matrix = np.frombuffer(b"".join(values.values()), dtype=np.int8)
        rows = matrix.reshape(len(numbers), -1).astype(np.float32)
        lengths = np.linalg.norm(rows, axis=1) * (float(np.linalg.norm(asked)) or 1.0)
        cosines = rows @ asked / np.maximum(lengths, 1e-9)
        order = np.lexsort((np.asarray(numbers), -cosines))[:limit]
        return [(numbers[at], float(cosines[at])) for at in order]

    def _near(self, asked: Array, limit: int) -> list[int]:
        """The chunks whose bits differ least from those of `asked`."""
        import numpy as np

        if not self._segments:
            return []
        bits = _bits(asked).view(np.uint64)[:, None]
        distances = np.concatenate(
            [
                np.bitwise_count(signs ^ bits).sum(axis=0, dtype=np.uint16)
                for _, signs in self._segments.values()
            ]
        )
        numbers = np.concatenate([chunks for chunks, _ in self._segments.values()])
        if limit < numbers.size:
            numbers = numbers[np.argpartition(distances, limit - 1)[:limit]]
        found: list[int] = numbers.tolist()
        return found

    def _refresh(self) -> None:
        """Read the segments that are new, let go of those that are gone."""
        here = self._meanings.segments(self._agent, self._model, tuple(self._segments))
        self._segments = dict(
            (one.id, _arrays(one)) if isinstance(one, Segment) else (one, self._segments[one])
            for one in here
        )


def _arrays(segment: Segment) -> tuple[Array, Array]:
    """The numbers of the chunks, and their bits: a row for each 64 of them, a column per chunk.

    Rows of all chunks are added up several times as fast as the few words of each.
    """
    import numpy as np

    chunks = np.frombuffer(segment.chunks, dtype="<i8")
    words = np.frombuffer(segment.bits, dtype=np.uint64).reshape(chunks.size, -1)
    return chunks, np.ascontiguousarray(words.T)
