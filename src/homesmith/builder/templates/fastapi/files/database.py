"""The app's SQLite database: setup(schema), rows(sql, …), row(sql, …), run(sql, …)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
_schemas: list[str] = []


def setup(schema: str) -> None:
    """Create these tables in the database, if they are not there yet."""
    _schemas.append(schema)


def rows(sql: str, *values: object) -> list[dict]:
    """All rows of a SELECT, each a dict from column to value."""
    with _open() as connection:
        return [dict(found) for found in connection.execute(sql, values)]


def row(sql: str, *values: object) -> dict | None:
    """The first row of a SELECT, or None."""
    found = rows(sql, *values)
    return found[0] if found else None


def run(sql: str, *values: object) -> int:
    """Do an INSERT, UPDATE or DELETE; the id of the row that an INSERT made."""
    with _open() as connection:
        return connection.execute(sql, values).lastrowid or 0


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    path = Path(os.environ.get("DATABASE", HERE / "data" / "app.db"))
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        for schema in _schemas:
            connection.executescript(schema)
        with connection:
            yield connection
    finally:
        connection.close()
