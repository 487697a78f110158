"""How far the fetching of weights has come, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from homesmith.core.models import ModelId

Stage = Literal["waiting", "fetching", "verifying", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` of `total` bytes. `speed` in bytes per second since this process began to fetch.

    `eta` in seconds, None while nothing can be said. "waiting": another process fetches the file.
    """

    model: ModelId
    stage: Stage
    source: str
    done: int
    total: int
    speed: float = 0.0

    @property
    def eta(self) -> float | None:
        return (self.total - self.done) / self.speed if self.speed > 0 else None


Tell = Callable[[Progress], None]


class Meter:
    """Counts bytes and tells about them a few times a second, not for every chunk."""

    def __init__(self, model: ModelId, source: str, total: int, tell: Tell, *, begin: int) -> None:
        self._model = model
        self._source = source
        self._total = total
        self._tell = tell
        self._begin = begin
        self._began = monotonic()
        self._told = 0.0

    def at(self, done: int, stage: Stage = "fetching") -> None:
        """The file now has `done` bytes."""
        now = monotonic()
        if now - self._told < 0.2 and done < self._total:
            return
        self._told = now
        speed = max(0, done - self._begin) / max(now - self._began, 0.001)
        self._tell(
            Progress(
                model=self._model,
                stage=stage,
                source=self._source,
                done=done,
                total=self._total,
                speed=speed,
            )
        )
