"""A name for the code that made a result, so that one made by other code is not taken for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LETTERS = 12
APART = ("README.md", "__pycache__")
"""What stands beside code and decides nothing."""


@cache
def code_name(*parts: str) -> str:
    """A short name for rooms or modules, such as "improve" or "lab/problems.py".

    It changes with every edit of what decides in them: modules, prompts, templates, profiles.
    """
    made = hashlib.sha256()
    for path in _files(parts):
        made.update(path.read_bytes() + b"\0")
    return made.hexdigest()[:LETTERS]


def _files(parts: tuple[str, ...]) -> Iterator[Path]:
    ours = Path(__file__).parent.parent
    for part in parts:
        place = ours / part
        if place.is_file():
            yield place
        for path in sorted(place.rglob("*")):
            if path.is_file() and not set(APART) & set(path.parts):
                yield path
