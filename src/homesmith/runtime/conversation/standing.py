"""What a model always sees: what the person wrote down about themselves, and memory blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from homesmith.context.fit import fit
from homesmith.context.prompt.values import Layout, Standing
from homesmith.context.slices import Slice
from homesmith.core.memories import Block
from homesmith.runtime.knowing import Known

PERSON = "What the person wrote down about themselves"
NOTE = "note "
"""How the keys of passages begin that the person wrote down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """The texts that stand there, in their order, those that had no room, and these for people."""

    texts: tuple[Standing, ...]
    left: tuple[Standing, ...]
    dropped: tuple[Slice, ...]

    def known(self, told: Sequence[Standing]) -> tuple[Standing, ...]:
        """What a model knows that was told these, once it is told of every change.

        What it has read of a text stands in its prompt still when a new head would have no room.
        """
        before = {one.label for one in told}
        return (*self.texts, *(one for one in self.left if one.label in before))


def standing(
    known: Known, blocks: Sequence[Block], most: int, count: Callable[[str], int]
) -> Always:
    """The texts in at most `most` tokens.

    The person's own file goes last of all, then the blocks that were made first.
    """
    texts = [Standing(label=PERSON, text=known.head)] if known.head else []
    texts += [standing_of(block) for block in blocks if block.value]
    slices = [
        Slice(source=one.label, text=f"{one.label}:\n{one.text}", worth=-float(number))
        for number, one in enumerate(texts)
    ]
    chosen = fit(slices, most, count).slices
    pairs = list(zip(texts, chosen, strict=True))
    return Always(
        texts=tuple(one for one, piece in pairs if piece.kept),
        left=tuple(one for one, piece in pairs if not piece.kept),
        dropped=tuple(replace(piece, worth=0.0) for piece in chosen if not piece.kept),
    )


def without_person(layout: Layout) -> Layout:
    """The layout without anything that the person wrote down about themselves."""
    turns = (
        replace(
            turn,
            passages=tuple(one for one in turn.passages if not one.key.startswith(NOTE)),
            examples=(),
            notes=tuple(one for one in turn.notes if PERSON not in one),
        )
        for turn in layout.turns
    )
    return replace(
        layout,
        standing=tuple(one for one in layout.standing if one.label != PERSON),
        told=tuple(one for one in layout.told if one.label != PERSON),
        turns=tuple(turns),
    )


def standing_of(block: Block) -> Standing:
    """A block as it stands in a prompt."""
    told = f" ({block.description})" if block.description else ""
    return Standing(label=f"Memory block {block.label}{told}", text=block.value)


def told_by(layout: Layout, blocks: Iterable[Block]) -> Layout:
    """The layout of a model that has just read these blocks, because it changed them."""
    told = {one.label: one for one in layout.told}
    for one in map(standing_of, blocks):
        told.pop(one.label, None)
        if one.text:
            told[one.label] = one
    return replace(layout, told=tuple(told.values()))
