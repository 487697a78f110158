"""A database file with transactions that read and transactions that write.

Errors of SQL and of the disk leave this module as errors a person can read. It knows no tables.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, ColumnElement, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError

from homesmith.core.errors import DiskFull, HomesmithError, StoreError
from homesmith.store.driver import driver

Item = TypeVar("Item")
BUSY_SECONDS = 30
"""How long a writer waits for another process before it gives up; where much was forgotten, the
words of the index are merged: eleven seconds of a million memories on two slow cores."""
PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA secure_delete = ON",
)
"""FULL: a commit that returned survives a loss of power. A file must not be able to run code.
What is deleted is overwritten: to forget is to forget."""

# SQLite's result codes, https://sqlite.org/rescode.html
BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
CONSTRAINT = 19

MANY = 500
"""Numbers that are named in one statement."""


def in_parts(every: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """So many at a time as one statement may name; to read by numbers, see `among`."""
    return (every[at : at + MANY] for at in range(0, len(every), MANY))


def among(column: ColumnElement[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Whether a column is one of so many numbers: one parameter, so the statement stays the same.

    https://sqlite.org/json1.html#jeach
    """
    listed = func.json_each(json.dumps(list(numbers))).table_valued("value")
    return column.in_(select(listed.c.value))


class Database:
    """One open SQLite file that exists already. Safe to use from several threads.

    `suspect` becomes True when an error says that the file itself may be damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.suspect = False
        self._engine = _engine(path)
        self._writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the file from beginning to end."""
        errors = self._readable_errors(writing=False)
        with errors, self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it is on the disk when the block ends, or nothing.

        One at a time, over threads and processes. Raises DiskFull, or StoreError when another
        process writes for longer than BUSY_SECONDS.
        """
        with self._writer, self._readable_errors(writing=True), self._engine.connect() as plain:
            connection = plain.execution_options(begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close all connections; SQLite then folds its write-ahead log into the file."""
        self._engine.dispose()

    @contextmanager
    def _readable_errors(self, *, writing: bool) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0)
            self.suspect = self.suspect or code & 0xFF in (IOERR, CORRUPT, NOTADB)
            raise explained(self.path, code, str(error.orig), writing=writing) from error


def _engine(path: Path) -> Engine:
    """Connections that open the file but never create it, and begin when we say so."""
    engine = create_engine(
        URL.create(
            "sqlite",
            database=f"file:{quote(str(path))}",
            query={"mode": "rw", "uri": "true"},
        ),
        module=driver(),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )

    def prepare(connection: Any, _record: object) -> None:
        for pragma in PRAGMAS:
            connection.execute(pragma)

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def raw(path: Path, timeout: float = BUSY_SECONDS) -> Any:
    """A driver's own connection, for what stands outside transactions: checks and copies."""
    connection = driver().connect(
        f"file:{quote(str(path))}?mode=rw", uri=True, timeout=timeout, isolation_level=None
    )
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def explained(path: Path, code: int, said: str, *, writing: bool = False) -> HomesmithError:
    """The error of ours for SQLite's result code.

    A quota or a size limit looks to SQLite like any failure of the disk, so while writing an
    input/output error is told as a full disk that may be something worse.
    """
    primary = code & 0xFF
    if primary == CONSTRAINT and "FOREIGN KEY" in said:  # not every driver gives the longer code
        return StoreError(
            "What this was to be kept with is not there any more",
            why="it was forgotten meanwhile, perhaps by another homesmith command",
            remedy="homesmith memory list",
        )
    if primary == FULL or (primary == IOERR and writing):
        doubt = "" if primary == FULL else " (the disk is full, over its quota, or failing)"
        return DiskFull(
            f"There is no room to write in {path.parent}",
            why=f"{said}{doubt}; nothing that was kept before is lost",
            remedy="free some disk space, then run the command again",
        )
    if primary in (BUSY, LOCKED):
        return StoreError(
            f"Another process has been writing to {path} for more than {BUSY_SECONDS} seconds",
            why=said,
            remedy="wait for the other homesmith command, or stop it",
        )
    if primary in (READONLY, CANTOPEN):
        return StoreError(
            f"{path} cannot be opened for writing",
            why=said,
            remedy=f"check the rights of {path.parent}",
        )
    if primary in (IOERR, CORRUPT, NOTADB):
        return StoreError(
            f"{path} may be damaged",
            why=said,
            remedy="run the command again: the store is then checked and mended",
        )
    return StoreError(f"{path} did not take a command", why=said, remedy="homesmith doctor")
