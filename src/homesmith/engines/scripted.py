"""The engine that plays a tape: what a model would say is written down beforehand.

For tests and demonstrations. It does not look at sampling, seeds or schemas: the tape decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

from homesmith.core.errors import EngineError, HomesmithError, InvalidSettings
from homesmith.core.models import ModelId
from homesmith.core.requests import Event, Failed, Request
from homesmith.engines import playing

Line = str | HomesmithError | Callable[[Request], str]
"""What is played: a text, an error to fail with, or a function that answers the request."""

SCRIPTED = ModelId("scripted")


class ScriptedEngine:
    """Implements core.engines.Engine. Plays `tape` in order; `rules` answer when they match.

    A rule is a regular expression, searched in all texts of the request, and a line; the first
    that matches is played, as often as it matches. The tape is used when no rule does.
    `requests` are those received so far.
    """

    def __init__(
        self,
        tape: Sequence[Line] = (),
        *,
        rules: Sequence[tuple[str, Line]] = (),
        model: ModelId = SCRIPTED,
        window: int = 16384,
        seconds_per_token: float = 0.0,
    ) -> None:
        self._tape = list(tape)
        self._rules = [(re.compile(pattern, re.DOTALL), line) for pattern, line in rules]
        self._model = model
        self._window = window
        self._seconds_per_token = seconds_per_token
        self._heard = playing.Heard()
        self.requests: list[Request] = []

    @classmethod
    def from_file(cls, path: Path, **options: Any) -> ScriptedEngine:
        """A tape from JSON: `{"answers": […]}`, or a list of `{"when": pattern, "answer": …}`.

        Raises InvalidSettings when the file cannot be read as one of the two.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(data, list):
                rules = [(str(rule["when"]), str(rule["answer"])) for rule in data]
                return cls(rules=rules, **options)
            return cls([str(answer) for answer in data["answers"]], **options)
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise InvalidSettings(
                f"the tape {path} cannot be played",
                why=f"{type(error).__name__}: {error}",
                remedy='write {"answers": ["…"]} or [{"when": "regex", "answer": "…"}]',
            ) from error

    @property
    def model(self) -> ModelId:
        return self._model

    @property
    def window(self) -> int:
        return self._window

    async def count(self, request: Request) -> int:
        """Words of the prompt, one more for each message's role."""
        return playing.count(request)

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Started, Reading, Delta…, then Ended or Failed; never raises for a line that is text."""
        self.requests.append(request)
        line = self._next(request)
        if isinstance(line, HomesmithError):
            yield Failed(error=line)
            return
        answer = line(request) if callable(line) else line
        play = playing.play(
            request,
            answer,
            model=self._model,
            window=self._window,
            seconds_per_token=self._seconds_per_token,
            heard=self._heard,
        )
        async for event in play:
            yield event

    async def close(self) -> None:
        """Nothing is held."""

    def _next(self, request: Request) -> Line:
        said = "\n".join([*(message.text for message in request.messages), request.prefill])
        for pattern, line in self._rules:
            if pattern.search(said):
                return line
        if self._tape:
            return self._tape.pop(0)
        return EngineError(
            "the tape is at its end",
            why=f"{len(self.requests)} requests were made",
            remedy="add an answer to the tape",
        )
