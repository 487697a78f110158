"""Whose memory a command is about, and how it is reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done
from homesmith.memory.names import named

if TYPE_CHECKING:
    from homesmith.memory.agent import Agent
    from homesmith.studio import Studio

Result = TypeVar("Result")
AGENT = "default"
"""The agent of those who name none."""
Name = Annotated[str, typer.Option("--agent", metavar="NAME", help="Whose memory.")]
Label = Annotated[str, typer.Argument(metavar="LABEL", help="The block's label.")]


def in_studio(terminal: Terminal, ask: Callable[[Studio], Result]) -> Result:
    """What a studio with the person's settings answers."""
    settings = terminal.settings({})

    async def work() -> Result:
        async with terminal.open_studio(settings) as studio:
            return ask(studio)

    return until_done(work())


def with_agent(
    terminal: Terminal, name: str, ask: Callable[[Agent], Result], *, create: bool = False
) -> Result:
    """What an agent answers. Raises UsageError when there is none, unless it may be made.

    A remedy for a block or a memory names the agent.
    """
    with named(name):
        return in_studio(terminal, lambda studio: ask(studio.agent(name, create=create)))
