"""`homesmith memory`: what agents remember, for the person whose memory it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.counting import counted
from homesmith.core.memories import Block, Memory
from homesmith.doors.cli import memory_changes, memory_learning, memory_moves
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.commands import group
from homesmith.doors.cli.remembered import in_a_line, plain, short
from homesmith.doors.cli.terminal import Terminal, one_line
from homesmith.doors.cli.whose import AGENT, Name, in_studio, with_agent
from homesmith.memory.times import minute

if TYPE_CHECKING:
    from homesmith.memory.agent import Agent
    from homesmith.memory.recall import Recollection

HEADS = ("AGENT", "MESSAGES", "PASSAGES", "FACTS", "BLOCKS", "LAST")


def register(app: typer.Typer) -> None:
    """Add `memory` and its verbs."""
    noun = group(app, "memory", "See, search, edit and forget what agents remember.")
    noun.command("list")(list_agents)
    noun.command("show")(show)
    noun.command("search")(search)
    noun.command("history")(history)
    memory_changes.add(noun)
    memory_learning.add(noun)
    memory_moves.add(noun)


def list_agents(context: typer.Context) -> int:
    """Every agent, and how much it remembers."""
    terminal: Terminal = context.obj
    agents = in_studio(terminal, lambda studio: studio.agents())
    rows = []
    for agent in agents:
        if terminal.json:
            terminal.record({"event": "agent", **asdict(agent)})
        counts = (agent.messages, agent.passages, agent.facts, agent.blocks)
        rows.append((agent.name, *map(str, counts), minute(agent.last)))
    if not terminal.json:
        for line in columns(HEADS, rows):
            terminal.answer(line)
    if not rows:
        terminal.note('Nothing is remembered yet: homesmith memory add "I prefer tabs"')
    return 0


def show(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(metavar="[LABEL|NUMBER]", help="A block, or a memory; else all blocks."),
    ] = None,
    name: Name = AGENT,
    last: Annotated[
        int, typer.Option(min=0, help="How many of the last messages, and of the newest facts.")
    ] = 10,
) -> int:
    """What an agent always sees, what it knows, and what was said last.

    Or one block or memory, whole; of a fact also what it rests on.
    """
    terminal: Terminal = context.obj

    def find(agent: Agent) -> tuple[tuple[Block, ...], tuple[Memory, ...]]:
        if what is None:
            known = agent.knowledge.facts(last) if last else ()
            return agent.blocks, (*known, *agent.messages(last))
        if what.isdecimal():
            return (), (agent.memory(int(what)),)
        return (agent.block(what),), ()

    blocks, memories = with_agent(terminal, name, find)
    for block in blocks:
        _show_block(terminal, block, whole=what is not None)
    for memory in memories:
        _show_memory(terminal, memory, whole=what is not None)
        if what is not None and memory.kind in ("fact", "summary"):
            memory_learning.tell_sources(terminal, name, memory)
    if not blocks and not memories:
        terminal.note(f"{name} remembers nothing yet")
    return 0


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="In your own words.")],
    name: Name = AGENT,
    limit: Annotated[int, typer.Option("-k", min=1, max=100, help="How many pieces.")] = 8,
    tokens: Annotated[int, typer.Option(min=50, help="How many tokens together.")] = 2000,
) -> int:
    """What a prompt would recall: by words, meaning and time; each piece with its why."""
    terminal: Terminal = context.obj

    def recall(agent: Agent) -> tuple[Recollection, str]:
        found = agent.recall(query, limit, tokens=tokens)
        return found, found.by

    found, by = with_agent(terminal, name, recall)
    for one in found.found:
        piece = one.piece
        if terminal.json:
            told = {"event": "recalled", "worth": one.worth, "why": one.why, "tokens": one.tokens}
            terminal.record(told | {"text": piece.text, **plain(piece.memory)})
            continue
        terminal.answer(f"{piece.memory.id}  {piece.head}")
        terminal.answer(f"    {one_line(piece.text)}")
        terminal.answer(f"    worth {one.worth:.2f} · {one.tokens} tokens · {one.why}")
    pieces = counted(len(found.found), "pieces")
    terminal.note(f"{pieces}, {counted(found.tokens, 'tokens')}, by {by}")
    return 0


def history(
    context: typer.Context,
    label: Annotated[str, typer.Argument(metavar="LABEL|NUMBER", help="A block, or a fact.")],
    name: Name = AGENT,
) -> int:
    """Every edit of a block and who made it; or what was true of a fact's matter, and when.

    Oldest first.
    """
    terminal: Terminal = context.obj
    if label.isdecimal():
        past = with_agent(terminal, name, lambda agent: agent.knowledge.line(int(label)))
        return memory_learning.tell_line(terminal, past)
    edits = with_agent(terminal, name, lambda agent: agent.history(label))
    rows = []
    for edit in edits:
        if terminal.json:
            terminal.record({"event": "edit", "block": label, **asdict(edit)})
        undone = f"undoes {edit.undoes}; " if edit.undoes else ""
        rows.append((str(edit.number), minute(edit.at), edit.by, undone + short(edit.after, 60)))
    if not terminal.json:
        for line in columns(("VERSION", "WHEN", "BY", "VALUE AFTERWARDS"), rows):
            terminal.answer(line)
    if not rows:
        terminal.note(f"No edit of {label} is kept: there was none, or it was forgotten")
    return 0


def _show_block(terminal: Terminal, block: Block, *, whole: bool) -> None:
    if terminal.json:
        terminal.record({"event": "block", **asdict(block)})
        return
    if whole:
        terminal.answer(block.value)
        return
    state = ", read-only" if block.read_only else ""
    others = f", seen by {', '.join(block.shared_by)}" if len(block.shared_by) > 1 else ""
    told = f" · {block.description}" if block.description else ""
    size = f"{len(block.value)} of {block.limit} characters, version {block.version}"
    terminal.answer(f"{block.label} ({size}{state}{others}){told}")
    for line in block.value.splitlines():
        terminal.answer(f"    {line}")


def _show_memory(terminal: Terminal, memory: Memory, *, whole: bool) -> None:
    if terminal.json:
        terminal.record({"event": "memory", **plain(memory)})
    elif whole:
        terminal.answer(memory.text)
    else:
        terminal.answer(in_a_line(memory))
