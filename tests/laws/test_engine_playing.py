"""Echo and tape: what they play is what was written, within the request's limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.engines import fold
from homesmith.core.errors import EngineCrashed, EngineError, InvalidSettings
from homesmith.core.messages import user
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.engines import playing
from homesmith.engines.echo import EchoEngine
from homesmith.engines.scripted import ScriptedEngine


def ask(
    text: str, *, max_tokens: int = 50, prefill: str = "", stop: tuple[str, ...] = ()
) -> Request:
    return Request(
        model=ModelId("any"),
        messages=(user(text),),
        max_tokens=max_tokens,
        prefill=prefill,
        stop=stop,
    )


@given(st.text(max_size=300))
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(playing.tokens(text)) == text


@given(st.text(max_size=200), st.integers(1, 20), st.lists(st.text(min_size=1, max_size=3)))
def test_limits_only_ever_cut_the_end(text: str, most: int, stops: list[str]) -> None:
    said, reason = playing.limited(ask("", max_tokens=most, stop=tuple(stops)), text)
    assert text.startswith(said)
    assert len(playing.tokens(said)) <= most
    assert not any(stop in said for stop in stops)
    assert reason in {"stop", "length"}


async def test_echo_says_what_it_was_told() -> None:
    assert (await fold(EchoEngine().stream(ask("Build me an app")))).text == "Build me an app"
    assert (await fold(EchoEngine(reply="ok").stream(ask("?")))).text == "ok"


async def test_a_tape_plays_in_order_and_then_fails() -> None:
    engine = ScriptedEngine(
        ["one", EngineCrashed("gone"), lambda request: request.messages[0].text]
    )
    assert (await fold(engine.stream(ask("?")))).text == "one"
    with pytest.raises(EngineCrashed):
        await fold(engine.stream(ask("?")))
    assert (await fold(engine.stream(ask("mirror")))).text == "mirror"
    with pytest.raises(EngineError, match="at its end"):
        await fold(engine.stream(ask("?")))
    assert len(engine.requests) == 4


async def test_a_prefill_is_not_said_twice() -> None:
    engine = ScriptedEngine(["```python\nprint(1)\n```\nmore"])
    answer = await fold(engine.stream(ask("?", prefill="```python\n", stop=("\n```",))))
    assert (answer.text, answer.reason) == ("print(1)", "stop")


async def test_rules_are_found_by_what_was_asked(tmp_path: Path) -> None:
    tape = tmp_path / "tape.json"
    rules = [{"when": "kanban.*board", "answer": "K"}, {"when": "", "answer": "other"}]
    tape.write_text(json.dumps(rules))
    engine = ScriptedEngine.from_file(tape)
    assert (await fold(engine.stream(ask("a kanban\nboard")))).text == "K"
    assert (await fold(engine.stream(ask("a list")))).text == "other"
    tape.write_text(json.dumps({"answers": ["first"]}))
    assert (await fold(ScriptedEngine.from_file(tape).stream(ask("?")))).text == "first"


@pytest.mark.parametrize("content", ["", "[1]", '{"answer": 1}', '[{"when": "(", "answer": "x"}]'])
def test_a_tape_that_cannot_be_played_says_so(tmp_path: Path, content: str) -> None:
    tape = tmp_path / "tape.json"
    tape.write_text(content)
    with pytest.raises(InvalidSettings, match="cannot be played"):
        ScriptedEngine.from_file(tape)
