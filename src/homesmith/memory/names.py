"""Names of agents and blocks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from homesmith.core.errors import HomesmithError, UsageError

OF_ONE = re.compile(r"homesmith memory (?:show|edit|history|search|undo|proposals)\b")
"""Remedies about the memory of one agent."""


def typed(name: str, *, remedy: str = "choose a plain word") -> str:
    """A name that can be typed on a command line. Raises UsageError.

    The rule for what is made: what has another name already keeps it, and is found by it.
    """
    if name.strip() != name or not name.isprintable() or not 1 <= len(name) <= 60:
        raise UsageError(
            f"{name[:60]!r} cannot be a name",
            why="a name has 1 to 60 printable characters, and no space at its ends",
            remedy=remedy,
        )
    return name


@contextmanager
def named(agent: str) -> Iterator[None]:
    """The remedy of an error about a block or a memory names the agent whose it is."""
    try:
        yield
    except HomesmithError as error:
        if OF_ONE.search(error.remedy) and "--agent" not in error.remedy:
            error.remedy += f" --agent {shlex.quote(agent)}"
        raise
