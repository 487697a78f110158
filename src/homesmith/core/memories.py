"""What an agent remembers: blocks it always sees, messages that were said, passages it was given.

Facts and summaries are learned from messages later. Frozen values only. Times are ISO 8601 in
UTC. It does not know where they are kept or how they are found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["message", "passage", "fact", "summary"]
Trust = Literal["person", "model", "outside"]
"""Who answers for a text: the person said or confirmed it, a model wrote it, or it came from
outside (a file, a page, a tool)."""
ASKED = "; on: "
"""In the head of a chunk, what comes before the question that it answers."""
LIMIT = 2000
"""Characters of a block, unless it says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One text, kept verbatim. `session` is the stretch of talk it belongs to.

    A fact holds from `at` until `until`, "" while it does; facts of one `line` are about the same
    matter, one after the other.
    """

    id: int
    kind: Kind
    session: str
    speaker: str
    text: str
    at: str
    tags: tuple[str, ...] = ()
    source: str = ""
    trust: Trust = "person"
    until: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The characters `start` to `stop` of a text; `head` says who, when and in answer to what."""

    start: int
    stop: int
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a memory as a search finds it: characters `start` to `stop` of its text."""

    chunk: int
    memory: Memory
    start: int
    stop: int
    head: str

    @property
    def text(self) -> str:
        return self.memory.text[self.start : self.stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A piece that answers a query, with its worth (1 is the best there is) and why.

    `worth` orders what was found for one query and says nothing across queries; `alike` does: the
    cosine of the meanings, 0 where meaning was not searched or the piece is not near.
    """

    piece: Piece
    worth: float
    why: str
    tokens: int
    alike: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text the agent always sees. `limit` counts characters, `version` its edits."""

    label: str
    value: str = ""
    description: str = ""
    limit: int = LIMIT
    read_only: bool = False
    version: int = 0
    shared_by: tuple[str, ...] = ()
    """The agents that see it, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockEdit:
    """One change of a block's value; `undoes` is the number of the edit it took back."""

    number: int
    at: str
    by: str
    before: str
    after: str
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was truly removed: how many, from where, and what could not be."""

    what: str
    removed: tuple[tuple[str, int], ...]
    remains: tuple[str, ...] = ()
    """Places that may still hold it, and could not be reached."""

    @property
    def total(self) -> int:
        return sum(number for _, number in self.removed)
