"""Read what a model answered, whatever it is. What is wrong with it is a word to count.

A grammar should keep a model to the form; not every engine has one, and an answer can be cut off.
"""

from __future__ import annotations

import json
from typing import Any

PROSE = "prose instead of JSON"
HALF = "half of a JSON object"
OTHER = "JSON of another form"


def read_list(answer: str, key: str) -> list[Any] | str:
    """The list under `key`; a word for what is wrong when there is none."""
    value = _value(answer, key)
    if isinstance(value, str) and value in (PROSE, HALF, OTHER):
        return value
    return value if isinstance(value, list) else OTHER


def read_text(answer: str, key: str) -> tuple[str, str]:
    """The text under `key`, and a word for what is wrong; one of the two is empty."""
    value = _value(answer, key)
    if not isinstance(value, str):
        return "", OTHER
    return ("", value) if value in (PROSE, HALF, OTHER) else (value, "")


def line_of(text: Any, longest: int) -> str:
    """A text as one line; "" for what is none, or is longer than it may be."""
    if not isinstance(text, str):
        return ""
    line = " ".join(text.split())
    return line if len(line) <= longest and line.isprintable() else ""


def number(value: Any) -> int | None:
    """A whole number; None for anything else, for true and false too."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _value(answer: str, key: str) -> Any:
    start = answer.find("{")
    if start < 0:
        return PROSE
    try:
        plain, _ = json.JSONDecoder().raw_decode(answer[start:])
    except json.JSONDecodeError:
        return HALF
    except RecursionError:
        return OTHER
    return plain.get(key, OTHER)
