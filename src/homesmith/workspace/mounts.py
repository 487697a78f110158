"""What a sandbox shows of the host: which system files, which of the person's folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from homesmith.core.errors import WorkspaceError
from homesmith.core.sandboxes import Command, Reach
from homesmith.workspace.interpreter import SYSTEM

SYSTEM_FILES = tuple(
    Path("/etc") / name
    for name in (
        "alternatives",
        "fonts",
        "ld.so.cache",
        "localtime",
        "mime.types",
        "ssl/certs",
        "ssl/openssl.cnf",
    )
)
BROWSER_FILES = (
    Path("/etc/chromium"),
    Path("/etc/chromium.d"),
    Path("/var/cache/fontconfig"),
    Path("/opt/google/chrome"),
)
DEVICES = tuple(
    Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom", "tty")
)
FORBIDDEN = tuple(Path(name) for name in ("/proc", "/sys", "/dev", "/etc", "/boot", "/run"))

TEMPORARY = Path("/tmp")  # noqa: S108 - inside a sandbox it is a private mount
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - as above

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


def system_files(reach: Reach) -> tuple[Path, ...]:
    """Files and folders of the system that commands of this reach may read, if they exist."""
    extra = BROWSER_FILES if reach is Reach.BROWSER else ()
    return tuple(path for path in (*SYSTEM_FILES, *extra) if path.exists())


def writable(command: Command) -> tuple[Path, ...]:
    """The real folders the command may write, none inside another.

    A folder inside a writable one is never mounted by itself: what stands there is in the hands
    of the code, and a mount on top of it could be led outside (CVE-2026-87766).
    """
    return outermost((checked_folder(command.workspace), *map(checked_folder, command.writable)))


def readable(command: Command) -> tuple[Path, ...]:
    """The folders and files the command may read beside the system's, none covered already."""
    covered = (*SYSTEM, *writable(command))
    wanted: list[Path] = []
    for path in command.readable:
        if path.exists():
            wanted += [path.absolute(), path.resolve()]
    return tuple(path for path in outermost(wanted) if not _within(path, covered))


def checked_folder(folder: Path) -> Path:
    """The real path of a folder that code may be let into. Raises WorkspaceError for others."""
    try:
        real = folder.resolve(strict=True)
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be opened.", why=error.strerror or "") from error
    home = Path.home()
    broad = real == home or home.is_relative_to(real) or any(s.is_relative_to(real) for s in SYSTEM)
    if not real.is_dir() or broad or _within(real, FORBIDDEN):
        raise WorkspaceError(
            f"{folder} is no folder for an app.",
            why="code that runs there could change the home folder or the system",
            remedy="choose a folder of its own for the app",
        )
    return real


def outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths that lie in none of the others, shortest first."""
    kept: list[Path] = []
    for path in sorted(set(paths), key=lambda item: (len(item.parts), item)):
        if not _within(path, kept):
            kept.append(path)
    return tuple(kept)


def _within(path: Path, others: Iterable[Path]) -> bool:
    return any(path.is_relative_to(other) for other in others)
