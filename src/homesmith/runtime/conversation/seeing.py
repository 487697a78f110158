"""What a model sees of a conversation, and what of it the engine knew already: for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from homesmith.context.prompt.ledger import Reuse
from homesmith.context.prompt.rebuilding import Count
from homesmith.context.prompt.rendering import message_text
from homesmith.context.prompt.values import Layout, Turn
from homesmith.context.slices import Slice
from homesmith.runtime.conversation.bringing import Brought, slices_of
from homesmith.runtime.examples import example_slices


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One prompt, in its order. `tokens` are exact, those of the slices estimates.

    `rebuilt` says why it was laid out anew, "" when it goes on; `unkept` why the engine keeps
    nothing of it on disk, "" when it does.
    """

    slices: tuple[Slice, ...] = ()
    tokens: int = 0
    window: int = 0
    reuse: Reuse = field(default_factory=Reuse)
    rebuilt: str = ""
    unkept: str = ""


def sources(
    layout: Layout, opening: Turn, brought: Brought, left_out: tuple[Slice, ...], count: Count
) -> tuple[Slice, ...]:
    """Everything that stands in the prompt, and then what was looked at and does not."""
    return (*_kept(layout, opening, count), *left_out, *brought.dropped)


def _kept(layout: Layout, opening: Turn, count: Count) -> Iterator[Slice]:
    def piece(source: str, text: str, why: str) -> Slice:
        return Slice(source=source, text=text, tokens=count(text), why=why)

    yield piece("instructions", layout.instructions, "always")
    for one in layout.standing:
        yield piece(one.label, one.text, "always; changes since are told by notes")
    if layout.summary:
        yield piece("summary", layout.summary, "stands for what was said before")
    if layout.turns:
        said = "\n".join(part for turn in layout.turns for part in _of(turn))
        yield piece(f"history ({len(layout.turns)} turns)", said, "word for word")
    if opening.summary:
        yield piece("summary", opening.summary, "stands for what was taken out for this turn")
    for note in opening.notes:
        yield piece("note", note, "what is known changed since the head was written")
    if opening.day:
        yield piece("today", opening.day, "the prompt has not said this day yet")
    yield from example_slices(opening.examples, count)
    yield from slices_of(opening.passages)
    yield piece("your message", opening.said, "always")
    for number, exchange in enumerate(opening.calls, start=1):
        told = "; ".join(exchange.told)
        yield piece(f"tools, call {number}", f"{exchange.said}\n{exchange.result}", told)


def _of(turn: Turn) -> Iterator[str]:
    """All that a model reads of a turn that is over."""
    for example in turn.examples:
        yield from (example.asked, example.answer)
    yield message_text(turn)
    for exchange in turn.calls:
        yield from (exchange.said, exchange.result)
    yield turn.answered
