"""Choose the pieces of a text that fit a budget: what is worth most first, their order kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from homesmith.context.compression.values import Count
from homesmith.context.slices import Slice

Gap = Callable[[int, int], str]
CROWDED_OUT = "no room, and this was worth less than what stayed"
ROUNDS = 4
"""How often room that is left over is offered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A text as pieces that are written one after another.

    A piece with `kept` false is never chosen, and its `why` stays. `gap` writes what stands in
    place of the pieces from one number to another, both included, and may repeat words of them;
    `bare` does so in fewest tokens, for a budget in which no piece fits beside a `gap`.
    """

    slices: tuple[Slice, ...]
    gap: Gap
    bare: Gap | None = None


def choose(layout: Layout, budget: int, count: Count, head: str = "") -> tuple[str, list[Slice]]:
    """The text of at most `budget` tokens, `head` before it, and all pieces with their fate.

    Pinned pieces come first, then those of most worth, the earlier of equals. When not even the
    head fits, the text is empty.
    """
    given = [replace(piece, tokens=count(piece.text)) for piece in layout.slices]
    order = sorted(
        (at for at, piece in enumerate(given) if piece.kept),
        key=lambda at: (not given[at].pinned, -given[at].worth, at),
    )
    chosen: set[int] = set()
    text, used = head.strip(), count(head)
    for _ in range(ROUNDS):
        more = _that_fit(layout, given, order, chosen, budget - used, count)
        if not more:
            break
        text, chosen = _within(layout, chosen, more, budget, count, head)
        used = count(text)
    if not chosen and layout.bare:
        return choose(replace(layout, gap=layout.bare, bare=None), budget, count, head)
    if not chosen:
        text = head.strip() if count(head.strip()) <= budget else ""
    fates = [
        replace(piece, kept=at in chosen, why=piece.why or ("" if at in chosen else CROWDED_OUT))
        for at, piece in enumerate(given)
    ]
    return text, fates


def _that_fit(
    layout: Layout,
    given: Sequence[Slice],
    order: Sequence[int],
    chosen: set[int],
    room: int,
    count: Count,
) -> list[int]:
    """More pieces for the room there is, by what they cost with the least gap beside them."""
    found = []
    beside = count((layout.bare or layout.gap)(0, 0)) if given else 0
    for at in order:
        cost = given[at].tokens + beside
        if at not in chosen and cost <= room:
            found.append(at)
            room -= cost
    return found


def _within(
    layout: Layout,
    chosen: set[int],
    more: Sequence[int],
    budget: int,
    count: Count,
    head: str,
) -> tuple[str, set[int]]:
    """The text with as many of `more` as truly fit, those of least worth left out first."""
    added = list(more)
    while True:
        kept = chosen.union(added)
        text = head + written(layout, kept)
        if count(text) <= budget or not added:
            return text, kept
        del added[max(0, len(added) - max(1, len(added) // 16)) :]


def written(layout: Layout, kept: set[int]) -> str:
    """The kept pieces with a gap for each run of others."""
    parts: list[str] = []
    last = -1
    for at in [*sorted(kept), len(layout.slices)]:
        if at > last + 1:
            parts.append(layout.gap(last + 1, at - 1))
        if at < len(layout.slices):
            parts.append(layout.slices[at].text)
        last = at
    return "".join(parts)
