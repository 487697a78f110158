"""JSON, read strictly, and the line on which each of its values stands.

Strictly: no NaN, no depth that would exhaust the reader, and a key that stands twice is told.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homesmith.memory.personal.slips import json_slip

Path = tuple[str | int, ...]
BLANK = re.compile(r"[ \t\n\r]*")
SCALAR = re.compile(r"[^\s,\]}]+")
STRING = re.compile(r'"(?:\\.|[^"\\])*"')
DEEPEST = 20


class Unreadable(Exception):
    """The text is nothing we accept. `line` counts from 1, `what` says why.

    `others` are what else is wrong with it, as far as that can be seen.
    """

    def __init__(self, line: int, what: str, others: tuple[Unreadable, ...] = ()) -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.others = others


def first_of(found: Iterable[Unreadable]) -> Unreadable:
    """What stands first of what is wrong, with the others; `found` is not empty."""
    first, *others = sorted(found, key=lambda one: one.line)
    return Unreadable(first.line, first.what, tuple(others))


class Unfit(Unreadable):
    """What was to be written does not fit the form of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A value, and the line of each value in it by its path. `twice` are names that stand twice."""

    value: Any
    lines: Mapping[Path, int]
    twice: tuple[Unreadable, ...] = ()

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place(self, parts: Path) -> Path:
        """The path that `parts` name, without those that are none of the document's names."""
        path: Path = ()
        for part in parts:
            if (*path, part) in self.lines:
                path = (*path, part)
        return path


def parse(text: str) -> Document:
    """The document in `text`, in which a name may stand twice. Raises Unreadable."""
    text = text.removeprefix("\ufeff")
    if deepest(text) > DEEPEST:
        raise Unreadable(1, f"it is nested deeper than {DEEPEST} levels")
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, json_slip(error, text)) from error
    except ValueError as error:
        raise Unreadable(1, str(error)) from error
    places = _Places(text)
    places.value(places.blank(0), ())
    return Document(value=value, lines=places.lines, twice=tuple(places.twice))


def deepest(text: str) -> int:
    """How deep lists and objects stand in each other."""
    depth = most = 0
    for letter in STRING.sub("", text):
        depth += (letter in "[{") - (letter in "]}")
        most = max(most, depth)
    return most


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number in JSON")


@dataclass(slots=True)
class _Places:
    """Walks text that is known to be JSON. Each method takes a place and gives the one behind."""

    text: str
    lines: dict[Path, int] = field(default_factory=dict)
    twice: list[Unreadable] = field(default_factory=list)
    breaks: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.breaks = [found.start() for found in re.finditer(r"\n", self.text)]

    def value(self, at: int, path: Path) -> int:
        self.lines[path] = self.line(at)
        match self.text[at]:
            case "{":
                return self.members(self.blank(at + 1), path)
            case "[":
                return self.items(self.blank(at + 1), path)
            case '"':
                return self.string(at)
            case _:
                found = SCALAR.match(self.text, at)
                return found.end() if found else at + 1

    def members(self, at: int, path: Path) -> int:
        while self.text[at] != "}":
            after = self.string(at)
            key = json.loads(self.text[at:after])
            if (*path, key) in self.lines:
                self.twice.append(Unreadable(self.line(at), f'"{key}" stands there twice'))
            colon = self.blank(after)
            at = self.separated(self.value(self.blank(colon + 1), (*path, key)))
        return at + 1

    def items(self, at: int, path: Path) -> int:
        number = 0
        while self.text[at] != "]":
            at = self.separated(self.value(at, (*path, number)))
            number += 1
        return at + 1

    def string(self, at: int) -> int:
        found = STRING.match(self.text, at)
        return found.end() if found else len(self.text)

    def separated(self, at: int) -> int:
        """Behind the comma, if there is one."""
        at = self.blank(at)
        return self.blank(at + 1) if self.text[at] == "," else at

    def blank(self, at: int) -> int:
        found = BLANK.match(self.text, at)
        return found.end() if found else at

    def line(self, at: int) -> int:
        return bisect_left(self.breaks, at) + 1
