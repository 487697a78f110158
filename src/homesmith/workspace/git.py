"""Call git on a repository of our own, in a way that nothing from outside can steer.

No configuration but ours, no hooks, filters, attributes or network; and never with a work
tree: git is given bytes and gives bytes back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.errors import HomesmithError, WorkspaceBusy, WorkspaceError

HARDENED = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.attributesFile": os.devnull,
    "core.fsync": "all",
    "core.compression": "1",
    "core.symlinks": "true",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "commit.gpgSign": "false",
    "diff.external": "",
}
ATTRIBUTES = "* !text !eol !filter !diff !merge !ident !working-tree-encoding\n"
CLOCK_SECONDS = 300
PATIENCE = 3.0
"""Seconds for which a git of the person's own is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A bare repository at `folder`."""

    folder: Path

    def create(self) -> None:
        """Make the repository if it is not there; safe to repeat and to break off."""
        if (self.folder / "ready").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.call(
            "init", "--quiet", "--bare", "--template=", "--object-format=sha1", str(self.folder)
        )
        (self.folder / "info").mkdir(exist_ok=True)
        (self.folder / "info" / "attributes").write_text(ATTRIBUTES)
        (self.folder / "ready").touch()

    @property
    def shared(self) -> bool:
        """Whether the person's own git works here too."""
        return self.folder.name == ".git"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else of ours writes here meanwhile; what a killed writer left is cleared.

        Locks of the person's own git are waited for. Raises WorkspaceBusy while they stay.
        """
        self.create()
        with (self.folder / "writing").open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # git inherits the lock, so it lasts as long as a git that outlives us. Whoever wrote
            # the mark below is dead: the lock above would still be theirs.
            os.set_inheritable(file.fileno(), True)
            self._clear(os.fstat(file.fileno()))
            self._wait()
            file.truncate(0)
            file.write(b"1")
            file.flush()
            os.fsync(file.fileno())
            try:
                yield
            except (HomesmithError, OSError):
                file.truncate(0)  # a git that fails takes its locks along
                raise
            file.truncate(0)

    def _clear(self, writing: os.stat_result) -> None:
        """Remove the locks that a killed writer of ours left.

        In a repository of ours alone that is every lock; where the person's git works too, those
        made since a writer began that never ended.
        """
        for stale in self._locks():
            with contextlib.suppress(FileNotFoundError):
                since = stale.lstat().st_mtime_ns >= writing.st_mtime_ns
                if not self.shared or (writing.st_size and since):
                    stale.unlink()

    def _wait(self) -> None:
        last = time.monotonic() + PATIENCE
        while held := self._locks():
            if time.monotonic() > last:
                raise WorkspaceBusy(
                    f"git is at work in {self.folder.parent}",
                    why=f"it holds {held[0].relative_to(self.folder)}",
                    remedy=f"let it finish; if there is none: rm {held[0]}",
                )
            time.sleep(0.05)

    def _locks(self) -> list[Path]:
        return [*self.folder.glob("*.lock"), *self.folder.glob("refs/**/*.lock")]

    def call(self, *arguments: str, stdin: bytes = b"", allowed: tuple[int, ...] = (0,)) -> bytes:
        """What a git command prints. WorkspaceError when it fails."""
        options = [word for name, value in HARDENED.items() for word in ("-c", f"{name}={value}")]
        try:
            done = subprocess.run(
                ["git", *options, *arguments],
                input=stdin,
                capture_output=True,
                check=False,
                close_fds=False,
                cwd=self.folder,
                env=self._environment(),
                timeout=CLOCK_SECONDS,
            )
        except FileNotFoundError as error:
            raise WorkspaceError("git is not installed.", remedy="sudo apt install git") from error
        if done.returncode not in allowed:
            words = done.stderr.decode(errors="replace").strip()
            raise WorkspaceError(f"git {arguments[0]} failed.", why=words[-500:])
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "LANG": "C",
            "GIT_DIR": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
        }
