"""Blocks of agents: every change in one transaction with its entry in the history."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from homesmith.core.counting import counted
from homesmith.core.errors import NotAllowed, UsageError
from homesmith.core.memories import Block, BlockEdit
from homesmith.store.connection import Database
from homesmith.store.memories import now
from homesmith.store.memory_schema import agents, attachments, block_edits, blocks

Change = Callable[[str], str]
"""A pure function from a block's value to its next one; it may refuse with an error."""


class Blocks:
    """What agents always see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, agent: int) -> tuple[Block, ...]:
        """The blocks of an agent, in the order in which it got them."""
        query = _blocks(agent).order_by(blocks.c.id)
        with self._database.reading() as connection:
            return tuple(_block(connection, row) for row in connection.execute(query).all())

    def get(self, agent: int, label: str) -> Block:
        """One block. Raises UsageError when the agent has none of this label."""
        with self._database.reading() as connection:
            return _block(connection, _row(connection, agent, label))

    def check(self, block: Block) -> None:
        """Raises UsageError when a value is longer than its limit."""
        _refuse_long(block.label, block.value, block.limit)

    def create(self, agent: int, block: Block, *, by: str) -> Block:
        """A new block; its first value stands in its history. Raises UsageError."""
        with self._database.writing() as connection:
            _refuse_second(connection, agent, block.label)
            self.check(block)
            row = {
                "label": block.label,
                "description": block.description,
                "value": block.value,
                "size_limit": block.limit,
                "read_only": int(block.read_only),
            }
            number = connection.execute(
                insert(blocks).values(row).returning(blocks.c.id)
            ).scalar_one()
            seen = {"agent_id": agent, "block_id": number, "label": block.label}
            connection.execute(insert(attachments).values(seen))
            if block.value:
                _note(connection, number, by=by, before="", after=block.value)
            return _block(connection, _row(connection, agent, block.label))

    def share(self, agent: int, label: str, other: int) -> Block:
        """Let another agent see the same block. Raises UsageError when it has one so called."""
        with self._database.writing() as connection:
            row = _row(connection, agent, label)
            _refuse_second(connection, other, label)
            seen = {"agent_id": other, "block_id": row.id, "label": label}
            connection.execute(insert(attachments).values(seen))
            return _block(connection, row)

    def describe(
        self,
        agent: int,
        label: str,
        *,
        description: str | None = None,
        limit: int | None = None,
        read_only: bool | None = None,
        change: Change | None = None,
        by: str = "person",
    ) -> Block:
        """Change what is said about a block, and its value too where `change` is given.

        All of it or nothing. Raises UsageError, NotAllowed when it is read-only and stays so, and
        whatever `change` raises.
        """
        with self._database.writing() as connection:
            row = _row(connection, agent, label)
            if change is not None and read_only is not False:
                _refuse_read_only(row, label)
            value = row.value if change is None else change(row.value)
            wanted = {"description": description, "size_limit": limit, "read_only": read_only}
            new = {name: one for name, one in wanted.items() if one is not None} | {"value": value}
            _refuse_long(label, value, int(new.get("size_limit", row.size_limit)))
            connection.execute(update(blocks).where(blocks.c.id == row.id).values(new))
            if value != row.value:
                _note(connection, row.id, by=by, before=row.value, after=value)
            return _block(connection, _row(connection, agent, label))

    def change(self, agent: int, label: str, change: Change, *, by: str) -> Block:
        """Put `change` of the value in its place, and note both; nothing happens when equal.

        Two processes never overwrite each other: the change is made to the value as it then is.
        Raises UsageError, NotAllowed when it is read-only, and whatever `change` raises.
        """
        with self._database.writing() as connection:
            return changed(connection, agent, label, change, by=by)

    def history(self, agent: int, label: str) -> tuple[BlockEdit, ...]:
        """Every edit of a block, oldest first."""
        with self._database.reading() as connection:
            return _edits(connection, _row(connection, agent, label).id)

    def undo(self, agent: int, label: str, *, by: str, version: int | None = None) -> Block:
        """Take back the newest edit that stands, or go to the value after edit `version`.

        Version 0 is the empty block. Raises UsageError when there is nothing to take back.
        """
        with self._database.writing() as connection:
            row = _row(connection, agent, label)
            edits = _edits(connection, row.id)
            if version is None:
                undone = _to_undo(edits, label)
                _put(connection, row, undone.before, by=by, undoes=undone.number)
            else:
                _put(connection, row, _value_at(edits, version, label), by=by)
            return _block(connection, _row(connection, agent, label))


def changed(connection: Connection, agent: int, label: str, change: Change, *, by: str) -> Block:
    """Change a block within the caller's transaction, as `Blocks.change` does."""
    row = _row(connection, agent, label)
    _refuse_read_only(row, label)
    _put(connection, row, change(row.value), by=by)
    return _block(connection, _row(connection, agent, label))


