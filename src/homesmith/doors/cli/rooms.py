"""Measure a room of the house: memory, compression, or how little of a prompt is read twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith.core.models import ModelId
from homesmith.doors.cli.measured import tell, write_page
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done
from homesmith.settings import Settings

if TYPE_CHECKING:
    from homesmith.lab.rooms import Found

OFTEN = 100
"""Of so many things that were found a person is told once."""


def are_rooms(names: Sequence[str]) -> bool:
    """Whether these suites measure rooms. Raises UsageError where only some of them do."""
    from homesmith.lab import suites

    return suites.are_rooms(names)


def measure(
    terminal: Terminal,
    settings: Settings,
    names: Sequence[str],
    *,
    data: Path | None,
    limit: int | None,
    model: ModelId | None,
    html: Path | None,
    yes: bool,
) -> int:
    """Each suite, then one report of all."""

    async def work() -> int:
        from homesmith.doors.cli.fetching import have_weights
        from homesmith.lab.rooms import summed

        found: list[Found] = []
        async with terminal.open_studio(settings) as studio:
            if model:
                await have_weights(terminal, studio, model, yes=yes)
            for name in dict.fromkeys(names):
                running = studio.measure(name, data=data, limit=limit, model=model)
                async with aclosing(running) as finding:
                    async for one in finding:
                        found.append(one)
                        _tell(terminal, one, len(found))
            measured = summed(studio.laboratory(), found, model or "no model")
        tell(terminal, measured)
        if html:
            write_page(terminal, measured, html)
        return 0

    return until_done(work())


def _tell(terminal: Terminal, found: Found, number: int) -> None:
    from homesmith.lab.attempts import Attempt

    if isinstance(found, str):
        terminal.note(found)
    elif isinstance(found, Attempt) and terminal.json:
        terminal.record({"event": "trial", **asdict(found)})
    elif terminal.watched and number % OFTEN == 0:
        terminal.note(f"{number} measured")
