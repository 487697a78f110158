"""Whose memory a command is about, and how it is reached."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from homesmith.core.errors import HomesmithError
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.memory.agent import Agent
    from homesmith.studio import Studio

Result = TypeVar("Result")
OF_ONE = re.compile(r"homesmith memory (?:show|edit|history|search|undo|proposals)\b")
"""Remedies about the memory of one agent."""
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

    A remedy for a block or a memory names the agent, if it is not the one meant without a name.
    """
    try:
        return in_studio(terminal, lambda studio: ask(studio.agent(name, create=create)))
    except HomesmithError as error:
        if name != AGENT and OF_ONE.search(error.remedy) and "--agent" not in error.remedy:
            error.remedy += f" --agent {name}"
        raise
