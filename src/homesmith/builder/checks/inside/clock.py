"""Time in which this machine really worked.

A crowded host, or a laptop that swaps, stops every process for tenths of a second at a time. No
app is to blame for that, so every patience in here is counted on this clock, which leaves such
standstills out.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")

BEAT_SECONDS = 0.02
LATE_SECONDS = 0.05
"""A beat that comes later than this was held up by the machine, not by the scheduler's grain."""


class WorkingClock:
    """Seconds since it was made, less the standstills."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._lost = 0.0
        self._expected = self._started + BEAT_SECONDS
        threading.Thread(target=self._beat, name="working clock", daemon=True).start()

    def now(self) -> float:
        """Seconds of work so far. Never goes back by more than the standstill it has just met."""
        return time.monotonic() - self._started - self._lost - self._held_up()

    def _held_up(self) -> float:
        late = time.monotonic() - self._expected
        return late if late > LATE_SECONDS else 0.0

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            self._lost += self._held_up()
            self._expected = time.monotonic() + BEAT_SECONDS


@functools.cache
def _clock() -> WorkingClock:
    return WorkingClock()


def now() -> float:
    """The working seconds of this process; the clock starts with the first question."""
    return _clock().now()


def insist(act: Callable[[], Made], *, seconds: float, gave_up: type[Exception]) -> Made:
    """Do it again while it gave up before the machine had worked `seconds`; then let it raise."""
    deadline = now() + seconds
    while True:
        try:
            return act()
        except gave_up:
            if now() >= deadline:
                raise
