"""Matters of which a person has one at a time: where they live, how old they are, their name.

A small model rarely says that a new fact ends an old one; of these it goes without saying. What
may be several at once (pets, journeys, likings, sisters) is not among them, and ends only when it
is said. English only.
"""

from __future__ import annotations

import re

ONE = re.compile(
    r"(?:the )?(?:person|user)(?:"
    r" lives? in| works? (?:at|for|as)| is called| was born (?:in|on)| is(?= \d+ years? old)"
    r"|['\u2019]s (?:(?:first|last|phone|email|home) )?"
    r"(?:name|number|address|birthday|email|age|job|employer|city|country) is"
    r"|['\u2019]s favou?rite \w+ is"
    r")\b"
)
PASSING = re.compile(r"\b(?:now|currently|new|current) ")


def matter(text: str) -> str:
    """What a fact is about, up to its value: "person lives in"; "" for what may be several."""
    found = ONE.match(PASSING.sub("", " ".join(text.split()).casefold()))
    return found[0].removeprefix("the ") if found else ""
