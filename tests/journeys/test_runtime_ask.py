"""One request through a real model: exact counts, an answer, a deadline that keeps the start."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from homesmith.core.errors import EngineCrashed, PromptTooLong
from homesmith.core.messages import user
from homesmith.core.models import Model, ModelId
from homesmith.core.requests import Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.machine import cores, memory, plan
from homesmith.engines.scripted import ScriptedEngine
from homesmith.runtime.ask import Moment, ask


@pytest.fixture
async def engine(smollm2: Model, smollm2_path: Path) -> AsyncIterator[LlamaCppEngine]:
    running = LlamaCppEngine(
        smollm2, smollm2_path, replace(plan(cores(), memory(), smollm2), window=1024)
    )
    yield running
    await running.close()


@pytest.mark.model
async def test_a_real_model_answers_and_counts_exactly(engine: LlamaCppEngine) -> None:
    request = Request(model=engine.model, messages=(user("Say hello."),), max_tokens=12)
    moments: list[Moment] = []
    answer = await ask(engine, request, tell=moments.append)
    assert answer.text.strip()
    assert answer.usage.prompt_tokens == await engine.count(request)
    assert 1 <= answer.usage.answer_tokens <= 12
    assert {moment.phase for moment in moments} >= {"reading", "writing"}
    again = await ask(engine, request)
    assert again.text == answer.text
    assert again.usage.cached_tokens > 0
    with pytest.raises(PromptTooLong):
        await ask(engine, replace(request, max_tokens=4000))


def words(tape: str | EngineCrashed) -> tuple[ScriptedEngine, Request]:
    engine = ScriptedEngine([tape], model=ModelId("tape"), seconds_per_token=0.02)
    return engine, Request(model=engine.model, messages=(user("go"),), max_tokens=500)


async def test_a_deadline_keeps_what_was_written() -> None:
    engine, request = words("word " * 400)
    answer = await ask(engine, request, deadline=time.monotonic() + 0.3)
    assert answer.reason == "deadline"
    assert 0 < len(answer.text) < len("word " * 400)


async def test_the_error_of_the_engine_is_raised() -> None:
    engine, request = words(EngineCrashed("it died"))
    with pytest.raises(EngineCrashed):
        await ask(engine, request)
