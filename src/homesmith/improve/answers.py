"""What an answer concludes, so that answers in other words can be compared."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

BOXED = re.compile(r"\\boxed\{([^{}]+)\}")
MARKED = re.compile(
    r"(?:####|\b(?:final answer|the answer|answer|result)\b\s*(?:is|:|=)*)"
    r"\s*:?\s*\**([^\n*]{1,80})",
    re.IGNORECASE,
)
NUMBER = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?%?")
CHOICE = re.compile(r"^\W*([A-Ja-j])\W*(?:$|[).:])")
SHORT = 60


def final(answer: str) -> str:
    """The conclusion in one plain form; "" when there is none to compare.

    A boxed or marked answer comes first, then a choice, then the last number, then a short text.
    """
    text = answer.strip()
    said = [*BOXED.findall(text), *MARKED.findall(text)]
    place = said[-1].strip() if said else text
    choice = CHOICE.match(place)
    if choice:
        return choice[1].upper()
    numbers = NUMBER.findall(place)
    if numbers:
        return number(numbers[0] if said else numbers[-1])
    plain = " ".join(re.sub(r"[^\w\s-]", " ", place).lower().split())
    return plain if len(plain) <= SHORT else ""


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
