"""Read and write the files of one folder, and nothing outside it.

It does not know what the files mean, and it keeps no history: see snapshots.py.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.errors import DiskFull, HomesmithError, UnsafePath, WorkspaceError
from homesmith.workspace.beneath import open_beneath, open_folder
from homesmith.workspace.paths import parts_of

SKIPPED = frozenset({".git", "node_modules", "__pycache__", ".venv"})
"""Folders that are never listed: other programs fill them."""

UNFINISHED = ".homesmith-"
"""How the name of a file begins that is still being written."""

READING = os.O_RDONLY | os.O_NONBLOCK
WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
LINKS = {errno.ELOOP, errno.EXDEV, errno.ENOTDIR, errno.EMLINK}


@dataclass(frozen=True, slots=True)
class Workspace:
    """Safe access to the files below `root`.

    Paths are relative, with "/". Every call raises UnsafePath for a path that leaves the folder,
    has a link in it or names anything but a regular file, and WorkspaceError or DiskFull when
    the disk refuses.
    """

    root: Path

    def read_text(self, path: str) -> str:
        """The file as UTF-8. WorkspaceError when it is not."""
        try:
            return self.read_bytes(path).decode()
        except UnicodeDecodeError as error:
            raise WorkspaceError(f"{path} is not UTF-8 text.", why=str(error)) from error

    def read_bytes(self, path: str) -> bytes:
        with _told(path), os.fdopen(self._open_file(path), "rb") as file:
            return file.read()

    def write_text(self, path: str, text: str) -> None:
        """Put `text` there, whole or not at all; missing folders are made."""
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            raise WorkspaceError(f"The text for {path} is not valid.", why=str(error)) from error
        *folders, name = parts_of(path)
        with _told(path), _folder(self.root, tuple(folders), create=True) as folder:
            _replace_file(folder, name, data)

    def remove(self, path: str) -> None:
        """Delete the file; WorkspaceError when there is none."""
        *folders, name = parts_of(path)
        with _told(path), _folder(self.root, tuple(folders)) as folder:
            _mode_of_file(folder, name)
            os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    def exists(self, path: str) -> bool:
        """Whether a regular file stands there; False for a folder."""
        try:
            with _told(path), _folder(self.root, parts_of(path)[:-1]) as folder:
                found = os.stat(parts_of(path)[-1], dir_fd=folder, follow_symlinks=False)
        except WorkspaceError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return False
            raise
        if stat.S_ISDIR(found.st_mode):
            return False
        _regular(found.st_mode, path)
        return True

    def list(self) -> tuple[str, ...]:
        """All regular files with a safe path, sorted, without `SKIPPED` folders and links."""
        found = []
        for folder, folders, names in os.walk(self.root, followlinks=False):
            folders[:] = [name for name in folders if name not in SKIPPED]
            for name in names:
                full = Path(folder, name)
                path = full.relative_to(self.root).as_posix()
                if not name.startswith(UNFINISHED) and _safe(path) and _is_regular(full):
                    found.append(path)
        return tuple(sorted(found))

    def size(self) -> int:
        """Bytes of all listed files together."""
        total = 0
        for path in self.list():
            with contextlib.suppress(FileNotFoundError):
                total += Path(self.root, path).lstat().st_size
        return total

    def _open_file(self, path: str) -> int:
        file = open_beneath(self.root, parts_of(path), READING)
        try:
            _regular(os.fstat(file).st_mode, path)
        except UnsafePath:
            os.close(file)
            raise
        return file


def open_workspace(root: Path) -> Workspace:
    """The workspace at an existing folder. WorkspaceError when there is none."""
    try:
        real = root.resolve(strict=True)
        os.close(open_folder(real, ()))
    except OSError as error:
        raise explained(error, str(root)) from error
    return Workspace(real)


def explained(error: OSError, path: str) -> HomesmithError:
    """What an error of the disk means for the person."""
    why = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in LINKS:
        return UnsafePath(f"{path} has a link in its way or leaves the folder.", why=why)
    if error.errno == errno.ENAMETOOLONG:
        return UnsafePath(f"The path {path[:200]} is too long.", why=why)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"No room on the disk for {path}.", why=why, remedy="free some disk space")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        remedy = "make the folder writable for you, or choose another"
        return WorkspaceError(f"{path} may not be touched.", why=why, remedy=remedy)
    if error.errno == errno.ENOENT:
        return WorkspaceError(f"There is no {path}.", why=why)
    return WorkspaceError(f"{path} cannot be read or written.", why=why)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explained(error, path) from error


@contextlib.contextmanager
def _folder(root: Path, names: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
    folder = open_folder(root, names, create=create)
    try:
        yield folder
    finally:
        os.close(folder)


def _replace_file(folder: int, name: str, data: bytes) -> None:
    """Write beside the file, make it durable, and only then take its place."""
    mode = _mode_of_file(folder, name, missing=0o644)
    unfinished = f"{UNFINISHED}{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(unfinished, WRITING, mode, dir_fd=folder), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)
        raise
    os.fsync(folder)


def _mode_of_file(folder: int, name: str, *, missing: int | None = None) -> int:
    """The permissions of the regular file there, or `missing` when nothing is."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if missing is None:
            raise
        return missing
    _regular(found.st_mode, name)
    return stat.S_IMODE(found.st_mode) & 0o777


def _regular(mode: int, path: str) -> None:
    if not stat.S_ISREG(mode):
        raise UnsafePath(f"{path} is not a regular file.")


def _safe(path: str) -> bool:
    try:
        parts_of(path)
    except UnsafePath:
        return False
    return True


def _is_regular(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False
