"""The personal context repository on disk: read at every turn, and every change a commit.

The files may be edited by hand at any time; nothing of them is held here. What a file says is
`memory.personal`'s to know, what of it a model is told is `knowing`'s.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from homesmith.context.estimate import estimate
from homesmith.context.relevance import Ranked, rank
from homesmith.context.slices import Slice
from homesmith.core.errors import FolderNotEmpty, HomesmithError, UsageError
from homesmith.memory.personal.advice import advice
from homesmith.memory.personal.notes import read_note, write_note
from homesmith.memory.personal.positions import Unfit, Unreadable
from homesmith.memory.personal.reading import LARGEST, read, trouble
from homesmith.memory.personal.telling import note_text, preferences_text, projects_text, sections
from homesmith.memory.personal.values import (
    HISTORY,
    KNOWLEDGE,
    PREFERENCES,
    PROJECTS,
    Entry,
    Personal,
    Project,
    Trouble,
)
from homesmith.memory.personal.writing import (
    note_file,
    with_entry,
    with_preference,
    with_project,
    with_rule,
)
from homesmith.runtime.knowing import head_of
from homesmith.runtime.reading import bytes_of
from homesmith.workspace.files import explained, open_workspace
from homesmith.workspace.snapshots import Snapshot
from homesmith.workspace.versions import BY_HAND, Versions

EMPTY = {PREFERENCES: "{}\n", PROJECTS: '{\n  "projects": []\n}\n'}
OURS = {PREFERENCES, PROJECTS, KNOWLEDGE, HISTORY, ".git", ".gitignore", "README.md"}
MOST_NOTES = 2000


@dataclass(frozen=True, slots=True)
class Repository:
    """The personal context in `folder`, which need not exist."""

    folder: Path

    @property
    def begun(self) -> bool:
        """Whether the person has one."""
        with self._explained():
            written = any((self.folder / name).is_file() for name in EMPTY)
            return written or (self.versions.begun and not self._strange())

    @property
    def written(self) -> bool:
        """Whether there are preferences to edit; an undo to the beginning takes them away."""
        return self.begun and (self.folder / PREFERENCES).exists()

    @property
    def versions(self) -> Versions:
        """Its history."""
        return Versions(self.folder)

    def read(self, *, history: bool = True, every: bool = False) -> Personal:
        """What the files say now. What is wrong with one is a trouble in it, never an error.

        A model is told nothing of the `history`, so for a prompt it need not be read. `every`
        trouble of a file is wanted by who mends it, the first is enough for who is only told.
        """
        try:
            if not self.begun:
                return Personal()
            files, troubles = self._files(history=history)
        except (HomesmithError, OSError) as error:
            return Personal(troubles=(self._closed(error),))
        personal = read(files, self._older, every=every)
        return replace(personal, troubles=(*troubles, *personal.troubles))

    def init(self, preferences: dict[tuple[str, str], str]) -> bool:
        """Begin with these answers, (section, name) to value; False when one stands already.

        Raises FolderNotEmpty when other things stand in the folder.
        """
        if self.written:
            return False
        with self._explained(), self._alone():
            texts = dict(EMPTY)
            for (section, name), value in preferences.items():
                texts[PREFERENCES] = self._made(
                    PREFERENCES, with_preference, texts[PREFERENCES], section, name, value
                )
            workspace = open_workspace(self.folder)
            for file, text in texts.items():
                if not (self.folder / file).exists():
                    workspace.write_text(file, text)
            self.versions.keep("Begun")
        return True

    def prefer(self, section: str, name: str, value: str) -> Snapshot | None:
        """Set one preference. Raises InvalidSettings when the file as it stands is broken."""
        said = f"{section}.{name}" if name else section
        return self._change(
            PREFERENCES,
            lambda text: with_preference(text, section, name, value),
            f"Prefer {said}: {value}",
        )

    def rule(self, sentence: str) -> Snapshot | None:
        """One more sentence that always holds. Raises InvalidSettings."""
        return self._change(PREFERENCES, lambda text: with_rule(text, sentence), f"Add: {sentence}")

    def project(self, project: Project) -> Snapshot | None:
        """Add a project, or say more of one. Raises InvalidSettings."""
        return self._change(
            PROJECTS, lambda text: with_project(text, project), f"Project: {project.name}"
        )

    def note(self, title: str, text: str, *, tags: tuple[str, ...], when: str) -> str:
        """Keep a note; the file it stands in. Raises UsageError when there is one of that name."""
        file = note_file(title)
        whole = write_note(title=title, tags=tags, when=when, text=text)

        def made(present: str) -> str:
            if present:
                raise UsageError(
                    f"There is a note in {file} already",
                    why="a new note does not take the place of another",
                    remedy=f"homesmith context edit {file}",
                )
            read_note(file, whole)
            return whole

        self._change(file, made, f"Note: {title}")
        return file

    def remember(self, entry: Entry) -> None:
        """Write down what happened. Raises HomesmithError or OSError; nothing where none is begun.

        An entry holds what the person asked and what we did, never what a model or a file said.
        """
        if self.begun:
            date = datetime.now(UTC).date().isoformat()
            self._change(
                f"{HISTORY}/{date}.json",
                lambda text: with_entry(text, date, entry),
                f"{entry.kind.capitalize()}: {' '.join(entry.asked.split())[:60]}",
            )

    def keep(self, message: str = BY_HAND) -> Snapshot | None:
        """Commit what the person changed until now; None when that is nothing."""
        with self._explained(), self._alone():
            return self.versions.keep(message)

    def log(self) -> tuple[Snapshot, ...]:
        """Every change, oldest first. Raises FolderNotEmpty for a folder of other things."""
        self._refuse_strange()
        return self.versions.log()

    def undo(self, step: int | None) -> tuple[Snapshot, dict[str, str]]:
        """Take back the last change, or go to a step, and what became of files by that.

        Of each file that is another now: added, changed or removed. Raises FolderNotEmpty,
        UnknownRun.
        """
        self._refuse_strange()
        done = self.versions.undo(step)
        return done, self.versions.changed(done)

    def lint(self, tokens: int) -> tuple[Trouble, ...]:
        """Everything that is wrong or could be better, in the order of the files.

        `tokens` is how much of it a model may be told.
        """
        personal = self.read(every=True)
        head = head_of(personal, tokens, estimate)
        return (*personal.troubles, *_crowded(head, tokens), *advice(personal))

    def search(self, query: str, limit: int) -> tuple[tuple[Ranked, str], ...]:
        """Where words of the query stand, best first, with the text."""
        texts = dict(_searchable(self.read()))
        parts = query.lower().split()
        found = []
        for item in rank(query, texts):
            whole = f"{item.name} {texts[item.name]}".lower()
            score = item.score + sum(part in whole for part in parts)
            found.append(Ranked(name=item.name, score=score))
        best = sorted((item for item in found if item.score), key=lambda item: -item.score)
        return tuple((item, texts[item.name]) for item in best[:limit])

    def place(self, name: str) -> Path:
        """The file that a person means by `name`: a path in the folder, or how it begins.

        Raises UsageError when it is none of ours.
        """
        stems = {PREFERENCES, PROJECTS, *(file for file in self._names())}
        for file in sorted(stems):
            if name in (file, file.removesuffix(".json"), Path(file).stem, Path(file).name):
                return self.folder / file
        if name.startswith(f"{KNOWLEDGE}/") and name.endswith(".md") and name.count("/") == 1:
            return self.folder / name
        raise UsageError(
            f"There is no file {name!r} in your context",
            why=f"it holds {', '.join(sorted(stems))}"[:300],
            remedy="homesmith context show",
        )

    def _change(self, file: str, made: Callable[[str], str], message: str) -> Snapshot | None:
        """Rewrite one file. What was edited by hand until now is committed first."""
        with self._explained(), self._alone():
            self.versions.keep(BY_HAND)
            workspace = open_workspace(self.folder)
            text = workspace.read_text(file) if (self.folder / file).exists() else ""
            workspace.write_text(file, self._made(file, made, text))
            return self.versions.keep(message)

    def _made(self, file: str, made: Callable[..., str], *given: str) -> str:
        try:
            return made(*given)
        except Unfit as error:
            raise UsageError(
                f"That does not fit {file}", why=error.what, remedy="homesmith context add --help"
            ) from error
        except Unreadable as error:
            raise trouble(file, error).error() from error

    def _names(self) -> Iterator[str]:
        yield from (
            name
            for name in EMPTY
            if (self.folder / name).is_symlink() or (self.folder / name).exists()
        )
        for folder, ending in ((KNOWLEDGE, ".md"), (HISTORY, ".json")):
            place = self.folder / folder
            if place.is_dir() and not place.is_symlink():
                found = sorted(path.name for path in place.iterdir() if path.suffix == ending)
                yield from (f"{folder}/{name}" for name in found[:MOST_NOTES])

    def _files(self, *, history: bool) -> tuple[dict[str, bytes], list[Trouble]]:
        """The bytes of every file that can be read, and what keeps the others from it."""
        files: dict[str, bytes] = {}
        troubles: list[Trouble] = []
        for name in self._names():
            if name.startswith(HISTORY) and not history:
                continue
            try:
                files[name] = bytes_of(self.folder, name, LARGEST)
            except (HomesmithError, OSError) as error:
                what = getattr(error, "message", "") or str(error)
                remedy = f"homesmith context edit {name}"
                troubles.append(Trouble(file=name, line=0, what=what, remedy=remedy))
        return files, troubles

    def _closed(self, error: Exception) -> Trouble:
        """The trouble with a folder that cannot be looked into."""
        return Trouble(
            file=str(self.folder)[:200],
            line=0,
            what=getattr(error, "why", "") or str(error),
            remedy="homesmith config set context-folder FOLDER",
        )

    def _older(self, path: str) -> Iterator[bytes]:
        """Older versions of a file; none where git cannot tell."""
        try:
            if not self._strange():
                yield from self.versions.older(path)
        except (HomesmithError, OSError):
            return

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """What the disk refuses, as an error for a person."""
        try:
            yield
        except OSError as error:
            raise explained(error, str(self.folder)[:200]) from error

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else of ours writes meanwhile."""
        self._refuse_strange()
        with self.versions.editing():
            yield

    def _refuse_strange(self) -> None:
        """Nobody's folder of other things becomes a repository by a slip in a setting."""
        with self._explained():
            others = self._strange()
        if others:
            raise FolderNotEmpty(
                f"{self.folder} holds other things",
                why=f"it holds {', '.join(others[:3])}, and its history was not begun here",
                remedy="homesmith config set context-folder FOLDER",
            )

    def _strange(self) -> list[str]:
        """What stands in the folder and is not of a context; nothing where the history is ours."""
        here = self.folder.iterdir() if self.folder.is_dir() else ()
        others = sorted(path.name for path in here if path.name not in OURS)
        return [] if others and self.versions.ours else others


