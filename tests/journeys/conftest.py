"""A terminal in memory, and a studio that plays what it is told: the CLI's two seams."""

from __future__ import annotations

import io
import json
import os
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.engines import Engine
from homesmith.core.models import ModelId
from homesmith.core.runs import Entry, RunEvent, RunId
from homesmith.doors.cli.entry import run
from homesmith.doors.cli.terminal import Terminal
from homesmith.engines.echo import EchoEngine
from homesmith.settings import Settings
from homesmith.studio import Studio

Step = Entry | Progress | BaseException
AT = "2026-01-02T03:04:05.000+00:00"


class Screen(io.StringIO):
    """A text stream that may claim to be a terminal."""

    def __init__(self, *, watched: bool = False) -> None:
        super().__init__()
        self.watched = watched

    def isatty(self) -> bool:
        return self.watched


class Keys(io.BytesIO):
    """Standard input; a person's when `watched`."""

    watched = False

    def isatty(self) -> bool:
        return self.watched


class Typing(io.RawIOBase):
    """Standard input of a person at a terminal, who types when `say` is called."""

    def __init__(self) -> None:
        self._from, self._to = os.pipe()

    def fileno(self) -> int:
        return self._from

    def isatty(self) -> bool:
        return True

    def say(self, *lines: str) -> None:
        os.write(self._to, "".join(f"{line}\n" for line in lines).encode())

    def close(self) -> None:
        if not self.closed:
            os.close(self._from)
            os.close(self._to)
        super().close()


class PlayedStudio(Studio):
    """A studio whose builds follow a tape; everything else is real."""

    def __init__(
        self,
        settings: Settings,
        tape: Iterable[Step],
        asked: list[Any],
        played: Engine | None = None,
    ) -> None:
        super().__init__(settings)
        self._played = played
        self._tape = list(tape)
        self._asked = asked

    async def build(self, request: BuildRequest) -> AsyncGenerator[Entry | Progress, None]:
        self._asked.append(request)
        async with aclosing(self._play()) as steps:
            async for step in steps:
                yield step

    async def resume(self, run: RunId) -> AsyncGenerator[Entry | Progress, None]:
        self._asked.append(run)
        async with aclosing(self._play()) as steps:
            async for step in steps:
                yield step

    def engine(self, model: ModelId) -> Engine:
        """An engine that says what it heard, in place of a model."""
        self._asked.append(model)
        return self._played or EchoEngine(model=model)

    async def _play(self) -> AsyncGenerator[Entry | Progress, None]:
        for step in self._tape:
            if isinstance(step, BaseException):
                raise step
            yield step


@dataclass(slots=True, kw_only=True)
class Ended:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True, kw_only=True)
class Line:
    """A command line with its own home; `tape` is what a build does, `asked` what it was asked."""

    home: Path
    tape: list[Step] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    engine: Engine | None = None

    def __call__(self, *words: str, stdin: bytes | Typing = b"", watched: bool = False) -> Ended:
        keys: Any = stdin
        if isinstance(stdin, bytes):
            keys = Keys(stdin)
            keys.watched = watched
        out, err = Screen(watched=watched), Screen(watched=watched)
        terminal = Terminal(
            stdin=keys,
            stdout=out,
            stderr=err,
            environ={"HOMESMITH_HOME": str(self.home), "TERM": "xterm", **self.environ},
            open_studio=lambda settings: PlayedStudio(settings, self.tape, self.asked, self.engine),
        )
        code = run(words, terminal)
        return Ended(code=code, out=out.getvalue(), err=err.getvalue())

    def play(self, *events: RunEvent) -> None:
        """Let the next build do this."""
        self.tape = [
            Entry(run=RunId("r1"), number=number, at=AT, event=event)
            for number, event in enumerate(events, start=1)
        ]

    def with_weights(self) -> None:
        """Make the default model look as if it were here: a file of its size, all holes."""
        folder = self.home / "data" / "models"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf").open("wb") as file:
            file.truncate(1117320768)


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A command line of a person who has nothing yet."""
    for variable in ("OLLAMA_MODELS", "HF_HUB_CACHE", "HF_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.chdir(tmp_path)
    return Line(home=tmp_path / "home")


@pytest.fixture
def ready(line: Line) -> Line:
    """A command line whose default model seems to be here, and says "Noted."."""
    line.with_weights()
    line.engine = EchoEngine(reply="Noted.")
    return line


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A static app that stands, as a folder."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "homesmith.toml").write_text(
        '[app]\nname = "hello"\ntemplate = "static"\n[run]\nkind = "static"\n'
        '[checks]\nnames = ["syntax"]\n'
    )
    page = "<html><head><title>Hello</title></head><body><h1>Hello</h1></body></html>"
    (folder / "index.html").write_text(f"<!doctype html>\n{page}\n")
    return folder
