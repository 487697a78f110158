"""Lay one request out so that it fits, counted by the model's own tokenizer, never by hope.

As long as there is room, the prompt is the last one and more. When there is none, the oldest turns
are taken out; where that is not enough it is laid out anew: first with fewer old turns, then
without what was brought along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from homesmith.context.prompt.rebuilding import (
    FULL,
    KEPT,
    Count,
    bare,
    cost,
    cut,
    extract,
    part,
    rebuilt,
)
from homesmith.context.prompt.rendering import head_text, messages
from homesmith.context.prompt.values import Layout, Standing, Turn, joined
from homesmith.core.engines import Engine
from homesmith.core.errors import PromptTooLong
from homesmith.core.messages import Message
from homesmith.core.requests import Request

Build = Callable[[tuple[Message, ...]], Request]
LESS = (1.0, 0.5, 0.25, 0.0)
"""Shares of the room for old turns, tried one after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The window of a model, and how much of it an answer may take; tokens."""

    window: int
    answer: int

    @property
    def prompt(self) -> int:
        """The most a prompt may have."""
        return self.window - self.answer

    @property
    def full(self) -> int:
        """From here on a prompt is laid out anew."""
        return int(self.prompt * FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the beginning of a prompt that is laid out now, on this `day`."""

    instructions: str
    standing: tuple[Standing, ...]
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A request that fits; `tokens` of its prompt are exact, `why` says why it was laid anew."""

    layout: Layout
    opening: Turn
    request: Request
    tokens: int
    why: str = ""


async def lay(
    engine: Engine,
    build: Build,
    layout: Layout,
    opening: Turn,
    head: Head,
    room: Room,
    count: Count,
    why: str = "",
) -> Laid:
    """The request for `opening`. `count` estimates, the engine decides.

    With a `why` it is laid out anew although there is room. Raises PromptTooLong when even the
    message alone, behind the head, has no room.
    """
    tokens = 0
    for tried, turn, reason, enough in _tries(layout, opening, head, room, count, why):
        request = build(messages(tried, turn))
        tokens = await engine.count(request)
        if tokens <= (room.full if enough else room.prompt):
            return Laid(layout=tried, opening=turn, request=request, tokens=tokens, why=reason)
    raise PromptTooLong(
        "The message does not fit the model's window",
        why=f"with what always stands before it, it has {tokens} tokens; there are {room.prompt}",
        remedy="shorten it, or use a model with a larger window",
    )


def _tries(
    layout: Layout, opening: Turn, head: Head, room: Room, count: Count, why: str
) -> Iterator[tuple[Layout, Turn, str, bool]]:
    """Ways to lay it out, each smaller; the last value asks for room for what comes next too."""
    if layout.instructions != head.instructions:
        why = "the instructions are others now"
    if not why:
        yield layout, opening, "", True
        why = f"the window was {FULL:.0%} full"
        yield from _cut(layout, opening, head, room, count, why)
    layout = replace(layout, summary=joined(layout.summary, opening.summary))
    new = replace(bare(opening), day=head.day)
    for share in LESS:
        fewer = anew(layout, head, int(room.prompt * KEPT * share), count, new)
        yield fewer, replace(new, day=day_for(fewer, head.day)), why, True
    for turn in (new, replace(new, passages=(), examples=())):
        least = anew(layout, head, 0, count, turn)
        yield least, turn, why, False
        yield replace(least, summary=""), turn, why, False


def _cut(
    layout: Layout, opening: Turn, head: Head, room: Room, count: Count, why: str
) -> Iterator[tuple[Layout, Turn, str, bool]]:
    """The layout without its oldest turns, if that will do; `opening` says what stands for them."""
    taken = count(head_text(layout)) + cost(opening, count)
    parting = part(layout, max(0, int(room.prompt * KEPT) - taken), count, notes=True)
    fewer = cut(layout, parting)
    if fewer is not None:
        told = joined(opening.summary, extract(parting, count))
        yield fewer, replace(opening, summary=told, day=day_for(fewer, head.day)), why, True


def day_for(layout: Layout, day: str) -> str:
    """The day as a turn has to say it: not at all where it was said already."""
    return "" if layout.day == day else day


def anew(
    layout: Layout,
    head: Head,
    room: int,
    count: Count,
    opening: Turn | None = None,
    summary: str = "",
) -> Layout:
    """The layout in about `room` tokens, `opening` among them.

    Without a summary of what goes, sentences of it are taken.
    """
    taken = count(head_text(Layout(instructions=head.instructions, standing=head.standing)))
    taken += cost(opening, count) if opening is not None else 0
    parting = part(layout, max(0, room - taken), count)
    told = summary or extract(parting, count)
    return rebuilt(layout, parting, told, head.instructions, head.standing)
