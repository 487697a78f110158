"""Show what a model saw of a conversation, and how much of it the engine knew already."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from homesmith.doors.cli.sight import tell_slices
from homesmith.doors.cli.terminal import Terminal

if TYPE_CHECKING:
    from homesmith.runtime.conversation.seeing import Seen


def tell_seen(terminal: Terminal, seen: Seen) -> None:
    """A line for each source, then the cache: on the side of the answer, or as JSON."""
    if terminal.json:
        _record(terminal, seen)
        return
    if not seen.slices:
        terminal.note("Nothing was asked yet.")
        return
    tell_slices(terminal, seen.slices)
    terminal.note(
        f"{seen.tokens} of {seen.window} tokens of the window; tokens by source are rough"
    )
    for line in cache(seen):
        terminal.note(line)


def cache(seen: Seen) -> list[str]:
    """How much was known, and why not more."""
    reuse = seen.reuse
    share = reuse.reported / reuse.tokens if reuse.tokens else 0.0
    lines = [f"cache: {reuse.reported} of {reuse.tokens} tokens were known ({share:.0%})"]
    if reuse.lost:
        lines.append(f"cache: {reuse.expected} were expected; {reuse.why}")
    elif reuse.why:
        lines.append(f"cache: {reuse.why}")
    if seen.unkept:
        lines.append(f"cache: not kept for the next start: {seen.unkept}")
    return lines


def _record(terminal: Terminal, seen: Seen) -> None:
    for piece in seen.slices:
        told = {"source": piece.source, "tokens": piece.tokens, "kept": piece.kept}
        terminal.record({"event": "source", **told, "why": piece.why})
    terminal.record(
        {
            "event": "seen",
            "tokens": seen.tokens,
            "window": seen.window,
            "rebuilt": seen.rebuilt,
            "cache": asdict(seen.reuse),
            "unkept": seen.unkept,
        }
    )
