"""Lay a conversation out anew: when, what stays word for word, and what becomes of the rest.

A rebuild costs reading the prompt again, so it is rare: at FULL of the window it must be, at
ENOUGH it may be while nobody waits. It does not know tokens but by the `count` it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from homesmith.context.compression import prose
from homesmith.context.compression.choosing import choose
from homesmith.context.prompt.rendering import message_text
from homesmith.context.prompt.values import Layout, Standing, Turn, last_day

Count = Callable[[str], int]

FULL = 0.85
"""Of the room for the prompt: from here on it is laid out anew."""
ENOUGH = 0.6
"""Of the room: worth it when nobody waits."""
KEPT = 0.5
"""Of the room: what a rebuild leaves, so that there is some time until the next."""
SUMMARY = 1 / 8
"""Of what is left: for the summary of what goes."""
MOST_SUMMARY = 400
"""Tokens of a summary, however large the window is."""
LATEST = 3
"""Turns whose words say what the conversation is about."""
FRAME = 8
"""Tokens for the markers of a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """Which turns stay and which go; `room` tokens are there for what shall stand for these."""

    gone: tuple[Turn, ...]
    kept: tuple[Turn, ...]
    before: str
    room: int

    @property
    def text(self) -> str:
        """All that goes, as it was said, after what stood for earlier turns."""
        told = (f"Person: {turn.said}\nYou: {turn.answered}" for turn in self.gone)
        return "\n".join(part for part in (self.before, *told) if part)

    @property
    def about(self) -> str:
        """The words that what goes is judged by."""
        return " ".join(turn.said for turn in self.kept[-LATEST:])


def part(layout: Layout, room: int, count: Count) -> Parting:
    """The newest turns that fit into `room` tokens stay, word for word."""
    for_summary = min(MOST_SUMMARY, int(room * SUMMARY))
    left, first = room - for_summary, len(layout.turns)
    for turn in reversed(layout.turns):
        left -= cost(turn, count)
        if left < 0:
            break
        first -= 1
    return Parting(
        gone=layout.turns[:first],
        kept=layout.turns[first:],
        before=layout.summary,
        room=for_summary,
    )


def cost(turn: Turn, count: Count) -> int:
    """Tokens of a turn as it stands in a prompt laid out anew, roughly."""
    said = count(message_text(replace(turn, notes=()))) + count(turn.answered) + FRAME
    said += sum(count(one.asked) + count(one.answer) + FRAME for one in turn.examples)
    return said + sum(count(one.said) + count(one.result) + 2 * FRAME for one in turn.calls)


def extract(parting: Parting, count: Count) -> str:
    """Of what goes, the sentences that matter for what is talked about now; no model is asked."""
    if not parting.text or parting.room < FRAME:
        return ""
    if count(parting.text) <= parting.room:
        return parting.text
    pieces = prose.lay_out(parting.text, parting.about, count)
    return choose(pieces, parting.room, count)[0].strip()


def rebuilt(
    layout: Layout,
    parting: Parting,
    summary: str,
    instructions: str,
    standing: tuple[Standing, ...],
) -> Layout:
    """The head as things stand now, the summary, and the turns that stay without their notes."""
    return replace(
        layout,
        instructions=instructions,
        standing=standing,
        told=standing,
        summary=summary if parting.gone else parting.before,
        turns=tuple(replace(turn, notes=()) for turn in parting.kept),
        day=last_day(parting.kept),
        epoch=layout.epoch + 1,
    )
