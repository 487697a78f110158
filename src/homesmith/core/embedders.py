"""What every embedder promises: texts of like meaning become vectors that point alike."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Protocol


class Embedder(Protocol):
    """Turns texts into vectors. The same text always gives the same vector, whatever stands
    beside it, so that what was indexed yesterday can be compared with what is asked today.
    """

    @property
    def id(self) -> str:
        """Names model and form; vectors of different ids are never compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[array[float]]:
        """One vector of `dimensions` numbers for each text, of any length but zero."""
        ...
