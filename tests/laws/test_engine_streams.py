"""How many answers at once follows from what was measured, and only from a steady measurement."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.errors import WorkspaceError
from homesmith.core.models import Model
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.machine import EnginePlan, needed, slots_that_fit
from homesmith.engines.streams import PAYS, Streams, keep, kept, key_of, measure, unmeasured

MODELS = load_catalogue().all()
SPEEDS = st.fixed_dictionaries({count: st.floats(0, 500) for count in (1, 2, 4)})
FAST = Streams(key="gpu", speeds={1: 50.0, 2: 90.0, 4: 150.0}, at="2026-01-02")


@given(SPEEDS, st.booleans())
def test_the_width_is_the_fastest_that_pays_else_one(
    speeds: dict[int, float], steady: bool
) -> None:
    width = Streams(key="k", speeds=speeds, at="", steady=steady).width
    paying = [speed for count, speed in speeds.items() if count > 1 and speed >= PAYS * speeds[1]]
    if not steady or not speeds[1] or not paying:
        assert width == 1
    else:
        assert speeds[width] == max(paying)


def test_known_machines() -> None:
    assert replace(FAST, speeds={1: 27.0, 2: 24.0, 4: 20.0}).width == 1, "two CPU cores"
    assert FAST.width == 4
    assert replace(FAST, speeds={1: 50.0, 2: 80.0, 4: 70.0}).width == 2
    assert replace(FAST, speeds={1: 50.0, 2: 64.0, 4: 64.9}).width == 1
    assert unmeasured("k").width == 1


@given(st.lists(st.builds(Streams, key=st.text(), speeds=SPEEDS, at=st.text())))
def test_what_was_measured_is_found_by_its_key(
    tmp_path_factory: pytest.TempPathFactory, measured: list[Streams]
) -> None:
    file = tmp_path_factory.mktemp("state") / "deep" / "streams.json"
    for one in measured:
        keep(file, one)
    last = {one.key: one for one in measured}
    assert {key: kept(file, key) for key in last} == last
    assert kept(file, "another key") is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"gpu": 1}', '{"gpu": {"speeds": {"a": 1}, "at": ""}}', "[" * 100_000],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "streams.json"
    file.write_text(text)
    assert kept(file, "gpu") is None
    keep(file, FAST)
    assert kept(file, "gpu") == FAST
    assert json.loads(file.read_text()).keys() == {"gpu"}


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError):
        keep(tmp_path / "file" / "streams.json", FAST)


def test_other_weights_versions_or_threads_are_measured_anew() -> None:
    one, other = MODELS[:2]
    keys = {key_of(one, "1", 2), key_of(other, "1", 2), key_of(one, "2", 2), key_of(one, "1", 4)}
    assert len(keys) == 4


@given(
    st.sampled_from(MODELS),
    st.sampled_from([2048, 8192]),
    st.integers(1, 64 << 30),
    st.integers(1, 4),
)
def test_slots_never_take_more_memory_than_there_is(
    model: Model, window: int, memory: int, wanted: int
) -> None:
    number = slots_that_fit(model, window, memory, wanted)
    assert 1 <= number <= wanted
    assert number == 1 or needed(model, window * number) <= memory
    assert wanted == 1 or slots_that_fit(model, window, 1 << 50, wanted) == wanted


@pytest.mark.slow
@pytest.mark.model
async def test_a_real_engine_is_measured(smollm2: Model, smollm2_path: Path) -> None:
    plan = EnginePlan(threads=2, window=2048, batch=64)
    found = await measure(smollm2, smollm2_path, plan, "here")
    assert found.key == "here"
    assert set(found.speeds) in ({1, 2, 4}, set())
    assert all(speed > 0 for speed in found.speeds.values())
    assert found.steady or found.width == 1
