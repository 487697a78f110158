"""What a person can do inside a chat beside talking: words that begin with a slash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from homesmith.core.errors import UsageError
from homesmith.core.memories import Block
from homesmith.doors.cli.seen import tell_seen
from homesmith.doors.cli.terminal import Terminal, one_line

if TYPE_CHECKING:
    from homesmith.runtime.conversation.companion import Companion
    from homesmith.studio import Studio

HELP = """\
/memory              what is always seen; /memory WORDS searches what was said
/memory LABEL: TEXT  write a block anew; the model is told at your next message
/context             what you wrote down about yourself
/history             what was said last
/explain             what the model saw of your last message, and why
/undo                take the last message and its answer back
/quit                end; Ctrl-D does too, Ctrl-C stops an answer"""
SHOWN = 10
"""Messages that /history shows."""


async def obey(terminal: Terminal, studio: Studio, agent: Companion, line: str) -> None:
    """Do what a line asks for. Raises UsageError for a command that nobody knows."""
    word, _, rest = line.partition(" ")
    if word == "/undo":
        await _undo(terminal, agent)
        return
    known: dict[str, Callable[[], None]] = {
        "/help": lambda: terminal.note(HELP),
        "/memory": lambda: _memory(terminal, agent, rest.strip()),
        "/context": lambda: _context(terminal, studio),
        "/history": lambda: _history(terminal, agent),
        "/explain": lambda: tell_seen(terminal, agent.conversation().seen),
    }
    if word not in known:
        raise UsageError(
            f"There is no command {word}",
            why="a line that begins with / is a command",
            remedy="/help",
        )
    known[word]()


async def _undo(terminal: Terminal, agent: Companion) -> None:
    receipt = await agent.conversation().undo()
    if terminal.json:
        removed = dict(receipt.removed) if receipt else {}
        terminal.record({"event": "undone", "removed": removed})
    elif receipt is None:
        terminal.note("There is nothing to take back in this prompt")
    else:
        terminal.note("The last message and its answer were taken back and forgotten")


def _memory(terminal: Terminal, agent: Companion, words: str) -> None:
    label, colon, text = words.partition(":")
    if colon and label and " " not in label:
        _write(terminal, agent, label, text.strip())
    elif words:
        _search(terminal, agent, words)
    else:
        _blocks(terminal, agent)


def _write(terminal: Terminal, agent: Companion, label: str, text: str) -> None:
    if label in {block.label for block in agent.blocks}:
        block = agent.edit(label, lambda _: text)
    else:
        block = agent.create_block(Block(label=label, value=text))
    if terminal.json:
        terminal.record({"event": "block", **asdict(block)})
    terminal.note(f"{label}: version {block.version}")
    terminal.note(f"Undo this: homesmith memory undo {label} --agent {agent.name}")


def _search(terminal: Terminal, agent: Companion, words: str) -> None:
    found = agent.recall(words)
    for one in found.found:
        if terminal.json:
            told = {"worth": one.worth, "why": one.why, "text": one.piece.text}
            terminal.record({"event": "recalled", "number": one.piece.memory.id, **told})
        terminal.note(f"{one.piece.memory.id}  {one.piece.head}\n    {one_line(one.piece.text)}")
    terminal.note(f"{len(found.found)} pieces, by {found.by}")


def _blocks(terminal: Terminal, agent: Companion) -> None:
    for block in agent.blocks:
        if terminal.json:
            terminal.record({"event": "block", **asdict(block)})
        terminal.note(f"{block.label} (version {block.version})\n{block.value}")
    if not agent.blocks:
        terminal.note("There are no blocks yet: /memory human: TEXT")


def _context(terminal: Terminal, studio: Studio) -> None:
    known, _ = studio.known("")
    if terminal.json:
        terminal.record({"event": "context", "text": known.text, "tokens": known.tokens})
    terminal.note(known.text or "Nothing is written down: homesmith context init")


def _history(terminal: Terminal, agent: Companion) -> None:
    for memory in agent.messages(SHOWN):
        if terminal.json:
            told = {"number": memory.id, "at": memory.at, "speaker": memory.speaker}
            terminal.record({"event": "message", **told, "text": memory.text})
        terminal.note(f"{memory.at[:16].replace('T', ' ')}  {memory.speaker}: {memory.text}")
