"""Show an answer as it is written, and what it cost."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict

from homesmith.core.requests import Delta, Ended, Event, Failed, Started, Usage
from homesmith.doors.cli.terminal import Terminal


async def tell_answer(terminal: Terminal, events: AsyncGenerator[Event, None]) -> None:
    """Write a whole stream. Raises the error that it ends with."""
    async with aclosing(events):
        async for event in events:
            tell_event(terminal, event)


def tell_event(terminal: Terminal, event: Event) -> None:
    """Write one event; raises the error that a Failed one carries."""
    match event:
        case Failed(error=error):
            if not terminal.json:
                terminal.answer("")
            raise error
        case Started() if terminal.json:
            terminal.record({"event": "started", **asdict(event)})
        case Delta(text=text) if terminal.json:
            terminal.record({"event": "delta", "text": text})
        case Ended() if terminal.json:
            terminal.record({"event": "finished", **asdict(event)})
        case Delta(text=text):
            terminal.answer(text, end="")
        case Ended(usage=usage, reason=reason):
            terminal.answer("")
            terminal.note(cost(usage, reason))
        case _:
            pass


def cost(usage: Usage, reason: str) -> str:
    """Tokens read and written, in one line."""
    rate = usage.answer_tokens / usage.answer_seconds if usage.answer_seconds else 0.0
    cut = {"length": ", cut at its longest length", "repetition": ", stopped repeating itself"}
    read = f"{usage.prompt_tokens} tokens read ({usage.cached_tokens} known)"
    written = f"{usage.answer_tokens} written at {rate:.0f} tokens/s"
    return f"{read}, {written}{cut.get(reason, '')}"
