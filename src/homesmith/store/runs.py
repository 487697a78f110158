"""Runs and their logs: append only, whole after any kill, and checked when they are read."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from homesmith.core.errors import StoreError, UnknownRun, WorkspaceBusy
from homesmith.core.runs import (
    TERMINAL,
    Entry,
    Finished,
    Resumed,
    RunEvent,
    RunFailed,
    RunId,
    RunStarted,
    RunState,
    RunSummary,
    event_from_json,
    event_to_json,
)
from homesmith.store.connection import Database
from homesmith.store.locks import FileLock, is_locked
from homesmith.store.schema import entries, runs

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: in the order of their values, without the letters i, l, o, u."""
EPOCH = 1_735_689_600_000
"""2025-01-01 in milliseconds of Unix time; 45 bits from there last for 1,100 years."""
STOPPED = frozenset({"stopped", "budget_spent", "cancelled", "not_allowed"})
"""Codes of failures in which a person, a policy or a budget ended the run."""
HOLD_SECONDS = 1.0
"""Somebody who only looks whether a run is held has its lock for an instant."""


class Runs:
    """The logs of all runs. `locks` is the folder of the locks that say which are worked on."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database = database
        self._locks = locks

    def create(self, event: RunStarted) -> RunId:
        """Begin a run with its first entry; an id that sorts by time."""
        at = _now()
        with self._database.writing() as connection:
            run = _new_id()
            while connection.scalar(select(runs.c.id).where(runs.c.id == run)) is not None:
                run = _new_id()
            connection.execute(insert(runs).values(id=run, root=_plain(event.root), started_at=at))
            _write(connection, Entry(run=run, number=1, at=at, event=event))
        return run

    def append(self, run: RunId, event: RunEvent) -> Entry:
        """Add an event to the log; it is on the disk when this returns.

        Raises UnknownRun, StoreError when the run is over (only Resumed may follow its end),
        and DiskFull, after which the log is as it was.
        """
        with self._database.writing() as connection:
            last = _last(connection, run)
            if last.kind in _ENDS and not isinstance(event, Resumed):
                raise StoreError(
                    f"The run {run} is over",
                    why=f"its log ends with {last.kind}",
                    remedy=f"homesmith runs resume {run}",
                )
            entry = Entry(run=run, number=last.number + 1, at=_now(), event=event)
            _write(connection, entry)
        return entry

    def entries(self, run: RunId, after: int = 0) -> tuple[Entry, ...]:
        """The log from entry number `after` + 1 on, in order.

        Raises UnknownRun, and StoreError when an entry is not what was written.
        """
        query = (
            select(entries)
            .where(entries.c.run_id == run, entries.c.number > after)
            .order_by(entries.c.number)
        )
        with self._database.reading() as connection:
            _last(connection, run)
            rows = connection.execute(query).all()
        return tuple(self._read(row) for row in rows)

    def summaries(self, limit: int = 20, root: str | None = None) -> tuple[RunSummary, ...]:
        """The newest runs, newest first; only those of the app in `root`, if given."""
        with self._database.reading() as connection:
            rows = connection.execute(_newest(limit, root)).all()
        return tuple(self._summary(row) for row in rows)

    def summary(self, run: RunId) -> RunSummary:
        """One run. Raises UnknownRun."""
        with self._database.reading() as connection:
            row = connection.execute(_newest(1, None).where(runs.c.id == run)).one_or_none()
        if row is None:
            raise _unknown(run)
        return self._summary(row)

    def find(self, prefix: str) -> RunId:
        """The one run whose id begins with `prefix`. Raises UnknownRun when none or several do."""
        start = prefix.strip().lower().translate(str.maketrans("oil", "011"))
        if not start or not set(start) <= set(DIGITS):
            raise _unknown(prefix)
        query = select(runs.c.id).where(func.substr(runs.c.id, 1, len(start)) == start).limit(3)
        with self._database.reading() as connection:
            found = connection.scalars(query).all()
        if len(found) == 1:
            return RunId(found[0])
        if not found:
            raise _unknown(prefix)
        raise UnknownRun(
            f"Several runs begin with {prefix!r}",
            why=", ".join(sorted(found)),
            remedy="give more letters of the id; homesmith runs list",
        )

    @contextmanager
    def hold(self, run: RunId) -> Iterator[None]:
        """Work on a run alone; others see it as running until the block or the process ends.

        Raises WorkspaceBusy when another process, or another part of this one, holds it.
        """
        with self._database.reading() as connection:
            _last(connection, run)
        with FileLock(self._lock_file(run)) as lock:
            if not lock.exclusive(wait=HOLD_SECONDS):
                raise WorkspaceBusy(
                    f"The run {run} is being worked on",
                    why="another homesmith process holds it",
                    remedy=f"homesmith runs show {run}",
                )
            try:
                yield
            finally:
                lock.remove()

    def _lock_file(self, run: str) -> Path:
        return self._locks / f"{run}.lock"

    def _read(self, row: Any) -> Entry:
        try:
            if row.sha == _sha(row.run_id, row.number, row.at, row.kind, row.body):
                event = event_from_json(json.loads(row.body))
                return Entry(run=RunId(row.run_id), number=row.number, at=row.at, event=event)
            why = "its content no longer has the hash it was written with"
        except (ValueError, KeyError, TypeError) as error:
            why = f"it is not an event this program knows: {error}"
        self._database.suspect = True
        raise StoreError(
            f"Entry {row.number} of the run {row.run_id} cannot be read",
            why=why,
            remedy="homesmith doctor",
        )

    def _summary(self, row: Any) -> RunSummary:
        first = json.loads(row.first)
        return RunSummary(
            id=RunId(row.id),
            kind=first["kind"],
            prompt=first["prompt"],
            root=first["root"],
            model=first["model"],
            state=self._state(row),
            started_at=row.started_at,
            entries=row.number,
        )

    def _state(self, row: Any) -> RunState:
        if row.kind == Finished.__name__:
            return "finished"
        if row.kind == RunFailed.__name__:
            return "stopped" if json.loads(row.last).get("code") in STOPPED else "failed"
        return "running" if is_locked(self._lock_file(row.id)) else "interrupted"


_ENDS = frozenset(kind.__name__ for kind in TERMINAL)


def _newest(limit: int, root: str | None) -> Any:
    """Runs with their first and last entry."""
    first, last = entries.alias("first"), entries.alias("last")
    newest = (
        select(func.max(entries.c.number)).where(entries.c.run_id == runs.c.id).scalar_subquery()
    )
    query = (
        select(
            runs, first.c.body.label("first"), last.c.number, last.c.kind, last.c.body.label("last")
        )
        .join(first, and_(first.c.run_id == runs.c.id, first.c.number == 1))
        .join(last, and_(last.c.run_id == runs.c.id, last.c.number == newest))
        .order_by(runs.c.sequence.desc())
        .limit(limit)
    )
    return query if root is None else query.where(runs.c.root == _plain(root))


def _last(connection: Connection, run: str) -> Any:
    query = (
        select(entries.c.number, entries.c.kind)
        .where(entries.c.run_id == run)
        .order_by(entries.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise _unknown(run)
    return row


def _unknown(run: str) -> UnknownRun:
    return UnknownRun(
        f"There is no run {run!r}",
        why="no id begins with this",
        remedy="homesmith runs list",
    )


def _write(connection: Connection, entry: Entry) -> None:
    kind = type(entry.event).__name__
    body = json.dumps(event_to_json(entry.event))
    row = {"run_id": entry.run, "number": entry.number, "at": entry.at, "kind": kind, "body": body}
    sha = _sha(entry.run, entry.number, entry.at, kind, body)
    connection.execute(insert(entries).values(row | {"sha": sha}))


def _sha(run: str, number: int, at: str, kind: str, body: str) -> str:
    """BLAKE2b-128 of a row, its columns set apart by line ends, which none of them contains."""
    row = "\n".join((run, str(number), at, kind, body))
    return hashlib.blake2b(row.encode(), digest_size=16).hexdigest()


def _plain(root: str) -> str:
    """A path as ASCII: file names may hold bytes that are no text, which a database refuses."""
    return json.dumps(root)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _new_id() -> RunId:
    """45 bits of milliseconds since EPOCH and 15 bits of chance, as 12 digits."""
    value = (max(0, time.time_ns() // 1_000_000 - EPOCH) << 15) | secrets.randbits(15)
    return RunId("".join(DIGITS[(value >> shift) & 31] for shift in range(55, -1, -5)))
