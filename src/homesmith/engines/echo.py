"""The engine that says what it was told: for plumbing, and for a first run without weights."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from homesmith.core.models import ModelId
from homesmith.core.requests import Event, Request
from homesmith.engines import playing

ECHO = ModelId("echo")


class EchoEngine:
    """Implements core.engines.Engine. Answers with the last user text, or always with `reply`."""

    def __init__(
        self,
        model: ModelId = ECHO,
        *,
        window: int = 16384,
        reply: str | None = None,
        seconds_per_token: float = 0.0,
    ) -> None:
        self._model = model
        self._window = window
        self._reply = reply
        self._seconds_per_token = seconds_per_token
        self._heard = playing.Heard()

    @property
    def model(self) -> ModelId:
        return self._model

    @property
    def window(self) -> int:
        return self._window

    async def count(self, request: Request) -> int:
        """Words of the prompt, one more for each message's role."""
        return playing.count(request)

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Started, Reading, Delta…, then Ended or Failed; never raises."""
        said = (message.text for message in reversed(request.messages) if message.role == "user")
        answer = self._reply if self._reply is not None else next(said, "")
        return playing.play(
            request,
            answer,
            model=self._model,
            window=self._window,
            seconds_per_token=self._seconds_per_token,
            heard=self._heard,
        )

    async def close(self) -> None:
        """Nothing is held."""
