"""Remove what was kept, truly: rows, words, vectors, histories. Their files: `purging`.

What rests on it goes too: facts, summaries and proposals. The rest of its stretch is learned from
anew, and so are other stretches in which a fact was said that went.

SQLite overwrites what is deleted with zeros (`secure_delete`). What a disk or a file system keeps
of blocks that were written before is beyond this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, text, update

from homesmith.store import facts, meanings, originals, prompts, proposals, quoting
from homesmith.store.connection import Database, in_parts
from homesmith.store.cutting import contains, without
from homesmith.store.memory_schema import (
    agents,
    attachments,
    block_edits,
    blocks,
    chunks,
    jobs,
    memories,
    proposal_sources,
    sources,
)
from homesmith.store.memory_schema import prompts as written
from homesmith.store.memory_schema import proposals as waiting

summary = memories.alias()
DROP_WORDS = text("DELETE FROM chunks_fts WHERE rowid IN :gone").bindparams(
    bindparam("gone", expanding=True)
)
SOME: BindParameter[Any] = bindparam("some", expanding=True)
LEARNED = select(sources.c.memory_id).where(sources.c.source_id.in_(SOME))
RESTS_ON = select(sources.c.source_id).where(sources.c.memory_id.in_(SOME))
WORKED = select(memories.c.job_id).where(memories.c.id.in_(SOME), memories.c.job_id.is_not(None))
SUMMED = (
    select(summary.c.id)
    .join(sources, sources.c.memory_id == summary.c.id)
    .join(memories, memories.c.id == sources.c.source_id)
    .where(summary.c.kind == "summary", memories.c.job_id.in_(SOME))
)
NAMES = {"message": "messages", "passage": "passages", "fact": "facts", "summary": "summaries"}
"""What a receipt calls each kind of memory."""


class Forgetting:
    """Removal, counted. Each call is one transaction, within `Purging.begun`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def memories(
        self, agent: int, wanted: Sequence[int], prompt: Callable[[str], str] = lambda _: ""
    ) -> Counter[str]:
        """Remove memories of an agent by number; those it does not have are left out.

        `prompt` makes of its prompt one without them, "" where it cannot.
        """
        with self._database.writing() as connection:
            removed = _memories(connection, agent, wanted)
            if removed.total():
                removed["prompts"] += prompts.forget(connection, [agent], prompt)
            return removed

    def edits(self, agent: int, label: str, numbers: Sequence[int]) -> Counter[str]:
        """Remove edits from the history of a block; its value stays."""
        if not numbers:
            return Counter()
        with self._database.writing() as connection:
            seen = select(attachments.c.block_id).where(
                attachments.c.agent_id == agent, attachments.c.label == label
            )
            number = connection.scalar(seen)
            gone = 0 if number is None else _edits(connection, number, numbers)
            return Counter({"edits in histories": gone})

    def words(self, agent: int, words: str) -> tuple[Counter[str], tuple[str, ...]]:
        """Cut these characters out of the agent's blocks, and edits that hold them out of history.

        Out of the descriptions of blocks too. Letters of either case. Its prompt goes also where
        that alone holds them: an earlier description of a block, or what a tool or a summary said.
        The second value names all whose prompts went, as those who see its blocks read them too.
        """
        removed: Counter[str] = Counter()
        with self._database.writing() as connection:
            query = (
                select(blocks)
                .join(attachments, attachments.c.block_id == blocks.c.id)
                .where(attachments.c.agent_id == agent)
            )
            for row in connection.execute(query).all():
                value, places = without(row.value, words)
                description, more = without(row.description, words)
                if places + more:
                    changed = update(blocks).where(blocks.c.id == row.id)
                    connection.execute(changed.values(value=value, description=description))
                    removed["places in blocks"] += places + more
                removed["edits in histories"] += _edits_with(connection, row.id, words)
            own = select(waiting).where(waiting.c.agent_id == agent)
            gone = [
                row.id
                for row in connection.execute(own).all()
                if contains(row.text, words) or contains(proposals.stranger(row.origin), words)
            ]
            removed["proposals"] += proposals.remove(connection, gone)
            if not removed.total() and not prompts.holds(connection, agent, words):
                return removed, ()
            readers = _readers(connection, agent)
            removed["prompts"] += prompts.forget(connection, list(readers))
        return removed, tuple(readers.values())

    def originals(self, words: str) -> tuple[Counter[str], tuple[str, ...]]:
        """Remove originals of shortened texts that contain these characters.

        Those that the log of a run needs stay; the second value names them.
        """
        with self._database.writing() as connection:
            return originals.remove_with(connection, words)

    def block(self, agent: int, label: str) -> Counter[str]:
        """Let go of a block; it is removed with its history when no other agent sees it."""
        with self._database.writing() as connection:
            seen = select(attachments.c.block_id).where(
                attachments.c.agent_id == agent, attachments.c.label == label
            )
            number = connection.scalar(seen)
            if number is None:
                return Counter()
            removed = _let_go(connection, agent, number)
            removed["prompts"] += prompts.forget(connection, [agent])
            return removed

    def agent(self, agent: int) -> Counter[str]:
        """Remove an agent with all it has; blocks that others see stay with them."""
        with self._database.writing() as connection:
            own = connection.scalars(select(memories.c.id).where(memories.c.agent_id == agent))
            removed = _memories(connection, agent, own.all())
            removed["prompts"] += prompts.forget(connection, [agent])
            connection.execute(delete(written).where(written.c.agent_id == agent))
            left = select(waiting.c.id).where(waiting.c.agent_id == agent)
            removed["proposals"] += proposals.remove(connection, connection.scalars(left).all())
            worked = delete(jobs).where(jobs.c.agent_id == agent)
            removed["jobs"] += connection.execute(worked).rowcount
            seen = select(attachments.c.block_id).where(attachments.c.agent_id == agent)
            for number in connection.scalars(seen).all():
                removed += _let_go(connection, agent, number)
            removed["agents"] += connection.execute(
                delete(agents).where(agents.c.id == agent)
            ).rowcount
        return removed


