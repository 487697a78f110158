"""How many tokens a text has, roughly, where the model's own count is too far away."""

from __future__ import annotations

import re

PIECE = re.compile(r"[A-Za-z]+|\d|[ \t]+|\s|[^\sA-Za-z\d]")
LETTERS_PER_TOKEN = 5
"""Long words fall apart: names in code more than words in prose."""


def estimate(text: str) -> int:
    """Tokens, meant to be a little high for English and code, in time linear in the text.

    A single space belongs to the word that follows it; digits count one each, as in Qwen.
    """
    return sum(_weight(match[0]) for match in PIECE.finditer(text))


def _weight(piece: str) -> int:
    if piece == " ":
        return 0
    if piece[0].isascii():
        return -(-len(piece) // LETTERS_PER_TOKEN) if piece.isalpha() else 1
    return max(1, len(piece.encode("utf-8", "replace")) // 2)
