"""`homesmith run`: serve an app on this machine until Ctrl-C."""

from __future__ import annotations

import asyncio
import webbrowser
from typing import Annotated

import typer

from homesmith.core.errors import Cancelled
from homesmith.doors.cli.folders import folder_of_app
from homesmith.doors.cli.prompts import printable
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith run habits --open
  homesmith run habits --port 8123
"""


def register(app: typer.Typer) -> None:
    """Add `run`."""
    app.command("run", epilog=EXAMPLES)(run)


def run(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The app's folder.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open it in your browser.")] = False,
) -> int:
    """Serve an app on this machine only, in the sandbox, until Ctrl-C.

    Its address is printed once it answers.
    """
    terminal: Terminal = context.obj
    root = folder_of_app(folder)
    settings = terminal.settings({}, root)

    serving = False

    async def work() -> int:
        nonlocal serving
        async with terminal.open_studio(settings) as studio, studio.serve(root, port) as url:
            if terminal.json:
                terminal.record({"event": "serving", "url": url, "root": printable(root)})
            else:
                terminal.answer(url)
                terminal.note("Ctrl-C ends it.")
            serving = True
            if open_:
                await asyncio.to_thread(webbrowser.open, url)
            await asyncio.Event().wait()
        return 0

    try:
        return until_done(work())
    except Cancelled as ended:
        if not serving:
            raise
        terminal.note("Ended.")
        return ended.exit_code
