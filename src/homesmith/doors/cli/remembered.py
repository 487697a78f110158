"""How what is remembered looks: one memory in a line, proposals in columns, and all as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.terminal import one_line
from homesmith.memory.times import day, minute

if TYPE_CHECKING:
    from homesmith.core.learning import Proposal
    from homesmith.core.memories import Memory


def plain(memory: Memory) -> dict[str, Any]:
    """A memory as JSON; its number is called so."""
    return {("number" if name == "id" else name): value for name, value in asdict(memory).items()}


def in_a_line(memory: Memory) -> str:
    """Its number, when, and what; of a message, who said it."""
    if memory.kind == "fact":
        return f"{memory.id:6}  fact since {minute(memory.at)}: {memory.text}"
    return f"{memory.id:6}  {minute(memory.at)}  {memory.speaker}: {short(memory.text, 100)}"


def in_columns(proposals: Iterable[Proposal]) -> Iterator[str]:
    """Proposals under a head; nothing when there are none."""
    rows = [
        (str(one.id), day(one.at), one_line(one.origin), one_line(one.text)) for one in proposals
    ]
    if rows:
        yield from columns(("NUMBER", "SAID ON", "BY", "WHAT"), rows)


def as_facts(numbers: Sequence[int], name: str) -> str:
    """Under which numbers facts are kept that were just made, and what takes them back."""
    if not numbers:
        return ""
    named = " ".join(map(str, numbers))
    undo = f"homesmith memory forget {named} --agent {shlex.quote(name)}"
    return f", kept as {named}; undo: {undo}"


def short(text: str, length: int) -> str:
    """The text in one line of at most so many characters."""
    line = one_line(text)
    return line if len(line) <= length else line[: length - 1] + "…"
