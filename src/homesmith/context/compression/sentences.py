"""A text taken apart into sentences and passages, without losing a character.

The ends of sentences are found by patterns: an abbreviation nobody listed splits one in two,
which costs nothing but a little context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

LONGEST = 600
"""Characters of one sentence; what is longer is cut at a space, or anywhere."""
WINDOW = 8
"""Sentences of a passage, where a text has no empty lines for longer."""
END = re.compile(
    r"(?:[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[^\W_a-z])"  # noqa: RUF001
    r"|[。！？]+[」』”’）]*\s*"  # noqa: RUF001
    r"|\n[^\S\n]*\n\s*"
    r"|\n\s*(?=[-*•#>|]|\d{1,3}[.)] ))"
)
LINE = re.compile(r"\n")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|vs|No|ca|etc|e\.g|i\.e|[A-Z])\.\s*$"
)
EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """`text` with the blank space after it; `passage` counts from 0."""

    text: str
    passage: int


def taken_apart(text: str) -> list[Sentence]:
    """The sentences in order; their texts joined are the text."""
    pieces = [part for piece in _split(text) for part in _short(piece)]
    found: list[Sentence] = []
    lines_are_passages = "\n" in text.strip() and not re.search(r"\n[^\S\n]*\n", text.strip())
    passage = begun = 0
    for number, piece in enumerate(pieces):
        if begun >= WINDOW and len(pieces) - number >= WINDOW // 2:
            passage, begun = passage + 1, 0
        found.append(Sentence(text=piece, passage=passage))
        begun += 1
        ends = "\n" in piece if lines_are_passages else EMPTY_LINE.search(piece)
        if ends:
            passage, begun = passage + 1, 0
    return found


def _split(text: str) -> list[str]:
    """At the ends of sentences, and of lines where lines are not merely wrapped."""
    ends = [match.end() for match in END.finditer(text) if not _abbreviated(text, match)]
    if not _wrapped(text):
        ends = sorted({*ends, *(match.end() for match in LINE.finditer(text))})
    cuts = [0]
    for start, end in pairwise([0, *ends, len(text)]):
        if cuts[-1] and not text[start:end].strip():
            cuts[-1] = end  # blank space goes with what stands before it
        elif end > start:
            cuts.append(end)
    return [text[start:end] for start, end in pairwise(cuts)]


def _abbreviated(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 6) : match.start() + 1]
    return "\n\n" not in match[0] and ABBREVIATION.search(around) is not None


def _wrapped(text: str) -> bool:
    """Whether most lines break only because they are full."""
    lines = text[:20_000].split("\n")
    full = sum(50 <= len(line) <= 120 for line in lines)
    return max(map(len, lines)) <= 120 and full * 2 > sum(bool(line.strip()) for line in lines)


def _short(piece: str) -> list[str]:
    """A sentence, cut where it is too long to be one."""
    cuts = [0]
    while len(piece) - cuts[-1] > LONGEST:
        start = cuts[-1]
        space = piece.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1
        cuts.append(space or start + LONGEST)
    return [piece[start:end] for start, end in pairwise([*cuts, len(piece)])]
