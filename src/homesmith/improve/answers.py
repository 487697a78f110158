"""What an answer concludes, so that answers in other words can be compared."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

BOXED = re.compile(r"\\boxed\{([^{}]+)\}")
MARKED = re.compile(
    r"(?:####|\b(?:final answer|the answer|answer|result)\b\s*(?:is|:|=)*)"
    r"\s*:?\s*\**((?: \* |[^\n*]|(?<=\d)\*(?=\d)){1,200})",
    re.IGNORECASE,
)
ENDS = re.compile(r"[.!?;](?:\s|$)|\b(?:because|since|where|when|if|for|with)\b", re.IGNORECASE)
"""Where what is said of a marked answer ends, and reasons begin."""
NUMBER = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?%?")
FIGURE = re.compile(
    rf"(?<![\d:/.-])(?:\d+(?:[:.-]\d+){{2,}}|\d+(?:[:/]\d+)+)(?![\d:/]|[.-]\d)|{NUMBER.pattern}"
)
"""A number, or what only looks like several: 16:25, 3/4, 2026-05-01 and 10.0.0.1."""
CHOICE = re.compile(r"^\W*([A-Ja-j])\W*(?:$|[).:])")
SHORT, NEAR = 60, 80


def final(answer: str) -> str:
    """The conclusion in one plain form; "" when there is none to compare.

    A boxed or marked answer comes first, then a choice, then the last number, then a short text. Of
    a marked sum it is what it comes to, as in "the result is 84 - 5 = 79".
    """
    said = marked(answer)
    place = answer.strip() if said is None else said
    choice = CHOICE.match(place)
    if choice:
        return choice[1].upper()
    if said is not None:
        place = total(said) or said[:NEAR]
    numbers = FIGURE.findall(place)
    if numbers:
        return number(numbers[-1] if said is None else numbers[0])
    plain = " ".join(re.sub(r"[^\w\s-]", " ", place).lower().split())
    return plain if len(plain) <= SHORT else ""


def marked(answer: str) -> str | None:
    """What is said behind the last "the answer is" or ####, else in the last box; None without."""
    text = answer.strip()
    said = [*BOXED.findall(text), *MARKED.findall(text)]
    return said[-1].strip() if said else None


def total(place: str) -> str:
    """What stands behind the last sign of equality, "" where that is no number."""
    _, equal, behind = ENDS.split(place)[0].rpartition("=")
    return behind if equal and NUMBER.search(behind) else ""


def number(text: str) -> str:
    """A number without its separators, currency and closing zeros."""
    bare = re.sub(r"[$,%]", "", text)
    try:
        value = Decimal(bare).normalize()
    except InvalidOperation:
        return bare
    return format(value, "f")


def last_number(text: str) -> str:
    """The last number of a text in its plain form, "" when it holds none."""
    found = NUMBER.findall(text)
    return number(found[-1]) if found else ""
