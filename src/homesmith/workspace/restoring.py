"""Make a folder hold exactly what a snapshot holds, touching only what differs."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from homesmith.core.errors import WorkspaceError
from homesmith.workspace.beneath import open_folder
from homesmith.workspace.contents import LINK, PROGRAM, Contents
from homesmith.workspace.files import UNFINISHED, WRITING, explained

Blobs = Callable[[str], bytes]
"""The bytes of a blob by its name."""


def put_back(root: Path, now: Contents, wanted: Contents, blobs: Blobs) -> None:
    """Turn `now` into `wanted` below `root`. Files in neither are not touched.

    Each file changes whole or not at all. Raises WorkspaceError for the first that cannot.
    """
    for path in sorted(now, reverse=True):
        if path not in wanted:
            with _told(path):
                _delete(root, path)
    for path, item in sorted(wanted.items()):
        if now.get(path) != item:
            with _told(path):
                _write(root, path, item.mode, blobs(item.blob))


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explained(error, path) from error


def _delete(root: Path, path: str) -> None:
    """Remove the file, and the folders that are empty without it."""
    *folders, name = path.split("/")
    folder = open_folder(root, tuple(folders))
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
    finally:
        os.close(folder)
    while folders:
        *folders, name = folders
        folder = open_folder(root, tuple(folders))
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError:
            return
        finally:
            os.close(folder)


def _write(root: Path, path: str, mode: str, data: bytes) -> None:
    *folders, name = path.split("/")
    folder = open_folder(root, tuple(folders), create=True)
    unfinished = f"{UNFINISHED}{secrets.token_hex(8)}"
    try:
        if mode == LINK:
            os.symlink(os.fsdecode(data), unfinished, dir_fd=folder)
        else:
            _write_file(folder, unfinished, 0o755 if mode == PROGRAM else 0o644, data)
        os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except IsADirectoryError as error:
        raise WorkspaceError(
            f"{path} is a folder now, with files in it that no snapshot knows.",
            remedy=f"move the folder {path} away and try again",
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(unfinished, dir_fd=folder)
        os.close(folder)


def _write_file(folder: int, name: str, mode: int, data: bytes) -> None:
    with os.fdopen(os.open(name, WRITING, mode, dir_fd=folder), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
