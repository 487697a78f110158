"""Prompt texts stand beside the code as files; this reads them and fills in the blanks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "prompts"


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


def render(name: str, **values: str) -> str:
    """The prompt `name` with each `{key}` replaced by its value, braces in values untouched."""
    text = _text(name)
    pieces: list[str] = []
    while text:
        before, opening, rest = text.partition("{")
        pieces.append(before)
        key, closing, after = rest.partition("}")
        if opening and closing and key in values:
            pieces.append(values[key])
            text = after
        else:
            pieces.append(opening)
            text = rest
    return "".join(pieces)
