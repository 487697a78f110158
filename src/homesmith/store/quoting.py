"""The heads of answers quote the question. When that is forgotten, they let go of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from homesmith.core.memories import ASKED
from homesmith.store.memories import WORDS
from homesmith.store.memory_schema import chunks, memories

DROP = text("DELETE FROM chunks_fts WHERE rowid = :id")


def let_go(connection: Connection, agent: int, gone: Sequence[Any]) -> list[int]:
    """Cut the questions among these rows out of the heads and words of what stays.

    Within the caller's transaction, before the rows are removed. The chunks that were written
    anew: their vectors must go, to be made again from what is left.
    """
    leave = {row.id for row in gone}
    return [
        _cut(connection, row)
        for question in gone
        if question.kind == "message" and question.speaker == "user"
        for row in _quoting(connection, agent, question)
        if row.memory_id not in leave
    ]


def _quoting(connection: Connection, agent: int, question: Any) -> list[Any]:
    """The chunks of what was said in answer to it: all until the person speaks again."""
    here = (memories.c.agent_id == agent) & (memories.c.session == question.session)
    after = here & (memories.c.id > question.id)
    again = select(func.min(memories.c.id)).where(after, memories.c.speaker == "user")
    end = connection.scalar(again)
    query = (
        select(chunks, memories.c.text)
        .join(memories, memories.c.id == chunks.c.memory_id)
        .where(after, func.instr(chunks.c.head, ASKED) > 0)
    )
    if end is not None:
        query = query.where(memories.c.id < end)
    return list(connection.execute(query).all())


def _cut(connection: Connection, row: Any) -> int:
    """Write the chunk anew; its number."""
    head = row.head.partition(ASKED)[0]
    connection.execute(update(chunks).where(chunks.c.id == row.id).values(head=head))
    connection.execute(DROP, {"id": row.id})
    body = row.text[row.start : row.stop]
    connection.execute(WORDS, {"id": row.id, "head": head, "body": body})
    number: int = row.id
    return number
