"""Open what stands below a folder, never through a link and never outside it.

By openat2 (Linux 5.6), or step by step with O_NOFOLLOW where that is missing.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

from homesmith.workspace.jail.system import call

OPENAT2 = 437
BENEATH, NO_SYMLINKS, NO_MAGIC_LINKS = 0x08, 0x04, 0x02
RESOLVE = BENEATH | NO_SYMLINKS | NO_MAGIC_LINKS
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NOT_HERE = {errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG}
"""openat2 is missing or filtered; the walk decides then."""


def open_folder(root: Path, names: tuple[str, ...], *, create: bool = False) -> int:
    """A descriptor of the folder at `names` below `root`. OSError when there is a link on the way.

    `create` makes missing folders.
    """
    if not create:
        return open_beneath(root, names, FOLDER)
    here = os.open(root, FOLDER)
    try:
        for name in names:
            try:
                os.mkdir(name, dir_fd=here)
            except FileExistsError:
                pass
            else:
                os.fsync(here)
            here = _replace(here, os.open(name, FOLDER, dir_fd=here))
    except BaseException:
        os.close(here)
        raise
    return here


def open_beneath(root: Path, names: tuple[str, ...], flags: int) -> int:
    """A descriptor of what stands at `names` below `root`. OSError as the kernel gives it."""
    here = os.open(root, FOLDER)
    try:
        if not names:
            return os.dup(here)
        if sys.platform == "linux":
            try:
                return _openat2(here, "/".join(names), flags)
            except OSError as error:
                if error.errno not in NOT_HERE:
                    raise
        return walk(here, names, flags)
    finally:
        os.close(here)


def walk(start: int, names: tuple[str, ...], flags: int) -> int:
    """The same by hand: every name is opened in its parent, and none may be a link."""
    here = os.dup(start)
    try:
        for name in names[:-1]:
            here = _replace(here, os.open(name, FOLDER, dir_fd=here))
        return os.open(names[-1], flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
    finally:
        os.close(here)


def _openat2(folder: int, path: str, flags: int) -> int:
    how = struct.pack("QQQ", flags | os.O_CLOEXEC, 0, RESOLVE)
    return call(OPENAT2, folder, path.encode(), how, len(how))


def _replace(old: int, new: int) -> int:
    os.close(old)
    return new
