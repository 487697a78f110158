"""Copies of the database that were verified when they were made, newest first.

It does not know when a copy is wanted, but for `due`.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homesmith.core.errors import DiskFull, StoreError
from homesmith.store.connection import CORRUPT, NOTADB, explained, raw
from homesmith.store.driver import driver

KEPT = 7
EVERY = timedelta(days=1)
STAMP = "%Y%m%dT%H%M%S%fZ"


def stamp() -> str:
    """The present moment as it stands in file names, UTC."""
    return datetime.now(UTC).strftime(STAMP)


def make(file: Path, folder: Path) -> Path:
    """Copy the database, check the copy, keep the newest KEPT. Raises StoreError or DiskFull."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / "unfinished"
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(file, part)
        problem = problem_of(part)
        if problem:
            raise StoreError(f"A backup of {file} failed", why=problem, remedy="homesmith doctor")
        synchronise(part)
        made = folder / f"{file.stem}-{stamp()}{file.suffix}"
        os.replace(part, made)
        synchronise(folder)
    except OSError as error:
        raise DiskFull(
            f"No backup can be written to {folder}", why=str(error), remedy="free some disk space"
        ) from error
    for old in newest_first(file, folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return made


def _copy(file: Path, part: Path) -> None:
    try:
        connection = raw(file)
        try:
            connection.execute("VACUUM INTO ?", (str(part),))
        finally:
            connection.close()
    except driver().Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        raise explained(file, code, str(error), writing=True) from error


def newest_first(file: Path, folder: Path) -> list[Path]:
    """All backups of `file`."""
    return sorted(folder.glob(f"{file.stem}-*{file.suffix}"), reverse=True)


def due(file: Path, folder: Path) -> bool:
    """Whether the newest backup is older than EVERY, or there is none."""
    newest = next(iter(newest_first(file, folder)), None)
    if newest is None:
        return True
    made = datetime.strptime(newest.stem.rpartition("-")[2], STAMP).replace(tzinfo=UTC)
    return abs(datetime.now(UTC) - made) > EVERY


def restore(file: Path, folder: Path) -> Path | None:
    """Put the newest backup that is whole in the place of `file`; None when there is none.

    Damaged backups on the way there are renamed, so that they count no more.
    """
    for backup in newest_first(file, folder):
        part = file.with_name(file.name + ".restored")
        shutil.copyfile(backup, part)
        part.chmod(0o600)
        if problem_of(part):
            part.unlink()
            backup.rename(backup.with_name(backup.name + ".damaged"))
            continue
        synchronise(part)
        os.replace(part, file)
        synchronise(file.parent)
        return backup
    return None


def problem_of(file: Path) -> str:
    """What SQLite's own check of all pages finds, or an empty string.

    Raises StoreError or DiskFull when the file could not be checked, which says nothing of it.
    """
    if file.stat().st_size == 0:
        return "the file is empty"
    try:
        connection = raw(file)
        try:
            rows = connection.execute("PRAGMA quick_check(1)").fetchall()
        finally:
            connection.close()
    except driver().DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF in (CORRUPT, NOTADB):
            return str(error)
        raise explained(file, code, str(error)) from error
    return "" if rows == [("ok",)] else str(rows[0][0])


def synchronise(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
