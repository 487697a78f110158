"""Changes of a block's text, as pure functions that either do exactly what was meant or refuse.

An error says what to do next in words a model can follow: it is often a model that reads it.
"""

from __future__ import annotations

import difflib
import re

from homesmith.core.errors import UsageError

SHOWN = 80
"""Characters of a line that an error quotes."""


def inserted(value: str, text: str, line: int = -1) -> str:
    """The value with `text` as lines of its own after line `line`: 0 first, -1 last.

    Raises UsageError when the value has no such line.
    """
    lines = value.split("\n") if value else []
    if not -1 <= line <= len(lines):
        raise UsageError(
            f"There is no line {line}",
            why=f"the block has {len(lines)} lines",
            remedy="give a line from 0 (before the first) on, or -1 for the end",
        )
    at = len(lines) if line == -1 else line
    return "\n".join([*lines[:at], text, *lines[at:]])


def replaced(value: str, old: str, new: str) -> str:
    """The value with the one place that reads `old` now reading `new`.

    Where nothing reads exactly so, white space and capitals may differ: small models copy
    inexactly. Raises UsageError when no place, or more than one, can be meant.
    """
    if not old.strip():
        raise UsageError(
            "The old text is empty",
            why="it must say what to replace",
            remedy="use memory_insert to add text",
        )
    exact = value.count(old)
    if exact == 1:
        return value.replace(old, new)
    if exact > 1:
        raise _several(value, old, exact)
    loose = re.compile(r"\s+".join(re.escape(word) for word in old.split()), re.IGNORECASE)
    found = list(loose.finditer(value))
    if len(found) > 1:
        raise _several(value, old, len(found))
    if not found:
        raise _none(value, old)
    return value[: found[0].start()] + new + value[found[0].end() :]


def _several(value: str, old: str, number: int) -> UsageError:
    start = old.split(maxsplit=1)[0].casefold()
    lines = [
        str(at) for at, line in enumerate(value.split("\n"), start=1) if start in line.casefold()
    ]
    return UsageError(
        f"{_short(old)!r} stands {number} times in the block",
        why=f"near lines {', '.join(lines)}; only one place can be meant",
        remedy="give more of the text around it",
    )


def _none(value: str, old: str) -> UsageError:
    lines = [line for line in value.split("\n") if line.strip()]
    close = difflib.get_close_matches(old.strip(), lines, n=1, cutoff=0.4)
    return UsageError(
        f"{_short(old)!r} does not stand in the block",
        why=f"the nearest line is {_short(close[0])!r}" if close else "no line resembles it",
        remedy="copy the old text exactly as the block has it",
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
