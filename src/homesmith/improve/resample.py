"""Ask, run, and keep the best: the loop that makes a small model reliable.

Sampling breadth pays more than repair for models of about 1.5B (S*, arXiv 2502.14382; early stop
and keep-best, arXiv 2604.21950). It does not know what is asked nor how an answer is judged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Generic[Made]):
    """A candidate and what running it showed. `score` orders candidates; `good` ends the loop.

    `trouble` is what a repair is told, a few short lines.
    """

    made: Made
    score: tuple[float, ...]
    good: bool
    trouble: str = ""
    attempt: int = 1


async def keep_best(
    candidates: AsyncIterator[Made],
    judge: Callable[[Made, int], Awaitable[Judged[Made]]],
    *,
    first: Judged[Made] | None = None,
) -> Judged[Made] | None:
    """The best of `candidates`, stopping at the first good one; on equal scores the earlier stays.

    `first` is what stands already. None if there was no candidate at all.
    """
    best = first
    attempt = 0
    async for made in candidates:
        attempt += 1
        judged = await judge(made, attempt)
        if best is None or judged.score > best.score:
            best = judged
        if judged.good:
            break
    return best
