"""What a personal context repository holds, and what can be wrong with one of its files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from homesmith.core.errors import InvalidSettings

PREFERENCES, PROJECTS = "preferences.json", "projects.json"
KNOWLEDGE, HISTORY = "knowledge", "history"

Plain = str | bool | int | float | tuple[str, ...]
"""A preference's value: a word, a number, yes or no, or a list of words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One thing the person prefers: in `section` (coding_style), `name` (indentation).

    A section without names of its own, such as tone, has the name "".
    """

    section: str
    name: str
    value: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Something the person works on. `status` "active" is what a model is told of."""

    name: str
    about: str = ""
    stack: tuple[str, ...] = ()
    path: str = ""
    status: str = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A file of knowledge: its title, tags, when to use it, and its text."""

    file: str
    title: str
    text: str
    tags: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A file, or a line of it, that cannot be understood. `line` counts from 1, 0 is the whole.

    `instead` says what is used in its place. `fatal` is False for advice: the file is used.
    """

    file: str
    line: int
    what: str
    remedy: str
    instead: str = "left out"
    fatal: bool = True

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def told(self) -> str:
        """All of it in one line, for a log."""
        return f"{self.where}: {self.what}; {self.instead}. {self.remedy}"

    def error(self) -> InvalidSettings:
        """The same as an error of three lines: what, why, hint."""
        head = f"{self.where} cannot be read" if self.fatal else f"{self.where} can be better"
        tail = f"; {self.instead}" if self.fatal and self.instead else ""
        return InvalidSettings(f"{head}{tail}", why=self.what, remedy=self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened once. `at` is UTC ISO 8601, `app` the name of a folder, not its path."""

    at: str
    kind: str
    asked: str
    outcome: str
    app: str = ""
    learned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """All that is known of the person, in the order of their files, and what was not readable."""

    preferences: tuple[Preference, ...] = ()
    projects: tuple[Project, ...] = ()
    notes: tuple[Note, ...] = ()
    history: tuple[Entry, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def without(self, sections: tuple[str, ...]) -> Personal:
        """The same without the preferences of these sections."""
        kept = tuple(item for item in self.preferences if item.section not in sections)
        return replace(self, preferences=kept)

    def prefers(self, section: str, name: str) -> Plain | None:
        """The value of one preference, None where the person says nothing."""
        for item in self.preferences:
            if (item.section, item.name) == (section, name):
                return item.value
        return None
