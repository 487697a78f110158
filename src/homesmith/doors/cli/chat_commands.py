"""What a person can do inside a chat beside talking: words that begin with a slash."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith.core.errors import UsageError
from homesmith.doors.cli.chat_memory import decide, memory
from homesmith.doors.cli.seen import tell_seen
from homesmith.doors.cli.sight import tell_troubles
from homesmith.doors.cli.terminal import Terminal, one_line
from homesmith.memory.times import minute

if TYPE_CHECKING:
    from homesmith.runtime.conversation.companion import Companion
    from homesmith.studio import Studio

HELP = """\
/memory              what is always seen, known, and waits for you; /memory WORDS searches
/memory LABEL: TEXT  write a block anew; the model is told at your next message. A new label is
                     one word: others are made with homesmith memory edit "LABEL" --value TEXT
/confirm NUMBER      let what waits be a fact; /refuse NUMBER lets it never come again
/context             what you wrote down about yourself
/history             what was said last
/explain             what the model saw of your last message, and why
/undo                take the last message and its answer back
/quit                end; Ctrl-D does too, Ctrl-C stops an answer
At a terminal, arrow up brings what you said before, and what you paste is one message."""
ALONE = ("/help", "/context", "/history", "/explain", "/undo", "/quit", "/exit")
"""The commands that take no words."""
SHOWN = 10
"""Messages that /history shows."""


async def obey(terminal: Terminal, studio: Studio, agent: Companion, line: str) -> None:
    """Do what a line asks for. Raises UsageError for a command that nobody knows."""
    word, *words = line.split(maxsplit=1)
    rest = "".join(words)
    if word in ALONE and rest:
        raise UsageError(
            f"{word} takes no words after it",
            why=f"{one_line(rest)!r} was given; nothing was done",
            remedy=word,
        )
    if word == "/undo":
        await _undo(terminal, agent)
        return
    known: dict[str, Callable[[], None]] = {
        "/help": lambda: terminal.note(HELP),
        "/memory": lambda: memory(terminal, agent, rest),
        "/confirm": lambda: decide(terminal, agent, rest.split(), confirmed=True),
        "/refuse": lambda: decide(terminal, agent, rest.split(), confirmed=False),
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
        way = f"homesmith memory forget NUMBER --agent {shlex.quote(agent.name)}"
        older = f"; older ones go with: {way}" if agent.messages(1) else ""
        terminal.note(f"There is no message to take back{older}")
    else:
        terminal.note("The last message and its answer were taken back and forgotten")
        if edits := dict(receipt.removed).get("edits in histories"):
            terminal.note(f"{edits} edits of blocks that held something of it went, too")
        for place in receipt.remains:
            terminal.note(f"warning: it may still stand in {place}")


def _context(terminal: Terminal, studio: Studio) -> None:
    known, personal = studio.known("", Path.cwd())
    tell_troubles(terminal, personal.troubles)
    if terminal.json:
        terminal.record({"event": "context", "text": known.text, "tokens": known.tokens})
    terminal.note(known.text or "Nothing is written down: homesmith context init")


def _history(terminal: Terminal, agent: Companion) -> None:
    last = agent.messages(SHOWN)
    if not last:
        terminal.note("Nothing was said yet")
    for one in last:
        if terminal.json:
            told = {"number": one.id, "at": one.at, "speaker": one.speaker}
            terminal.record({"event": "message", **told, "text": one.text})
        terminal.note(f"{minute(one.at)}  {one.speaker}: {one.text}")
