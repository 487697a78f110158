"""Cut slices to a budget of tokens, least worth first, without changing their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from homesmith.context.slices import SEPARATOR, Context, Slice, joined
from homesmith.core.errors import PromptTooLong


def fit(slices: Sequence[Slice], budget: int, count: Callable[[str], int]) -> Context:
    """Keep what fits into `budget` tokens as `count` measures the joined text.

    Pinned slices stay. A slice that would not fit even alone beside them goes first, then the
    one of least worth, the later of equals. Every dropped slice says why. `count` is called
    about once per slice and a few times for the whole.
    Raises PromptTooLong when the pinned slices alone are over the budget.
    """
    given = [replace(piece, tokens=_cost(piece, count), kept=True, why="") for piece in slices]
    least = _whole([piece for piece in given if piece.pinned], count)
    if least > budget:
        raise PromptTooLong(
            f"The request needs {least} tokens, and {budget} are free for it",
            why="none of it may be left out",
            remedy="shorten the prompt, or use a model with a larger window",
        )
    chosen = [_alone(piece, budget - least) for piece in given]
    order = sorted(range(len(chosen)), key=lambda at: (chosen[at].worth, -at))
    waiting = [at for at in order if chosen[at].kept and not chosen[at].pinned]
    total = least + sum(chosen[at].tokens for at in waiting)
    while waiting and (total > budget or _whole(chosen, count) > budget):
        at = waiting.pop(0)
        total -= chosen[at].tokens
        chosen[at] = replace(chosen[at], kept=False, why="no room, and this was worth least")
    return Context(slices=tuple(chosen), tokens=_whole(chosen, count), budget=budget)


def _cost(piece: Slice, count: Callable[[str], int]) -> int:
    """Tokens of a slice with the empty line that sets it apart."""
    return count(piece.text + SEPARATOR)


def _alone(piece: Slice, room: int) -> Slice:
    """The slice, dropped when it is larger than all the room beside the pinned ones."""
    if piece.pinned or piece.tokens <= room:
        return piece
    return replace(piece, kept=False, why=f"{piece.tokens} tokens, and there is room for {room}")


def _whole(slices: Sequence[Slice], count: Callable[[str], int]) -> int:
    kept = tuple(piece for piece in slices if piece.kept)
    return count(joined(kept)) if kept else 0
