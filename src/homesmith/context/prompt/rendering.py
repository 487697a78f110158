"""Write a layout down as messages. The same layout gives the same bytes, always.

What belongs to a turn stands in the person's message of that turn, never in a system message of
its own: some families have no such role, and some servers move it to the front.
"""

from __future__ import annotations

from collections.abc import Iterator

from homesmith.context.prompt.values import Layout, Turn, joined
from homesmith.context.slices import SEPARATOR
from homesmith.core.messages import Message, assistant, system, tool, user

SUMMARY = "What was said before, in short:"
RECALLED = "Recalled, to be used only where it helps:"
DAY = "Today is {day}."


def messages(layout: Layout, opening: Turn | None = None) -> tuple[Message, ...]:
    """The whole prompt; `opening` is the turn that waits for its answer."""
    return tuple(_messages(layout, opening))


def _messages(layout: Layout, opening: Turn | None) -> Iterator[Message]:
    if head := head_text(layout):
        yield system(head)
    summary = layout.summary
    for turn in layout.turns:
        yield from _asked(turn, summary)
        yield assistant(turn.answered)
        summary = ""
    if opening is not None:
        yield from _asked(opening, summary)


def _asked(turn: Turn, summary: str) -> Iterator[Message]:
    """A turn up to its answer: examples, the message, then each call and what came of it."""
    for example in turn.examples:
        yield user(example.asked)
        yield assistant(example.answer)
    yield user(message_text(turn, summary))
    for exchange in turn.calls:
        yield assistant(exchange.said)
        yield tool(exchange.result)


def head_text(layout: Layout) -> str:
    """Instructions and everything that always stands there."""
    standing = (f"{one.label}:\n{one.text}" for one in layout.standing)
    return SEPARATOR.join(part for part in (layout.instructions, *standing) if part)


def message_text(turn: Turn, summary: str = "") -> str:
    """What the model reads as the person's message; their own words stand last."""
    before = joined(summary, turn.summary)
    parts = [f"{SUMMARY}\n{before}"] if before else []
    parts += [DAY.format(day=turn.day)] if turn.day else []
    parts += turn.notes
    if turn.passages:
        parts += [RECALLED, *(passage.text for passage in turn.passages)]
    return SEPARATOR.join([*parts, turn.said])
