"""Lay a conversation out anew: when, what stays word for word, and what becomes of the rest.

A rebuild costs reading the prompt again, so it is rare: at FULL of the window it must be, at
ENOUGH it may be while nobody waits. At FULL, where the head need not change, the oldest turns are
only cut out: the rest stays word for word, and what stands for them comes after it, so that an
engine which can move what it has read need not read it again.
It does not know tokens but by the `count` it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from homesmith.context.compression import prose
from homesmith.context.compression.choosing import choose
from homesmith.context.prompt.rendering import message_text
from homesmith.context.prompt.values import Layout, Standing, Turn, joined, last_day

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


def part(layout: Layout, room: int, count: Count, *, notes: bool = False) -> Parting:
    """The newest turns that fit into `room` tokens stay, word for word, also their `notes` if so.

    What stood for older turns goes with them: of all turns where the head is written anew.
    """
    for_summary = min(MOST_SUMMARY, int(room * SUMMARY))
    left, first = room - for_summary, len(layout.turns)
    for turn in reversed(layout.turns):
        left -= cost(turn if notes else bare(turn), count)
        if left < 0:
            break
        first -= 1
    return Parting(
        gone=layout.turns[:first],
        kept=layout.turns[first:],
        before=joined(
            layout.summary, *(turn.summary for turn in layout.turns[: first if notes else None])
        ),
        room=for_summary,
    )


def bare(turn: Turn) -> Turn:
    """A turn as it stands in a prompt whose head is written anew."""
    return replace(turn, notes=(), summary="")


def cost(turn: Turn, count: Count) -> int:
    """Tokens of a turn, roughly."""
    said = count(message_text(turn)) + count(turn.answered) + FRAME
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
        turns=tuple(map(bare, parting.kept)),
        day=last_day(parting.kept),
        epoch=layout.epoch + 1,
    )


def cut(layout: Layout, parting: Parting) -> Layout | None:
    """The layout without the oldest turns; all else stays word for word.

    None where there is none to take out, or one of these said what the head does not: then the
    head has to be written anew.
    """
    if not parting.gone:
        return None
    if layout.told != layout.standing and any(turn.notes or turn.calls for turn in parting.gone):
        return None
    return replace(
        layout,
        summary="",
        turns=parting.kept,
        day=last_day(parting.kept),
        epoch=layout.epoch + 1,
    )
