"""Show what a model sees: each source with its tokens, kept or dropped, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.terminal import Terminal, three_lines

if TYPE_CHECKING:
    from homesmith.context.slices import Slice
    from homesmith.memory.personal.values import Trouble
    from homesmith.runtime.knowing import Known
MOST_DROPPED = 20
"""Dropped sources that a person is shown."""


def tell_troubles(terminal: Terminal, troubles: Iterable[Trouble]) -> None:
    """What is wrong with files of the context, three lines each; nobody is stopped."""
    for trouble in troubles:
        if terminal.json:
            terminal.record({"event": "warning", **trouble.error().as_wire()["error"]})
        else:
            terminal.note("\n".join(three_lines(trouble.error())))


def tell_known(
    terminal: Terminal, known: Known, prompt: str = "", system: str | None = None
) -> None:
    """A line for each source that was looked at, on the side of the answer."""
    from homesmith.context.estimate import estimate
    from homesmith.runtime.knowing import whole

    slices = whole(known, system, prompt, estimate)
    if terminal.json:
        for piece in slices:
            terminal.record(
                {
                    "event": "source",
                    "source": piece.source,
                    "tokens": piece.tokens,
                    "kept": piece.kept,
                    "worth": round(piece.worth, 3),
                    "why": piece.why,
                }
            )
        return
    tell_slices(terminal, slices)
    terminal.note(f"about {known.tokens} of at most {known.budget} tokens are about you")


def tell_slices(terminal: Terminal, slices: Sequence[Slice]) -> None:
    """What is kept, then what was dropped, each with its tokens and why."""
    dropped = [piece for piece in slices if not piece.kept]
    rows = [
        (piece.source, str(piece.tokens), "kept" if piece.kept else "dropped", piece.why)
        for piece in (*(one for one in slices if one.kept), *dropped[:MOST_DROPPED])
    ]
    for line in columns(("SOURCE", "TOKENS", "", "WHY"), rows):
        terminal.note(line)
    if len(dropped) > MOST_DROPPED:
        terminal.note(f"and {len(dropped) - MOST_DROPPED} more were dropped; --json shows them all")
