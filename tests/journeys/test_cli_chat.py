"""What a person does when they talk with an agent: lines in, answers out, and Ctrl-C."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from homesmith.core.engines import Engine
from homesmith.core.errors import EngineCrashed
from homesmith.core.memories import Block
from homesmith.core.models import Model, ModelId
from homesmith.core.requests import Delta, Event, Request
from homesmith.doors.cli.entry import run
from homesmith.doors.cli.terminal import Terminal
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.echo import EchoEngine
from homesmith.engines.models import Models
from homesmith.engines.scripted import ScriptedEngine
from homesmith.runtime.conversation.texts import INSTRUCTIONS, text_of
from homesmith.settings import load
from homesmith.studio import Studio

if TYPE_CHECKING:
    from tests.journeys.conftest import Line


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(one) for one in text.splitlines()]


def events(lines: list[dict[str, object]], kind: str) -> list[dict[str, object]]:
    return [one for one in lines if one["event"] == kind]


def test_lines_in_answers_out_and_all_of_it_is_remembered(ready: Line) -> None:
    ended = ready("chat", stdin=b"My cat is called Tom.\n\nWho is Tom?")
    assert (ended.code, ended.out) == (0, "Noted.\nNoted.\n")
    assert "tokens read" in ended.err
    shown = ready("memory", "show").out
    assert "user: My cat is called Tom." in shown
    assert shown.count("assistant: Noted.") == 2


def test_a_model_of_the_tool_tier_edits_memory_and_a_small_one_is_asked_as_ever(line: Line) -> None:
    line.with_weights()
    model = load_catalogue().find("qwen2.5-coder:7b")
    (line.home / "data" / "models" / model.file).write_bytes(b"GGUF")
    call = {"name": "memory_insert", "arguments": {"label": "human", "text": "The cat is Tom."}}
    said = f"<tool_call>\n{json.dumps(call)}\n</tool_call>"
    line.engine = engine = ScriptedEngine([said, "Noted.", said])
    talk = b"/memory human: Ann.\nMy cat is Tom.\n/explain\n"
    ended = line("chat", "--model", model.id, "--no-context", stdin=talk)
    assert (ended.code, ended.out) == (0, "Noted.\n"), ended.err
    assert "memory_insert: done" in ended.err
    assert "The cat is Tom." in line("memory", "show").out
    ended = line("chat", "--no-context", "--agent", "other", stdin=b"My cat is Tom.")
    assert said in ended.out
    assert "# Tools" in engine.requests[0].messages[0].text
    assert engine.requests[2].messages[0].text == text_of(INSTRUCTIONS)


def test_the_next_talk_goes_on_where_the_last_one_ended(ready: Line) -> None:
    assert ready("chat", "--agent", "ada", stdin=b"My cat is called Tom.").code == 0
    ended = ready("ask", "--agent", "ada", "Who is Tom?", "--explain", "--json")
    [finished] = events(ended.lines, "finished")
    usage = finished["usage"]
    assert isinstance(usage, dict)
    assert usage["cached_tokens"] > usage["prompt_tokens"] * 0.7
    sources = {one["source"]: one for one in events(ended.lines, "source")}
    assert sources["history (1 turns)"]["kept"] is True
    assert sources["your message"]["why"] == "always"
    [seen] = events(ended.lines, "seen")
    assert isinstance(seen["cache"], dict)
    assert seen["cache"]["lost"] == ""
    assert seen["cache"]["reported"] == usage["cached_tokens"]
    assert "no prompts on disk" in str(seen["unkept"])
    assert "default" not in ready("memory", "list").out


def test_explain_says_what_is_seen_and_what_was_known(ready: Line) -> None:
    ready("context", "init", "--yes")
    note = ("--note", "Gate", "--when", "garden, gate", "The garden gate is green.")
    assert ready("context", "add", *note).code == 0
    talk = b"/explain\nWhich colour is my garden gate?\nHow are you?\n/explain\n"
    ended = ready("chat", stdin=talk)
    assert ended.code == 0
    nothing, _, rest = ended.err.partition("Nothing was asked yet.\n")
    assert nothing == ""
    assert "instructions" in rest
    assert "SOURCE" in rest
    assert "tokens were known" in rest
    asked = ready("ask", "--agent", "default", "--explain", "Is the garden gate green?")
    assert "it stands in the conversation already" in asked.err


def test_memory_is_edited_in_the_talk_and_told_as_a_note(ready: Line) -> None:
    talk = b"Hello.\n/memory human: Ann, likes tea.\nWho am I?\n/memory\n/memory tea\n/explain\n"
    ended = ready("chat", stdin=talk)
    assert ended.code == 0
    assert "Undo this: homesmith memory undo human --agent default" in ended.err
    assert "human (version 1)\nAnn, likes tea." in ended.err
    assert "what is known changed since the head was written" in ended.err
    assert ready("memory", "undo", "human").code == 0
    ended = ready("chat", "--json", stdin=b"/memory human: Bob.\n/memory\n/context\n/history\n")
    assert [one["value"] for one in events(ended.lines, "block")] == ["Bob.", "Bob."]
    assert len(events(ended.lines, "message")) == 4
    assert events(ended.lines, "context")


def test_undo_takes_the_last_turn_back(ready: Line) -> None:
    ended = ready("chat", stdin=b"Hello.\nMy secret is 4711.\n/undo\n/history\n")
    assert "taken back and forgotten" in ended.err
    assert "4711" not in ready("memory", "show").out
    assert ready("chat", "--json", stdin=b"/undo\n/undo\n").lines == [
        {
            "event": "undone",
            "removed": {"messages": 2, "pieces in the index": 2, "prompts": 1, "backups": 1},
        },
        {"event": "undone", "removed": {}},
    ]


def test_help_quit_and_words_that_are_no_command(ready: Line) -> None:
    ended = ready("chat", stdin=b"/help\n/quit\nnever asked\n")
    assert (ended.code, ended.out) == (0, "")
    assert "/undo" in ended.err
    wrong = ready("chat", "--json", stdin=b"/nope\nnever asked\n")
    assert (wrong.code, wrong.lines[-1]["error"]["code"]) == (2, "usage")
    person = ready("chat", stdin=b"/nope\nHello.\n", watched=True)
    assert (person.code, person.out) == (0, "Noted.\n")
    assert "hint: /help" in person.err


@pytest.mark.parametrize(
    "said", ["/undo 5", "/undo now", "/context foo", "/history 3", "/explain it", "/help undo"]
)
def test_a_command_that_takes_no_words_refuses_them(ready: Line, said: str) -> None:
    ready("chat", stdin=b"My cat is called Tom.\n")
    ended = ready("chat", stdin=said.encode())
    word, _, rest = said.partition(" ")
    assert ended.code == 2
    assert ended.err.splitlines() == [
        f"{word} takes no words after it",
        f"  {rest!r} was given; nothing was done",
        f"hint: {word}",
    ]
    assert "Tom" in ready("memory", "show").out


def test_to_end_a_talk_takes_no_words(ready: Line) -> None:
    ended = ready("chat", stdin=b"/quit now\nHello.\n", watched=True)
    assert (ended.code, ended.out) == (0, "Noted.\n")
    assert "/quit takes no words after it" in ended.err


def test_a_block_of_several_words_is_written_when_there_is_one(ready: Line) -> None:
    ready("memory", "edit", "bad label: old", "--value", "a")
    ready("memory", "edit", "bad label", "--value", "x")
    talk = b"/memory bad label: y\n/memory bad label: old: b\n/memory my label: it's z\n"
    ended = ready("chat", "--agent", "default", stdin=talk)
    assert "Undo this: homesmith memory undo 'bad label' --agent default" in ended.err
    assert "0 pieces" in ended.err
    made = """homesmith memory edit 'my label' --value 'it'"'"'s z'"""
    assert f"There is no block 'my label'; to make it: {made} --agent default\n" in ended.err
    rows = ready("memory", "show", "--json").lines
    blocks = {row["label"]: row["value"] for row in rows if "label" in row}
    assert blocks == {"bad label": "y", "bad label: old": "b"}


@pytest.mark.parametrize("name", ["default", "ada"])
def test_a_block_is_not_emptied_by_a_slip_and_a_hint_names_the_agent(
    ready: Line, name: str
) -> None:
    ready("memory", "edit", "human", "--value", "Ann", "--agent", name)
    talk = f"/memory human:\n/memory human: {'long ' * 800}\n/memory\n".encode()
    told = ready("chat", "--agent", name, stdin=talk, watched=True).err
    assert f'hint: to empty it: homesmith memory edit human --value "" --agent {name}\n' in told
    assert f"homesmith memory edit human --limit 3999 --agent {name}\n" in told
    assert "human (version 1)\nAnn" in told


def test_an_error_ends_a_pipe_and_not_a_talk(ready: Line) -> None:
    ready.engine = ScriptedEngine([EngineCrashed("it died", remedy="again"), "Noted."])
    ended = ready("chat", "--json", stdin=b"Hello.\nAgain.\n")
    assert (ended.code, ended.lines[-1]["error"]["code"]) == (3, "engine_crashed")
    ready.engine = ScriptedEngine([EngineCrashed("it died", remedy="again"), "Noted."])
    ended = ready("chat", stdin=b"Hello.\nAgain.\n", watched=True)
    assert (ended.code, ended.out) == (0, "\nNoted.\n")
    assert "it died" in ended.err
    assert ready("chat", stdin=b"\xff\xfe\n").code == 2


class Interrupting(EchoEngine):
    """An engine during whose fifth word somebody presses Ctrl-C, or another signal comes."""

    signal = signal.SIGINT

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        words = 0
        async with aclosing(super().stream(request)) as events:
            async for event in events:
                words += isinstance(event, Delta)
                if words == 5:
                    os.kill(os.getpid(), self.signal)
                yield event


@pytest.mark.parametrize(("watched", "code"), [(True, 0), (False, 130)])
def test_ctrl_c_stops_the_answer_and_keeps_it(ready: Line, *, watched: bool, code: int) -> None:
    ready.engine = Interrupting(reply="tick " * 400, seconds_per_token=0.01)
    ended = ready("chat", stdin=b"Count.\n/history\n", watched=watched)
    assert ended.code == code
    assert ("what was written is kept" in ended.err) == watched
    kept = ready("memory", "show", "2").out.strip()
    assert kept
    assert set(kept.split()) == {"tick"}
    assert kept.count("tick") < 400


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_terminal_that_is_closed_loses_nothing_of_the_answer(ready: Line, name: str) -> None:
    engine = ready.engine = Interrupting(reply="tick " * 400, seconds_per_token=0.01)
    engine.signal = signal.Signals[name]
    assert ready("chat", stdin=b"Count.\n/history\n").code == 130
    assert ready("memory", "show", "1").out.strip() == "Count."
    kept = ready("memory", "show", "2").out
    assert set(kept.split()) == {"tick"}
    assert kept.count("tick") < 400


class Loading(EchoEngine):
    """An engine during whose start somebody presses Ctrl-C, the first time."""

    pressed = False

    async def count(self, request: Request) -> int:
        if not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)
        return await super().count(request)


def test_ctrl_c_before_anything_is_begun_offers_to_take_nothing_back(ready: Line) -> None:
    ready("chat", stdin=b"My cat is called Tom.\n")
    ready.engine = Loading(reply="Noted.")
    ended = ready("chat", stdin=b"And my dog?\n", watched=True)
    assert ended.code == 0
    assert "stopped; nothing was begun, your message is not kept\n" in ended.err
    assert "/undo" not in ended.err
    shown = ready("memory", "show").out
    assert "Tom" in shown
    assert "dog" not in shown


def test_a_broken_file_is_told_once_in_a_talk_and_stops_nothing(ready: Line) -> None:
    ready("context", "init", "--yes")
    file = Path(ready("context", "path").out.strip()) / "preferences.json"
    file.write_text("{ no json", encoding="utf-8")
    ended = ready("chat", stdin=b"Hello.\nHello again.\n")
    assert (ended.code, ended.out) == (0, "Noted.\nNoted.\n")
    assert ended.err.count("cannot be read") == 1
    assert "preferences.json" in ready("chat", stdin=b"/context\n").err


@pytest.mark.parametrize("words", [("ask", "--agent", "ada", "Hello?"), ("chat",)])
def test_whoever_talks_has_an_engine_for_conversations(
    line: Line, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    wanted: list[bool] = []

    def start(_: Models, card: Model, *, talks: bool = False) -> Engine:
        wanted.append(talks)
        return EchoEngine(card.id)

    monkeypatch.setattr(Models, "start", start)
    line.with_weights()
    terminal = Terminal(
        stdin=io.BytesIO(b"Hello.\n"),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        environ={"HOMESMITH_HOME": str(line.home)},
        open_studio=Studio,
    )
    assert run(words, terminal) == 0
    assert wanted == [True]


def test_an_agent_is_asked_in_one_way_only(ready: Line) -> None:
    ended = ready("ask", "--agent", "ada", "--system", "Be brief.", "Hello?")
    assert (ended.code, "--agent goes with none of" in ended.err) == (2, True)
    assert ready("chat", "--model", "nope", stdin=b"Hello.").code == 2


class Voiced(Studio):
    """A studio whose every model says "Noted."."""

    def engine(self, model: ModelId) -> Engine:
        return EchoEngine(model, reply="Noted.")


async def test_a_library_asks_recalls_and_sees_blocks(tmp_path: Path) -> None:
    async with Voiced(load({}, {"HOMESMITH_HOME": str(tmp_path)})) as studio:
        ada = studio.agent("ada")
        assert (await ada.answer("My cat is called Tom.")).text == "Noted."
        ada.create_block(Block(label="human", value="Ann"))
        assert [type(event).__name__ async for event in ada.ask("Who is Tom?")][-1] == "Ended"
        assert ada.recall("What is my cat called?", 1).found[0].piece.text == (
            "My cat is called Tom."
        )
        assert [block.value for block in ada.blocks] == ["Ann"]
        assert ada.conversation().seen.tokens > 0


@pytest.mark.model
def test_a_real_model_goes_on_after_a_restart_and_reads_only_what_is_new(
    line: Line, smollm2: Model, smollm2_path: Path
) -> None:
    folder = line.home / "data" / "models"
    folder.mkdir(parents=True)
    (folder / smollm2.file).symlink_to(smollm2_path)
    long = " ".join(f"Fact {number} is that {number} is a number." for number in range(25))

    def talk(said: str) -> list[dict[str, object]]:
        out = io.StringIO()
        terminal = Terminal(
            stdin=io.BytesIO(said.encode()),
            stdout=out,
            stderr=io.StringIO(),
            environ={"HOMESMITH_HOME": str(line.home), "HOMESMITH_WINDOW": "4096"},
            open_studio=Studio,
        )
        words = ("chat", "--json", "--explain", "--model", smollm2.id)
        assert run(words, terminal) == 0, out.getvalue()
        return json_lines(out.getvalue())

    first = talk(f"{long} Say yes.\n")
    assert events(first, "seen")[0]["unkept"] == ""
    [kept] = (line.home / "cache" / "read").iterdir()
    assert kept.stat().st_size > 1_000_000
    second = talk("Which number do you like?\n")
    [seen] = events(second, "seen")
    cache = seen["cache"]
    assert isinstance(cache, dict)
    assert cache["lost"] == ""
    assert cache["tokens"] - cache["reported"] < 60


def test_a_number_that_does_not_wait_is_told_with_what_a_chat_knows(ready: Line) -> None:
    told = ready("chat", stdin=b"/confirm 99").err
    assert told.splitlines()[0] == "No proposal 99 waits"
    assert told.endswith("hint: /memory\n")


def test_where_nothing_was_said_the_chat_says_so(ready: Line) -> None:
    told = ready("chat", stdin=b"/history\n/undo\n").err
    assert "Nothing was said yet" in told
    assert "There is no message to take back\n" in told
