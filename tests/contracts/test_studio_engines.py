"""Which engine a studio plans: for conversations one that is fit for short turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.core.models import ModelId
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.settings import load
from homesmith.studio import Studio

MODEL = ModelId("qwen2.5-coder:1.5b")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """One of a person whose weights are a file of the right size, all holes: nothing is read."""
    settings = load({"home": str(tmp_path)}, {})
    settings.places.models.mkdir(parents=True)
    name = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    with (settings.places.models / name).open("wb") as file:
        file.truncate(1117320768)
    return Studio(settings)


async def test_what_an_engine_is_first_wanted_for_decides_how_it_attends(studio: Studio) -> None:
    async with studio:
        talking = studio.voice(MODEL)
        assert isinstance(talking, LlamaCppEngine)
        assert talking.plan.talks
        assert studio.engine(MODEL) is talking


async def test_an_engine_that_builds_stays_as_it_is(studio: Studio) -> None:
    async with studio:
        building = studio.engine(MODEL)
        assert isinstance(building, LlamaCppEngine)
        assert not building.plan.talks
        assert studio.voice(MODEL) is building
