"""Facts and summaries: memories that rest on other memories. Facts stand on lines of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, select, update

from homesmith.core.learning import Learned, Validity, placed
from homesmith.core.memories import Memory
from homesmith.store.connection import Database, in_parts
from homesmith.store.memories import keep, memory_of, rest
from homesmith.store.memory_schema import memories, sources


class Facts:
    """What agents know, read. Safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, agent: int, limit: int = -1) -> tuple[Memory, ...]:
        """The newest facts that still hold, oldest first; all of them without a limit."""
        query = (
            select(memories)
            .where(memories.c.agent_id == agent, memories.c.kind == "fact", memories.c.until == "")
            .order_by(memories.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(memory_of(row) for row in reversed(connection.execute(query).all()))

    def line(self, agent: int, number: int) -> tuple[Memory, ...]:
        """All facts about the matter of one of them, oldest first; none when it is no fact."""
        with self._database.reading() as connection:
            return _line(connection, agent, number)

    def of_job(self, job: int) -> tuple[Memory, ...]:
        """Facts that hold and rest on messages of this job alone, in order."""
        source = memories.alias()
        rests = (
            select(sources.c.memory_id)
            .join(source, source.c.id == sources.c.source_id)
            .where(source.c.job_id == job)
        )
        elsewhere = (
            select(sources.c.memory_id)
            .join(source, source.c.id == sources.c.source_id)
            .where(source.c.job_id.is_distinct_from(job), sources.c.memory_id == memories.c.id)
        )
        holds = (memories.c.kind == "fact") & (memories.c.until == "")
        query = select(memories).where(holds, memories.c.id.in_(rests), ~elsewhere.exists())
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(memories.c.id))
            return tuple(memory_of(row) for row in rows)

    def sources(self, numbers: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """The memories that each of these rests on, of those that rest on any."""
        found: dict[int, list[int]] = defaultdict(list)
        with self._database.reading() as connection:
            for some in in_parts(numbers):
                query = select(sources).where(sources.c.memory_id.in_(some))
                for row in connection.execute(query.order_by(sources.c.source_id)):
                    found[row.memory_id].append(row.source_id)
        return {number: tuple(rests) for number, rests in found.items()}

    def resting(self, numbers: Collection[int]) -> frozenset[int]:
        """The memories that rest on some of these and on no other."""
        found: set[int] = set()
        with self._database.reading() as connection:
            for some in in_parts(list(numbers)):
                query = select(sources.c.memory_id).where(sources.c.source_id.in_(some))
                found.update(connection.scalars(query))
        rests = self.sources(list(found))
        return frozenset(one for one in found if set(rests[one]) <= set(numbers))

    def learned_from(self, numbers: Sequence[int]) -> tuple[Memory, ...]:
        """The facts that rest on some of these memories, perhaps on others too."""
        found: dict[int, Memory] = {}
        with self._database.reading() as connection:
            for some in in_parts(numbers):
                rests = select(sources.c.memory_id).where(sources.c.source_id.in_(some))
                facts = (memories.c.kind == "fact") & memories.c.id.in_(rests)
                rows = connection.execute(select(memories).where(facts))
                found |= {row.id: memory_of(row) for row in rows}
        return tuple(found.values())


def learn(connection: Connection, agent: int, learned: Learned) -> tuple[int, bool]:
    """Keep a fact or summary within the caller's transaction; its number, whether it is new.

    What a process meanwhile learned in the same words is not kept twice, and a fact takes its
    place in time on the line of the one it replaces.
    """
    known = _same(connection, agent, learned)
    if known is None:
        line = _line(connection, agent, learned.replaces) if learned.replaces else ()
        fact = replace(learned.memory, line=line[0].line) if line else learned.memory
        number, _ = keep(connection, agent, fact, learned.chunks)
        if fact.kind == "fact":
            _order(connection, line, Validity(number=number, since=fact.at), fact.line or number)
        rest(connection, number, learned.sources)
        return number, True
    rest(connection, known, learned.sources)
    return known, False


def reopen(connection: Connection, agent: int, gone: Iterable[Any]) -> None:
    """What facts ended that are gone holds on, until the next of its line begins.

    Within the caller's transaction, after they were removed.
    """
    own = (memories.c.agent_id == agent) & (memories.c.kind == "fact")
    for fact in (row for row in gone if row.kind == "fact"):
        line = select(memories).where(own, memories.c.line == fact.line)
        left = connection.execute(line.order_by(memories.c.at, memories.c.id)).all()
        for one, later in zip_longest(left, left[1:]):
            if one.until == fact.at:
                until = later.at if later is not None else ""
                changed = update(memories).where(memories.c.id == one.id)
                connection.execute(changed.values(until=until))


def _order(
    connection: Connection, line: Sequence[Memory], new: Validity, number_of_line: int
) -> None:
    """Write down from when to when each fact of a line holds now that there is one more."""
    spans = [Validity(number=one.id, since=one.at, until=one.until) for one in line]
    for one in placed(spans, new):
        values = {"until": one.until, "line": number_of_line}
        connection.execute(update(memories).where(memories.c.id == one.number).values(values))


def _same(connection: Connection, agent: int, learned: Learned) -> int | None:
    """The fact that says it already: one that holds, or one that held from the same moment on."""
    fact = learned.memory
    if fact.kind != "fact":
        return None
    own = (memories.c.agent_id == agent) & (memories.c.kind == "fact")
    holds = memories.c.until == ""
    if learned.same_as is not None:
        known = select(memories.c.id).where(own, holds, memories.c.id == learned.same_as)
        if connection.scalar(known) is not None:
            return learned.same_as
    here = holds | (memories.c.at == fact.at)
    equal = select(memories.c.id).where(own, here, memories.c.text == fact.text)
    number: int | None = connection.scalar(equal.limit(1))
    return number


def _line(connection: Connection, agent: int, number: int) -> tuple[Memory, ...]:
    own = (memories.c.agent_id == agent) & (memories.c.kind == "fact")
    named = select(memories.c.line).where(own, memories.c.id == number).scalar_subquery()
    query = select(memories).where(own, memories.c.line == named)
    rows = connection.execute(query.order_by(memories.c.at, memories.c.id))
    return tuple(memory_of(row) for row in rows)
