"""Which folders a sandbox must show so that the Python that runs us works inside."""

from __future__ import annotations

import sys
from pathlib import Path

SYSTEM = (Path("/usr"), Path("/bin"), Path("/lib"), Path("/lib64"), Path("/sbin"))
"""Shown in every sandbox."""


def interpreter() -> Path:
    """The real executable behind `sys.executable`, outside any virtual environment."""
    return Path(sys.executable).resolve()


def python_environment() -> tuple[Path, ...]:
    """What `sys.executable` and its installed packages need, and nothing beside it.

    Only the `bin` and `lib` folders of the installation and of the virtual environment, not
    their parents; an editable install's source folder is not among them.
    """
    wanted = [*installation(Path(sys.base_prefix)), *installation(interpreter().parent.parent)]
    if sys.prefix != sys.base_prefix:
        wanted += [*installation(Path(sys.prefix)), Path(sys.prefix) / "pyvenv.cfg"]
    for entry in map(Path, sys.path):
        if entry.name in {"site-packages", "dist-packages"}:
            wanted.append(entry)
    kept: list[Path] = []
    for path in sorted(set(wanted), key=lambda item: len(item.parts)):
        covered = any(path.is_relative_to(other) for other in (*SYSTEM, *kept))
        if path.exists() and not covered:
            kept.append(path)
    return tuple(kept)


def installation(prefix: Path) -> list[Path]:
    """The folders of one Python that hold its programs and libraries."""
    return [prefix / name for name in ("bin", "lib", "lib64")]
