"""Every state of a folder that was worth keeping, and the way back to each.

The snapshots form one line that only grows: going back is a new snapshot too, so that undo can
be undone. They are kept in a git repository outside the folder. Not kept: .git, node_modules,
__pycache__, .venv, .pytest_cache, *.pyc, empty folders, and files over 5 MB unless an earlier
snapshot holds them; none of these is ever touched.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from homesmith.core.errors import UnknownRun, WorkspaceBusy, WorkspaceError
from homesmith.workspace.contents import Contents, Item, contents, load
from homesmith.workspace.files import explained
from homesmith.workspace.git import Repository
from homesmith.workspace.restoring import put_back

LINE, NOW = "refs/heads/snapshots", "refs/homesmith/now"
BACK, RESTORED = "Back to: ", "\n\nRestores: "
STATES = {"A": "added", "D": "removed"}
IDENTITY = b"Homesmith <homesmith@localhost>"
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One kept state. `number` counts from 1, `at` is UTC ISO 8601.

    `restores` is the id of the snapshot this one went back to, if it did.
    """

    id: str
    number: int
    message: str
    at: str
    restores: str = ""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots of `work_tree`, kept in `git_dir`, which must lie outside of it.

    A folder of the person's own may keep them in its `.git`, which no snapshot ever holds; never
    an app's folder, whose files others wrote. `line` is the branch they stand on.
    """

    git_dir: Path
    work_tree: Path
    line: str = LINE

    def __post_init__(self) -> None:
        inside = self.git_dir.resolve().is_relative_to(self.work_tree.resolve())
        if inside and self.git_dir.absolute() != self.work_tree.absolute() / ".git":
            raise WorkspaceError("Snapshots must be kept outside the folder they are of.")

    def take(self, message: str) -> Snapshot:
        """Keep the folder as it is now. A restore that was broken off is finished first."""
        with self._repository.held():
            self._finish_restore()
            return self._take(message)

    def list(self) -> tuple[Snapshot, ...]:
        """All snapshots, oldest first."""
        self._repository.create()
        return tuple(self._line())

    def head(self) -> Snapshot | None:
        """The newest snapshot, None before the first."""
        return next(reversed(self.list()), None)

    def restore(self, snapshot_id: str) -> Snapshot:
        """Make the folder what it was, byte for byte, and return the snapshot that says so.

        What the folder holds now is kept first. Broken off at any point, the next `take`,
        `restore` or `recover` finishes it.
        """
        with self._repository.held():
            self._finish_step()
            self._finish_restore()
            return self._restore(self._commit_named(snapshot_id))

    def recover(self) -> bool:
        """Finish what was broken off, a restore or a step of several files; whether there was one.

        What a person changed in the meantime stays as it is.
        """
        with self._repository.held():
            return self._finish_step() or self._finish_restore()

    @contextmanager
    def following(self, snapshot_id: str) -> Iterator[None]:
        """While the folder is made to follow a snapshot, file by file. Broken off by a kill, the
        next `restore` or `recover` writes the rest.
        """
        waiting = self._step.with_suffix(".new")
        waiting.write_text(snapshot_id)
        waiting.replace(self._step)
        yield
        self._step.unlink(missing_ok=True)

    def matches(self, snapshot_id: str) -> bool:
        """Whether the folder is exactly what this snapshot holds."""
        self._repository.create()
        kept = self._kept(self._commit_named(snapshot_id))
        known = kept.keys() | self._kept(self._tip()).keys()
        return contents(self._root, known) == kept

    def diff(self, old: str | None, new: str | None) -> str:
        """The changes from one snapshot to another as unified text; None is the folder now."""
        with self._repository.held():
            ends = [self._now() if end is None else self._commit_named(end) for end in (old, new)]
            options = ("-r", "-p", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames")
            text = self._repository.call("diff-tree", *options, *ends)
        return text.decode(errors="replace")

    def changed(self, snapshot_id: str) -> dict[str, str]:
        """What a snapshot made of the one before it, by path: added, changed or removed."""
        options = ("-r", "-z", "--root", "--no-commit-id", "--name-status", "--no-renames")
        told = self._repository.call("diff-tree", *options, self._commit_named(snapshot_id))
        parts = [_decoded(part) for part in told.split(b"\0")[:-1]]
        return {
            path: STATES.get(state, "changed")
            for state, path in zip(parts[::2], parts[1::2], strict=True)
        }

    @property
    def _root(self) -> Path:
        return self.work_tree.resolve()

    @property
    def _repository(self) -> Repository:
        return Repository(folder=self.git_dir.absolute())

    @property
    def _marker(self) -> Path:
        return self.git_dir / "restoring"

    @property
    def _step(self) -> Path:
        return self.git_dir / "following"

    def _finish_step(self) -> bool:
        if not self._step.exists():
            return False
        commit = self._commit_named(self._step.read_text())
        wanted, earlier = self._kept(commit), self._kept(self._before(commit))
        there = contents(self._root, wanted.keys() | earlier.keys())
        mine = {
            path for path in wanted.keys() | earlier.keys() if there.get(path) == earlier.get(path)
        }
        put_back(
            self._root,
            {path: item for path, item in there.items() if path in mine},
            {path: item for path, item in wanted.items() if path in mine},
            self._blob,
        )
        self._step.unlink(missing_ok=True)
        return True

    def _before(self, commit: str) -> str:
        told = self._repository.call(
            "rev-parse", "--quiet", "--verify", f"{commit}^", allowed=(0, 1)
        )
        return told.decode().strip()

    def _take(self, message: str) -> Snapshot:
        self._commit(self.line, message)
        return self.list()[-1]

    def _restore(self, commit: str) -> Snapshot:
        tip = self._tip()
        if contents(self._root, self._kept(tip)) != self._kept(tip):
            self._commit(self.line, "Before going back")
        waiting = self._marker.with_suffix(".new")
        waiting.write_text(commit)
        waiting.replace(self._marker)
        try:
            self._apply(commit)
        finally:
            self._marker.unlink(missing_ok=True)
        return self.list()[-1]

    def _finish_restore(self) -> bool:
        if not self._marker.exists():
            return False
        self._restore(self._commit_named(self._marker.read_text()))
        return True

    def _apply(self, commit: str) -> None:
        wanted = self._kept(commit)
        put_back(self._root, self._kept(self._tip()), wanted, self._blob)
        there = next(item for item in self._line() if item.id == commit)
        subject = there.message.partition("\n")[0]
        while there.restores and subject.startswith(BACK):
            subject = subject.removeprefix(BACK)
        self._commit(self.line, f"{BACK}{subject}{RESTORED}{commit}", known=wanted)

    def _now(self) -> str:
        return self._commit(NOW, "The folder now")

    def _commit(self, ref: str, message: str, known: Contents | None = None) -> str:
        """Write the folder as a commit on top of the line, then move `ref` there at once.

        A line that somebody else moved meanwhile is never moved back: it is begun again on theirs.
        """
        for _ in range(TRIES):
            tip = self._tip()
            try:
                return self._commit_on(tip, ref, message, known or {})
            except WorkspaceError:
                if self._tip() == tip:
                    raise
        raise WorkspaceBusy(
            f"The history of {self._root} does not stand still",
            why="somebody else commits to it",
            remedy="try again when they are done",
        )

    def _commit_on(self, tip: str, ref: str, message: str, known: Contents) -> str:
        kept = self._kept(tip)
        now = contents(self._root, kept.keys() | known.keys())
        stream = b"".join(self._stream(ref, message, tip, kept, now))
        aside = () if ref == self.line else ("--force",)
        told = self._repository.call("fast-import", "--quiet", "--done", *aside, stdin=stream)
        return told.decode().strip()

    def _stream(
        self, ref: str, message: str, tip: str, kept: Contents, now: Contents
    ) -> Iterator[bytes]:
        text = message.encode(errors="replace")
        yield b"feature done\ncommit %s\nmark :1\n" % ref.encode()
        yield b"committer %s %d +0000\n" % (IDENTITY, int(time.time()))
        yield b"data %d\n%s\n" % (len(text), text)
        if tip:
            yield b"from %s\n" % tip.encode()
        for path in kept.keys() - now.keys():
            yield b"D %s\n" % _quoted(path)
        for path in sorted(path for path, item in now.items() if kept.get(path) != item):
            try:
                mode, data = load(self._root, path)
            except OSError as error:
                raise explained(error, path) from error
            yield b"M %s inline %s\n" % (mode.encode(), _quoted(path))
            yield b"data %d\n%s\n" % (len(data), data)
        yield b"get-mark :1\ndone\n"

    def _line(self) -> Iterator[Snapshot]:
        tip = self._tip()
        if not tip:
            return
        names = self._repository.call("rev-list", "--first-parent", "--reverse", tip)
        commits = self._repository.call("cat-file", "--batch", stdin=names)
        for number, (commit, body) in enumerate(_objects(commits), start=1):
            yield _snapshot(commit, number, body)

    def _tip(self) -> str:
        told = self._repository.call("rev-parse", "--quiet", "--verify", self.line, allowed=(0, 1))
        return told.decode().strip()

    def _commit_named(self, snapshot_id: str) -> str:
        """The full id of a snapshot on the line. Raises UnknownRun for anything else."""
        for item in self._line():
            if item.id == snapshot_id.strip():
                return item.id
        raise UnknownRun(f"There is no snapshot {snapshot_id[:80]!r}.", remedy="homesmith undo DIR")

    def _kept(self, commit: str) -> dict[str, Item]:
        if not commit:
            return {}
        listing = self._repository.call("ls-tree", "-r", "-z", "--full-tree", commit)
        found = {}
        for line in listing.split(b"\0")[:-1]:
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split()
            found[_decoded(path)] = Item(mode, blob)
        return found

    def _blob(self, name: str) -> bytes:
        return self._repository.call("cat-file", "blob", name)


def before(kept: Sequence[Snapshot]) -> int:
    """The number of the step before the one a folder stands at; going back is no step itself."""
    if not kept:
        return 0
    stands = {snapshot.id: snapshot.number for snapshot in kept}
    return stands.get(kept[-1].restores, kept[-1].number) - 1


def _snapshot(commit: str, number: int, body: bytes) -> Snapshot:
    head, _, text = body.decode(errors="replace").partition("\n\n")
    seconds = next(line for line in head.splitlines() if line.startswith("committer ")).split()[-2]
    message, _, restores = text.partition(RESTORED)
    at = datetime.fromtimestamp(int(seconds), UTC).isoformat()
    return Snapshot(id=commit, number=number, message=message, at=at, restores=restores.strip())


def _objects(batch: bytes) -> Iterator[tuple[str, bytes]]:
    """The id and body of each object that `cat-file --batch` printed."""
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        name, _, size = batch[place:end].split()
        place = end + 1 + int(size) + 1
        yield name.decode(), batch[end + 1 : place - 1]


def _quoted(path: str) -> bytes:
    """A path for fast-import: every byte that is not plainly safe as an octal escape."""
    plain = range(33, 127)
    body = "".join(
        chr(byte) if byte in plain and chr(byte) not in '"\\' else f"\\{byte:03o}"
        for byte in path.encode(errors="surrogateescape")
    )
    return f'"{body}"'.encode()


def _decoded(path: bytes) -> str:
    return path.decode(errors="surrogateescape")
