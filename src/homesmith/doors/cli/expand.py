"""`homesmith expand`: what was left out when a long text was shortened for the model."""

from __future__ import annotations

from typing import Annotated

import typer

from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith expand 3fa2b81c90         the whole original
  homesmith expand 3fa2b81c90:12-40   its lines 12 to 40
"""


def register(app: typer.Typer) -> None:
    """Add `expand`."""
    app.command("expand", epilog=EXAMPLES)(expand)


def expand(
    context: typer.Context,
    handle: Annotated[str, typer.Argument(help="As it stands in a shortened text.")],
) -> int:
    """Show the original of a text that was shortened for the model."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> str:
        async with terminal.open_studio(settings) as studio:
            return studio.expand(handle)

    text = until_done(work())
    if terminal.json:
        terminal.record({"event": "finished", "handle": handle, "text": text})
    else:
        terminal.answer(text, end="" if text.endswith("\n") else "\n")
    return 0
