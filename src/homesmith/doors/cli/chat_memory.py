"""What a person does with an agent's memory inside a chat: see it, search it, write it, decide."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from homesmith.core.counting import counted
from homesmith.core.errors import UsageError
from homesmith.core.memories import Block
from homesmith.doors.cli.remembered import as_facts, in_a_line, in_columns, plain
from homesmith.doors.cli.terminal import Terminal, one_line
from homesmith.memory.names import named

if TYPE_CHECKING:
    from homesmith.runtime.conversation.companion import Companion

FACTS = 10
"""The newest facts, which are shown."""


def memory(terminal: Terminal, agent: Companion, words: str) -> None:
    """Write a block for `LABEL: TEXT`, search for words, else show what is known.

    A label is one of a block that there is, whatever its words, else one word.
    """
    label, text = _meant(agent, words)
    if label:
        with named(agent.name):
            _write(terminal, agent, label, text)
    elif words:
        _search(terminal, agent, words)
    else:
        _blocks(terminal, agent)
        _facts(terminal, agent)
        _proposals(terminal, agent)


def _meant(agent: Companion, words: str) -> tuple[str, str]:
    """The label of the block that is meant, "" for none, and its new text."""
    known = [one.label for one in agent.blocks if words.startswith(f"{one.label}:")]
    label, colon, _ = words.partition(":")
    if not known and (not colon or len(label.split()) != 1):
        return "", ""
    label = max(known, key=len, default=label)
    return label, words[len(label) + 1 :].strip()


def _write(terminal: Terminal, agent: Companion, label: str, text: str) -> None:
    known = label in {block.label for block in agent.blocks}
    if known and not text:
        raise UsageError(
            f"Nothing says what the block {label!r} shall read",
            why="no text came after the colon; nothing was changed",
            remedy=f'to empty it: homesmith memory edit {shlex.quote(label)} --value ""',
        )
    if known:
        block = agent.edit(label, lambda _: text)
    else:
        block = agent.create_block(Block(label=label, value=text))
    if terminal.json:
        terminal.record({"event": "block", **asdict(block)})
    terminal.note(f"{label}: version {block.version}")
    undo = f"homesmith memory undo {shlex.quote(label)} --agent {shlex.quote(agent.name)}"
    terminal.note(f"Undo this: {undo}")


def _search(terminal: Terminal, agent: Companion, words: str) -> None:
    found = agent.recall(words)
    for one in found.found:
        if terminal.json:
            told = {"worth": one.worth, "why": one.why, "text": one.piece.text}
            terminal.record({"event": "recalled", "number": one.piece.memory.id, **told})
        terminal.note(f"{one.piece.memory.id}  {one.piece.head}\n    {one_line(one.piece.text)}")
    terminal.note(f"{counted(len(found.found), 'pieces')}, by {found.by}")
    label, colon, text = words.partition(":")
    if colon and text:
        made = f"{shlex.quote(label)} --value {shlex.quote(text.strip())}"
        made = f"{made} --agent {shlex.quote(agent.name)}"
        terminal.note(f"There is no block {label!r}; to make it: homesmith memory edit {made}")


def _blocks(terminal: Terminal, agent: Companion) -> None:
    for block in agent.blocks:
        if terminal.json:
            terminal.record({"event": "block", **asdict(block)})
        terminal.note(f"{block.label} (version {block.version})\n{block.value}")
    if not agent.blocks:
        terminal.note("There are no blocks yet: /memory human: TEXT")


def _facts(terminal: Terminal, agent: Companion) -> None:
    for one in agent.knowledge.facts(FACTS):
        if terminal.json:
            terminal.record({"event": "memory", **plain(one)})
        terminal.note(in_a_line(one))


def _proposals(terminal: Terminal, agent: Companion) -> None:
    waiting = agent.knowledge.proposals()
    if terminal.json:
        for one in waiting:
            terminal.record({"event": "proposal", **asdict(one)})
    for line in in_columns(waiting):
        terminal.note(line)
    if waiting:
        terminal.note("These wait for you: /confirm NUMBER, or /refuse NUMBER")


def decide(terminal: Terminal, agent: Companion, words: Sequence[str], *, confirmed: bool) -> None:
    """Confirm or refuse proposals by number. Raises UsageError."""
    if not words or not all(word.isdecimal() for word in words):
        raise UsageError(
            "Say which proposals, by number",
            why=f"{' '.join(words)!r} names none" if words else "no number was given",
            remedy="/memory",
        )
    knowledge, numbers = agent.knowledge, [int(word) for word in words]
    facts: tuple[int, ...] = ()
    try:
        if confirmed:
            facts = knowledge.confirm(numbers)
        else:
            knowledge.refuse(numbers)
    except UsageError as error:
        raise UsageError(error.message, why=error.why, remedy="/memory") from error
    done = "confirmed" if confirmed else "refused"
    if terminal.json:
        told = {"event": done, "numbers": numbers}
        terminal.record(told | ({"facts": facts} if confirmed else {}))
    terminal.note(f"{len(numbers)} {done}{as_facts(facts, agent.name)}")
