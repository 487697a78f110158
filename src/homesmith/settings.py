"""Read the settings once: flags, environment, project file, the person's own file, defaults.

The first that names a key wins, and every value remembers where it came from. A project file is
somebody else's text: it may only choose among harmless things (`PROJECT`), and a broken one is a
warning, never a stop. The person's own file is trusted: a mistake in it is an error that names
file and line. This module does not know what the values are used for.
"""

from __future__ import annotations

import difflib
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
import tomlkit
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from tomlkit.exceptions import TOMLKitError

from homesmith.core.errors import InvalidSettings

Source = Literal["flag", "environment", "project", "user", "default"]
PREFIX = "HOMESMITH_"
PROJECT_FILE = "homesmith.toml"
PROJECT = frozenset({"model", "fast_model", "budget_minutes", "threads", "window"})
"""All that a project may set: never an endpoint, key, command, folder or the sandbox."""
NOT_IN_ENVIRONMENT = frozenset({"sandbox_unprotected"})
NOT_IN_USER_FILE = frozenset({"home"})
"""The file lies inside the home, so it cannot say where the home is."""
PLAIN_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?(:[\w.-]+)?")
"""A catalogue id. A project may not name a path or an address as its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders Homesmith keeps things in. Naming one does not create it."""

    data: Path
    config: Path
    cache: Path
    state: Path

    @classmethod
    def under(cls, home: Path) -> Places:
        """Everything below one folder."""
        return cls(
            data=home / "data",
            config=home / "config",
            cache=home / "cache",
            state=home / "state",
        )

    @classmethod
    def standard(cls) -> Places:
        """Where this system expects a person's files."""
        name = "homesmith"
        return cls(
            data=platformdirs.user_data_path(name, appauthor=False),
            config=platformdirs.user_config_path(name, appauthor=False),
            cache=platformdirs.user_cache_path(name, appauthor=False),
            state=platformdirs.user_state_path(name, appauthor=False),
        )

    @property
    def models(self) -> Path:
        """Weights."""
        return self.data / "models"

    @property
    def store(self) -> Path:
        """The folder of the database, its backups and its locks."""
        return self.data / "store"

    @property
    def evidence(self) -> Path:
        """Screenshots and logs of checks, one folder per run."""
        return self.data / "evidence"

    @property
    def snapshots(self) -> Path:
        """What undo goes back to, one git directory per app."""
        return self.data / "snapshots"

    @property
    def context(self) -> Path:
        """What the person wrote down about themselves, under git."""
        return self.data / "context"

    @property
    def streams(self) -> Path:
        """What was measured of several answers at once; without it, it is measured again."""
        return self.state / "streams.json"

    @property
    def run(self) -> Path:
        """Sockets and process files that a restart makes worthless."""
        return self.state / "run"

    @property
    def settings_file(self) -> Path:
        """The person's own settings."""
        return self.config / "config.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from. `where` is a flag, a variable, or "file:line"; "" for a default."""

    source: Source
    where: str = ""


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


def _automatic(value: object) -> object:
    if value is True or value is False:
        raise ValueError("a number or auto is expected")
    return None if isinstance(value, str) and value.strip().lower() == "auto" else value


def _expanded(value: object) -> object:
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value


def _folder(value: object) -> object:
    return None if value == "auto" else _expanded(value)


def _browser(value: str) -> str:
    if value in ("auto", "none"):
        return value
    if not Path(value).expanduser().is_absolute():
        raise ValueError("auto, none or an absolute path is expected")
    return str(Path(value).expanduser())


