"""The text files of an app, read without following links or believing sizes.

It does not know what any of them means.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from homesmith.core.checks import Inspection

SKIPPED_FOLDERS = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", ".homesmith"})
TEXT = frozenset({".html", ".css", ".js", ".mjs", ".py", ".json", ".toml", ".txt", ".md", ".sql"})
MOST_BYTES = 1 << 20
MOST_FILES = 2000


def app_files(root: Path) -> Iterator[str]:
    """Relative paths of the app's regular files, sorted; hidden and installed folders left out."""
    count = 0
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS and not n.startswith("."))
        for file in sorted(files):
            path = Path(folder, file)
            count += 1
            if count > MOST_FILES:
                return
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def sources(root: Path, *suffixes: str) -> dict[str, str]:
    """Path to text of every readable text file, only those with one of `suffixes` if given."""
    wanted = frozenset(suffixes) or TEXT
    texts: dict[str, str] = {}
    for name in app_files(root):
        path = root / name
        if path.suffix.lower() not in wanted or path.stat().st_size > MOST_BYTES:
            continue
        texts[name] = path.read_bytes().decode("utf-8", "replace")
    return texts


def chosen(inspection: Inspection, *suffixes: str) -> dict[str, str]:
    """The sources that the inspection is narrowed to."""
    texts = sources(inspection.root, *suffixes)
    if not inspection.only:
        return texts
    return {name: text for name, text in texts.items() if name in inspection.only}


def line_of(text: str, position: int) -> int:
    """The line, counted from 1, on which a position of the text stands."""
    return text.count("\n", 0, position) + 1
