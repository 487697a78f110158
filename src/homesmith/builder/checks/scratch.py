"""A throw-away copy of the app, so that running it changes nothing, and a folder for results.

What generated code left in that folder is read like anything else from a stranger.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homesmith.builder.checks.sources import app_files

DATABASES = (".db", ".sqlite", ".sqlite3", ".db-wal", ".db-shm", ".db-journal")
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """`app` is the copy, `out` an empty folder beside it."""

    app: Path
    out: Path

    def read(self, name: str, limit: int = 4 << 20) -> bytes:
        """A regular file in `out`, at most `limit` bytes; empty if there is none."""
        return read_plain(self.out / name, limit)


@contextmanager
def scratch(root: Path) -> Iterator[Scratch]:
    """A private copy of the app without its databases, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="homesmith-check-", ignore_cleanup_errors=True) as name:
        place = Path(name).resolve()
        app, out = place / "app", place / "out"
        app.mkdir()
        out.mkdir()
        _copy(root, app)
        yield Scratch(app=app, out=out)


def read_plain(path: Path, limit: int) -> bytes:
    """The first `limit` bytes of a regular file; empty for a link, a pipe or nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        return file.read(limit)


def _copy(root: Path, target: Path) -> None:
    room = MOST_BYTES
    for name in app_files(root):
        source = root / name
        room -= source.stat().st_size
        if name.endswith(DATABASES) or room < 0:
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / name, follow_symlinks=False)