Browser = Annotated[str, Field(min_length=1), AfterValidator(_browser)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Values(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Name = Field("qwen2.5-coder:1.5b", description="The model that builds.")
    fast_model: Name = Field("qwen2.5-coder:0.5b", description="The model for small decisions.")
    budget_minutes: float = Field(12, gt=0, le=1440, description="Longest time one build may take.")
    threads: Annotated[int | None, Field(ge=1, le=512), BeforeValidator(_automatic)] = Field(
        None, description="Processor threads for the engine, or auto."
    )
    window: Annotated[int | None, Field(ge=1024, le=1 << 20), BeforeValidator(_automatic)] = Field(
        None, description="Tokens of context, prompt and answer together, or auto."
    )
    offline: bool = Field(False, description="Never open a connection to another machine.")
    browser: Browser = Field("auto", description="Chromium for checks: auto, none or its path.")
    sandbox_unprotected: bool = Field(
        False,
        description="Run generated code without protection where no sandbox works.",
    )
    context: bool = Field(True, description="Tell the model what you wrote down about yourself.")
    context_folder: Annotated[Path | None, BeforeValidator(_folder)] = Field(
        None, description="The folder of your personal context, or auto."
    )
    context_tokens: int = Field(
        600, ge=0, le=100_000, description="Tokens of your personal context in one prompt, at most."
    )
    idle_seconds: float = Field(
        30,
        ge=0,
        le=86_400,
        description="Seconds without a word until a chat learns from what was said; 0 is never.",
    )
    home: Annotated[Path | None, BeforeValidator(_expanded)] = Field(
        None, description="One folder for data, settings, cache and state."
    )


KEYS: Mapping[str, str] = {
    name: field.description or "" for name, field in _Values.model_fields.items()
}
"""Every setting with what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """One value that somebody gave, before it is checked."""

    key: str
    value: object
    origin: Origin


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
    values: dict[str, Any] = _Values.model_validate({}).model_dump()
    origins = {key: Origin(source="default") for key in KEYS}
    for item in reversed(given):
        values[item.key] = _checked(item)
        origins[item.key] = item.origin
    return Settings(**values, places=places, origins=origins, warnings=tuple(warnings))


def _checked_home(given: list[_Given]) -> Path | None:
    for item in given:
        if item.key == "home":
            home = _checked(item)
            return home if isinstance(home, Path) else None
    return None


def _from_flags(flags: Mapping[str, object]) -> list[_Given]:
    given = []
    for name, value in flags.items():
        if value is None:
            continue
        flag = "--" + name.replace("_", "-")
        _known(name, flag)
        origin = Origin(source="flag", where=flag)
        given.append(_Given(key=name, value=value, origin=origin))
    return given


def _from_environment(environ: Mapping[str, str], warnings: list[str]) -> list[_Given]:
    given = []
    for variable, value in environ.items():
        key = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or not value.strip():
            continue
        if key not in KEYS:
            warnings.append(f"{variable} is not a setting and is ignored.{_meant(key)}")
        elif key in NOT_IN_ENVIRONMENT:
            warnings.append(f"{variable} is ignored: {key} counts only as a flag or in your file.")
        else:
            origin = Origin(source="environment", where=variable)
            given.append(_Given(key=key, value=value, origin=origin))
    return given


def _from_project(folder: Path | None, warnings: list[str]) -> list[_Given]:
    """The harmless keys of the project's [settings]; everything wrong becomes a warning."""
    if folder is None:
        return []
    path = folder / PROJECT_FILE
    try:
        text, table = _read(path)
        section = table.get("settings", {})
        if not isinstance(section, dict):
            raise InvalidSettings(f"[settings] in {path} is not a table")
    except InvalidSettings as error:
        warnings.append(f"{error.message}; its settings are ignored.")
        return []
    given = []
    for key, value in section.items():
        where = f"{path}:{_line(text, key, 'settings')}"
        if key not in PROJECT:
            warnings.append(f"A project may not set {key!r} ({where}); it is ignored.")
            continue
        item = _Given(key=key, value=value, origin=Origin(source="project", where=where))
        try:
            _checked(item)
        except InvalidSettings as error:
            warnings.append(f"{error.message}; it is ignored.")
            continue
        if key in ("model", "fast_model") and not PLAIN_ID.fullmatch(str(value)):
            warnings.append(f"A project may name a model only by its id ({where}); it is ignored.")
            continue
        given.append(item)
    return given


def _from_user(path: Path) -> list[_Given]:
    text, table = _read(path)
    given = []
    for key, value in table.items():
        where = f"{path}:{_line(text, key)}"
        _known(key, where, remedy=f"homesmith config unset {key}")
        if key in NOT_IN_USER_FILE:
            raise InvalidSettings(
                f"{key} cannot be set in {where}",
                why="the file lies inside that folder",
                remedy=f"export {PREFIX}{key.upper()}=/your/folder",
            )
        given.append(_Given(key=key, value=value, origin=Origin(source="user", where=where)))
    return given


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """Text and content of a TOML file; both empty when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return "", {}
    except UnicodeDecodeError as error:
        why = f"it is not UTF-8 text (byte {error.start})"
        raise _unreadable(path, why) from error
    except (OSError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> InvalidSettings:
    found = re.search(r"at line (\d+)", why)
    where = f"{path}:{found[1]}" if found else str(path)
    return InvalidSettings(
        f"{where} cannot be read",
        why=why,
        remedy=f"correct that line, or move {path} away",
    )


def _line(text: str, key: str, table: str = "") -> int:
    """The line `key` stands on in `table`, counted from 1; the table's own line if unclear."""
    current, fallback = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
        if header:
            current = header[1]
            fallback = number if current == table else fallback
        elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
        if header and not table and current.split(".")[0] == key:
            return number
    return fallback


def _known(key: str, where: str, remedy: str = "homesmith config list") -> None:
    if key not in KEYS:
        raise InvalidSettings(
            f"{key!r} is not a setting ({where}).{_meant(key)}",
            why="no setting has this name",
            remedy=remedy,
        )


def _meant(key: str) -> str:
    close = difflib.get_close_matches(key.replace("-", "_"), KEYS, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _checked(item: _Given) -> object:
    """The value in its own type. Raises InvalidSettings that says where it was given."""
    try:
        return getattr(_Values.model_validate({item.key: item.value}), item.key)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise InvalidSettings(
            f"{item.key} = {item.value!r} is not possible ({item.origin.where})",
            why=f"{KEYS[item.key]} {reason}.",
            remedy=f"homesmith config unset {item.key}"
            if item.origin.source == "user"
            else f"give another value for {item.key}",
        ) from error


def set_value(key: str, value: str, places: Places) -> object:
    """Write one setting into the person's own file, keeping its comments; the value as understood.

    Raises InvalidSettings when the key, the value or the file is wrong; the file is then untouched.
    """
    key = key.replace("-", "_")
    path = places.settings_file
    _known(key, "config set")
    if key in NOT_IN_USER_FILE:
        raise InvalidSettings(
            f"{key} cannot be kept in {path}",
            why="the file lies inside that folder",
            remedy=f"export {PREFIX}{key.upper()}={value}",
        )
    origin = Origin(source="flag", where="config set")
    checked = _checked(_Given(key=key, value=value, origin=origin))
    document = _document(path)
    plain = str(checked) if isinstance(checked, Path) else checked
    document[key] = "auto" if plain is None else plain
    _write(path, tomlkit.dumps(document))
    return checked


def unset(key: str, places: Places) -> bool:
    """Take one setting out of the person's own file; whether it was there. Any name may go."""
    path = places.settings_file
    document = _document(path)
    found = next((name for name in (key, key.replace("-", "_")) if name in document), None)
    if found is None:
        return False
    document.remove(found)
    _write(path, tomlkit.dumps(document))
    return True


def _document(path: Path) -> tomlkit.TOMLDocument:
    text, _ = _read(path)
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise _unreadable(path, str(error)) from error


def _write(path: Path, text: str) -> None:
    """Old content or new, never half: a file beside it, then a rename. Follows a linked file."""
    target = path.resolve()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".config-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InvalidSettings(
            f"{target} cannot be written",
            why=error.strerror or str(error),
            remedy=f"check the rights and the free space of {target.parent}",
        ) from error


def shown(settings: Settings) -> tuple[tuple[str, object, Origin], ...]:
    """Every setting with its value and where it came from, for people."""
    names = [item.name for item in fields(settings) if item.name in KEYS]
    return tuple((name, getattr(settings, name), settings.origins[name]) for name in names)
