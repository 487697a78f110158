"""One word for a preference that people write in several ways: Tabs, a tab, dark mode.

Only what can mean nothing else: "tabs in Go, spaces in Python" stays as it was written.
"""

from __future__ import annotations

import re

from homesmith.memory.personal.values import Plain

WORD = re.compile(r"\w+")
REFUSING = frozenset({"no", "not", "never", "instead", "without"})
"""What follows such a word is what the person does not like."""
BESIDE = {
    ("coding_style", "indentation"): frozenset(
        WORD.findall(
            "a always by character characters hard indent of one only per level please use with"
        )
    ),
    ("design", "theme"): frozenset(
        WORD.findall("a always design look looks mode only page pages please theme themes the use")
    ),
}
"""Words that say nothing more, by section and name."""
TABS, SPACES = frozenset({"tab", "tabs"}), frozenset({"space", "spaces"})
WIDTHS = {"two": "2", "three": "3", "four": "4", "eight": "8"}
THEMES = frozenset({"dark", "light"})


def usual(section: str, name: str, value: Plain) -> Plain:
    """The value as programs and phrases know it; any other as it is."""
    if not isinstance(value, str) or (section, name) not in BESIDE:
        return value
    said = _said(value, BESIDE[section, name])
    if name == "theme":
        return next(iter(said)) if len(said) == 1 and said <= THEMES else value
    if said and said <= TABS:
        return "tabs"
    width = {WIDTHS.get(word, word) for word in said - SPACES}
    if said & SPACES and len(width) == 1 and width <= set("12345678"):
        return f"{width.pop()} spaces"
    return value


def _said(value: str, beside: frozenset[str]) -> set[str]:
    words = WORD.findall(value.casefold())
    end = next((at for at, word in enumerate(words) if word in REFUSING), len(words))
    return set(words[:end]) - beside
