"""Open the store: one folder with the database, its backups and its locks.

Several processes may have it open. The first of them checks the file; the last to leave says
that it left in good order, so that the next first one knows whether anybody died.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from homesmith.core.errors import DiskFull, StoreError
from homesmith.store import backups
from homesmith.store.blobs import Blobs
from homesmith.store.blocks import Blocks
from homesmith.store.connection import Database, explained, raw
from homesmith.store.damage import make_whole, schema_of
from homesmith.store.driver import driver
from homesmith.store.facts import Facts
from homesmith.store.forgetting import Forgetting
from homesmith.store.jobs import Jobs
from homesmith.store.locks import FileLock
from homesmith.store.meanings import Meanings
from homesmith.store.memories import Memories
from homesmith.store.migrate import migrate
from homesmith.store.prompts import Prompts
from homesmith.store.proposals import Proposals
from homesmith.store.purging import Purging
from homesmith.store.restoring import Restoring
from homesmith.store.runs import Runs
from homesmith.store.schema import SCHEMA
from homesmith.store.words import Words

FILE = "homesmith.sqlite"
SMALL = 8 << 20
"""Bytes up to which a file is checked at every opening, because that takes milliseconds."""
OPENING_SECONDS = 60
"""How long one process waits while another checks or migrates."""


class Store:
    """Everything that is kept. Its parts may be used from several threads."""

    def __init__(self, folder: Path, database: Database, presence: FileLock) -> None:
        self.folder = folder
        self.runs = Runs(database, folder / "locks")
        self.blobs = Blobs(database)
        self.memories = Memories(database)
        self.words = Words(database)
        self.meanings = Meanings(database)
        self.blocks = Blocks(database)
        self.facts = Facts(database)
        self.proposals = Proposals(database)
        self.jobs = Jobs(database, folder / "locks")
        self.prompts = Prompts(database)
        self.forgetting = Forgetting(database)
        self.purging = Purging(database)
        self.restoring = Restoring(database)
        self._database = database
        self._presence = presence

    def close(self) -> None:
        """Leave in good order; closing twice does nothing."""
        if not self._presence.held:
            return
        self._database.close()
        with _disk_errors(self.folder), _opening(self.folder):
            if self._presence.exclusive() and not self._database.suspect:
                _in_use(self.folder).unlink(missing_ok=True)
            self._presence.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(folder: Path) -> Store:
    """The store in `folder`, created when there is none, migrated when it is of an older schema.

    Raises StoreError when it is damaged (after moving it aside and restoring a backup), newer
    than this program, or not writable; DiskFull when there is no room.
    """
    folder = folder.expanduser().absolute()
    file = folder / FILE
    with _disk_errors(folder), _prepared(folder):
        presence = FileLock(folder / "use.lock")
        alone = presence.exclusive()
        try:
            if alone:
                _check(folder)
            new = alone and _create_if_missing(file)
            _migrate_if_older(file, alone)
            if not new and backups.due(file, folder / "backups"):
                _daily_backup(file)
            presence.shared()
            _mark(_in_use(folder))
            return Store(folder, Database(file), presence)
        except BaseException:
            presence.release()
            raise


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(
                f"There is no room to write in {folder}",
                why=str(error),
                remedy="free some disk space, then run the command again",
            ) from error
        raise StoreError(
            f"The folder {folder} cannot be used",
            why=str(error),
            remedy="correct its rights, or set HOMESMITH_HOME to another folder",
        ) from error


def _prepared(folder: Path) -> FileLock:
    """Create the folders, for the person alone, and hold the lock of opening."""
    for path in (folder, folder / "locks", folder / "backups"):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return _opening(folder)


def _opening(folder: Path) -> FileLock:
    """Held while a process decides what state the file is in. Release it by `with`."""
    lock = FileLock(folder / "opening.lock")
    if not lock.exclusive(wait=OPENING_SECONDS):
        raise StoreError(
            f"The store in {folder} is being checked by another process",
            why=f"that took longer than {OPENING_SECONDS} seconds",
            remedy="wait for the other homesmith command, or stop it",
        )
    return lock


def _in_use(folder: Path) -> Path:
    """Exists while a process has the store open, and after one died with it open."""
    return folder / "in-use"


def _mark(path: Path) -> None:
    path.touch(mode=0o600)
    backups.synchronise(path.parent)


def _check(folder: Path) -> None:
    file = folder / FILE
    died = _in_use(folder).exists()
    if died or not file.exists() or file.stat().st_size < SMALL:
        make_whole(file, folder / "backups")


def _create_if_missing(file: Path) -> bool:
    """Build the file under another name, so that a half-made store is never found."""
    if file.exists():
        return False
    fresh = file.with_name(file.name + ".new")
    for old in file.parent.glob(fresh.name + "*"):
        old.unlink()
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    database = Database(fresh)
    try:
        migrate(database)
    finally:
        database.close()
    backups.synchronise(fresh)
    os.replace(fresh, file)
    backups.synchronise(file.parent)
    return True


def _migrate_if_older(file: Path, alone: bool) -> None:
    if schema_of(file) < SCHEMA:
        if not alone:
            raise StoreError(
                f"{file} must be brought to a newer schema, and is in use",
                why="an older homesmith command is running",
                remedy="stop it, then run the command again",
            )
        backups.make(file, file.parent / "backups")
        database = Database(file)
        try:
            migrate(database)
        finally:
            database.close()
    if alone:
        _write_ahead(file)


def _write_ahead(file: Path) -> None:
    """Readers then never wait for the writer. Kept in the file itself; no change when it is set."""
    try:
        connection = raw(file)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()
    except driver().Error as error:
        raise explained(file, getattr(error, "sqlite_errorcode", 0), str(error)) from error


def _daily_backup(file: Path) -> None:
    try:
        backups.make(file, file.parent / "backups")
    except DiskFull:
        return  # the work goes on without it; the next opening tries again
