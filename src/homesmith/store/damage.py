"""What happens when the database file is not what it was: kept aside, replaced, and told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from homesmith.core.errors import StoreError
from homesmith.store.backups import newest_first, problem_of, restore, stamp
from homesmith.store.connection import explained, raw
from homesmith.store.driver import driver
from homesmith.store.schema import APPLICATION, SCHEMA

COMPANIONS = ("-wal", "-shm", "-journal")
"""SQLite keeps part of a database in files beside it."""


def make_whole(file: Path, backups: Path) -> None:
    """Check every page of the file, which nobody else has open.

    A damaged, empty or vanished file is moved aside and the newest whole backup put in its place;
    then StoreError tells the person, so that nothing is ever lost in silence.
    """
    problem = _problem(file, backups)
    if not problem:
        return
    aside = _move_aside(file)
    restored = restore(file, backups)
    kept = f"; it is kept as {aside}" if aside else ""
    after = (
        f"run the command again: the backup {restored.name} is in its place"
        if restored
        else "run the command again: there is no backup, so it will begin with an empty store"
    )
    raise StoreError(f"The store {file} is damaged{kept}", why=problem, remedy=after)


def _problem(file: Path, backups: Path) -> str:
    if file.exists():
        return problem_of(file)
    left = any(_companion(file, ending).exists() for ending in COMPANIONS)
    return "the file is missing" if left or newest_first(file, backups) else ""


def _move_aside(file: Path) -> Path | None:
    """Move the file and its companions; the new name of the file, None when it is missing."""
    aside = file.with_name(f"{file.name}.damaged-{stamp()}")
    for ending in COMPANIONS:
        if _companion(file, ending).exists():
            os.replace(_companion(file, ending), _companion(aside, ending))
    if not file.exists():
        return None
    os.replace(file, aside)
    return aside


def _companion(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def schema_of(file: Path) -> int:
    """The schema the file is written in.

    Raises StoreError when the file is not a store of ours, or newer than this program.
    """
    try:
        connection = raw(file)
        try:
            application = _pragma(connection, "application_id")
            version = _pragma(connection, "user_version")
        finally:
            connection.close()
    except driver().Error as error:
        raise explained(file, getattr(error, "sqlite_errorcode", 0), str(error)) from error
    if application != APPLICATION:
        raise StoreError(
            f"{file} is not a store of Homesmith",
            why=f"it belongs to another program (application_id {application})",
            remedy=f"move {file} away, or set HOMESMITH_HOME to another folder",
        )
    if version > SCHEMA:
        raise StoreError(
            f"{file} was written by a newer Homesmith",
            why=f"its schema is {version}, this program knows {SCHEMA}",
            remedy="pip install --upgrade homesmith",
        )
    return version


def _pragma(connection: Any, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
