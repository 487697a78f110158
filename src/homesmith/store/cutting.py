"""Find words in texts, and cut them out, letters of either case. Pure functions."""

from __future__ import annotations


def contains(text: str, words: str) -> bool:
    """Whether a text contains these characters, letters of either case."""
    return words.casefold() in text.casefold()


def without(text: str, words: str) -> tuple[str, int]:
    """The text without these characters, and in how many places they stood.

    Folded, a letter can become several ("ß" is "ss"): one of which a part is cut goes whole. Where
    a cut brings them together anew, they are cut again.
    """
    wanted = words.casefold()
    folded = "".join(letter.casefold() for letter in text)
    if not wanted or wanted not in folded:
        return text, 0
    origin = [at for at, letter in enumerate(text) for _ in letter.casefold()]
    kept, places, after = "", 0, 0
    found = folded.find(wanted)
    while found >= 0:
        kept += text[after : origin[found]]
        end = found + len(wanted)
        after, places = origin[end - 1] + 1, places + 1
        found = folded.find(wanted, end)
    rest, more = without(kept + text[after:], words)
    return rest, places + more
