"""How many tokens of a prompt to read before looking up: the most that stay under half a second.

llama.cpp hears that nobody listens any more only between batches. So a long prompt is read in
stretches whose size follows the speed measured on this machine, now, with whatever else it does.
Each stretch extends the KV cache by exactly its own tokens, so nothing is read twice.
"""

from __future__ import annotations

from typing import TypeVar

Token = TypeVar("Token")
STRETCH_SECONDS = 0.5
SMALLEST, LARGEST = 16, 512
"""Below 16 tokens the cost of a stretch itself outweighs what is read in it."""
TILE, TILE_SECONDS = 64, 2.5
"""llama.cpp's attention on a CPU is twice as fast from 64 tokens at once: 2,500 tokens deep, the
1.5B model read 49 tokens/s in stretches of 64 and 31 in stretches of 32. That is worth more than
half a second, because whoever goes away before a stretch ends costs the child its life, no more."""


class Pace:
    """Proposes the next stretch; learns from the last one."""

    def __init__(self, first: int) -> None:
        self.tokens = max(SMALLEST, min(first, LARGEST))

    def learn(self, tokens: int, seconds: float) -> None:
        """A stretch of `tokens` took `seconds`; ones too short to tell anything are ignored."""
        if tokens < SMALLEST or seconds <= 0:
            return
        fitting = tokens / seconds * STRETCH_SECONDS
        # Down at once, because a promise is at stake; up at most twofold, because one may be luck.
        fitting = min(fitting, 2 * self.tokens)
        self.tokens = int(max(SMALLEST, min(fitting, LARGEST)))
        if self.tokens < TILE <= tokens / seconds * TILE_SECONDS:
            self.tokens = TILE


def common_prefix(one: list[Token], other: list[Token]) -> int:
    """How many tokens both begin with."""
    if one[: len(other)] == other:
        return len(other)
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def found_behind(prompt: list[Token], held: list[Token], place: int, least: int) -> int:
    """How many tokens of the prompt from `place` on stand further behind in what is held.

    The first stretch of at least so many, 0 where there is none: as llama.cpp's server looks for
    what it can move (`n_cache_reuse`).
    """
    wanted = prompt[place : place + least]
    if len(wanted) < least:
        return 0
    for at in range(place + 1, len(held) - least + 1):
        if held[at] == wanted[0] and held[at : at + least] == wanted:
            return common_prefix(prompt[place:], held[at:])
    return 0
