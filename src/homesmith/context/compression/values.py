"""What compression takes and gives: kinds of text, text that must stay whole, the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from homesmith.context.slices import Slice

Kind = Literal[
    "empty", "binary", "prose", "html", "json", "log", "python", "javascript", "typescript"
]
"""What a text is made of; each has its own way to be shortened."""
Count = Callable[[str], int]
"""Tokens of a text: the estimate, or a model's own tokenizer."""
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts to vectors of one length, row by row: a model's, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """A text that the model shall change. It is no `str` on purpose: `compress` refuses it."""

    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressed:
    """A text that fits. `slices` are its pieces in their order, kept or not, and say why.

    `original` must be kept under `handle` before `text` is shown to anybody: `text` names the
    handle wherever something is missing. `before`, `tokens` and `budget` are in the same unit.
    """

    text: str
    kind: Kind
    handle: str
    original: str
    slices: tuple[Slice, ...]
    before: int
    tokens: int
    budget: int

    @property
    def shortened(self) -> bool:
        """Whether the text differs from its original."""
        return self.text != self.original

    @property
    def kept(self) -> tuple[Slice, ...]:
        return tuple(piece for piece in self.slices if piece.kept)

    @property
    def dropped(self) -> tuple[Slice, ...]:
        return tuple(piece for piece in self.slices if not piece.kept)
