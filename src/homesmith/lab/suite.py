"""A suite: apps to build from their prompts, each with tests the builder never sees.

It knows an app's prompt and the names of its tests; it never opens a reference solution.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from homesmith.core.errors import InvalidSettings

Template = Literal["static", "fastapi"]
Difficulty = Literal["easy", "medium", "hard", "stress"]
NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One app of a suite. `tests` are the names of its test functions, in the file's order."""

    name: str
    title: str
    template: Template
    kind: str
    difficulty: Difficulty
    prompt: str
    folder: Path
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """All apps of a folder, by name. `called`: by another name than the folder's."""

    folder: Path
    apps: tuple[App, ...]
    called: str = ""

    @property
    def name(self) -> str:
        """The suite's name in a ledger: that of its folder, unless another one has it."""
        return self.called or self.folder.resolve().name

    def app(self, name: str) -> App:
        """The app of this name. Raises InvalidSettings."""
        for app in self.apps:
            if app.name == name:
                return app
        known = ", ".join(app.name for app in self.apps)
        raise InvalidSettings(f"no app {name!r} in {self.folder}", remedy=f"choose one of: {known}")


def load_suite(folder: Path) -> Suite:
    """Every subfolder with an app.toml is an app; conftest.py is what all their tests need.

    Raises InvalidSettings, naming the file.
    """
    if not folder.is_dir():
        raise InvalidSettings(f"{folder} is not a folder", remedy="name a folder of apps")
    found = sorted(path.parent for path in folder.glob("*/app.toml"))
    if not found:
        raise InvalidSettings(
            f"{folder} holds no apps", remedy="give each app a folder with an app.toml"
        )
    _read(folder / "conftest.py")
    return Suite(folder=folder, apps=tuple(load_app(path) for path in found))


def load_app(folder: Path) -> App:
    """One app from its folder. Raises InvalidSettings, naming the file that is wrong."""
    if not NAME.fullmatch(folder.name):
        raise _invalid(folder, "its name must be small letters, digits and hyphens")
    facts = _facts(folder / "app.toml")
    prompt = _read(folder / "prompt.md").strip()
    if not prompt:
        raise _invalid(folder / "prompt.md", "it is empty")
    return App(
        name=folder.name,
        title=_text(facts, "title", folder),
        template=_one_of(facts, "template", get_args(Template), folder),
        kind=_text(facts, "kind", folder),
        difficulty=_one_of(facts, "difficulty", get_args(Difficulty), folder),
        prompt=prompt,
        folder=folder,
        tests=_tests(folder / "test_app.py"),
    )


def _facts(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise _invalid(path, str(error)) from error


def _tests(path: Path) -> tuple[str, ...]:
    try:
        tree = ast.parse(_read(path))
    except SyntaxError as error:
        raise _invalid(path, f"line {error.lineno}: {error.msg}") from error
    functions = [item for item in tree.body if isinstance(item, ast.FunctionDef)]
    tests = [item.name for item in functions if item.name.startswith("test_")]
    if not tests:
        raise _invalid(path, "it has no test functions")
    if len(set(tests)) != len(tests):
        raise _invalid(path, "two test functions have the same name, so one would never run")
    return tuple(tests)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _invalid(path, "it is missing") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path, str(error)) from error


def _text(facts: dict[str, Any], key: str, folder: Path) -> str:
    value = facts.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _invalid(folder / "app.toml", f"{key} must be a text")
    return value


def _one_of(facts: dict[str, Any], key: str, allowed: tuple[str, ...], folder: Path) -> Any:
    value = facts.get(key)
    if value not in allowed:
        raise _invalid(folder / "app.toml", f"{key} must be one of: {', '.join(allowed)}")
    return value


def _invalid(path: Path, why: str) -> InvalidSettings:
    return InvalidSettings(
        f"the suite cannot be read: {path}", why=why, remedy="correct that file of the suite"
    )
