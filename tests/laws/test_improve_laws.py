"""Keeping the best: never worse than what stood, and no work after the first good one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from homesmith.improve.resample import Judged, keep_best

SCORES = st.lists(st.tuples(st.integers(-9, 9), st.booleans()), max_size=12)


async def _run(
    scores: list[tuple[int, bool]], first: Judged[int] | None
) -> tuple[Judged[int] | None, int]:
    asked = 0

    async def candidates() -> AsyncIterator[int]:
        nonlocal asked
        for place in range(len(scores)):
            asked += 1
            yield place

    async def judge(place: int, attempt: int) -> Judged[int]:
        score, good = scores[place]
        return Judged(made=place, score=(float(score),), good=good, attempt=attempt)

    return await keep_best(candidates(), judge, first=first), asked


@given(SCORES)
def test_the_best_of_those_seen_wins_and_a_good_one_ends_it(scores: list[tuple[int, bool]]) -> None:
    best, asked = asyncio.run(_run(scores, None))
    goods = [place for place, (_, good) in enumerate(scores) if good]
    assert asked == (goods[0] + 1 if goods else len(scores))
    seen = [score for score, _ in scores[:asked]]
    assert (best is None) == (not seen)
    if best is not None:
        assert best.score == (float(max(seen)),)
        assert best.made == seen.index(max(seen))


@given(SCORES, st.integers(-9, 9))
def test_what_stood_is_kept_unless_something_is_better(
    scores: list[tuple[int, bool]], stood: int
) -> None:
    first = Judged(made=-1, score=(float(stood),), good=False)
    best, _ = asyncio.run(_run(scores, first))
    assert best is not None
    assert best.score >= first.score
    if best.score == first.score:
        assert best is first
