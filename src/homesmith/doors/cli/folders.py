"""Judge a folder that was named on the command line before anything is done with it.

It only looks: nothing is created, changed or locked here.
"""

from __future__ import annotations

import os
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
        why = f"it has no {MANIFEST}" if path.is_dir() else "there is no such folder"
        raise NotAnApp(
            f"{path} is not an app",
            why=why,
            remedy=f'homesmith build "what it should do" --into {path.name or "my-app"}',
        )
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


def _instead(path: Path, is_app: bool) -> str:
    if is_app:
        return f'homesmith build --in {path} "what to change"'
    return f"homesmith build --into {path.with_name(path.name + '-2')} …"


def existing_folder(name: str) -> Path:
    """The absolute path of a folder that is there. Raises UsageError."""
    path = Path(name).expanduser().absolute()
    if not path.is_dir():
        raise _refused(path, "there is no such folder", "check the name")
    return path
