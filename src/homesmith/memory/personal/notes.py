"""A file of knowledge: Markdown, with a front matter that says what it is and when to use it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml
from pydantic import ValidationError

from homesmith.memory.personal.positions import Unreadable, first_of
from homesmith.memory.personal.shapes import FrontMatter, reason_of
from homesmith.memory.personal.slips import yaml_slip
from homesmith.memory.personal.values import Note

FENCE = "---"
WORDS = (bool, int, float, dt.date)
"""What YAML makes of a word that looks like one."""
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def read_note(file: str, source: str) -> Note:
    """The note in a file; without front matter its title is the first heading or its name.

    Raises Unreadable, with the line of the file.
    """
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    head, text = _split(source)
    shape = _checked(head)
    heading = HEADING.search(text)
    named = heading[1] if heading else PurePosixPath(file).stem.replace("-", " ")
    return Note(
        file=file,
        title=shape.title or named,
        tags=tuple(shape.tags),
        when=shape.when,
        text=text.strip("\n"),
    )


def write_note(*, title: str, tags: tuple[str, ...], when: str, text: str) -> str:
    """The file of a note."""
    head: dict[str, object] = {"title": title}
    head |= {"tags": list(tags)} if tags else {}
    head |= {"when": when} if when else {}
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, default_flow_style=None)
    return f"{FENCE}\n{front}{FENCE}\n\n{text.strip()}\n"


def _split(source: str) -> tuple[str, str]:
    """The front matter and the text behind it."""
    lines = source.split("\n")
    if lines[0].rstrip() != FENCE:
        return "", source
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in (FENCE, "..."):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
    raise Unreadable(1, "its front matter has no end: a line of three dashes is missing")


def _checked(head: str) -> FrontMatter:
    try:
        value = yaml.safe_load(head)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 2 if mark else 2
        raise Unreadable(line, yaml_slip(str(error.problem))) from error
    except yaml.YAMLError as error:
        raise Unreadable(2, "it holds a character that no text has") from error
    except ValueError as error:
        what = "what looks like a date or a number is none; as a text it is quoted"
        raise Unreadable(2, what) from error
    except RecursionError as error:
        raise Unreadable(2, "its brackets stand too deep in each other") from error
    if value is None:
        return FrontMatter.model_validate({})
    if not isinstance(value, dict):
        raise Unreadable(2, "its front matter is no list of names and values")
    try:
        return FrontMatter.model_validate(_plain(value))
    except ValidationError as error:
        names: dict[str, list[Mapping[str, Any]]] = {}
        for one in error.errors(include_url=False):
            names.setdefault(str(one["loc"][0]), []).append(one)
        raise first_of(
            Unreadable(_line(head, name), f"{name}: {reason_of(of)}") for name, of in names.items()
        ) from error


def _plain(value: dict[Any, Any]) -> dict[str, Any]:
    """What we read of it: names as text, a single tag as a list, numbers and dates as words."""
    plain = {str(name): item for name, item in value.items()}
    if isinstance(plain.get("tags"), str):
        plain["tags"] = [tag.strip() for tag in plain["tags"].split(",") if tag.strip()]
    if isinstance(plain.get("tags"), list):
        plain["tags"] = [str(tag) if isinstance(tag, WORDS) else tag for tag in plain["tags"]]
    for name in ("title", "when"):
        if isinstance(plain.get(name), WORDS):
            plain[name] = str(plain[name])
    for empty in [name for name, item in plain.items() if item is None]:
        del plain[empty]
    return plain


def _line(head: str, name: str) -> int:
    for number, line in enumerate(head.split("\n"), start=2):
        if re.match(rf"['\"]?{re.escape(name)}['\"]?\s*:", line):
            return number
    return 2
