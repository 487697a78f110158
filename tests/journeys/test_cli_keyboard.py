"""What a person types at a real pseudo terminal: long, edited, recalled, pasted, and broken."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import termios
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest

from homesmith.core.errors import EngineCrashed
from homesmith.core.requests import Request
from homesmith.doors.cli.entry import run
from homesmith.doors.cli.terminal import Terminal
from homesmith.engines.echo import EchoEngine
from homesmith.engines.scripted import ScriptedEngine
from tests.journeys.conftest import PlayedStudio

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

UP, PASTE, PASTED, END, STOP = b"\x1b[A", b"\x1b[200~", b"\x1b[201~", b"\x04", b"\x03"
PROMPT = ">"
PATIENCE = 30
"""Seconds after which what is not shown will not be."""
Person = Callable[["Desk"], None]


class Desk:
    """A pseudo terminal, and a person before it who sees what is shown, and types."""

    def __init__(self) -> None:
        self._hand, self._machine = pty.openpty()
        self._shown, self._seen, self._over = b"", 0, False
        self._more = threading.Condition()

    def sit(self, line: Line, person: Person, *words: str, out: TextIO | None = None) -> int:
        """Run a command while the person acts; its exit code. The terminal is left as it was."""
        with ThreadPoolExecutor(2) as pool:
            watching, acting = pool.submit(self._watch), pool.submit(self._act, person)
            try:
                before = termios.tcgetattr(self._machine)
                code = self._run(line, words, out)
                assert termios.tcgetattr(self._machine) == before
                return code
            finally:
                os.close(self._machine)
                watching.result()
                acting.result()
                os.close(self._hand)

    def types(self, keys: bytes) -> None:
        while keys:
            keys = keys[os.write(self._hand, keys[:1000]) :]

    def sees(self, text: str) -> str:
        """Wait until this is shown; all that was shown before it since the last time."""
        wanted = text.encode()
        with self._more:
            self._more.wait_for(lambda: self._over or wanted in self._shown[self._seen :], PATIENCE)
            before, found, _ = self._shown[self._seen :].partition(wanted)
            assert found, f"{text!r} is not in {before!r}"
            self._seen += len(before) + len(wanted)
        return before.decode("utf-8", "replace")

    def says(self, keys: bytes) -> None:
        """Type a line at the next prompt, and see the answer."""
        self.sees(PROMPT)
        self.types(keys + b"\r")
        self.sees("Noted.")

    def _run(self, line: Line, words: Sequence[str], out: TextIO | None) -> int:
        environ = {"HOMESMITH_HOME": str(line.home), "TERM": "xterm", **line.environ}
        with contextlib.ExitStack() as opened:
            stdin = opened.enter_context(os.fdopen(os.dup(self._machine), "rb"))
            stdout = opened.enter_context(os.fdopen(os.dup(self._machine), "w"))
            stderr = opened.enter_context(os.fdopen(os.dup(self._machine), "w"))
            terminal = Terminal(
                stdin=stdin,
                stdout=out or stdout,
                stderr=stderr,
                environ=environ,
                open_studio=lambda settings: PlayedStudio(settings, [], [], line.engine),
            )
            return run(words, terminal)

    def _act(self, person: Person) -> None:
        try:
            person(self)
        finally:
            with contextlib.suppress(OSError):
                self.types(b"\r" + STOP + END)  # whatever went wrong, the command ends

    def _watch(self) -> None:
        over = False
        while not over:
            try:
                more = os.read(self._hand, 1 << 16)
            except OSError:  # nobody holds the other end any more
                more, over = b"", True
            with self._more:
                self._shown += more
                self._over = over
                self._more.notify_all()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def said(line: Line) -> list[str]:
    """What the person said, as it is remembered."""
    rows = line("memory", "show", "--last", "99", "--json").lines
    return [row["text"] for row in rows if row.get("speaker") == "user"]


def test_a_line_longer_than_a_terminal_holds_arrives_whole(ready: Line, desk: Desk) -> None:
    long = "word " * 1200 + "What was it?"

    def person(desk: Desk) -> None:
        desk.says(long.encode())
        desk.says(PASTE + long.encode() + PASTED)
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready) == [long, long]


def test_arrow_up_brings_what_was_said_in_this_talk_and_the_last(ready: Line, desk: Desk) -> None:
    ready("chat", stdin=b"My cat is Tom.\n")

    def person(desk: Desk) -> None:
        desk.says(UP + b"\x1b[D, a red one")
        desk.says(UP + UP)
        desk.says(UP + b"!")
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    edited = "My cat is Tom, a red one."
    assert said(ready) == ["My cat is Tom.", edited, "My cat is Tom.", "My cat is Tom.!"]


def test_arrow_up_does_not_bring_what_was_forgotten(ready: Line, desk: Desk) -> None:
    def person(desk: Desk) -> None:
        desk.says(b"Hello.")
        desk.says(b"My secret is 4711.")
        desk.sees(PROMPT)
        desk.types(b"/undo\r")
        desk.sees("taken back and forgotten")
        desk.says(UP + UP)
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready) == ["Hello.", "Hello."]


def test_arrow_up_brings_what_was_never_kept(ready: Line, desk: Desk) -> None:
    ready.engine = ScriptedEngine(["Noted.", EngineCrashed("it died", remedy="again"), "Noted."])

    def person(desk: Desk) -> None:
        desk.says(b"Hello.")
        desk.sees(PROMPT)
        desk.types(b"Who am I?\r")
        desk.sees("it died")
        desk.says(UP)
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready)[-1] == "Who am I?"


def test_pasted_lines_are_one_message(ready: Line, desk: Desk) -> None:
    def person(desk: Desk) -> None:
        desk.says(PASTE + b"One\rtwo\r\nthree\n" + PASTED)
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready) == ["One\ntwo\nthree"]


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_byte_that_is_no_text_does_not_end_a_talk(ready: Line, desk: Desk, term: str) -> None:
    ready.environ["TERM"] = term

    def person(desk: Desk) -> None:
        desk.sees(PROMPT)
        desk.types(b"Gr\xfcezi\r")
        assert "iconv" not in desk.sees(PROMPT)
        desk.types(b"Hello.\r")
        desk.sees("Noted.")
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready) == ["Hello."]


def test_a_terminal_that_cuts_a_line_is_found_out(ready: Line, desk: Desk) -> None:
    ready.environ["TERM"] = "dumb"

    def person(desk: Desk) -> None:
        desk.sees(PROMPT)
        desk.types(b"word " * 1200 + b"What was it?\r")
        desk.sees("was not sent")
        desk.says(b"Hello.")
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready) == ["Hello."]


def test_what_is_typed_during_an_answer_begins_the_next_line(ready: Line, desk: Desk) -> None:
    long = "word " * 1200 + "What was it?"
    ready.engine = EchoEngine(reply="tick " * 9 + "Noted.", seconds_per_token=0.05)

    def person(desk: Desk) -> None:
        desk.sees(PROMPT)
        desk.types(b"Hello.\r")
        desk.sees("tick")
        desk.types(long.encode() + b"\r" + PASTE + b"One\ntwo" + PASTED + b"\r")
        for _ in range(3):
            desk.sees("Noted.")
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready) == ["Hello.", long, "One\ntwo"]


@pytest.mark.parametrize(("keys", "code"), [(END, 0), (b"/quit\r", 0), (STOP, 130)])
def test_how_a_talk_at_a_terminal_ends(ready: Line, desk: Desk, keys: bytes, code: int) -> None:
    def person(desk: Desk) -> None:
        desk.sees(PROMPT)
        desk.types(keys)

    assert desk.sit(ready, person, "chat") == code


def test_an_agent_learns_while_nobody_types(ready: Line, desk: Desk) -> None:
    ready.environ["HOMESMITH_IDLE_SECONDS"] = "0.2"
    ready("chat", stdin=b"I live in Lyon.\n" + b"And so on.\n" * 12)
    learning = threading.Event()

    def lesson(_: Request) -> str:
        learning.set()
        return json.dumps({"facts": []})

    ready.engine = ScriptedEngine(rules=[("You keep the memory", lesson), ("", "Noted.")])

    def person(desk: Desk) -> None:
        desk.sees(PROMPT)
        desk.types(b"Hel")
        assert learning.wait(PATIENCE)
        desk.types(b"lo.\r")
        desk.sees("Noted.")
        desk.sees(PROMPT)
        desk.types(END)

    assert desk.sit(ready, person, "chat") == 0
    assert said(ready)[-1] == "Hello."


def test_nothing_is_drawn_where_the_output_is_no_terminal(
    ready: Line, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "answers"

    def person(desk: Desk) -> None:
        shown = desk.sees(PROMPT)
        desk.types(b"Hello.\r")
        shown += desk.sees(PROMPT)
        desk.types(END)
        assert "\x1b" not in shown

    with file.open("w", encoding="utf-8") as out:
        assert desk.sit(ready, person, "chat", out=out) == 0
    assert file.read_text(encoding="utf-8") == "Noted.\n"