def _memories(connection: Connection, agent: int, wanted: Sequence[int]) -> Counter[str]:
    """Remove memories and what was learned from them; what else said it is learned from anew."""
    own = (memories.c.agent_id == agent) & memories.c.id.in_(SOME)
    given = _each(connection, select(memories.c.id).where(own), wanted)
    learned = _each(connection, LEARNED, given) - given
    again = _each(connection, WORKED, given | _each(connection, RESTS_ON, learned))
    every = given | learned | _each(connection, SUMMED, again)
    gone: list[Any] = []
    parts: list[int] = []
    for some in in_parts(sorted(every)):
        gone += connection.execute(select(memories).where(memories.c.id.in_(some))).all()
        parts += connection.scalars(select(chunks.c.id).where(chunks.c.memory_id.in_(some)))
    cut = quoting.let_go(connection, agent, gone)
    removed = Counter({"vectors": meanings.remove(connection, agent, [*cut, *parts])})
    removed["questions in heads"] += len(cut)
    removed["pieces in the index"] += len(parts)
    for rows in in_parts(gone):
        removed += _links(connection, [row.id for row in rows]) + _rows(connection, rows)
        facts.reopen(connection, agent, rows)
    texts = (row.text for row in gone)
    return removed + _again(connection, again) + originals.remove_unused(connection, texts)


def _each(connection: Connection, query: Any, numbers: Iterable[int]) -> set[int]:
    """What a query for `some` numbers finds for all of them."""
    return {
        number
        for some in in_parts(list(numbers))
        for number in connection.scalars(query, {"some": list(some)})
    }


def _links(connection: Connection, gone: Sequence[int]) -> Counter[str]:
    """Remove proposals that rest on memories, and what says that others do or that these do."""
    rests = select(proposal_sources.c.proposal_id).where(proposal_sources.c.source_id.in_(gone))
    removed = Counter({"proposals": proposals.remove(connection, connection.scalars(rests).all())})
    for column in (sources.c.memory_id, sources.c.source_id):
        connection.execute(delete(sources).where(column.in_(gone)))
    return removed


def _again(connection: Connection, worked: Iterable[int]) -> Counter[str]:
    """Remove jobs: what is left of their stretches waits again."""
    removed: Counter[str] = Counter()
    for some in in_parts(list(worked)):
        taken = update(memories).where(memories.c.job_id.in_(some))
        connection.execute(taken.values(job_id=None))
        removed["jobs"] += connection.execute(delete(jobs).where(jobs.c.id.in_(some))).rowcount
    return removed


def _rows(connection: Connection, rows: Sequence[Any]) -> Counter[str]:
    """Remove memories themselves, with their words; their vectors are gone."""
    here = [row.id for row in rows]
    parts = connection.scalars(select(chunks.c.id).where(chunks.c.memory_id.in_(here))).all()
    for some in in_parts(parts):
        connection.execute(DROP_WORDS, {"gone": list(some)})
    connection.execute(delete(chunks).where(chunks.c.memory_id.in_(here)))
    connection.execute(delete(memories).where(memories.c.id.in_(here)))
    return Counter(NAMES[row.kind] for row in rows)


def _edits_with(connection: Connection, block: int, words: str) -> int:
    query = select(block_edits).where(block_edits.c.block_id == block)
    gone = [
        row.number
        for row in connection.execute(query).all()
        if contains(row.before, words) or contains(row.after, words)
    ]
    return _edits(connection, block, gone)


def _edits(connection: Connection, block: int, gone: Sequence[int]) -> int:
    rows = 0
    for some in in_parts(gone):
        here = (block_edits.c.block_id == block) & block_edits.c.number.in_(some)
        rows += connection.execute(delete(block_edits).where(here)).rowcount
    return rows


def _readers(connection: Connection, agent: int) -> dict[int, str]:
    """The agent and all that see one of its blocks: their names by their numbers."""
    own = select(attachments.c.block_id).where(attachments.c.agent_id == agent)
    seen = select(attachments.c.agent_id).where(attachments.c.block_id.in_(own))
    query = select(agents).where((agents.c.id == agent) | agents.c.id.in_(seen))
    return {row.id: row.name for row in connection.execute(query)}


def _let_go(connection: Connection, agent: int, block: int) -> Counter[str]:
    seen = attachments.c.block_id == block
    connection.execute(delete(attachments).where(seen, attachments.c.agent_id == agent))
    others = connection.scalar(select(func.count()).select_from(attachments).where(seen))
    if others:
        return Counter({"blocks let go": 1})
    edits = connection.execute(delete(block_edits).where(block_edits.c.block_id == block)).rowcount
    connection.execute(delete(blocks).where(blocks.c.id == block))
    return Counter({"blocks": 1, "edits in histories": edits})
