"""Put a whole agent into the store in one transaction, as an export has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from homesmith.core.errors import UsageError
from homesmith.core.memories import Block, BlockEdit, Chunk, Memory
from homesmith.store import meanings
from homesmith.store.connection import Database
from homesmith.store.memories import keep, now
from homesmith.store.memory_schema import agents, attachments, block_edits, blocks

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
    """A memory with its chunks, each with its vector where it has one."""

    memory: Memory
    chunks: Sequence[tuple[Chunk, Vector | None]]


class Restoring:
    """Whole agents, all of each or nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agent(
        self,
        name: str,
        kept: Iterable[tuple[Block, Sequence[BlockEdit]]],
        memories: Iterable[Restored],
    ) -> tuple[int, int]:
        """A new agent; how many blocks and memories it got. Raises UsageError if it exists.

        Whatever the iterables raise ends it, and nothing is kept.
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
            return seen, _memories(connection, agent, memories)


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


def _memories(connection: Connection, agent: int, memories: Iterable[Restored]) -> int:
    """Keep them with their vectors, some at a time; how many there were."""
    kept = 0
    waiting: dict[str, list[meanings.Meaning]] = defaultdict(list)
    for one in memories:
        kept += 1
        _, chunks = keep(connection, agent, one.memory, [chunk for chunk, _ in one.chunks])
        for chunk, (_, vector) in zip(chunks, one.chunks, strict=True):
            if vector is not None:
                meaning = meanings.Meaning(chunk=chunk, value=vector.value, bits=vector.bits)
                waiting[vector.model].append(meaning)
                if len(waiting[vector.model]) == MANY:
                    meanings.keep(connection, agent, vector.model, waiting.pop(vector.model))
    for model, left in waiting.items():
        meanings.keep(connection, agent, model, left)
    return kept
