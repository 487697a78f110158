"""How the suite builds: the bare question and its files, and what a builder's events add up to."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from homesmith.core.errors import PromptTooLong, UnknownModel
from homesmith.engines.scripted import ScriptedEngine
from homesmith.lab.suite import load_suite

pytestmark = pytest.mark.slow

APPS = Path(__file__).parents[2] / "benchmarks" / "apps"
PAGE = "<!doctype html>\n<title>Quiz</title>\n"


def module(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"suite_{name}", APPS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    loaded = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(loaded)
    return loaded


async def test_the_bare_model_is_asked_once_with_the_prompt_as_it_is(tmp_path: Path) -> None:
    app = load_suite(APPS).app("quiz")
    engine = ScriptedEngine([f"index.html\n```html\n{PAGE}```\n"])
    made = await module("bare").build_bare(app, engine, tmp_path / "app", tmp_path / "answer.md")
    assert (tmp_path / "app" / "index.html").read_text() == PAGE
    (request,) = engine.requests
    assert request.messages[1].text.startswith(app.prompt)
    assert (request.sampling.temperature, request.max_tokens) == (0.0, 4096)
    assert made.answer_tokens > 0
    assert not made.note


@pytest.mark.parametrize("line", ["I am sorry.", PromptTooLong("too long", why="by 3 tokens")])
async def test_a_bare_failure_is_noted(tmp_path: Path, line: str | PromptTooLong) -> None:
    app = load_suite(APPS).app("notes-api")
    bare = module("bare")
    made = await bare.build_bare(app, ScriptedEngine([line]), tmp_path / "app", tmp_path / "log")
    assert made.note
    assert list((tmp_path / "app").iterdir()) == []


def test_the_events_of_a_build_add_up(tmp_path: Path) -> None:
    building = module("building")
    log = tmp_path / "build.jsonl"
    log.write_text(
        '{"event": "candidate", "prompt_tokens": 10, "answer_tokens": 5}\nnoise\n'
        '{"event": "candidate", "prompt_tokens": 20, "answer_tokens": 7}\n'
        '{"event": "finished", "passed": true}\n'
    )
    made = building.construction(building.read_events(log), 9.0)
    assert (made.prompt_tokens, made.answer_tokens, made.claimed) == (30, 12, True)
    assert not made.note
    cut = building.construction(building.read_events(log)[:-1], 9.0)
    assert not cut.claimed
    assert cut.note


def test_a_build_that_never_began_is_no_measurement() -> None:
    building = module("building")
    error = {"code": "unknown_model", "message": "no model", "remedy": "homesmith models list"}
    with pytest.raises(UnknownModel, match="no model"):
        building.refuse_no_measurement([{"event": "failed", "error": error}])
    crashed = {"event": "failed", "error": error | {"code": "engine_crashed"}}
    building.refuse_no_measurement([crashed])
    assert building.construction([crashed], 1.0).note == "no model"
