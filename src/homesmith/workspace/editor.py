"""Let the person edit a file with the program they like."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from homesmith.core.errors import UsageError, WorkFailed


def edit(path: Path, environ: Mapping[str, str]) -> None:
    """Open `path` in the person's editor and wait for it.

    Raises UsageError when none is named or it cannot be started, WorkFailed when it fails.
    """
    named = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError:
        words = []
    if not words:
        raise UsageError(
            "No editor is named",
            why="neither VISUAL nor EDITOR says which program edits text",
            remedy=f"EDITOR=nano homesmith context edit, or open {path}",
        )
    try:
        done = subprocess.run([*words, str(path)], check=False)
    except OSError as error:
        raise UsageError(
            f"The editor {words[0]} cannot be started",
            why=error.strerror or str(error),
            remedy="export EDITOR=nano",
        ) from error
    if done.returncode:
        raise WorkFailed(
            f"The editor {words[0]} failed",
            why=f"it ended with {done.returncode}",
            remedy=f"open {path} yourself; what is saved there counts",
        )
