"""What a model always sees: what the person wrote down about themselves, and memory blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from homesmith.context.fit import fit
from homesmith.context.prompt.values import Layout, Standing
from homesmith.context.slices import Slice
from homesmith.core.memories import Block
from homesmith.runtime.knowing import Known

PERSON = "What the person wrote down about themselves"


def standing(
    known: Known, blocks: Sequence[Block], most: int, count: Callable[[str], int]
) -> tuple[tuple[Standing, ...], tuple[Slice, ...]]:
    """The texts in at most `most` tokens, in their order, and those that had no room.

    The person's own file goes last of all, then the blocks that were made first.
    """
    texts = [Standing(label=PERSON, text=known.head)] if known.head else []
    texts += [standing_of(block) for block in blocks if block.value]
    slices = [
        Slice(source=one.label, text=f"{one.label}:\n{one.text}", worth=-float(number))
        for number, one in enumerate(texts)
    ]
    chosen = fit(slices, most, count).slices
    kept = tuple(one for one, piece in zip(texts, chosen, strict=True) if piece.kept)
    return kept, tuple(replace(piece, worth=0.0) for piece in chosen if not piece.kept)


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
