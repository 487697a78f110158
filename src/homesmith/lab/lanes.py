"""Lanes: how many tasks are tried at the same time, and what each of them is asked with.

Several at once can pay where an engine writes more in total with several answers under way. Within
a task nothing changes: its answers are still drawn one after the other, all of them by one lane,
which has read it. It does not know what is tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from homesmith.improve.drafts import Kit
from homesmith.lab.remembered import RememberedEngine

L = TypeVar("L")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Tries one task at a time. `kit` gives the means of one use of a strategy for a seed.

    `engine` is the one behind `kit`, if it remembers.
    """

    kit: Callable[[int], Kit]
    engine: RememberedEngine | None = None


async def side_by_side(
    lanes: Iterable[L], work: Iterable[Callable[[L], AsyncGenerator[T, None]]]
) -> AsyncGenerator[T, None]:
    """What each piece of work gives, as it is ready; a lane does one to its end, then another.

    A lane goes on when what it gave was taken from here, so with one lane nothing is done ahead.
    Raises what a piece raises; then, and when it is closed, the others are cancelled and waited
    for.
    """
    free, left = list(lanes), iter(work)
    busy: dict[asyncio.Future[T | None], tuple[L, AsyncGenerator[T, None]]] = {}
    try:
        while True:
            while free and (piece := next(left, None)) is not None:
                lane = free.pop(0)
                given = piece(lane)
                busy[asyncio.ensure_future(_next(given))] = lane, given
            if not busy:
                return
            done, _ = await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                lane, given = busy.pop(one)
                if (value := one.result()) is None:
                    free.append(lane)
                    continue
                yield value
                busy[asyncio.ensure_future(_next(given))] = lane, given
    finally:
        for one in busy:
            one.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        for _, given in busy.values():
            await given.aclose()


async def _next(given: AsyncGenerator[T, None]) -> T | None:
    return await anext(given, None)
