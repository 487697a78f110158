"""Which memories are wanted, and how deep a search goes where most of what it finds is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homesmith.core.memories import Kind, Memory, Piece
from homesmith.store.words import ALWAYS

DEEPER, DEEPEST = 8, 12_800
"""Where too few pieces of a ranking are wanted, so many times more are looked at, up to so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Memories of one kind, with all of the tags, kept from one time up to another, but for those
    numbered in `hidden`. Without a value each of them is any.
    """

    kind: Kind | None = None
    tags: frozenset[str] = frozenset()
    since: str = ALWAYS[0]
    until: str = ALWAYS[1]
    hidden: frozenset[int] = frozenset()

    @property
    def some(self) -> bool:
        """Whether only some are wanted; what is hidden is little of what there is."""
        return bool(self.kind or self.tags) or (self.since, self.until) != ALWAYS

    def within(self, first: str, end: str) -> tuple[str, str]:
        """The part of the time between two from which memories are wanted."""
        return max(first, self.since), min(end, self.until)

    def __contains__(self, memory: Memory) -> bool:
        return (
            self.kind in (None, memory.kind)
            and self.tags <= set(memory.tags)
            and self.since <= memory.at < self.until
            and memory.id not in self.hidden
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A search of which so few pieces may be wanted that it has to go deeper."""

    wanted: Wanted
    enough: int
    pieces: Callable[[Sequence[int]], Mapping[int, Piece]]

    def found(self, find: Callable[[int], Sequence[int]], limit: int) -> list[int]:
        """At most `limit` of the chunks that `find` finds among so many, best first.

        Only those that are wanted; it looks at more until there are enough, or no more.
        """
        depth = limit
        while True:
            chunks = find(depth)
            pieces = self.pieces(chunks)
            kept = [one for one in chunks if one in pieces and pieces[one].memory in self.wanted]
            if len(kept) >= self.enough or len(chunks) < depth or depth >= DEEPEST:
                return kept[:limit]
            depth = min(depth * DEEPER, DEEPEST)
