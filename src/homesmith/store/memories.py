"""Messages and passages of agents: written whole with their search index, read back verbatim."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    case,
    func,
    insert,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from homesmith.core.errors import UsageError
from homesmith.core.memories import Chunk, Kind, Memory, Piece
from homesmith.store.connection import MANY, Database, among, in_parts
from homesmith.store.cutting import contains
from homesmith.store.memory_schema import agents, attachments, chunks, memories, sources, vectors

WORDS = text("INSERT INTO chunks_fts(rowid, head, body) VALUES (:id, :head, :body)")
FIELDS = tuple(field.name for field in fields(Memory))
LONG = 4096
"""Bytes of a text that are read with each of its pieces; a longer one is read by itself."""
WHERE = (chunks.c.id, memories.c.agent_id, chunks.c.start, chunks.c.stop, chunks.c.head)
PIECES = select(
    *WHERE,
    *(
        case((func.octet_length(column) <= LONG, column)) if column is memories.c.text else column
        for column in (memories.c[name] for name in FIELDS)
    ),
).join(memories, memories.c.id == chunks.c.memory_id)
MEMORY, TEXT = (len(WHERE) + FIELDS.index(name) for name in ("id", "text"))
owner = literal_column("+memories.agent_id", Integer)
"""Whose a memory is, so written that SQLite does not begin with all that the agent has: chunks
are then read in their order, until there are enough (https://sqlite.org/optoverview.html#uplus)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSummary:
    """One line about an agent, for lists. `last` is the time of its newest memory, "" if none."""

    name: str
    created_at: str
    messages: int
    passages: int
    facts: int
    summaries: int
    blocks: int
    chunks: int
    last: str


class Memories:
    """What agents were told and said. Safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agent(self, name: str, *, create: bool = False) -> int:
        """The agent's number. Raises UsageError when there is none and none shall be made."""
        known = self.number(name)
        if not known and create:
            with self._database.writing() as connection:
                known = _agent(connection, name)
                if not known:
                    made = insert(agents).values(name=name, created_at=now()).returning(agents.c.id)
                    known = connection.execute(made).scalar_one()
        if not known:
            raise UsageError(
                f"There is no agent {name!r}",
                why="nothing was ever remembered under this name",
                remedy="homesmith memory list",
            )
        return known

    def number(self, name: str) -> int:
        """The agent's number, 0 when there is none."""
        with self._database.reading() as connection:
            return _agent(connection, name)

    def summaries(self) -> tuple[AgentSummary, ...]:
        """Every agent, by name."""
        with self._database.reading() as connection:
            return tuple(
                _summary(connection, row)
                for row in connection.execute(select(agents).order_by(agents.c.name)).all()
            )

    def add(
        self,
        agent: int,
        added: Sequence[tuple[Memory, Sequence[Chunk]]],
        *,
        resting: Sequence[int] = (),
    ) -> tuple[int, ...]:
        """Keep memories with their chunks, all or none; they are on the disk when this returns.

        The numbers they were given; those they came with do not count. What is `resting` on them
        goes when one of them goes; numbers of which nothing is kept any more do not count.
        """
        with self._database.writing() as connection:
            new = [keep(connection, agent, memory, parts)[0] for memory, parts in added]
            own = (memories.c.agent_id == agent) & memories.c.id.in_(resting)
            for number in connection.scalars(select(memories.c.id).where(own)).all():
                rest(connection, number, new)
            return tuple(new)

    def newest(self, agent: int, limit: int, *, kind: Kind) -> tuple[Memory, ...]:
        """The last `limit` memories of a kind in the order they were kept, oldest first."""
        query = _of_kind(agent, kind).order_by(memories.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(memory_of(row) for row in reversed(connection.execute(query).all()))

    def every(self, agent: int, after: int = 0) -> tuple[Memory, ...]:
        """Memories with numbers above `after`, in order: a page of all of them."""
        # Kind by kind, because so an index has them in order: SQLite merges the four.
        own = (_of_kind(agent, kind).where(memories.c.id > after) for kind in get_args(Kind))
        query = union_all(*own).order_by("id").limit(MANY)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(memory_of(row) for row in rows)

    def of(self, agent: int, numbers: Sequence[int]) -> tuple[Memory, ...]:
        """The memories of these numbers that the agent has, in order."""
        found: list[Memory] = []
        with self._database.reading() as connection:
            for some in in_parts(sorted(set(numbers))):
                own = (memories.c.agent_id == agent) & memories.c.id.in_(some)
                rows = connection.execute(select(memories).where(own).order_by(memories.c.id))
                found += map(memory_of, rows)
        return tuple(found)

    def containing(self, agent: int, words: str) -> tuple[int, ...]:
        """The numbers of all memories that contain these characters, letters of either case.

        In the text, the tags, or the names of where it comes from.
        """
        found: list[int] = []
        page = self.every(agent)
        while page:
            found += [
                memory.id for memory in page if any(contains(one, words) for one in _told(memory))
            ]
            page = self.every(agent, after=page[-1].id)
        return tuple(found)

    def pieces(self, agent: int, wanted: Sequence[int]) -> dict[int, Piece]:
        """The chunks of these numbers that this agent has."""
        with self._database.reading() as connection:
            found = _pieces(connection, PIECES.where(among(chunks.c.id, wanted)))
        # The agent is compared here: SQLite would else read all that the agent has.
        return {piece.chunk: piece for whose, piece in found if whose == agent}

    def pieces_of(self, agent: int, memory: int) -> tuple[Piece, ...]:
        """All chunks of one memory, in order."""
        query = PIECES.where(memories.c.agent_id == agent, memories.c.id == memory)
        with self._database.reading() as connection:
            return tuple(piece for _, piece in _pieces(connection, query.order_by(chunks.c.id)))

    def without_vector(
        self, agent: int, model: str, limit: int, before: int | None = None
    ) -> tuple[Piece, ...]:
        """Chunks that the embedder `model` has not read yet, newest first; older than `before`."""
        query = (
            PIECES.outerjoin(
                vectors, (vectors.c.chunk_id == chunks.c.id) & (vectors.c.model == model)
            )
            .where(owner == agent, vectors.c.chunk_id.is_(None))
            .order_by(chunks.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(chunks.c.id < before)
        with self._database.reading() as connection:
            return tuple(piece for _, piece in _pieces(connection, query))


def _told(memory: Memory) -> Iterator[str]:
    """All that somebody wrote of a memory: none of the words that every memory has."""
    yield from (memory.text, *memory.tags, memory.source)
    if memory.kind == "message" and memory.trust == "outside":
        yield memory.speaker
    try:
        datetime.fromisoformat(memory.session)
    except ValueError:
        if memory.kind != "passage":
            yield memory.session


def now() -> str:
    """The present moment, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _agent(connection: Connection, name: str) -> int:
    return connection.scalar(select(agents.c.id).where(agents.c.name == name)) or 0


def keep(
    connection: Connection, agent: int, memory: Memory, parts: Sequence[Chunk]
) -> tuple[int, list[int]]:
    """Keep a memory within the caller's transaction; its number and those of its chunks."""
    row: Mapping[str, Any] = {
        "agent_id": agent,
        "kind": memory.kind,
        "session": memory.session,
        "speaker": memory.speaker,
        "text": memory.text,
        "at": memory.at,
        "tags": json.dumps(memory.tags),
        "source": memory.source,
        "trust": memory.trust,
        "until": memory.until,
        "line": memory.line,
    }
    number = connection.execute(insert(memories).values(row).returning(memories.c.id)).scalar_one()
    numbers = []
    for part in parts:
        place = {"memory_id": number, "start": part.start, "stop": part.stop, "head": part.head}
        chunk = connection.execute(insert(chunks).values(place).returning(chunks.c.id)).scalar_one()
        body = memory.text[part.start : part.stop]
        connection.execute(WORDS, {"id": chunk, "head": part.head, "body": body})
        numbers.append(chunk)
    return number, numbers


def rest(connection: Connection, memory: int, on: Sequence[int]) -> None:
    """Note what a memory rests on, within the caller's transaction."""
    rows = [{"memory_id": memory, "source_id": source} for source in dict.fromkeys(on)]
    if rows:
        connection.execute(upsert(sources).on_conflict_do_nothing(), rows)


def _summary(connection: Connection, agent: Any) -> AgentSummary:
    own = memories.c.agent_id == agent.id
    counted = select(memories.c.kind, func.count()).where(own).group_by(memories.c.kind)
    kinds = {row[0]: row[1] for row in connection.execute(counted)}
    seen = select(func.count()).where(attachments.c.agent_id == agent.id)
    parts = select(func.count()).select_from(chunks.join(memories)).where(own)
    return AgentSummary(
        name=agent.name,
        created_at=agent.created_at,
        messages=kinds.get("message", 0),
        passages=kinds.get("passage", 0),
        facts=kinds.get("fact", 0),
        summaries=kinds.get("summary", 0),
        blocks=connection.scalar(seen) or 0,
        chunks=connection.scalar(parts) or 0,
        last=connection.scalar(select(func.max(memories.c.at)).where(own)) or "",
    )


def _of_kind(agent: int, kind: Kind) -> Select[Any]:
    return select(memories).where(memories.c.agent_id == agent, memories.c.kind == kind)


def _pieces(connection: Connection, query: Select[Any]) -> list[tuple[int, Piece]]:
    """The pieces that a query made of PIECES finds, each with the number of its agent.

    Those of one memory share it, and a long text is read once for all of its pieces.
    """
    rows = connection.execute(query).all()
    long = {row[MEMORY] for row in rows if row[TEXT] is None}
    whole = select(memories.c.id, memories.c.text).where(among(memories.c.id, list(long)))
    texts = dict(connection.execute(whole).all()) if long else {}
    known: dict[int, Memory] = {}
    found = []
    # By place: of hundreds of rows each name that is looked up takes as long as the search.
    for row in rows:
        chunk, whose, start, stop, head, number = row[: MEMORY + 1]
        memory = known.get(number)
        if memory is None:
            memory = known[number] = _memory(row[MEMORY:], texts.get(number))
        found.append((whose, Piece(chunk=chunk, memory=memory, start=start, stop=stop, head=head)))
    return found


def memory_of(row: Any) -> Memory:
    """The value of a row of `memories`."""
    return _memory([getattr(row, name) for name in FIELDS])


def _memory(values: Sequence[Any], whole: str | None = None) -> Memory:
    """The value of a row of FIELDS, with another text if given."""
    number, kind, session, speaker, own, at, tags, source, trust, until, line = values
    return Memory(
        id=number,
        kind=kind,
        session=session,
        speaker=speaker,
        text=own if whole is None else whole,
        at=at,
        tags=tuple(json.loads(tags)) if tags != "[]" else (),
        source=source,
        trust=trust,
        until=until,
        line=line,
    )
