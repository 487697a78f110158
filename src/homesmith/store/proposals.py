"""Facts that wait for the person, because they did not say them in their own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from homesmith.core.errors import UsageError
from homesmith.core.learning import BY_MODEL, Learned, Proposal
from homesmith.store.connection import Database
from homesmith.store.facts import learn
from homesmith.store.memory_schema import memories, proposal_sources, proposals


class Proposals:
    """What waits. Safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, agent: int, state: str = "open") -> tuple[Proposal, ...]:
        """Those in one state, oldest first."""
        own = (proposals.c.agent_id == agent) & (proposals.c.state == state)
        with self._database.reading() as connection:
            rows = connection.execute(select(proposals).where(own).order_by(proposals.c.id)).all()
            return tuple(_proposal(connection, row) for row in rows)

    def add(self, agent: int, made: Proposal) -> int | None:
        """Let one more wait; its number, None where one of these words is there already."""
        with self._database.writing() as connection:
            return propose(connection, agent, made)

    def rest(self, agent: int, numbers: Sequence[int], on: Sequence[int]) -> None:
        """Note which memories proposals rest on; those that are gone are left out."""
        with self._database.writing() as connection:
            own = (proposals.c.agent_id == agent) & proposals.c.id.in_(numbers)
            there = select(memories.c.id).where(memories.c.id.in_(on))
            here = connection.scalars(there).all()
            for number in connection.scalars(select(proposals.c.id).where(own)).all():
                _rest(connection, number, here)

    def confirm(self, agent: int, number: int, fact: Callable[[Proposal], Learned]) -> int | None:
        """Make a proposal the fact it is about: its number, None where it was known already.

        Raises UsageError when none is so numbered.
        """
        with self._database.writing() as connection:
            made, new = learn(connection, agent, fact(_open(connection, agent, number)))
            remove(connection, [number])
        return made if new else None

    def refuse(self, agent: int, number: int) -> None:
        """Let a proposal never come again. Raises UsageError when none is so numbered."""
        with self._database.writing() as connection:
            _open(connection, agent, number)
            changed = update(proposals).where(proposals.c.id == number)
            connection.execute(changed.values(state="refused"))


def propose(
    connection: Connection, agent: int, made: Proposal, *, state: str = "open"
) -> int | None:
    """Keep a proposal within the caller's transaction; its number.

    None, and nothing is kept, where one of these words waits already or was refused.
    """
    own = (proposals.c.agent_id == agent) & (proposals.c.text == made.text)
    if connection.scalar(select(proposals.c.id).where(own).limit(1)) is not None:
        return None
    row = {
        "agent_id": agent,
        "text": made.text,
        "at": made.at,
        "session": made.session,
        "origin": made.origin,
        "state": state,
        "replaces": made.replaces,
    }
    added = insert(proposals).values(row).returning(proposals.c.id)
    number: int = connection.execute(added).scalar_one()
    _rest(connection, number, made.sources)
    return number


def remove(connection: Connection, gone: Iterable[int]) -> int:
    """Remove proposals by number within the caller's transaction; how many there were."""
    numbers = list(gone)
    there = proposal_sources.c.proposal_id.in_(numbers)
    connection.execute(delete(proposal_sources).where(there))
    return connection.execute(delete(proposals).where(proposals.c.id.in_(numbers))).rowcount


def stranger(origin: str) -> str:
    """Whom a proposal is from, as somebody named them: not the model, which every agent has."""
    if origin.startswith(BY_MODEL):
        return ""
    return ", ".join(name for name in origin.split(", ") if name != "assistant")


def no_proposal(number: int) -> UsageError:
    """What is said of a number under which nothing waits."""
    return UsageError(
        f"No proposal {number} waits",
        why="it was confirmed, refused or forgotten, or never made",
        remedy="homesmith memory proposals",
    )


def _rest(connection: Connection, number: int, on: Sequence[int]) -> None:
    rows = [{"proposal_id": number, "source_id": source} for source in dict.fromkeys(on)]
    if rows:
        connection.execute(insert(proposal_sources).on_conflict_do_nothing(), rows)


def _open(connection: Connection, agent: int, number: int) -> Proposal:
    own = (proposals.c.agent_id == agent) & (proposals.c.state == "open")
    row = connection.execute(select(proposals).where(own, proposals.c.id == number)).one_or_none()
    if row is None:
        raise no_proposal(number)
    return _proposal(connection, row)


def _proposal(connection: Connection, row: Any) -> Proposal:
    rests = select(proposal_sources.c.source_id).where(proposal_sources.c.proposal_id == row.id)
    return Proposal(
        id=row.id,
        text=row.text,
        at=row.at,
        session=row.session,
        origin=row.origin,
        sources=tuple(connection.scalars(rests.order_by(proposal_sources.c.source_id))),
        replaces=row.replaces,
    )
