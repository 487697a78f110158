"""What a model is told of a person: the same files give the same text, byte for byte.

One line for each preference, in the order of the file, as an order that a small model follows.
It does not know what a request is, nor how much room there is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from homesmith.memory.personal.values import Note, Personal, Plain, Preference, Project

PHRASES = Path(__file__).with_name("phrases.toml")
MARK = re.compile(r"<(?=\s*/?\s*project-notes)", re.IGNORECASE)
"""How a mark of our own frame would begin."""
FRAMES = Path(__file__).with_name("frames.toml")


def preferences_text(preferences: Sequence[Preference]) -> str:
    """All preferences as one text; "" without any."""
    lines = [line for item in preferences for line in _lines(item)]
    return "\n".join([frame("preferences"), *(f"- {line}" for line in lines)]) if lines else ""


def sections(preferences: Sequence[Preference]) -> dict[str, tuple[Preference, ...]]:
    """The preferences by section, in their order."""
    names = dict.fromkeys(item.section for item in preferences)
    return {name: tuple(one for one in preferences if one.section == name) for name in names}


def one_by_one(item: Preference) -> tuple[Preference, ...]:
    """A preference that is a list as one for each of its items; any other as it is."""
    if not isinstance(item.value, tuple):
        return (item,)
    return tuple(replace(item, value=(one,)) for one in item.value)


def projects_text(projects: Sequence[Project]) -> str:
    """The projects as one text; "" without any."""
    return (
        "\n".join([frame("projects"), *(f"- {_project(one)}" for one in projects)])
        if projects
        else ""
    )


def active(personal: Personal) -> tuple[Project, ...]:
    """The projects a model is told of."""
    return tuple(one for one in personal.projects if one.status == "active")


def note_text(note: Note, part: str = "") -> str:
    """A note, or a part of it, under its title."""
    return f"{frame('note').replace('{title}', note.title)}\n{(part or note.text).strip()}"


def project_text(file: str, text: str) -> str:
    """A file of the project at hand, marked as such; it cannot end its own frame."""
    inside = MARK.sub("(", text.strip())
    head = frame("project").replace("{file}", file)
    return f"{head}\n<project-notes>\n{inside}\n</project-notes>"


def frame(name: str) -> str:
    """The words around one kind of part, its blanks unfilled."""
    return str(_table(FRAMES)[name])


def _lines(item: Preference) -> Iterator[str]:
    if item.section == "rules" and isinstance(item.value, tuple):
        yield from item.value
        return
    phrases = _phrases(item)
    key = _word(item.value)
    if key.casefold() in phrases:
        yield phrases[key.casefold()]
    elif "*" in phrases and not isinstance(item.value, bool):
        yield phrases["*"].replace("{value}", key)
    else:
        name = " ".join(part.replace("_", " ") for part in (item.section, item.name) if part)
        yield f"{name}: {key}"


def _phrases(item: Preference) -> Mapping[str, str]:
    table = _table(PHRASES).get(item.section, {})
    found = table.get(item.name, {}) if item.name else table
    return {key.casefold(): text for key, text in found.items() if isinstance(text, str)}


@cache
def _table(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _word(value: Plain) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _project(project: Project) -> str:
    about = f": {' '.join(project.about.split())}" if project.about else ""
    built = f" (built with {', '.join(project.stack)})" if project.stack else ""
    where = f", in {project.path}" if project.path else ""
    return f"{project.name}{about}{built}{where}"
