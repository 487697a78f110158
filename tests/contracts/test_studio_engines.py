"""Which engine a studio plans: for conversations one that is fit for short turns."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from homesmith.core.models import ModelId
from homesmith.engines import llamacpp_child
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


async def test_an_agent_that_is_asked_has_the_one_for_conversations(studio: Studio) -> None:
    async with studio:
        studio.agent("ada").conversation(MODEL)
        talking = studio.engine(MODEL)
        assert isinstance(talking, LlamaCppEngine)
        assert talking.plan.talks


async def test_what_learns_alone_reads_much_at_once(studio: Studio) -> None:
    async with studio:
        studio.agent("ada").idle(MODEL)
        reading = studio.engine(MODEL)
        assert isinstance(reading, LlamaCppEngine)
        assert not reading.plan.talks


@pytest.mark.parametrize(("devices", "plainly"), [(["CPU"], True), (["CPU", "GPU"], False)])
def test_attention_is_plain_only_where_no_gpu_does_it(devices: list[str], plainly: bool) -> None:
    kinds = {name: f"GGML_BACKEND_DEVICE_TYPE_{name}" for name in ("CPU", "GPU", "IGPU")}
    xllamacpp = SimpleNamespace(
        ggml_backend_dev_type=SimpleNamespace(**{kind: kind for kind in kinds.values()}),
        llama_flash_attn_type=SimpleNamespace(LLAMA_FLASH_ATTN_TYPE_DISABLED="disabled"),
        get_device_info=lambda: [{"type": kinds[name]} for name in devices],
    )
    params = SimpleNamespace(flash_attn_type="auto", n_ubatch=512)
    llamacpp_child._attend(xllamacpp, params)
    found = (params.flash_attn_type, params.n_ubatch)
    assert found == (("disabled", 64) if plainly else ("auto", 512))


async def test_an_engine_that_builds_stays_as_it_is(studio: Studio) -> None:
    async with studio:
        building = studio.engine(MODEL)
        assert isinstance(building, LlamaCppEngine)
        assert not building.plan.talks
        assert studio.voice(MODEL) is building
