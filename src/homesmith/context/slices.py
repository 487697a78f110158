"""A slice: one piece of what a model might read, and why it does or does not."""

from __future__ import annotations

from dataclasses import dataclass

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A piece of text from one `source` (a file, a message, a rule).

    `worth` orders slices against each other, more is better, in any unit. A `pinned` slice is
    always kept. `tokens`, `kept` and `why` are filled in by `fit`.
    """

    source: str
    text: str
    worth: float = 0.0
    pinned: bool = False
    tokens: int = 0
    kept: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All slices in their given order, kept or not. `tokens` are those of `text`."""

    slices: tuple[Slice, ...]
    tokens: int
    budget: int

    @property
    def kept(self) -> tuple[Slice, ...]:
        return tuple(piece for piece in self.slices if piece.kept)

    @property
    def dropped(self) -> tuple[Slice, ...]:
        return tuple(piece for piece in self.slices if not piece.kept)

    @property
    def text(self) -> str:
        """What the model reads: the kept slices, set apart by an empty line."""
        return joined(self.kept)


def joined(slices: tuple[Slice, ...]) -> str:
    """The texts of slices, set apart by an empty line."""
    return SEPARATOR.join(piece.text for piece in slices)
