"""What a person sees who asks one question: what is tried for it, and what goes with what."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import pytest

from homesmith.core.requests import Event, Request
from homesmith.engines.echo import EchoEngine
from homesmith.studio.house import House

if TYPE_CHECKING:
    from tests.journeys.conftest import Line


def test_every_try_is_told_while_the_answer_is_looked_for(ready: Line) -> None:
    ended = ready("ask", "--improve", "refine", "Describe the sea.")
    assert (ended.code, ended.out) == (0, "Noted.\n")
    told = [line.partition(":")[0] for line in ended.err.splitlines()]
    assert told == ["draft", "critique", "revision", "critique", "revision", *told[5:]]
    assert "stopped: tried" in ended.err


def test_notes_stand_in_the_message_that_asks(ready: Line) -> None:
    ready("context", "init", "--yes")
    ready("context", "add", "--note", "Deploying", "--when", "deploy", "We deploy on Fridays.")
    heard: list[tuple[str, ...]] = []

    class Hearing(EchoEngine):
        def stream(self, request: Request) -> AsyncGenerator[Event, None]:
            heard.append(tuple(one.role for one in request.messages))
            return super().stream(request)

    ready.engine = Hearing(reply="Noted.")
    assert ready("ask", "--improve", "direct", "When do we deploy?").code == 0
    assert ready("ask", "When do we deploy?").code == 0
    assert heard[0] == heard[1]
    assert heard[0].count("user") == 1


def test_what_could_not_be_run_is_said(ready: Line) -> None:
    ended = ready("ask", "--improve", "verify", "Describe the sea.")
    assert "stopped: unchecked" in ended.err
    assert "warning: no code was asked for" in ended.err
    assert "homesmith doctor" not in ended.err
    told = ready("ask", "--improve", "select", "How many legs have three cats?", "--json").lines[-1]
    assert (told["kind"], told["stopped"]) == ("answer", "unchecked")


def test_code_that_could_not_be_run_is_said(ready: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(_house: House) -> None:
        return None

    monkeypatch.setattr(House, "sandbox_or_none", nowhere)
    ended = ready("ask", "--improve", "select", "Write a Python function f.")
    assert (
        "warning: nothing of it could be run here; what is missing: homesmith doctor" in ended.err
    )


def test_an_answer_that_was_cut_is_told(ready: Line) -> None:
    ready.engine = EchoEngine(reply="The sea is wide and blue, and its waves go on and on.")
    words = ("ask", "--improve", "direct", "Describe the sea.")
    cut = ready(*words, "--max-tokens", "3")
    assert "stopped: tokens" in cut.err
    assert "warning: the answer was cut before its end; give it more: --max-tokens" in cut.err
    assert "was cut" not in ready(*words).err


def test_a_bound_without_what_it_bounds_is_refused(ready: Line) -> None:
    ended = ready("ask", "--max-tokens", "10", "Hello?")
    assert (ended.code, "--max-tokens goes with --improve only" in ended.err) == (2, True)


CODE = "Here:\n```python\ndef f():\n    return 1\n```\nDone."


def test_code_is_indented_as_the_person_likes_it_and_kept_as_it_was_written(ready: Line) -> None:
    ready("context", "init", "--yes")
    ready("context", "add", "coding_style.indentation=tabs")
    ready.engine = EchoEngine(reply=CODE)
    liked = CODE.replace("    ", "\t") + "\n"
    for more in ([], ["--agent", "ada"], ["--improve", "direct"]):
        assert ready("ask", "A function f, please.", *more).out == liked, more
    assert ready("ask", "A function f, please.", "--no-context").out == CODE + "\n"
    said = ready("memory", "search", "Here", "--agent", "ada", "--json").lines
    assert [row["text"] for row in said if row["speaker"] == "assistant"] == [CODE]
