"""One request, start to finish: stream it, tell how far it is, fold it into an answer.

It does not know what the request is for, nor where the answer is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from homesmith.core.engines import Engine
from homesmith.core.requests import (
    Answer,
    Delta,
    Ended,
    Event,
    Failed,
    Reading,
    Request,
    Started,
    Usage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How far an answer is. `phase` is "reading" or "writing"; tokens of that phase."""

    phase: str
    tokens: int
    total: int
    tokens_per_second: float


async def ask(
    engine: Engine,
    request: Request,
    *,
    tell: Callable[[Moment], None] | None = None,
    deadline: float | None = None,
    enough: asyncio.Event | None = None,
) -> Answer:
    """The whole answer. `deadline` is a `time.monotonic()` value; what was written by then stands.

    An answer cut short by the deadline has the reason "deadline", one that is no longer needed
    because `enough` was set "enough". Raises the EngineError or PromptTooLong that the engine
    reports.
    """
    pieces: list[str] = []
    started, reason = time.monotonic(), "deadline"
    events = engine.stream(request)
    async with aclosing(events) as stream:
        async for event in stream:
            if isinstance(event, Ended):
                return Answer(text="".join(pieces), reason=event.reason, usage=event.usage)
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Delta):
                pieces.append(event.text)
            if tell is not None:
                _tell(tell, event, len(pieces), started)
            if enough is not None and enough.is_set():
                reason = "enough"
                break
            if deadline is not None and time.monotonic() > deadline:
                break
    seconds = time.monotonic() - started
    usage = Usage(answer_tokens=len(pieces), answer_seconds=seconds)
    return Answer(text="".join(pieces), reason=reason, usage=usage)


def _tell(tell: Callable[[Moment], None], event: Event, written: int, started: float) -> None:
    seconds = max(time.monotonic() - started, 1e-6)
    match event:
        case Started(prompt_tokens=total):
            tell(Moment(phase="reading", tokens=0, total=total, tokens_per_second=0.0))
        case Reading(done=done, total=total, cached=cached):
            speed = max(done - cached, 0) / seconds
            tell(Moment(phase="reading", tokens=done, total=total, tokens_per_second=speed))
        case Delta():
            tell(Moment(phase="writing", tokens=written, total=0, tokens_per_second=0.0))
        case Ended() | Failed():
            return
