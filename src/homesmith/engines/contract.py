"""What every engine must keep, as tests: subclass, give an `engine` fixture, run pytest.

    class TestMine(EngineContract):
        @pytest.fixture
        async def engine(self): ...

Needs pytest-asyncio in auto mode. It knows only the protocol in core.engines.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from homesmith.core.engines import Engine, Wide, fold
from homesmith.core.errors import InvalidText, PromptTooLong
from homesmith.core.messages import assistant, system, user
from homesmith.core.requests import Delta, Ended, Event, Failed, Reading, Request, Started


class EngineContract:
    """The promises of core.engines.Engine, one test each."""

    grammar: bool = False
    """Set it for engines that keep to a json_schema."""

    async def test_a_stream_is_started_then_reading_then_deltas_then_one_end(
        self, engine: Engine
    ) -> None:
        events = await _events(engine, _request(engine))
        assert isinstance(events[0], Started)
        assert isinstance(events[-1], Ended), events[-1]
        kinds = [type(event) for event in events[1:-1]]
        assert set(kinds) <= {Reading, Delta}
        assert kinds == sorted(kinds, key=[Reading, Delta].index), "reading comes before writing"

    async def test_the_text_is_the_same_however_it_is_chunked(self, engine: Engine) -> None:
        events = await _events(engine, _request(engine))
        text = "".join(event.text for event in events if isinstance(event, Delta))
        assert text == (await fold(engine.stream(_request(engine)))).text
        assert text

    async def test_count_is_what_the_engine_reads(self, engine: Engine) -> None:
        request = _request(engine, prefill="```python\n")
        events = await _events(engine, request)
        assert isinstance(events[0], Started)
        assert isinstance(events[-1], Ended)
        count = await engine.count(request)
        assert count == events[0].prompt_tokens == events[-1].usage.prompt_tokens > 0

    async def test_everything_said_is_counted(self, engine: Engine) -> None:
        plain = await engine.count(_request(engine))
        assert await engine.count(_request(engine, prefill="def add(")) > plain
        longer = Request(
            model=engine.model,
            messages=(system("Be brief."), user(QUESTION), assistant("Yes."), user("And now?")),
            max_tokens=8,
        )
        assert await engine.count(longer) > plain

    async def test_max_tokens_ends_the_answer(self, engine: Engine) -> None:
        answer = await fold(engine.stream(_request(engine, max_tokens=3)))
        assert answer.reason == "length"
        assert answer.usage.answer_tokens == 3

    async def test_a_stop_string_ends_the_answer_and_is_not_part_of_it(
        self, engine: Engine
    ) -> None:
        await fold(engine.stream(_request(engine)))
        whole = (await fold(engine.stream(_request(engine)))).text
        stop = whole.split()[2]
        answer = await fold(engine.stream(_request(engine, stop=(stop,))))
        assert answer.text == whole[: whole.index(stop)]
        assert answer.reason == "stop"

    async def test_a_prompt_that_does_not_fit_is_refused_before_it_is_sent(
        self, engine: Engine
    ) -> None:
        request = _request(engine, max_tokens=engine.window)
        events = await _events(engine, request)
        assert len(events) == 1, "refused before anything started"
        assert isinstance(events[0], Failed)
        error = events[0].error
        assert isinstance(error, PromptTooLong)
        assert str(await engine.count(request)) in error.message
        assert str(engine.window) in error.message
        assert error.remedy

    async def test_text_that_is_not_unicode_is_refused(self, engine: Engine) -> None:
        request = Request(model=engine.model, messages=(user("bad \ud800 text"),), max_tokens=4)
        events = await _events(engine, request)
        assert isinstance(events[-1], Failed)
        assert isinstance(events[-1].error, InvalidText)

    async def test_closing_the_stream_early_leaves_the_engine_usable(self, engine: Engine) -> None:
        stream = engine.stream(_request(engine, max_tokens=500))
        async for event in stream:
            if isinstance(event, Delta):
                break
        async with asyncio.timeout(1.0):
            await _close(stream)
        assert (await fold(engine.stream(_request(engine)))).text

    async def test_cancelling_the_consumer_leaves_the_engine_usable(self, engine: Engine) -> None:
        begun = asyncio.Event()

        async def consume() -> None:
            async for _ in engine.stream(_request(engine, max_tokens=500)):
                begun.set()

        task = asyncio.create_task(consume())
        await begun.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert (await fold(engine.stream(_request(engine)))).text

    async def test_requests_at_the_same_time_are_all_answered(self, engine: Engine) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(fold(engine.stream(_request(engine, slot=slot))))
                for slot in range(3)
            ]
        assert all(task.result().text for task in tasks)

    async def test_sharing_changes_no_answer(self, engine: Engine) -> None:
        if not isinstance(engine, Wide):
            return
        assert engine.width >= 1
        alone = (await fold(engine.stream(_request(engine)))).text
        requests = [_request(engine, slot=slot) for slot in range(engine.width)]
        await engine.share(requests)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fold(engine.stream(request))) for request in requests]
        assert {task.result().text.split()[0] for task in tasks} == {alone.split()[0]}
        assert (await fold(engine.stream(_request(engine)))).text == alone

    async def test_an_answer_under_a_schema_is_json_of_that_shape(self, engine: Engine) -> None:
        if not self.grammar:
            return
        schema = {
            "type": "object",
            "properties": {"kind": {"enum": ["static", "fastapi"]}, "pages": {"const": 3}},
            "required": ["kind", "pages"],
            "additionalProperties": False,
        }
        request = _request(engine, max_tokens=120, json_schema=schema)
        value = json.loads((await fold(engine.stream(request))).text)
        assert value["kind"] in {"static", "fastapi"}
        assert value["pages"] == 3

    async def test_closing_twice_is_fine(self, engine: Engine) -> None:
        await engine.close()
        await engine.close()


QUESTION = "List the months of the year in order, separated by a comma and a space."


def _request(engine: Engine, **changes: Any) -> Request:
    return Request(
        **{"model": engine.model, "messages": (user(QUESTION),), "max_tokens": 24, **changes}
    )


async def _events(engine: Engine, request: Request) -> list[Event]:
    return [event async for event in engine.stream(request)]


async def _close(stream: Any) -> None:
    await stream.aclose()
