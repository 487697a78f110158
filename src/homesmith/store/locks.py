"""Advisory locks on files, which the system takes back when their process dies (flock).

They do not work between machines that share a network folder.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from homesmith.core.errors import StoreError


class FileLock:
    """One lock, held through one open file. Two of them on one path exclude each other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        return self._handle is not None

    def exclusive(self, wait: float = 0.0) -> bool:
        """Take it alone, waiting up to `wait` seconds; whether that worked."""
        return self._take(fcntl.LOCK_EX, wait)

    def shared(self, wait: float = 0.0) -> bool:
        """Take it together with others; a held exclusive lock is lowered to a shared one."""
        return self._take(fcntl.LOCK_SH, wait)

    def release(self) -> None:
        """Give it back; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def remove(self) -> None:
        """Delete the file of a lock that is held alone, then give it back."""
        self.path.unlink(missing_ok=True)
        self.release()

    def _take(self, kind: int, wait: float) -> bool:
        until = time.monotonic() + wait
        while True:
            if self._handle is None:
                self._handle = self._open()
            if self._try(kind):
                if self._is_current():
                    return True
                self.release()
                continue
            if time.monotonic() >= until:
                self.release()
                return False
            time.sleep(0.01)

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be opened",
                why=str(error),
                remedy=f"check the rights and the free space of {self.path.parent}",
            ) from error

    def _try(self, kind: int) -> bool:
        assert self._handle is not None
        try:
            fcntl.flock(self._handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            self.release()
            raise StoreError(
                f"{self.path} cannot be locked",
                why=f"{error}; network folders often have no locks",
                remedy="set HOMESMITH_HOME to a folder on a local disk",
            ) from error
        return True

    def _is_current(self) -> bool:
        """Whether the file that is locked is still the one at the path (see `remove`)."""
        assert self._handle is not None
        try:
            return os.path.samestat(os.fstat(self._handle), self.path.stat())
        except FileNotFoundError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock at `path` alone. Creates nothing."""
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.shared()
