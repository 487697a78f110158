"""Read the settings once: flags, environment, project file, the person's own file, defaults.

The first that names a key wins, and every value remembers where it came from. A project file is
somebody else's text: it may only choose among harmless things (`keys.PROJECT`), and a broken one is
a warning, never a stop. The person's own file is trusted: a mistake in it is an error that names
file and line. It does not know what the values are used for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from homesmith.core.errors import InvalidSettings
from homesmith.settings.file import line_of, read
from homesmith.settings.keys import (
    KEYS,
    NOT_IN_ENVIRONMENT,
    NOT_IN_USER_FILE,
    PLAIN_ID,
    PREFIX,
    PROJECT,
    Given,
    Origin,
    checked,
    defaults,
    known,
    meant,
)
from homesmith.settings.places import Places

PROJECT_FILE = "homesmith.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that was decided before the work began.

    `threads` and `window` (tokens) are None when the engine shall choose them from cores and
    memory. `browser` is "auto", "none" or the path of a Chromium. `warnings` are for the person.
    """

    model: str
    fast_model: str
    budget_minutes: float
    threads: int | None
    window: int | None
    offline: bool
    browser: str
    sandbox_unprotected: bool
    context: bool
    context_folder: Path | None
    context_tokens: int
    idle_seconds: float
    home: Path | None
    places: Places
    origins: Mapping[str, Origin]
    warnings: tuple[str, ...] = ()


def load(
    flags: Mapping[str, object], environ: Mapping[str, str], project: Path | None = None
) -> Settings:
    """Read all sources once. A flag of None is not given; `project` is the app's folder.

    Raises InvalidSettings for a mistake in a flag, the environment or the person's own file.
    """
    warnings: list[str] = []
    first = [*_from_flags(flags), *_from_environment(environ, warnings)]
    home = _checked_home(first)
    places = Places.under(home) if home else Places.standard()
    given = [
        *first,
        *_from_project(project, warnings),
        *_from_user(places.settings_file),
    ]
    values = defaults()
    origins = {key: Origin(source="default") for key in KEYS}
    for item in reversed(given):
        values[item.key] = checked(item)
        origins[item.key] = item.origin
    return Settings(**values, places=places, origins=origins, warnings=tuple(warnings))


def _checked_home(given: list[Given]) -> Path | None:
    for item in given:
        if item.key == "home":
            home = checked(item)
            return home if isinstance(home, Path) else None
    return None


def _from_flags(flags: Mapping[str, object]) -> list[Given]:
    given = []
    for name, value in flags.items():
        if value is None:
            continue
        flag = "--" + name.replace("_", "-")
        known(name, flag)
        origin = Origin(source="flag", where=flag)
        given.append(Given(key=name, value=value, origin=origin))
    return given


def _from_environment(environ: Mapping[str, str], warnings: list[str]) -> list[Given]:
    given = []
    for variable, value in environ.items():
        key = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or not value.strip():
            continue
        if key not in KEYS:
            warnings.append(f"{variable} is not a setting and is ignored.{meant(key)}")
        elif key in NOT_IN_ENVIRONMENT:
            warnings.append(f"{variable} is ignored: {key} counts only as a flag or in your file.")
        else:
            origin = Origin(source="environment", where=variable)
            given.append(Given(key=key, value=value, origin=origin))
    return given


def _from_project(folder: Path | None, warnings: list[str]) -> list[Given]:
    """The harmless keys of the project's [settings]; everything wrong becomes a warning."""
    if folder is None:
        return []
    path = folder / PROJECT_FILE
    try:
        text, table = read(path)
        section = table.get("settings", {})
        if not isinstance(section, dict):
            raise InvalidSettings(f"[settings] in {path} is not a table")
    except InvalidSettings as error:
        warnings.append(f"{error.message}; its settings are ignored.")
        return []
    given = []
    for key, value in section.items():
        where = f"{path}:{line_of(text, key, 'settings')}"
        if key not in PROJECT:
            warnings.append(f"A project may not set {key!r} ({where}); it is ignored.")
            continue
        item = Given(key=key, value=value, origin=Origin(source="project", where=where))
        try:
            checked(item)
        except InvalidSettings as error:
            warnings.append(f"{error.message}; it is ignored.")
            continue
        if key in ("model", "fast_model") and not PLAIN_ID.fullmatch(str(value)):
            warnings.append(f"A project may name a model only by its id ({where}); it is ignored.")
            continue
        given.append(item)
    return given


def _from_user(path: Path) -> list[Given]:
    text, table = read(path)
    given = []
    for key, value in table.items():
        where = f"{path}:{line_of(text, key)}"
        known(key, where, remedy=f"homesmith config unset {key}")
        if key in NOT_IN_USER_FILE:
            raise InvalidSettings(
                f"{key} cannot be set in {where}",
                why="the file lies inside that folder",
                remedy=f"export {PREFIX}{key.upper()}=/your/folder",
            )
        given.append(Given(key=key, value=value, origin=Origin(source="user", where=where)))
    return given


def shown(settings: Settings) -> tuple[tuple[str, object, Origin], ...]:
    """Every setting with its value and where it came from, for people."""
    names = [item.name for item in fields(settings) if item.name in KEYS]
    return tuple((name, getattr(settings, name), settings.origins[name]) for name in names)
