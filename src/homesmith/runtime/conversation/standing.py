"""What a model always sees: what the person wrote down about themselves, and memory blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from homesmith.context.fit import fit
from homesmith.context.prompt.values import Standing
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
    texts += [Standing(label=_label(block), text=block.value) for block in blocks if block.value]
    slices = [
        Slice(source=one.label, text=f"{one.label}:\n{one.text}", worth=-float(number))
        for number, one in enumerate(texts)
    ]
    chosen = fit(slices, most, count).slices
    kept = tuple(one for one, piece in zip(texts, chosen, strict=True) if piece.kept)
    return kept, tuple(replace(piece, worth=0.0) for piece in chosen if not piece.kept)


def _label(block: Block) -> str:
    told = f" ({block.description})" if block.description else ""
    return f"Memory block {block.label}{told}"
