"""Wipe what deleting leaves in files: the index's old segments, the write-ahead log, backups.

A mark stands in the folder from before the first row goes until that is done. A forgetting that
was killed or failed on the way is so completed by the next one, or when the store is next opened.
It does not know what was forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from homesmith.core.counting import counted
from homesmith.core.errors import DiskFull, HomesmithError, StoreError
from homesmith.store import backups
from homesmith.store.connection import Database, explained, raw
from homesmith.store.driver import driver
from homesmith.store.locks import FileLock

MERGE_WORDS = text("INSERT INTO chunks_fts(chunks_fts) VALUES ('optimize')")
"""Until its segments are merged, the index still holds the words of rows that are gone."""
LOG_SECONDS = 5
"""How long readers are waited for before the write-ahead log is left to SQLite."""
WAIT_SECONDS = 60
"""How long one forgetting waits for another."""


class Purging:
    """What follows a removal of rows. One process at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = database.path.with_name("purge-due")
        self._lock = database.path.parent / "locks" / "forgetting.lock"

    @contextmanager
    def begun(self) -> Iterator[bool]:
        """Rows are about to go; whether an earlier removal is still to be purged.

        End it by `purge`, or by `spared`; else the purge stays due. Raises StoreError, DiskFull.
        """
        with FileLock(self._lock) as lock:
            if not lock.exclusive(wait=WAIT_SECONDS):
                raise StoreError(
                    "Another process is forgetting",
                    why=f"that took longer than {WAIT_SECONDS} seconds; nothing was removed",
                    remedy="wait for the other homesmith command, or stop it",
                )
            due = self._mark.exists()
            self._set()
            yield due

    def spared(self) -> None:
        """No row went, and nothing was due."""
        self._mark.unlink(missing_ok=True)

    def finish(self, let_go: Callable[[], object]) -> None:
        """Complete a forgetting that ended early, unless it is still under way.

        `let_go` removes what engines keep.
        """
        if not self._mark.exists():
            return
        with FileLock(self._lock) as lock:
            if lock.exclusive() and self._mark.exists():
                let_go()
                self.purge(Counter())

    def purge(self, removed: Counter[str]) -> list[str]:
        """Wipe, and count what went; the places that may hold it still.

        What failed stays due. Only the write-ahead log needs nobody: SQLite removes it.
        """
        failed = [*self._merge_words(), *self._renew_backups(removed)]
        if not failed:
            self._mark.unlink(missing_ok=True)
        remains = [*failed, *self._empty_log()]
        return remains + [str(path) for path in sorted(self._mark.parent.rglob("*.damaged*"))]

    def _set(self) -> None:
        try:
            self._mark.touch(mode=0o600)
            backups.synchronise(self._mark.parent)
        except OSError as error:
            raise DiskFull(
                f"There is no room to write in {self._mark.parent}",
                why=f"{error}; nothing was removed",
                remedy="free some disk space, then run the command again",
            ) from error

    def _merge_words(self) -> list[str]:
        try:
            with self._database.writing() as connection:
                connection.execute(MERGE_WORDS)
        except HomesmithError as error:
            return [f"old pages of the index: {error.message}"]
        return []

    def _renew_backups(self, removed: Counter[str]) -> list[str]:
        file = self._database.path
        folder = file.parent / "backups"
        old = backups.newest_first(file, folder)
        try:
            made = backups.make(file, folder)
            for backup in old:
                backup.unlink(missing_ok=True)
        except DiskFull:
            return [f"{counted(len(old), 'backups')}: there is no room to write a new one"]
        except (HomesmithError, OSError) as error:
            return [f"{counted(len(old), 'backups')}: {error}"]
        removed["backups"] += len([backup for backup in old if backup != made])
        return []

    def _empty_log(self) -> list[str]:
        """Fold the write-ahead log into the file and cut it to nothing."""
        path = self._database.path
        try:
            connection = raw(path, LOG_SECONDS)
            try:
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.close()
        except driver().Error as error:
            code = getattr(error, "sqlite_errorcode", 0)
            raised = explained(path, code, str(error), writing=True)
            return [f"the write-ahead log: {raised.message}"]
        return ["the write-ahead log, until all commands have ended"] if busy else []
