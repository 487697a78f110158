"""Read small files of the person and of the project at hand: plain ones, whole, and no links."""

from __future__ import annotations

from pathlib import Path

from homesmith.core.errors import HomesmithError, InvalidSettings
from homesmith.runtime.knowing import OfProject
from homesmith.workspace.files import open_workspace

AGENTS = "AGENTS.md"
LARGEST_AGENTS = 100_000
"""Bytes of a project's own file that are read."""


def project_file(folder: Path) -> OfProject | None:
    """The AGENTS.md of a folder; None where there is none that can be read.

    It is somebody else's text: no link is followed, and nobody is stopped by it.
    """
    try:
        text = bytes_of(folder, AGENTS, LARGEST_AGENTS).decode("utf-8", "replace")
    except (HomesmithError, OSError):
        return None
    if not text.strip() or "\0" in text:
        return None
    return OfProject(file=AGENTS, text=text)


def bytes_of(folder: Path, name: str, largest: int) -> bytes:
    """A file of at most `largest` bytes. Raises OSError, InvalidSettings and WorkspaceError."""
    size = (folder / name).lstat().st_size
    if size > largest:
        raise InvalidSettings(f"it is larger than {largest // 1000} kB")
    return open_workspace(folder).read_bytes(name)
