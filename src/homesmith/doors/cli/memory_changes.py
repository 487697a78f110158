"""The verbs of `homesmith memory` that change what is remembered."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.counting import noun
from homesmith.core.errors import NotAllowed, UsageError
from homesmith.core.memories import LIMIT, Block, Receipt
from homesmith.doors.cli.prompts import read_prompt
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.whose import AGENT, Label, Name, with_agent

if TYPE_CHECKING:
    from homesmith.memory.agent import Agent


def add(noun: typer.Typer) -> None:
    """Add the verbs to the noun."""
    noun.command("add")(keep)
    noun.command("edit")(edit)
    noun.command("undo")(undo)
    noun.command("forget")(forget)


def keep(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help='What to remember; "-" is stdin.')],
    name: Name = AGENT,
    tag: Annotated[list[str] | None, typer.Option(help="A word to find it by; repeatable.")] = None,
    source: Annotated[str, typer.Option(help="Where it comes from.")] = "",
) -> int:
    """Remember a passage for good. Undo: homesmith memory forget NUMBER."""
    terminal: Terminal = context.obj
    of = f"--agent {shlex.quote(name)}"
    remedy = f'homesmith memory add "I prefer tabs" {of}'
    words = read_prompt(None, "-", terminal.stdin, remedy=remedy) if text == "-" else text
    number = with_agent(
        terminal,
        name,
        lambda agent: agent.archive(words, tags=tag or (), source=source),
        create=True,
    )
    if terminal.json:
        terminal.record({"event": "finished", "agent": name, "number": number})
    else:
        terminal.note(f"kept as {number}; undo: homesmith memory forget {number} {of}")
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
    again = f"homesmith memory edit {shlex.quote(label)} --agent {shlex.quote(name)}"
    if value is not None and append is not None:
        raise UsageError(
            "A --value and an --append were given",
            why="only one of them can say what the block reads",
            remedy=f"{again} --append LINE",
        )
    given = (value, append, description, limit, read_only, share)
    remedy = f'{again} --value "TEXT"'
    if all(one is None for one in given):
        raise UsageError(
            f"Nothing says what shall become of {label}",
            why="neither a text nor another option was given",
            remedy=remedy,
        )
    text = read_prompt(None, "-", terminal.stdin, remedy=remedy) if value == "-" else value

    if share is not None:
        if share == name:
            raise UsageError(
                f"{name} cannot share {label!r} with itself",
                why="an agent sees its own blocks already",
                remedy=f"{again} --share ANOTHER_NAME",
            )
        with_agent(terminal, share, lambda other: _needs_no(other, label))

    def work(agent: Agent) -> tuple[Block, Block | None]:
        before = next((block for block in agent.blocks if block.label == label), None)
        change = _change(text, append)
        if before is None:
            new = Block(
                label=label,
                description=description or "",
                value=change("") if change else "",
                limit=limit or LIMIT,
                read_only=bool(read_only),
            )
            agent.create_block(new)
        else:
            agent.describe(
                label, description=description, limit=limit, read_only=read_only, change=change
            )
        block = agent.share(label, share) if share is not None else agent.block(label)
        return block, before

    block, before = with_agent(terminal, name, work, create=True)
    _told(terminal, name, block, undo=_back(name, block, before, share))
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

    def work(agent: Agent) -> tuple[int, Block]:
        before = agent.block(label).version
        return before, agent.undo(label, version)

    before, block = with_agent(terminal, name, work)
    back = f"homesmith memory undo {shlex.quote(label)} {before} --agent {shlex.quote(name)}"
    _told(terminal, name, block, undo=[back] if block.version > before else [])
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
            remedy=f"homesmith memory search WORDS --agent {shlex.quote(name)}",
        )
    with_agent(terminal, name, lambda agent: [agent.memory(number) for number in numbers or ()])
    question = "Forget this for good? There is no undo."
    if not yes and not terminal.confirm(question, default=False):
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
        terminal.answer(f"{number:6}  {noun(number, where)}")
    if not receipt.removed and containing is not None and not receipt.remains:
        terminal.note(f"Nothing contains {containing!r}; nothing was touched")
    elif not receipt.removed:
        terminal.note("Nothing of that was removed")
    for place in receipt.remains:
        terminal.note(f"warning: it may still stand in {place}")
    return 0


def _needs_no(other: Agent, label: str) -> None:
    """Raises UsageError when an agent has a block so called, before anything is written."""
    if any(block.label == label for block in other.blocks):
        raise UsageError(
            f"{other.name} has a block {label!r} already",
            why="an agent's labels are unique; nothing was changed",
            remedy=f"homesmith memory show {shlex.quote(label)} --agent {shlex.quote(other.name)}",
        )


def _change(text: str | None, append: str | None) -> Callable[[str], str] | None:
    """What shall become of the value; None when it stays."""
    if text is not None:
        return lambda _: text
    if append is not None:
        return lambda value: f"{value}\n{append}" if value else append
    return None


def _back(name: str, block: Block, before: Block | None, share: str | None) -> tuple[str, ...]:
    """The commands that take an edit back: each kind of change has another."""
    label, of = shlex.quote(block.label), f" --agent {shlex.quote(name)}"
    edit, back = f"homesmith memory edit {label}", []
    if block.version > (before.version if before else 0):
        back.append(f"homesmith memory undo {label}{of}")
    elif before is None:
        back.append(f"homesmith memory forget --block {label}{of}")
    if before and block.limit != before.limit:
        back.append(f"{edit} --limit {before.limit}{of}")
    if before and block.description != before.description:
        back.append(f"{edit} --description {shlex.quote(before.description)}{of}")
    if before and block.read_only != before.read_only:
        back.append(f"{edit} {'--read-only' if before.read_only else '--writable'}{of}")
    if share is not None:
        back.append(f"homesmith memory forget --block {label} --agent {shlex.quote(share)}")
    return tuple(back)


def _told(terminal: Terminal, name: str, block: Block, undo: Sequence[str] = ()) -> None:
    if terminal.json:
        terminal.record({"event": "block", "agent": name, **asdict(block)})
        return
    size = f"{len(block.value)} of {block.limit} characters"
    terminal.note(f"{block.label}: version {block.version}, {size}")
    for command in undo:
        terminal.note(f"Undo this: {command}")
