"""Put a whole agent into the store in one transaction, as an export has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, insert, select, update

from homesmith.core.errors import UsageError
from homesmith.core.learning import Job, Proposal
from homesmith.core.memories import Block, BlockEdit, Chunk, Memory
from homesmith.store import jobs, meanings
from homesmith.store.connection import Database
from homesmith.store.memories import keep, now, rest
from homesmith.store.memory_schema import agents, attachments, block_edits, blocks
from homesmith.store.memory_schema import memories as kept_memories
from homesmith.store.proposals import propose

MANY = 4096
"""Vectors that are written at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """The vector of a chunk that is being restored."""

    model: str
    value: bytes
    bits: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A memory with its chunks, each with its vector where it has one.

    `job` and `sources` are numbers as they were where it comes from.
    """

    memory: Memory
    chunks: Sequence[tuple[Chunk, Vector | None]]
    job: int | None = None
    sources: tuple[int, ...] = ()


@dataclass(slots=True)
class _Numbers:
    """The number that each thing has here, by the one it had where it comes from."""

    jobs: dict[int, int] = field(default_factory=dict)
    memories: dict[int, int] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)

    def here(self, memories: Iterable[int]) -> tuple[int, ...]:
        return tuple(self.memories[one] for one in memories if one in self.memories)


class Restoring:
    """Whole agents, all of each or nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agent(
        self,
        name: str,
        kept: Iterable[tuple[Block, Sequence[BlockEdit]]],
        memories: Iterable[Restored],
        worked: Iterable[Job] = (),
        waiting: Iterable[tuple[Proposal, str]] = (),
    ) -> tuple[int, int]:
        """A new agent; how many blocks and memories it got. Raises UsageError if it exists.

        Read in this order: blocks, jobs, memories, proposals. Whatever the iterables raise ends
        it, and nothing is kept.
        """
        with self._database.writing() as connection:
            if connection.scalar(select(agents.c.id).where(agents.c.name == name)) is not None:
                raise UsageError(
                    f"There is an agent {name!r} already",
                    why="an import never mixes two memories",
                    remedy="give another name: --as NAME",
                )
            made = insert(agents).values(name=name, created_at=now()).returning(agents.c.id)
            agent = connection.execute(made).scalar_one()
            seen = sum(_block(connection, agent, block, edits) for block, edits in kept)
            numbers = _Numbers()
            for job in worked:
                numbers.jobs[job.id] = jobs.keep(connection, agent, job).id
            number = _memories(connection, agent, memories, numbers)
            for proposal, state in waiting:
                _proposal(connection, agent, proposal, state, numbers)
            return seen, number


def _block(connection: Connection, agent: int, block: Block, edits: Sequence[BlockEdit]) -> int:
    row = {
        "label": block.label,
        "description": block.description,
        "value": block.value,
        "size_limit": block.limit,
        "read_only": int(block.read_only),
    }
    number = connection.execute(insert(blocks).values(row).returning(blocks.c.id)).scalar_one()
    seen = {"agent_id": agent, "block_id": number, "label": block.label}
    connection.execute(insert(attachments).values(seen))
    for edit in edits:
        past = {
            "block_id": number,
            "number": edit.number,
            "at": edit.at,
            "by": edit.by,
            "before": edit.before,
            "after": edit.after,
            "undoes": edit.undoes,
        }
        connection.execute(insert(block_edits).values(past))
    return 1


def _proposal(
    connection: Connection, agent: int, proposal: Proposal, state: str, numbers: _Numbers
) -> None:
    old = () if proposal.replaces is None else numbers.here([proposal.replaces])
    here = replace(
        proposal, sources=numbers.here(proposal.sources), replaces=old[0] if old else None
    )
    propose(connection, agent, here, state=state)


def _memories(
    connection: Connection, agent: int, memories: Iterable[Restored], numbers: _Numbers
) -> int:
    """Keep them with their vectors, some at a time; how many there were."""
    kept = 0
    rests: list[tuple[int, tuple[int, ...]]] = []
    waiting: dict[str, list[meanings.Meaning]] = defaultdict(list)
    for one in memories:
        kept += 1
        number, chunks = keep(connection, agent, one.memory, [chunk for chunk, _ in one.chunks])
        numbers.memories[one.memory.id] = number
        _place(connection, number, one, numbers)
        if one.sources:
            rests.append((number, one.sources))
        for chunk, (_, vector) in zip(chunks, one.chunks, strict=True):
            if vector is not None:
                meaning = meanings.Meaning(chunk=chunk, value=vector.value, bits=vector.bits)
                waiting[vector.model].append(meaning)
                if len(waiting[vector.model]) == MANY:
                    meanings.keep(connection, agent, vector.model, waiting.pop(vector.model))
    for model, left in waiting.items():
        meanings.keep(connection, agent, model, left)
    for number, sources in rests:  # what says a fact once more is newer than the fact
        rest(connection, number, numbers.here(sources))
    return kept


def _place(connection: Connection, number: int, one: Restored, numbers: _Numbers) -> None:
    """Give a memory its job and its line, by their numbers here."""
    values: dict[str, int] = {}
    if one.memory.line:
        values["line"] = numbers.lines.setdefault(one.memory.line, number)
    if one.job in numbers.jobs:
        values["job_id"] = numbers.jobs[one.job]
    if values:
        changed = update(kept_memories).where(kept_memories.c.id == number)
        connection.execute(changed.values(values))
