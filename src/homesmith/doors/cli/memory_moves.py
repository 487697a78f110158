"""The verbs of `homesmith memory` that take long, or take memory elsewhere and back."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.counting import counted
from homesmith.core.errors import InvalidText, UsageError, WorkspaceError
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done
from homesmith.doors.cli.whose import AGENT, Name, in_studio

if TYPE_CHECKING:
    from homesmith.studio import Studio


def add(noun: typer.Typer) -> None:
    """Add the verbs to the noun."""
    noun.command("export")(export)
    noun.command("import")(import_)
    noun.command("index")(index)


def export(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help='A new file; "-" is stdout.')] = "-",
    name: Name = AGENT,
) -> int:
    """Write everything an agent remembers as JSON Lines."""
    terminal: Terminal = context.obj

    def work(studio: Studio) -> int:
        lines = studio.export_agent(name)
        if file == "-":
            return sum(_answered(terminal, line) for line in lines)
        return _written(Path(file), lines)

    number = in_studio(terminal, work)
    if file != "-":
        if terminal.json:
            terminal.record({"event": "finished", "file": file, "lines": number})
        else:
            back = f"homesmith memory import {shlex.quote(file)}"
            terminal.note(f"{counted(number, 'lines')} in {file}; back: {back}")
    return 0


def import_(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help='What export wrote; "-" is stdin.')],
    as_: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="The agent's name here.")
    ] = None,
) -> int:
    """Bring an exported agent back, all of it or nothing."""
    terminal: Terminal = context.obj
    made, blocks, memories = in_studio(
        terminal, lambda studio: studio.import_agent(_lines(terminal, file), as_)
    )
    if terminal.json:
        told = {"event": "finished", "agent": made, "blocks": blocks, "memories": memories}
        terminal.record(told)
    else:
        terminal.note(f"{made}: {counted(blocks, 'blocks')} and {counted(memories, 'memories')}")
        terminal.note(
            f"Undo this: homesmith memory forget --everything --agent {shlex.quote(made)}"
        )
    return 0


def index(
    context: typer.Context,
    name: Name = AGENT,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch the embedding model if it is not here (105 MB).")
    ] = False,
    minutes: Annotated[float | None, typer.Option(min=0, help="Stop after so long.")] = None,
) -> int:
    """Let the embedding model read what it has not read yet, so that meaning is searched too.

    Stop it whenever you like; it goes on where it stood.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[int, int]:
        async with terminal.open_studio(settings) as studio:
            if fetch:
                terminal.note("fetching the embedding model …")
                await studio.fetch_embedder()
                if name == AGENT and all(one.name != AGENT for one in studio.agents()):
                    return 0, 0  # it was fetched before the first conversation
            agent = studio.agent(name, create=False)
            agent.needs_embedder()
            read = 0
            for read in agent.index(None if minutes is None else 60 * minutes):
                if terminal.watched:
                    terminal.stderr.write(f"\r{counted(read, 'pieces')} read")
            if terminal.watched and read:
                terminal.stderr.write("\n")
            return read, agent.unread()

    read, left = until_done(work())
    if terminal.json:
        terminal.record({"event": "finished", "agent": name, "read": read, "left": left})
    else:
        terminal.note(f"{counted(read, 'pieces')} read, {left} left")
    return 0


def _answered(terminal: Terminal, line: str) -> int:
    terminal.answer(line)
    return 1


def _written(file: Path, lines: Iterator[str]) -> int:
    """Write the lines to a new file, whole or not at all; how many there were."""
    if file.exists():
        raise UsageError(
            f"{file} exists already",
            why="an export never overwrites a file",
            remedy="give another name",
        )
    try:
        handle, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                number = sum(bool(out.write(line + "\n")) for line in lines)
            os.replace(part, file)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"{file} cannot be written",
            why=error.strerror or str(error),
            remedy=f"check the rights and the free space of {file.parent}",
        ) from error
    return number


def _lines(terminal: Terminal, file: str) -> Iterator[str]:
    try:
        if file == "-":
            yield from (line.decode("utf-8") for line in terminal.stdin)
            return
        with Path(file).open(encoding="utf-8") as opened:
            yield from opened
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read", why=error.strerror or str(error), remedy="check the name"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidText(
            f"{file} is not UTF-8 text",
            why=f"byte {error.start + 1} is not part of any character",
            remedy="export it again",
        ) from error
