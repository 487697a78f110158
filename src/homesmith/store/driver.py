"""Which SQLite: a build of it that two programs can write with safely."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from homesmith.core.errors import StoreError

SAFE = (3, 51, 3)
"""Before it, two connections that write and checkpoint at once can damage a WAL database
(3.7.0 to 3.51.2, https://sqlite.org/wal.html#walreset)."""


@cache
def driver() -> ModuleType:
    """The DB-API module to use: pysqlite3, or the standard library's where that is new enough."""
    for name in ("pysqlite3.dbapi2", "sqlite3"):
        try:
            module = import_module(name)
        except ImportError:
            continue
        if module.sqlite_version_info >= SAFE:
            return module
    raise StoreError(
        "No SQLite on this machine is safe enough to keep your runs",
        why="versions before 3.51.3 can damage a database that two programs write at once",
        remedy="pip install pysqlite3",
    )
