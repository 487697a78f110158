"""A folder of the person's own under plain git: every change a commit, and the way back.

The history stands in the folder's own `.git`, so that `git log`, `git diff` and `git push` work
there as anywhere. It is written as snapshots are: by plumbing, without hooks or the person's
configuration. It does not know what the files mean.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.errors import UnknownRun, WorkspaceError
from homesmith.workspace.files import explained
from homesmith.workspace.git import Repository
from homesmith.workspace.snapshots import IDENTITY, Snapshot, Snapshots, before

BRANCH = "refs/heads/main"
BY_HAND = "Edited by hand"
OPENED = "homesmith"
"""A file in `.git` that says it is ours, and that plain git can use it too."""
MOST_VERSIONS = 30
"""How far back an older version of a file is looked for."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of `folder`. Every call may raise WorkspaceError."""

    folder: Path

    @property
    def begun(self) -> bool:
        """Whether the folder has a history at all."""
        with self._told():
            return (self.folder / ".git").is_dir()

    @property
    def ours(self) -> bool:
        """Whether we began the history, or go on with it; in a clone the first commit tells.

        Nothing is written to find out.
        """
        with self._told():
            place = self.folder / ".git"
            if not place.is_dir() or (place / OPENED).is_file():
                return place.is_dir()
        words = ("rev-list", "--max-parents=0", "--first-parent", "--format=%cn <%ce>", "HEAD")
        told = Repository(folder=place.absolute()).call(*words, allowed=(0, 128))
        return told.splitlines()[-1:] == [IDENTITY]

    def begin(self) -> None:
        """Start the history with the folder as it stands, if it has none."""
        with self._told():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._snapshots().list():
            self._keep("The beginning")

    def keep(self, message: str) -> Snapshot | None:
        """Commit the folder as it is now; None when nothing changed."""
        head = self._snapshots().head()
        if head is not None and self._snapshots().matches(head.id):
            return None
        return self._keep(message)

    def log(self) -> tuple[Snapshot, ...]:
        """All commits, oldest first; none where there is no history."""
        return self._snapshots().list() if self.begun else ()

    def undo(self, step: int | None = None) -> Snapshot:
        """Take back the last change, or go to a step, byte for byte. Raises UnknownRun.

        What was edited by hand and not committed counts as a change, and is kept first.
        """
        if not self.begun:
            raise _no_step(0, 0)
        with self.editing():
            self.keep(BY_HAND)
            kept = self.log()
            number = before(kept) if step is None else step
            found = next((item for item in kept if item.number == number), None)
            if found is None:
                raise _no_step(number, len(kept))
            done = self._snapshots().restore(found.id)
            self._show()
        return done

    def changed(self, step: Snapshot) -> dict[str, str]:
        """What a step made of the one before it, by path: added, changed or removed."""
        return self._snapshots().changed(step.id)

    def older(self, path: str) -> Iterator[bytes]:
        """What was committed of a file, newest first."""
        if not self.begun:
            return
        repository = self._repository()
        tip = self._snapshots().head()
        if tip is None:
            return
        options = ("--first-parent", f"--max-count={MOST_VERSIONS}", tip.id)
        found = repository.call("rev-list", *options, "--", f":(top,literal){path}")
        for commit in found.decode().split():
            held = repository.call("ls-tree", "-z", "--full-tree", commit, "--", path)
            if held.startswith(b"100"):
                blob = held.partition(b"\t")[0].split()[2].decode()
                yield repository.call("cat-file", "blob", blob)

    @contextlib.contextmanager
    def editing(self) -> Iterator[None]:
        """Nobody else of ours changes the folder meanwhile; waits for whoever does.

        Raises WorkspaceBusy, before anything is written, while the person's own git is at work.
        """
        self.begin()
        with (self.folder / ".git" / "editing").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with self._repository().held():
                pass
            yield

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the disk refuses, as an error for a person."""
        try:
            yield
        except OSError as error:
            raise explained(error, str(self.folder)[:200]) from error

    def _keep(self, message: str) -> Snapshot:
        kept = self._snapshots().take(message)
        self._show()
        return kept

    def _snapshots(self) -> Snapshots:
        return Snapshots(self.folder / ".git", self.folder, line=self._branch())

    def _branch(self) -> str:
        """The branch that is checked out."""
        told = self._repository().call("symbolic-ref", "--quiet", "HEAD", allowed=(0, 1))
        if not told.strip():
            raise WorkspaceError(
                f"{self.folder} stands on no branch",
                why="its git HEAD is detached",
                remedy=f"git -C {self.folder} switch main",
            )
        return told.decode().strip()

    def _repository(self) -> Repository:
        """The folder's own repository, made if it is not there, and usable by plain git."""
        place = self.folder / ".git"
        if place.is_file() or place.is_symlink():
            raise WorkspaceError(
                f"{self.folder} belongs to another git repository",
                why="its .git is not a folder",
                remedy="homesmith config set context-folder FOLDER",
            )
        repository = Repository(folder=place.absolute())
        if not (place / OPENED).exists():
            repository.create()
            born = repository.call("rev-parse", "--quiet", "--verify", "HEAD", allowed=(0, 1))
            if not born.strip():
                repository.call("symbolic-ref", "HEAD", BRANCH)
            repository.call("config", "core.bare", "false")
            (place / OPENED).touch()
        return repository

    def _show(self) -> None:
        """Let plain git see the newest commit as what the folder holds."""
        repository = self._repository()
        with repository.held():
            repository.call("read-tree", self._branch())


def _no_step(number: int, kept: int) -> UnknownRun:
    return UnknownRun(
        f"There is no step {number}" if number > 0 else "There is nothing to take back",
        why=f"{kept} steps were kept",
        remedy="homesmith context log",
    )
