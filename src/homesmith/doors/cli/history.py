"""`homesmith undo` and `homesmith diff`: go back to an earlier step, and see what changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.folders import folder_of_app
from homesmith.doors.cli.prompts import printable
from homesmith.doors.cli.terminal import Terminal, visible
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.workspace.snapshots import Snapshot

UNDO = """\b
Examples:
  homesmith undo habits          to the step before this one
  homesmith undo habits --list   every step there is
  homesmith undo habits 3        to step 3
"""
DIFF = """\b
Examples:
  homesmith diff habits     what the last step changed
  homesmith diff habits 1   all that changed since step 1
"""
Folder = Annotated[str, typer.Argument(metavar="DIR", help="The app's folder.")]


def register(app: typer.Typer) -> None:
    """Add `undo` and `diff`."""
    app.command("undo", epilog=UNDO)(undo)
    app.command("diff", epilog=DIFF)(diff)


def undo(
    context: typer.Context,
    folder: Folder,
    step: Annotated[int | None, typer.Argument(help="The step to go back to.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the steps, change nothing.")] = False,
) -> int:
    """Take an app back to an earlier step, byte for byte.

    What stood there before is kept as a step too, so an undo can be undone.
    """
    terminal: Terminal = context.obj
    root = folder_of_app(folder, change=not list_)
    settings = terminal.settings({}, root)

    async def work() -> tuple[Snapshot, ...]:
        async with terminal.open_studio(settings) as studio:
            if list_:
                return studio.snapshots(root)
            return (await studio.undo(root, step),)

    snapshots = until_done(work())
    if list_:
        _show(terminal, snapshots)
    elif terminal.json:
        terminal.record({"event": "finished", "root": printable(root), **asdict(snapshots[0])})
    else:
        terminal.note(f"{root}  {_subject(snapshots[0])}")
        terminal.note(f"Undo this: homesmith undo {folder} {snapshots[0].number - 1}")
    return 0


def diff(
    context: typer.Context,
    folder: Folder,
    step: Annotated[int | None, typer.Argument(help="Since this step.")] = None,
) -> int:
    """Show what changed since a step, or in the last one."""
    terminal: Terminal = context.obj
    root = folder_of_app(folder)
    settings = terminal.settings({}, root)

    async def work() -> str:
        async with terminal.open_studio(settings) as studio:
            return await studio.diff(root, step)

    text = until_done(work())
    if terminal.json:
        terminal.record({"event": "finished", "root": printable(root), "diff": text})
    elif terminal.stdout.isatty() and not terminal.environ.get("NO_COLOR"):
        _in_colour(terminal, text)
    else:
        terminal.answer(text, end="")
    return 0


def _show(terminal: Terminal, snapshots: tuple[Snapshot, ...]) -> None:
    if terminal.json:
        for snapshot in snapshots:
            terminal.record({"event": "snapshot", **asdict(snapshot)})
        return
    if not snapshots:
        terminal.note("No step is kept of this folder: a moved or copied app begins anew")
        return
    rows = [(str(one.number), one.at[:16].replace("T", " "), _subject(one)) for one in snapshots]
    for line in columns(("STEP", "WHEN (UTC)", "WHAT"), rows):
        terminal.answer(line)


def _in_colour(terminal: Terminal, text: str) -> None:
    from rich.console import Console
    from rich.syntax import Syntax

    console = Console(file=terminal.stdout)
    console.print(Syntax(visible(text), "diff", background_color="default", word_wrap=True))


def _subject(snapshot: Snapshot) -> str:
    return snapshot.message.partition("\n")[0]