def found(connection: Connection, agent: int, label: str) -> Block | None:
    """A block as it is within the caller's transaction; None where there is none so called."""
    row = connection.execute(_blocks(agent).where(attachments.c.label == label)).one_or_none()
    return None if row is None else _block(connection, row)


def _refuse_read_only(row: Any, label: str) -> None:
    if row.read_only:
        raise NotAllowed(
            f"The block {label!r} is read-only",
            why="the person decided that it is not edited",
            remedy=f"homesmith memory edit {shlex.quote(label)} --writable",
        )


def _to_undo(edits: Sequence[BlockEdit], label: str) -> BlockEdit:
    taken_back = {edit.undoes for edit in edits}
    for edit in reversed(edits):
        if edit.undoes is None and edit.number not in taken_back:
            return edit
    raise UsageError(
        f"The block {label!r} has no edit to take back",
        why="its history is empty, or all of it was taken back already",
        remedy=f"homesmith memory history {shlex.quote(label)}",
    )


def _value_at(edits: Sequence[BlockEdit], version: int, label: str) -> str:
    if version == 0 and edits:
        return edits[0].before
    for edit in edits:
        if edit.number == version:
            return edit.after
    raise UsageError(
        f"The block {label!r} has no version {version}",
        why=f"its history has {counted(len(edits), 'edits')}",
        remedy=f"homesmith memory history {shlex.quote(label)}",
    )


def _blocks(agent: int) -> Any:
    return (
        select(blocks)
        .join(attachments, attachments.c.block_id == blocks.c.id)
        .where(attachments.c.agent_id == agent)
    )


def _row(connection: Connection, agent: int, label: str) -> Any:
    row = connection.execute(_blocks(agent).where(attachments.c.label == label)).one_or_none()
    if row is None:
        known = connection.scalars(
            select(attachments.c.label)
            .where(attachments.c.agent_id == agent)
            .order_by(attachments.c.label)
        ).all()
        raise UsageError(
            f"There is no block {label!r}",
            why="the blocks are " + ", ".join(known) if known else "there are no blocks yet",
            remedy=f"homesmith memory edit {shlex.quote(label)} --value TEXT",
        )
    return row


def _block(connection: Connection, row: Any) -> Block:
    seen = (
        select(agents.c.name)
        .join(attachments, attachments.c.agent_id == agents.c.id)
        .where(attachments.c.block_id == row.id)
        .order_by(agents.c.name)
    )
    newest = select(func.max(block_edits.c.number)).where(block_edits.c.block_id == row.id)
    return Block(
        label=row.label,
        value=row.value,
        description=row.description,
        limit=row.size_limit,
        read_only=bool(row.read_only),
        version=connection.scalar(newest) or 0,
        shared_by=tuple(connection.scalars(seen)),
    )


def _edits(connection: Connection, block: int) -> tuple[BlockEdit, ...]:
    query = select(block_edits).where(block_edits.c.block_id == block)
    return tuple(
        BlockEdit(
            number=row.number,
            at=row.at,
            by=row.by,
            before=row.before,
            after=row.after,
            undoes=row.undoes,
        )
        for row in connection.execute(query.order_by(block_edits.c.number))
    )


def _put(
    connection: Connection, row: Any, value: str, *, by: str, undoes: int | None = None
) -> None:
    if value == row.value and undoes is None:
        return
    _refuse_long(row.label, value, row.size_limit)
    connection.execute(update(blocks).where(blocks.c.id == row.id).values(value=value))
    _note(connection, row.id, by=by, before=row.value, after=value, undoes=undoes)


def _note(
    connection: Connection,
    block: int,
    *,
    by: str,
    before: str,
    after: str,
    undoes: int | None = None,
) -> None:
    newest = select(func.max(block_edits.c.number)).where(block_edits.c.block_id == block)
    row = {
        "block_id": block,
        "number": (connection.scalar(newest) or 0) + 1,
        "at": now(),
        "by": by,
        "before": before,
        "after": after,
        "undoes": undoes,
    }
    connection.execute(insert(block_edits).values(row))


def _refuse_long(label: str, value: str, limit: int) -> None:
    if len(value) > limit:
        longer = f"homesmith memory edit {shlex.quote(label)} --limit {len(value)}"
        raise UsageError(
            f"The block {label!r} would have {len(value)} characters",
            why=f"its limit is {limit}, so {len(value) - limit} are too many; nothing was changed",
            remedy=f"shorten it, or: {longer}",
        )


def _refuse_second(connection: Connection, agent: int, label: str) -> None:
    known = select(attachments.c.block_id).where(
        attachments.c.agent_id == agent, attachments.c.label == label
    )
    if connection.scalar(known) is not None:
        name = connection.scalar(select(agents.c.name).where(agents.c.id == agent)) or ""
        raise UsageError(
            f"There is a block {label!r} already",
            why="an agent's labels are unique",
            remedy=f"homesmith memory show {shlex.quote(label)} --agent {shlex.quote(name)}",
        )
