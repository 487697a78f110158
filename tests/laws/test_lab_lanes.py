"""Lanes: each does one piece of work at a time, none is begun ahead, none is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.lab.lanes import side_by_side

Work = Callable[[int], AsyncGenerator[int, None]]


@given(pauses=st.lists(st.integers(1, 5), max_size=12), lanes=st.integers(1, 5))
def test_every_piece_is_done_once_and_a_lane_does_one_at_a_time(
    pauses: list[int], lanes: int
) -> None:
    under_way: list[int] = []
    seen: list[tuple[int, int]] = []

    def piece(number: int, pause: int) -> Work:
        async def work(lane: int) -> AsyncGenerator[int, None]:
            assert lane not in under_way
            under_way.append(lane)
            seen.append((len(under_way), number))
            for part in range(pause):
                await asyncio.sleep(0)
                yield 10 * number + part
            under_way.remove(lane)

        return work

    async def play() -> list[int]:
        work = [piece(number, pause) for number, pause in enumerate(pauses)]
        return [number async for number in side_by_side(range(lanes), work)]

    done = asyncio.run(play())
    wanted = [10 * number + part for number, pause in enumerate(pauses) for part in range(pause)]
    assert sorted(done) == wanted
    assert [number for _, number in seen] == list(range(len(pauses))), "begun in their order"
    assert max((count for count, _ in seen), default=0) == min(lanes, len(pauses))
    assert lanes > 1 or done == wanted


async def test_with_one_lane_nothing_is_begun_before_it_is_asked_for() -> None:
    begun: list[int] = []
    async with aclosing(side_by_side([0], _counting(begun))) as done:
        assert [await anext(done), begun] == [0, [0]]
        assert [await anext(done), begun] == [1, [0, 1]]


async def test_what_is_left_when_it_is_closed_is_cancelled_and_waited_for() -> None:
    ended: list[str] = []

    async def quick(_lane: int) -> AsyncGenerator[int, None]:
        yield 1

    async def slow(_lane: int) -> AsyncGenerator[int, None]:
        try:
            await asyncio.sleep(60)
            yield 2
        finally:
            await asyncio.sleep(0)
            ended.append("slow")

    async with aclosing(side_by_side([0, 1], [slow, quick])) as done:
        assert await anext(done) == 1
    assert ended == ["slow"]


async def test_a_piece_that_fails_ends_the_others() -> None:
    ended = asyncio.Event()

    async def fails(_lane: int) -> AsyncGenerator[int, None]:
        yield await _refused()

    async def slow(_lane: int) -> AsyncGenerator[int, None]:
        try:
            yield await asyncio.sleep(60, 0)
        finally:
            ended.set()

    with pytest.raises(OSError, match="no"):
        _ = [one async for one in side_by_side([0, 1], [slow, fails])]
    assert ended.is_set()


async def _refused() -> int:
    raise OSError("no")


def _counting(begun: list[int]) -> Iterator[Work]:
    async def work(_lane: int) -> AsyncGenerator[int, None]:
        begun.append(len(begun))
        yield begun[-1]

    while True:
        yield work
