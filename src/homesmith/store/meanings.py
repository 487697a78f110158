"""Vectors of chunks, as bytes. What they mean, and how they are compared, others know."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from homesmith.store.connection import Database, among, in_parts
from homesmith.store.memories import owner
from homesmith.store.memory_schema import chunks, memories, signs, vectors

SEGMENT = 4096
"""Vectors whose signs stand in one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A chunk's vector: `value` one signed byte per dimension, `bits` one bit."""

    chunk: int
    value: bytes
    bits: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The signs of many vectors. A segment never changes: a changed one has another `id`."""

    id: int
    chunks: bytes
    bits: bytes


class Meanings:
    """The vectors of all agents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, agent: int, model: str, read: Sequence[Meaning]) -> int:
        """Keep vectors, all or none; how many were new.

        Chunks that were forgotten, or read by another process meanwhile, are left out. Vectors of
        another model go when their chunk is read by this one.
        """
        with self._database.writing() as connection:
            wanted = _still_wanted(connection, agent, model, [one.chunk for one in read])
            new = [one for one in read if one.chunk in wanted]
            if new:
                other = (signs.c.agent_id == agent) & (signs.c.model != model)
                connection.execute(delete(signs).where(other))
                keep(connection, agent, model, new)
        return len(new)

    def unread(self, agent: int, model: str, newest: int | None = None) -> int:
        """How many chunks of the agent the embedder `model` has not read yet.

        Of its `newest` ones alone, if given: all that it has are looked at in seconds, not sooner.
        """
        own = select(chunks.c.id).join(memories).where(owner == agent)
        if newest is not None:
            own = own.order_by(chunks.c.id.desc()).limit(newest)
        some = own.subquery()
        query = (
            select(func.count())
            .select_from(some)
            .outerjoin(vectors, (vectors.c.chunk_id == some.c.id) & (vectors.c.model == model))
            .where(vectors.c.chunk_id.is_(None))
        )
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def segments(self, agent: int, model: str, known: Sequence[int] = ()) -> list[Segment | int]:
        """All segments in order; of those whose ids are `known` only the id."""
        query = select(signs.c.id).where(signs.c.agent_id == agent, signs.c.model == model)
        here: set[int] = set(known)
        with self._database.reading() as connection:
            return [
                number if number in here else _segment(connection, number)
                for number in connection.scalars(query.order_by(signs.c.id)).all()
            ]

    def values(self, model: str, wanted: Sequence[int]) -> dict[int, bytes]:
        """The vectors of these chunks, of those that have one."""
        query = select(vectors.c.chunk_id, vectors.c.value).where(
            vectors.c.model == model, among(vectors.c.chunk_id, wanted)
        )
        with self._database.reading() as connection:
            return dict(connection.execute(query).all())

    def of(self, wanted: Sequence[int]) -> dict[int, tuple[str, bytes]]:
        """Model and vector of each of these chunks that has one."""
        found: dict[int, tuple[str, bytes]] = {}
        with self._database.reading() as connection:
            for some in in_parts(wanted):
                query = select(vectors).where(vectors.c.chunk_id.in_(some))
                rows = connection.execute(query)
                found |= {row.chunk_id: (row.model, row.value) for row in rows}
        return found


def keep(connection: Connection, agent: int, model: str, new: Sequence[Meaning]) -> None:
    """Keep vectors within the caller's transaction, in place of those their chunks had."""
    numbers = [one.chunk for one in new]
    for some in in_parts(numbers):
        connection.execute(delete(vectors).where(vectors.c.chunk_id.in_(some)))
    rows = [{"chunk_id": one.chunk, "model": model, "value": one.value} for one in new]
    connection.execute(insert(vectors), rows)
    _extend(connection, agent, model, array("q", numbers), b"".join(one.bits for one in new))


def remove(connection: Connection, agent: int, gone: Sequence[int]) -> int:
    """Remove the vectors of chunks, within the caller's transaction; how many there were."""
    removed = 0
    for some in in_parts(gone):
        done = connection.execute(delete(vectors).where(vectors.c.chunk_id.in_(some)))
        removed += done.rowcount
    leave = set(gone)
    for row in connection.execute(select(signs).where(signs.c.agent_id == agent)).all():
        numbers = _numbers(row.chunk_ids)
        if leave.isdisjoint(numbers):
            continue
        width = len(row.bits) // len(numbers)
        kept = [at for at, number in enumerate(numbers) if number not in leave]
        connection.execute(delete(signs).where(signs.c.id == row.id))
        if kept:
            bits = b"".join(row.bits[at * width : (at + 1) * width] for at in kept)
            _insert(connection, agent, row.model, array("q", [numbers[at] for at in kept]), bits)
    return removed


def _still_wanted(
    connection: Connection, agent: int, model: str, numbers: Sequence[int]
) -> set[int]:
    wanted: set[int] = set()
    for some in in_parts(numbers):
        here = (
            select(chunks.c.id, memories.c.agent_id)
            .join(memories)
            .outerjoin(vectors, (vectors.c.chunk_id == chunks.c.id) & (vectors.c.model == model))
            .where(chunks.c.id.in_(some), vectors.c.chunk_id.is_(None))
        )
        wanted |= {row.id for row in connection.execute(here) if row.agent_id == agent}
    return wanted


def _extend(
    connection: Connection, agent: int, model: str, numbers: array[int], bits: bytes
) -> None:
    """Add signs to the newest segment while it is small, else begin another."""
    newest = connection.execute(
        select(signs)
        .where(signs.c.agent_id == agent, signs.c.model == model)
        .order_by(signs.c.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and len(newest.chunk_ids) < SEGMENT * numbers.itemsize:
        connection.execute(delete(signs).where(signs.c.id == newest.id))
        numbers, bits = _numbers(newest.chunk_ids) + numbers, newest.bits + bits
    _insert(connection, agent, model, numbers, bits)


def _insert(
    connection: Connection, agent: int, model: str, numbers: array[int], bits: bytes
) -> None:
    row = {"agent_id": agent, "model": model, "chunk_ids": _bytes(numbers), "bits": bits}
    connection.execute(insert(signs).values(row))


def _segment(connection: Connection, number: int) -> Segment:
    row: Any = connection.execute(select(signs).where(signs.c.id == number)).one()
    return Segment(id=row.id, chunks=row.chunk_ids, bits=row.bits)


def _numbers(content: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(content)
    if _BIG:
        numbers.byteswap()
    return numbers


def _bytes(numbers: array[int]) -> bytes:
    given = array("q", numbers)
    if _BIG:
        given.byteswap()
    return given.tobytes()


_BIG = array("q", [1]).tobytes()[0] == 0
"""A machine that writes the high byte first; files are little-endian everywhere."""
