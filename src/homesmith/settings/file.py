"""TOML files of settings: read one, find the line of a key, change the person's own.

A file is written whole or not at all, with its comments. It does not know which source wins.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from homesmith.core.errors import InvalidSettings
from homesmith.settings.keys import (
    NOT_IN_USER_FILE,
    PREFIX,
    Given,
    Origin,
    checked,
    known,
)
from homesmith.settings.places import Places


def set_value(key: str, value: str, places: Places) -> object:
    """Write one setting into the person's own file, keeping its comments; the value as understood.

    Raises InvalidSettings when the key, the value or the file is wrong; the file is then untouched.
    """
    key = key.replace("-", "_")
    path = places.settings_file
    known(key, "config set")
    if key in NOT_IN_USER_FILE:
        raise InvalidSettings(
            f"{key} cannot be kept in {path}",
            why="the file lies inside that folder",
            remedy=f"export {PREFIX}{key.upper()}={value}",
        )
    origin = Origin(source="flag", where="config set")
    understood = checked(Given(key=key, value=value, origin=origin))
    document = _document(path)
    plain = str(understood) if isinstance(understood, Path) else understood
    document[key] = "auto" if plain is None else plain
    _write(path, tomlkit.dumps(document))
    return understood


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
    text, _ = read(path)
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


def read(path: Path) -> tuple[str, dict[str, Any]]:
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


def line_of(text: str, key: str, table: str = "") -> int:
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
