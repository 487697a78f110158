"""The verbs of `homesmith memory` that change what is remembered."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.errors import InvalidText, NotAllowed, UsageError, WorkspaceError
from homesmith.core.memories import LIMIT, Block, Receipt
from homesmith.doors.cli.prompts import read_prompt
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done
from homesmith.doors.cli.whose import AGENT, Label, Name, in_studio, with_agent

if TYPE_CHECKING:
    from homesmith.memory.agent import Agent
    from homesmith.studio import Studio


def add(noun: typer.Typer) -> None:
    """Add the verbs to the noun."""
    noun.command("add")(keep)
    noun.command("edit")(edit)
    noun.command("undo")(undo)
    noun.command("forget")(forget)
    noun.command("export")(export)
    noun.command("import")(import_)
    noun.command("index")(index)


def keep(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help='What to remember; "-" is stdin.')],
    name: Name = AGENT,
    tag: Annotated[list[str] | None, typer.Option(help="A word to find it by; repeatable.")] = None,
    source: Annotated[str, typer.Option(help="Where it comes from.")] = "",
) -> int:
    """Remember a passage for good. Undo: homesmith memory forget NUMBER."""
    terminal: Terminal = context.obj
    words = read_prompt(None, "-", terminal.stdin) if text == "-" else text
    number = with_agent(
        terminal,
        name,
        lambda agent: agent.archive(words, tags=tag or (), source=source),
        create=True,
    )
    if terminal.json:
        terminal.record({"event": "finished", "agent": name, "number": number})
    else:
        terminal.note(f"kept as {number}; undo: homesmith memory forget {number} --agent {name}")
    return 0


def edit(
    context: typer.Context,
    label: Label,
    value: Annotated[str | None, typer.Option(help='The whole text; "-" is stdin.')] = None,
    append: Annotated[str | None, typer.Option(help="A line to add at the end.")] = None,
    name: Name = AGENT,
    description: Annotated[str | None, typer.Option(help="What the block is for.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Most characters.")] = None,
    read_only: Annotated[
        bool | None, typer.Option("--read-only/--writable", help="Whether models may edit it.")
    ] = None,
    share: Annotated[
        str | None, typer.Option(metavar="NAME", help="Another agent that sees it too.")
    ] = None,
) -> int:
    """Change a block, or make it.

    Undo: homesmith memory undo LABEL.
    """
    terminal: Terminal = context.obj
    if value is not None and append is not None:
        raise UsageError(
            "A --value and an --append were given",
            why="only one of them can say what the block reads",
            remedy=f"homesmith memory edit {label} --append LINE",
        )
    given = (value, append, description, limit, read_only, share)
    if all(one is None for one in given):
        raise UsageError(
            f"Nothing says what shall become of {label}",
            why="neither a text nor another option was given",
            remedy=f'homesmith memory edit {label} --value "TEXT"',
        )
    text = read_prompt(None, "-", terminal.stdin) if value == "-" else value

    def work(agent: Agent) -> Block:
        known = {block.label for block in agent.blocks}
        if label not in known:
            agent.create_block(Block(label=label, limit=limit or LIMIT))
        agent.describe(label, description=description, limit=limit)
        change = _change(text, append)
        if read_only is False:
            agent.describe(label, read_only=False)
        if change is not None:
            agent.edit(label, change)
        agent.describe(label, read_only=read_only)
        return agent.share(label, share) if share is not None else agent.block(label)

    block = with_agent(terminal, name, work, create=True)
    _told(terminal, name, block)
    return 0


def undo(
    context: typer.Context,
    label: Label,
    version: Annotated[
        int | None, typer.Argument(min=0, help="The version to go to; else one edit back.")
    ] = None,
    name: Name = AGENT,
) -> int:
    """Take back the newest edit of a block, or go to one of its versions.

    An undo stands in the history too, so any version can be had again.
    """
    terminal: Terminal = context.obj
    _told(terminal, name, with_agent(terminal, name, lambda agent: agent.undo(label, version)))
    return 0


def forget(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Memories, by number.")
    ] = None,
    containing: Annotated[
        str | None, typer.Option(metavar="TEXT", help="All that contains this text.")
    ] = None,
    block: Annotated[
        str | None, typer.Option(metavar="LABEL", help="A block, history too.")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="The agent itself.")] = False,
    name: Name = AGENT,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Remove memories truly: texts, index, vectors, histories, backups. There is no undo.

    The answer is a receipt: what was removed, how many, and from where.
    """
    terminal: Terminal = context.obj
    wanted = [bool(numbers), containing is not None, block is not None, everything]
    if sum(wanted) != 1:
        raise UsageError(
            "Say what to forget, in one way",
            why=f"{sum(wanted)} of numbers, --containing, --block and --everything were given",
            remedy=f"homesmith memory search WORDS --agent {name}",
        )
    if not yes and not terminal.confirm("Forget this for good? There is no undo."):
        raise NotAllowed(
            "Nothing was forgotten",
            why="it cannot be undone, so it must be confirmed",
            remedy="the same with --yes",
        )

    def work(agent: Agent) -> Receipt:
        if numbers:
            return agent.forget(numbers)
        if containing is not None:
            return agent.forget_words(containing)
        return agent.forget_block(block) if block is not None else agent.forget_all()

    receipt = with_agent(terminal, name, work)
    if terminal.json:
        removed = dict(receipt.removed)
        told = {"event": "forgotten", "what": receipt.what, "removed": removed}
        terminal.record(told | {"remains": receipt.remains})
        return 0
    for where, number in receipt.removed:
        terminal.answer(f"{number:6}  {where}")
    if not receipt.removed:
        terminal.note("Nothing of that was remembered")
    for place in receipt.remains:
        terminal.note(f"warning: it may still stand in {place}")
    return 0


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
            terminal.note(f"{number} lines in {file}; back: homesmith memory import {file}")
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
        terminal.note(f"{made}: {blocks} blocks and {memories} memories")
        terminal.note(f"Undo this: homesmith memory forget --everything --agent {made}")
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
            agent = studio.agent(name, create=False)
            agent.needs_embedder()
            read = 0
            for read in agent.index(None if minutes is None else 60 * minutes):
                if terminal.watched:
                    terminal.stderr.write(f"\r{read} pieces read")
            if terminal.watched and read:
                terminal.stderr.write("\n")
            return read, agent.unread()

    read, left = until_done(work())
    if terminal.json:
        terminal.record({"event": "finished", "agent": name, "read": read, "left": left})
    else:
        terminal.note(f"{read} pieces read, {left} left")
    return 0


def _change(text: str | None, append: str | None) -> Callable[[str], str] | None:
    """What shall become of the value; None when it stays."""
    if text is not None:
        return lambda _: text
    if append is not None:
        return lambda value: f"{value}\n{append}" if value else append
    return None


def _told(terminal: Terminal, name: str, block: Block) -> None:
    if terminal.json:
        terminal.record({"event": "block", "agent": name, **asdict(block)})
        return
    size = f"{len(block.value)} of {block.limit} characters"
    terminal.note(f"{block.label}: version {block.version}, {size}")
    terminal.note(f"Undo this: homesmith memory undo {block.label} --agent {name}")


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
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            number = sum(bool(out.write(line + "\n")) for line in lines)
        os.replace(part, file)
    except OSError as error:
        raise WorkspaceError(
            f"{file} cannot be written",
            why=str(error),
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
            f"{file} cannot be read", why=str(error), remedy="check the name"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidText(
            f"{file} is not UTF-8 text",
            why=f"byte {error.start + 1} is not part of any character",
            remedy="export it again",
        ) from error
