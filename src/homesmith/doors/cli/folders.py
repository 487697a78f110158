"""Judge a folder that was named on the command line before anything is done with it.

It only looks: nothing is created, changed or locked here.
"""

from __future__ import annotations

import os
import shlex
from itertools import count
from pathlib import Path

from homesmith.core.errors import FolderNotEmpty, NotAnApp, UsageError

MANIFEST = "homesmith.toml"


def folder_for_new_app(name: str) -> Path:
    """The absolute path, which is empty or does not exist and can be written.

    Raises FolderNotEmpty, or UsageError when it is no folder or may not be written.
    """
    path = Path(name).expanduser().absolute()
    try:
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise _refused(path, "it is not a plain folder", "give the name of a new folder")
        inside = sorted(entry.name for entry in path.iterdir()) if path.exists() else []
        existing = next(place for place in (path, *path.parents) if place.exists())
    except OSError as error:
        raise _refused(path, error.strerror or str(error), "choose another folder") from error
    if inside:
        raise FolderNotEmpty(
            f"{path} is not empty",
            why=f"it holds {', '.join(inside[:3])}" + (" and more" if inside[3:] else ""),
            remedy=_instead(path, MANIFEST in inside),
        )
    _writable(existing, path)
    return path


def folder_of_app(name: str, *, change: bool = False) -> Path:
    """The absolute path of an app. Raises NotAnApp; to `change` a read-only one, UsageError."""
    path = Path(name).expanduser().absolute()
    try:
        found = (path / MANIFEST).is_file()
    except OSError as error:
        raise _refused(path, error.strerror or str(error), "check its rights") from error
    if not found:
        raise NotAnApp(f"{path} is not an app", why=_lack(path), remedy=_new_app(path, name))
    if change:
        _writable(path, path)
    return path


def _writable(existing: Path, path: Path) -> None:
    if not existing.is_dir():
        raise _refused(path, f"{existing} is a file", "give the name of a new folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise _refused(path, f"{existing} is read-only for you", "choose a folder of your own")


def _refused(path: Path, why: str, remedy: str) -> UsageError:
    return UsageError(f"{path} cannot be used", why=why, remedy=remedy)


def _lack(path: Path) -> str:
    if path.is_dir():
        return f"it has no {MANIFEST}"
    return "it is a file" if path.exists() else "there is no such folder"


def _new_app(path: Path, name: str) -> str:
    """The command that builds an app in this folder, in another one where that is not free."""
    free = not path.exists() or (path.is_dir() and not any(path.iterdir()))
    folder = name if free else str(_another(path))
    return f'homesmith build "what it should do" --into {shlex.quote(folder)}'


def _another(path: Path) -> Path:
    """A name beside the path that is not taken; below a folder without a name, one inside."""
    if not path.name or path.name == "..":
        return path / "my-app"
    names = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(one for one in names if not one.exists())


def _instead(path: Path, is_app: bool) -> str:
    if is_app:
        return f'homesmith build --in {shlex.quote(str(path))} "what to change"'
    return f'homesmith build "what it should do" --into {shlex.quote(str(_another(path)))}'


def existing_folder(name: str) -> Path:
    """The absolute path of a folder that is there. Raises UsageError."""
    path = Path(name).expanduser().absolute()
    if not path.is_dir():
        above = next(place for place in path.parents if place.is_dir())
        raise _refused(path, _lack(path), f"ls {shlex.quote(str(above))}")
    return path
