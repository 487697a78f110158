"""Where talk is cut into stretches that a small model can read at once. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from homesmith.core.memories import Memory
from homesmith.memory.learning.questions import SHOWN

MESSAGES, CHARACTERS = 24, 6000
"""The most of a stretch: about 1,700 tokens, half a minute of reading on two cores."""
SETTLED = timedelta(minutes=10)
"""A stretch that still grows is left alone until nothing was said for so long."""


def first(waiting: Sequence[Memory], now: datetime, *, settled: bool = False) -> tuple[Memory, ...]:
    """The first stretch of one session; empty while it may still grow, unless it is `settled`."""
    stretch: list[Memory] = []
    size = 0
    for message in waiting:
        size += min(len(message.text), SHOWN)
        full = len(stretch) == MESSAGES or size > CHARACTERS
        if stretch and (full or message.session != stretch[0].session):
            return tuple(stretch)
        stretch.append(message)
    return tuple(stretch) if settled or _quiet(stretch, now) else ()


def _quiet(stretch: Sequence[Memory], now: datetime) -> bool:
    """Whether nothing was said for a while; a time that cannot be read is long ago."""
    if not stretch:
        return False
    try:
        return now - datetime.fromisoformat(stretch[-1].at) >= SETTLED
    except (TypeError, ValueError):
        return True
