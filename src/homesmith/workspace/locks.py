"""One build at a time in one folder."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from homesmith.core.errors import WorkspaceBusy


@contextlib.contextmanager
def lock(root: Path, state_dir: Path) -> Iterator[None]:
    """Hold the folder `root` while the context is open; the system lets go when we die.

    Raises WorkspaceBusy, naming the process, when another holds it. The lock file is kept in
    `state_dir`, never in the folder itself.
    """
    folder = state_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]
    with (folder / name).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise WorkspaceBusy(
                f"Another build is at work in {root}.",
                why=f"process {holder} holds it",
                remedy=f"wait for it, or stop it: kill {holder}",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
