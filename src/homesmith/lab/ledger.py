"""Trials on disk, one JSON line each: what was measured once is not measured again.

A line that a crash cut off is left out when reading, and finished by a line end before the next
one is written. It does not know what a trial is.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homesmith.core.errors import StoreError, WorkspaceBusy
from homesmith.store.locks import FileLock


class Ledger:
    """An append-only file of JSON objects. One writer at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be its one writer while the context is open; the system lets go when we die.

        Where no lock can be had, as on a full disk, it goes on without. Raises WorkspaceBusy.
        """
        with FileLock(self.path.with_name(f"{self.path.name}.lock")) as lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                free = lock.exclusive()
            except (OSError, StoreError):
                free = True
            if not free:
                raise self._busy(lock.path)
            with contextlib.suppress(OSError):
                if lock.held:
                    lock.path.write_text(str(os.getpid()), encoding="ascii")
            yield

    def _busy(self, lock: Path) -> WorkspaceBusy:
        try:
            holder = lock.read_text(encoding="ascii").strip() or "another one"
        except (OSError, ValueError):
            holder = "another one"
        return WorkspaceBusy(
            "Another evaluation of the same suite and model is at work",
            why=f"process {holder} writes to {self.path}",
            remedy="wait for it to end: what it tried is not tried again",
        )

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every whole line, in the order in which they were written."""
        if not self.path.is_file():
            return
        for line in self.path.read_bytes().split(b"\n"):
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value

    def add(self, entry: Mapping[str, Any]) -> None:
        """Write one line; it is on the disk when this returns. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            end = file.seek(0, os.SEEK_END)
            torn = end > 0 and os.pread(file.fileno(), 1, end - 1) != b"\n"
            file.write((b"\n" if torn else b"") + json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
