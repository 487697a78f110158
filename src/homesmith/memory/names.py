"""Names of agents and blocks."""

from __future__ import annotations

from homesmith.core.errors import UsageError


def typed(name: str) -> str:
    """A name that can be typed on a command line. Raises UsageError."""
    if name.strip() != name or not name.isprintable() or not 1 <= len(name) <= 60:
        raise UsageError(
            f"{name[:60]!r} cannot be a name",
            why="a name has 1 to 60 printable characters, and no space at its ends",
            remedy="choose a plain word",
        )
    return name
