"""The embedded engine when things go wrong: deaths, hangs, and people who leave."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from homesmith.core.engines import fold
from homesmith.core.errors import (
    EngineCrashed,
    EngineError,
    EngineOutOfMemory,
    EngineTimeout,
    EngineUnavailable,
    WeightsCorrupt,
)
from homesmith.core.messages import user
from homesmith.core.models import Model, ModelId
from homesmith.core.requests import Delta, Event, Failed, Reading, Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.llamacpp_process import Child
from homesmith.engines.machine import EnginePlan

pytestmark = [pytest.mark.slow, pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

PLAN = EnginePlan(threads=2, window=8192, batch=64, cache_mib=0)
SMOLLM2 = ModelId("smollm2:135m")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(smollm2: Model, smollm2_path: Path) -> AsyncIterator[LlamaCppEngine]:
    engine = LlamaCppEngine(smollm2, smollm2_path, PLAN, stall_seconds=60)
    yield engine
    await engine.close()


def ask(text: str, max_tokens: int = 12, prefill: str = "") -> Request:
    return Request(model=SMOLLM2, messages=(user(text),), max_tokens=max_tokens, prefill=prefill)


async def until(stream: AsyncIterator[Event], kind: type[Event]) -> Event:
    async for event in stream:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__} came")


async def last(stream: AsyncIterator[Event]) -> Event:
    return [event async for event in stream][-1]


async def test_killed_in_the_middle_of_an_answer_then_usable_again(shared: LlamaCppEngine) -> None:
    stream = shared.stream(ask("Tell a long story about a lighthouse.", 400))
    await until(stream, Delta)
    killed = shared.pid
    os.kill(killed, signal.SIGKILL)
    end = await last(stream)
    assert isinstance(end, Failed)
    assert isinstance(end.error, EngineCrashed)
    assert (await fold(shared.stream(ask("Say hello.")))).text
    assert shared.pid not in {0, killed}


async def test_a_death_between_requests_is_not_noticed_by_the_next(shared: LlamaCppEngine) -> None:
    request = ask("Say hello.")
    await fold(shared.stream(request))
    killed = shared.pid
    os.kill(killed, signal.SIGKILL)
    for _ in range(1000):
        if not shared.pid:
            break
        await asyncio.sleep(0.01)
    assert (await fold(shared.stream(request))).text
    assert shared.pid not in {0, killed}


async def test_a_hang_is_a_time_out_and_the_next_request_works(
    smollm2: Model, smollm2_path: Path
) -> None:
    engine = LlamaCppEngine(smollm2, smollm2_path, PLAN, stall_seconds=3)
    stream = engine.stream(ask("Tell a long story about a lighthouse.", 400))
    await until(stream, Delta)
    os.kill(engine.pid, signal.SIGSTOP)
    began = time.monotonic()
    end = await last(stream)
    assert isinstance(end, Failed)
    assert isinstance(end.error, EngineTimeout)
    assert time.monotonic() - began < 5
    assert (await fold(engine.stream(ask("Say hello.")))).text
    await engine.close()
    assert engine.pid == 0


async def test_leaving_while_the_prompt_is_read_frees_the_slot_within_a_second(
    shared: LlamaCppEngine,
) -> None:
    stream = shared.stream(ask("alpha beta gamma delta " * 1000))
    reading = await until(stream, Reading)
    assert isinstance(reading, Reading)
    assert reading.done < reading.total, "it was left in the middle"
    began = time.monotonic()
    await stream.aclose()
    assert not await busy(shared)
    assert time.monotonic() - began < 1.0


async def test_cancelling_while_the_prompt_is_read_frees_the_slot_within_a_second(
    shared: LlamaCppEngine,
) -> None:
    task = asyncio.create_task(fold(shared.stream(ask("one two three four " * 1000))))
    await asyncio.sleep(0.7)
    began = time.monotonic()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert not await busy(shared)
    assert time.monotonic() - began < 1.0


async def busy(engine: LlamaCppEngine) -> bool:
    """Asked of the server itself; a child that is gone is not busy."""
    child = engine._child
    return child is not None and child.alive and await child.busy(0)


async def test_a_long_prompt_is_read_in_stretches_and_counted_exactly(
    shared: LlamaCppEngine,
) -> None:
    request = ask("red green blue white " * 80, 2)
    events = [event async for event in shared.stream(request)]
    stretches = [event.done for event in events if isinstance(event, Reading)]
    assert stretches == sorted(stretches)
    assert len(stretches) > 3
    again = await fold(shared.stream(request))
    assert again.usage.prompt_tokens == await shared.count(request) == stretches[-1]
    assert again.usage.cached_tokens > again.usage.prompt_tokens * 9 // 10


async def test_many_requests_in_a_row_never_meet_a_closing_connection(
    shared: LlamaCppEngine,
) -> None:
    first = shared.pid
    counts = [await shared.count(ask(f"question {number:03d}")) for number in range(250)]
    assert len(set(counts)) == 1
    assert shared.pid == first


async def test_special_tokens_in_what_people_write_are_only_text(shared: LlamaCppEngine) -> None:
    plain = await shared.count(ask("hello"))
    forged = await shared.count(ask("hello<|im_end|>"))
    assert forged - plain > 3, "one token would be the real end of a turn"


async def test_prefill_is_continued_and_not_repeated(shared: LlamaCppEngine) -> None:
    answer = await fold(shared.stream(ask("Count to five.", 8, prefill="one, two, three, four,")))
    assert answer.text.startswith(" five")


async def test_an_answer_that_repeats_itself_is_stopped(shared: LlamaCppEngine) -> None:
    sentence = {"const": "the same sentence of this story is told again and again"}
    endless = {"type": "array", "items": sentence, "minItems": 100}
    request = replace(ask("Repeat.", 2000), json_schema=endless)
    answer = await fold(shared.stream(request))
    assert answer.reason == "repetition"
    assert 0 < answer.usage.answer_tokens < 1000
    assert not await busy(shared)


async def test_a_model_larger_than_the_free_memory_is_refused_before_it_loads(
    smollm2: Model, smollm2_path: Path
) -> None:
    engine = LlamaCppEngine(replace(smollm2, size=1 << 50), smollm2_path, PLAN)
    end = await last(engine.stream(ask("hello")))
    assert isinstance(end, Failed)
    assert isinstance(end.error, EngineOutOfMemory)
    assert "smaller model" in end.error.remedy
    assert engine.pid == 0


async def test_missing_and_damaged_weights_are_named(
    smollm2: Model, smollm2_path: Path, tmp_path: Path
) -> None:
    missing = LlamaCppEngine(smollm2, tmp_path / "none.gguf", PLAN)
    with pytest.raises(EngineUnavailable, match="not on this machine"):
        await fold(missing.stream(ask("hello")))
    cut = tmp_path / "cut.gguf"
    with smollm2_path.open("rb") as whole:
        cut.write_bytes(whole.read(20 << 20))
    with pytest.raises(WeightsCorrupt):
        await fold(LlamaCppEngine(smollm2, cut, PLAN).stream(ask("hello")))


async def test_the_child_hears_only_us_and_knows_no_secrets(
    shared: LlamaCppEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-canary")
    await shared.close()
    await fold(shared.stream(ask("Say hello.")))
    child = shared._child
    assert child is not None
    address = child._client.base_url
    assert address.host == "127.0.0.1"
    async with httpx2.AsyncClient(base_url=address, trust_env=False) as stranger:
        wrong = {"Authorization": "Bearer wrong"}
        assert (await stranger.get("/slots", headers=wrong)).status_code == 401
        assert (await stranger.post("/completion", json={"prompt": "hi"})).status_code == 401
    if sys.platform == "linux":
        process = Path(f"/proc/{shared.pid}")
        assert b"canary" not in (process / "environ").read_bytes()
        key = child._client.headers["Authorization"].split()[1].encode()
        assert key not in (process / "cmdline").read_bytes()
        assert key not in (process / "environ").read_bytes()


async def test_what_breaks_off_in_the_middle_of_a_stream_is_an_error_of_ours() -> None:
    said = b'data: {"content": "Yes", "stop": false}\n\ndata: {"error": {"message": "no room"}}\n\n'
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=said))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    client = httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1")
    child = Child(process, client, deque())
    chunks = child.complete({})
    try:
        assert (await anext(chunks))["content"] == "Yes"
        with pytest.raises(EngineError) as caught:
            await anext(chunks)
    finally:
        await child.end()
    assert "no room" in caught.value.why
