"""From the files of a repository to what they say; a broken one is told, and never stops anybody.

Files come as bytes and older versions of them through a function: where they are kept is not
known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from homesmith.memory.personal.notes import read_note
from homesmith.memory.personal.positions import Document, Path, Unreadable, first_of, parse
from homesmith.memory.personal.shapes import History, Preferences, Projects, reason_of
from homesmith.memory.personal.usual import usual
from homesmith.memory.personal.values import (
    HISTORY,
    KNOWLEDGE,
    PREFERENCES,
    PROJECTS,
    Entry,
    Note,
    Personal,
    Plain,
    Preference,
    Project,
    Trouble,
)

Older = Callable[[str], Iterable[bytes]]
"""What a file held before, newest first."""

LARGEST = 1_000_000
"""Bytes of one file that are read."""
SPECIAL = {"$schema"}

Made = TypeVar("Made")
Shape = TypeVar("Shape", bound=BaseModel)


def nothing_older(path: str) -> tuple[bytes, ...]:
    """For a repository without a history."""
    del path
    return ()


def read(
    files: Mapping[str, bytes], older: Older = nothing_older, *, every: bool = False
) -> Personal:
    """All that the files say. Of one that cannot be read, the newest older version that can.

    What is wrong with a file is told by its first trouble, or by `every` one.
    """
    troubles: list[Trouble] = []

    def one(file: str, made: Callable[[str, str], Made]) -> Made | None:
        found: list[Trouble] = []
        value = _read(file, files, older, made, found)
        troubles.extend(found if every else found[:1])
        return value

    preferences = one(PREFERENCES, preferences_in) or ()
    projects = one(PROJECTS, projects_in) or ()
    notes = [one(file, read_note) for file in sorted(files) if file.startswith(f"{KNOWLEDGE}/")]
    days = [one(file, history_in) for file in sorted(files) if file.startswith(f"{HISTORY}/")]
    return Personal(
        preferences=preferences,
        projects=projects,
        notes=tuple(note for note in notes if isinstance(note, Note)),
        history=tuple(entry for day in days for entry in day or ()),
        troubles=tuple(troubles),
    )


def _read(
    file: str,
    files: Mapping[str, bytes],
    older: Older,
    made: Callable[[str, str], Made],
    troubles: list[Trouble],
) -> Made | None:
    if file not in files:
        return None
    try:
        return made(file, _text(files[file]))
    except Unreadable as error:
        found = None
        for version in older(file):
            try:
                found = made(file, _text(version))
                break
            except Unreadable:
                continue
        instead = "the last good version in git is used" if found is not None else "left out"
        troubles += [trouble(file, one, instead) for one in (error, *error.others)]
        return found


def trouble(file: str, error: Unreadable, instead: str = "") -> Trouble:
    """What a file that cannot be read is told as."""
    return Trouble(
        file=file,
        line=error.line,
        what=error.what,
        remedy=f"homesmith context edit {file}",
        instead=instead,
    )


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Unreadable(0, f"it is larger than {LARGEST // 1000} kB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, f"byte {error.start + 1} is no UTF-8") from error
    if "\0" in text:
        raise Unreadable(text.count("\n", 0, text.index("\0")) + 1, "it is no text")
    return text


def preferences_in(_file: str, text: str) -> tuple[Preference, ...]:
    """The preferences in preferences.json, in its order. Raises Unreadable."""
    document = parse(text)
    _shaped(document, Preferences)
    found: list[Preference] = []
    for section, value in document.value.items():
        if section in SPECIAL or value is None:
            continue
        named = value if isinstance(value, dict) else {"": value}
        found += [
            Preference(section=section, name=name, value=usual(section, name, _plain(item)))
            for name, item in named.items()
        ]
    return tuple(found)


def projects_in(_file: str, text: str) -> tuple[Project, ...]:
    """The projects in projects.json. Raises Unreadable."""
    shape = _shaped(parse(text), Projects)
    return tuple(
        Project(
            name=item.name,
            about=item.about,
            stack=tuple(item.stack),
            path=item.path,
            status=item.status,
        )
        for item in shape.projects
    )


def history_in(_file: str, text: str) -> tuple[Entry, ...]:
    """The entries of one day. Raises Unreadable."""
    shape = _shaped(parse(text), History)
    return tuple(
        Entry(
            at=item.at,
            kind=item.kind,
            asked=item.asked,
            outcome=item.outcome,
            app=item.app,
            learned=tuple(item.learned),
        )
        for item in shape.entries
    )


def _shaped(document: Document, shape: type[Shape]) -> Shape:
    try:
        made = shape.model_validate(document.value)
    except ValidationError as error:
        raise first_of((*document.twice, *_misfits(document, error))) from error
    if document.twice:
        raise first_of(document.twice)
    return made


def _misfits(document: Document, error: ValidationError) -> Iterator[Unreadable]:
    """Each value that does not fit, once: of what stands in another only the inner one."""
    found: dict[Path, list[Mapping[str, Any]]] = {}
    for one in error.errors(include_url=False):
        place = one["loc"] if one["type"] == "missing" else document.place(one["loc"])
        found.setdefault(place, []).append(one)
    outer = {place[:length] for place in found for length in range(len(place))}
    for place, of in found.items():
        if place not in outer:
            name = ".".join(str(part) for part in place) or "the file"
            yield Unreadable(document.line(place), f"{name}: {reason_of(of)}")


def _plain(value: Any) -> Plain:
    return tuple(value) if isinstance(value, list) else value
