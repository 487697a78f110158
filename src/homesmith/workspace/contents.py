"""What a folder holds, as git would name it: a mode and a hash for every file and link.

It reads bytes as they are and obeys no file it finds: no .gitignore, no attributes, no nested
repository.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from homesmith.workspace.beneath import open_folder
from homesmith.workspace.files import UNFINISHED

EXCLUDED_FOLDERS = frozenset({"node_modules", "__pycache__", ".venv", ".pytest_cache"})
LARGEST = 5_000_000
"""Bytes; a larger file is left alone unless it has been snapshotted before."""
FILE, PROGRAM, LINK = "100644", "100755", "120000"


@dataclass(frozen=True, slots=True)
class Item:
    """A file or link: its git mode and the hash of its bytes (of a link, its target)."""

    mode: str
    blob: str


Contents = Mapping[str, Item]
"""By path; names that are not UTF-8 carry surrogate escapes."""


def contents(root: Path, known: Collection[str] = ()) -> dict[str, Item]:
    """Everything that belongs in a snapshot. `known` paths are included whatever their size."""
    found = {}
    for path, folder, name in _names(root):
        with contextlib.suppress(FileNotFoundError, PermissionError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            too_large = status.st_size > LARGEST and path not in known
            if _kept(status.st_mode) and not too_large:
                mode, data = _load(folder, name)
                found[path] = Item(mode, blob_name(data))
    return found


def load(root: Path, path: str) -> tuple[str, bytes]:
    """The git mode and the bytes of one file or link. OSError when it is gone."""
    *folders, name = path.split("/")
    folder = open_folder(root, tuple(folders))
    try:
        return _load(folder, name)
    finally:
        os.close(folder)


def blob_name(data: bytes) -> str:
    """The name git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _names(root: Path) -> Iterator[tuple[str, int, str]]:
    for folder, folders, names, descriptor in os.fwalk(root, follow_symlinks=False):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = [name for name in folders if not _excluded_folder(name)]
        relative = Path(folder).relative_to(root)
        for name in (*names, *links):
            if not _excluded_file(name):
                yield (relative / name).as_posix(), descriptor, name


def _excluded_folder(name: str) -> bool:
    return name in EXCLUDED_FOLDERS or _is_git(name)


def _excluded_file(name: str) -> bool:
    excluded = name.endswith(".pyc") or name.startswith(UNFINISHED) or name in EXCLUDED_FOLDERS
    return excluded or _is_git(name)


def _is_git(name: str) -> bool:
    return name.lower() == ".git"


def _kept(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _load(folder: int, name: str) -> tuple[str, bytes]:
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        return LINK, os.fsencode(os.readlink(name, dir_fd=folder))
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
        mode = PROGRAM if os.fstat(file.fileno()).st_mode & stat.S_IXUSR else FILE
        return mode, file.read()
