"""Change a file's text as a person would, keeping what else stands in it. Texts in, texts out.

Only what the person says themselves, or what we did for them, is ever given to these functions:
text of files, pages and tools is not to be remembered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from homesmith.memory.personal.positions import Unfit, Unreadable, parse
from homesmith.memory.personal.reading import (
    SPECIAL,
    history_in,
    preferences_in,
    projects_in,
)
from homesmith.memory.personal.values import KNOWLEDGE, Entry, Project

Read = Callable[[str, str], object]
LONGEST_REQUEST = 2000
"""Characters of a request that a day's history keeps."""
NEVER_IN_A_NAME = re.compile(r"[^\w]+")


def with_preference(text: str, section: str, name: str, value: str) -> str:
    """preferences.json with one value set; `name` "" sets the section itself. Raises Unreadable.

    Here and below, what stands there already leaves the text as it is, byte for byte.
    """
    plain = _object(text, preferences_in)
    if name:
        held = plain.get(section)
        plain[section] = (held if isinstance(held, dict) else {}) | {name: understood(value)}
    else:
        plain[section] = understood(value)
    return _checked(text, plain, preferences_in)


def with_rule(text: str, rule: str) -> str:
    """preferences.json with one more sentence among its rules. Raises Unreadable."""
    plain = _object(text, preferences_in)
    rules = plain.get("rules") or []
    plain["rules"] = rules if rule in rules else [*rules, rule]
    return _checked(text, plain, preferences_in)


def with_project(text: str, project: Project) -> str:
    """projects.json with this project in it, in the place of one of the same name."""
    plain = _object(text, projects_in) or {"projects": []}
    told = {
        "name": project.name,
        "about": project.about,
        "stack": list(project.stack),
        "path": project.path,
        "status": project.status,
    }
    others = plain["projects"]
    at = next((n for n, item in enumerate(others) if item["name"] == project.name), len(others))
    known = others[at] if at < len(others) else {}
    given = {key: value for key, value in told.items() if value}
    plain["projects"] = [*others[:at], known | given, *others[at + 1 :]]
    return _checked(text, plain, projects_in)


def with_entry(text: str, date: str, entry: Entry) -> str:
    """The history of a day with one more entry. Raises Unreadable."""
    plain = _object(text, history_in) or {"date": date, "entries": []}
    asked = entry.asked
    told = {
        "at": entry.at,
        "kind": entry.kind,
        "asked": asked if len(asked) <= LONGEST_REQUEST else asked[:LONGEST_REQUEST] + " …",
        "outcome": entry.outcome,
        "app": entry.app,
        "learned": list(entry.learned),
    }
    plain["entries"] = [*plain["entries"], told]
    return _checked(text, plain, history_in)


def note_file(title: str) -> str:
    """The name of the file for a note of this title."""
    name = NEVER_IN_A_NAME.sub("-", title.lower()).strip("-")[:60] or "note"
    return f"{KNOWLEDGE}/{name}.md"


def understood(value: str) -> Any:
    """true, false and numbers as such, JSON lists as lists, anything else as text."""
    try:
        plain = json.loads(value)
    except ValueError:
        return value
    return plain if isinstance(plain, bool | int | float | list) else value


def _object(text: str, read: Read) -> dict[str, Any]:
    """What stands in the file now, which `read` must understand; an empty file is {}."""
    if not text.strip():
        return {}
    read("", text)
    plain: dict[str, Any] = parse(text).value
    return plain


def _checked(before: str, plain: dict[str, Any], read: Read) -> str:
    """The text of the object, which `read` must understand. Raises Unfit."""
    if before.strip() and json.dumps(parse(before).value) == json.dumps(plain):
        return before
    first = {name: plain[name] for name in SPECIAL if name in plain}
    text = json.dumps(first | plain, indent=2, ensure_ascii=False) + "\n"
    try:
        read("", text)
    except Unreadable as error:
        raise Unfit(error.line, error.what) from error
    return text