def _crowded(head: Sequence[Slice], tokens: int) -> Iterator[Trouble]:
    """What is not told to every request, because there is no room for it."""
    for file in (PREFERENCES, PROJECTS):
        of = [piece for piece in head if piece.source.startswith(file)]
        left = [piece.source.removeprefix(f"{file}: ") for piece in of if not piece.kept]
        if left:
            yield Trouble(
                file=file,
                line=0,
                what=f"not all of it fits into {tokens} tokens; told only to a request that has its"
                f" words: {', '.join(left)[:200]}",
                remedy=f"homesmith config set context-tokens {2 * tokens}, or write less",
                instead="",
                fatal=False,
            )


def _searchable(personal: Personal) -> Iterator[tuple[str, str]]:
    for section, preferences in sections(personal.preferences).items():
        text = preferences_text(preferences).partition("\n")[2]
        yield f"{PREFERENCES}: {section}", text
    for project in personal.projects:
        yield f"{PROJECTS}: {project.name}", projects_text((project,)).partition("\n")[2]
    for note in personal.notes:
        yield note.file, f"{note_text(note)}\n{' '.join(note.tags)} {note.when}"
    for entry in personal.history:
        yield f"{HISTORY}/{entry.at}", f"{entry.asked} ({entry.app}: {entry.outcome})"
