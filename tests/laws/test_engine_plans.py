"""Threads, window and batch follow from the machine; what does not fit is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.errors import EngineOutOfMemory
from homesmith.core.models import Model
from homesmith.engines import machine
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.machine import GIB, needed, plan
from homesmith.engines.pace import (
    LARGEST,
    SMALLEST,
    STRETCH_SECONDS,
    TILE,
    TILE_SECONDS,
    Pace,
    common_prefix,
    found_behind,
)

MODELS = load_catalogue().all()


@given(st.integers(1, 64), st.integers(1, 256), st.sampled_from(MODELS))
def test_a_plan_fits_or_is_refused(cores: int, gigabytes: int, model: Model) -> None:
    if needed(model, machine.SMALLEST_WINDOW) > gigabytes * GIB:
        with pytest.raises(EngineOutOfMemory, match="needs"):
            plan(cores, gigabytes * GIB, model)
        return
    chosen = plan(cores, gigabytes * GIB, model)
    assert needed(model, chosen.window) <= gigabytes * GIB
    assert 2048 <= chosen.window <= model.window
    assert chosen.threads == cores
    assert SMALLEST <= chosen.batch <= LARGEST


def test_the_default_model_has_its_whole_window_on_a_small_laptop() -> None:
    model = load_catalogue().find("qwen2.5-coder:1.5b")
    assert plan(4, 8 * GIB, model).window == 16384
    assert plan(2, 3 * GIB, model).window >= 8192
    with pytest.raises(EngineOutOfMemory):
        plan(2, GIB, model)


def test_this_machine_is_described() -> None:
    assert machine.cores() >= 1
    assert 0 < machine.free_memory() <= machine.memory()


@given(st.lists(st.floats(1, 5000), min_size=12, max_size=12))
def test_stretches_follow_the_speed_down_at_once_and_up_by_steps(speeds: list[float]) -> None:
    pace = Pace(64)
    for speed in speeds:
        before = pace.tokens
        pace.learn(before, before / speed)
        assert SMALLEST <= pace.tokens <= max(TILE, min(LARGEST, 2 * before))
        seconds = TILE_SECONDS if pace.tokens == TILE else STRETCH_SECONDS
        assert pace.tokens == SMALLEST or pace.tokens / speed <= seconds


@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_the_common_prefix_is_the_longest(one: list[int], other: list[int]) -> None:
    length = common_prefix(one, other)
    assert one[:length] == other[:length]
    assert length == min(len(one), len(other)) or one[length] != other[length]


@given(
    st.lists(st.integers(0, 2), max_size=6),
    st.lists(st.integers(0, 2), min_size=1, max_size=6),
    st.lists(st.integers(0, 2), max_size=12),
    st.lists(st.integers(0, 2), max_size=6),
)
def test_what_stays_when_something_is_taken_out_is_found_behind_it(
    head: list[int], gone: list[int], tail: list[int], new: list[int]
) -> None:
    held, prompt = head + gone + tail, head + tail + new
    place = common_prefix(prompt, held)
    number = found_behind(prompt, held, place, 3)
    assert number == 0 or number >= 3
    assert (
        any(
            prompt[place : place + number] == held[at : at + number]
            for at in range(place + 1, len(held) + 1)
        )
        or not number
    )
    if number == 0 and place < len(head) + len(tail):
        assert len(head) + len(tail) - place < 3, "all of the tail stands there"
