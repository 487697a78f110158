"""`homesmith models measure`: whether several answers at once pay on this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.models import ModelId
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.engines.streams import Streams


def measure(
    context: typer.Context,
    model: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A model's id; the one that builds.")
    ] = None,
) -> int:
    """Measure again whether several answers at once pay on this machine, as strategies draw them.

    Tokens/s in total of 1, 2 and 4 answers under way; best while nothing else is at work.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({})
    chosen = ModelId(model or settings.model)

    async def work() -> Streams:
        from homesmith.studio.answering import MEASURING

        async with terminal.open_studio(settings) as studio:
            terminal.note(MEASURING)
            return await studio.measure_streams(chosen)

    found = until_done(work())
    if terminal.json:
        terminal.record(
            {"event": "finished", "model": chosen, "width": found.width, **asdict(found)}
        )
    else:
        terminal.answer(sentence(found))
    return 0


def sentence(found: Streams) -> str:
    """How many answers at once, and why."""
    way = f"{found.width} at once" if found.width > 1 else "one at a time"
    if not found.speeds:
        return f"{way}: measuring failed on {found.at[:10]}"
    speeds = ", ".join(f"{speed:g} for {count}" for count, speed in sorted(found.speeds.items()))
    doubt = "" if found.steady else ", while the machine was busy"
    return f"{way}: {speeds} in tokens/s, measured on {found.at[:10]}{doubt}"
