"""Logs as templates: each kind of line once with its count, what went wrong word for word.

A template is the first words of a line with all that varies masked. It does not know the format
of any logger; a line that names an error is one, wherever it comes from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile, islice

from homesmith.context.compression.choosing import Layout
from homesmith.context.compression.scoring import bags, shares
from homesmith.context.slices import Slice

WORDS = 6
"""Words at the start of a line, after its times, that say what kind of line it is."""
VARIES = re.compile(r"[\d/\\@%=]|0x|^['\"(\[{].*|^[a-f0-9]{8,}$")
FAILED = re.compile(
    r"(?<!\bno )(?<!\b0 )\b(?:error|err|fatal|critical|exception|traceback|panic|panicked|failed"
    r"|failure|segfault|aborted|killed|denied|refused|timed out|cannot)\b"
    r"|(?-i:\b\w+(?:Error|Exception)\b)",
    re.IGNORECASE,
)
WARNED = re.compile(r"\bwarn(?:ing)?\b|\bdeprecated\b", re.IGNORECASE)
GOES_ON = re.compile(
    r"[ \t]+\S|Traceback \(|Caused by|During handling|The above exception|\w+(?:Error|Exception)\b"
)
BLOCK = 60
"""Lines that belong to one failure at most."""
ALIKE = 3
"""How many failures of one kind are worth most; the others look the same."""
END = 3
LONG_GAP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line, or a failure with the lines that belong to it; lines count from 1."""

    text: str
    first: int
    last: int
    template: str
    failed: bool


def lay_out(text: str, query: str) -> Layout:
    """The entries as pieces: failures, warnings, the first of each kind, the end, the rest."""
    entries = tuple(_entries(text))
    counts = Counter(entry.template for entry in entries)
    seen: Counter[str] = Counter()
    asked = [0.0] * len(entries)
    if query.strip():
        shared = shares(bags(query, (entry.text for entry in entries)))
        asked = [sum(pair) / 2 for pair in zip(*shared, strict=True)]
    slices = []
    for at, entry in enumerate(entries):
        seen[entry.template] += 1
        place = seen[entry.template]
        worth, why = _worth(entry, place, at >= len(entries) - END)
        shown = entry.text
        if place == 1 and counts[entry.template] > 1 and shown.strip():
            shown = _counted(shown, counts[entry.template])
        source = f"lines {entry.first}-{entry.last}"
        slices.append(Slice(source=source, text=shown, worth=worth + asked[at], why=why))

    def gap(first: int, last: int) -> str:
        start, end = entries[first].first, entries[last].last
        return f"… lines {start}-{end}\n" if end - start >= LONG_GAP else "…\n"

    return Layout(slices=tuple(slices), gap=gap)


def _entries(text: str) -> Iterator[Entry]:
    lines = text.splitlines(keepends=True) if "\n" not in text else text.split("\n")
    ends = "" if "\n" not in text else "\n"
    at = 0
    while at < len(lines):
        failed = FAILED.search(lines[at]) is not None
        last = at
        while (
            failed
            and last + 1 < len(lines)
            and last - at + 1 < BLOCK
            and GOES_ON.match(lines[last + 1])
        ):
            last += 1
        block = ends.join(lines[at : last + 1]) + (ends if last + 1 < len(lines) else "")
        if block:
            kind = template(lines[at])
            yield Entry(text=block, first=at + 1, last=last + 1, template=kind, failed=failed)
        at = last + 1


def template(line: str) -> str:
    """What a line has in common with others of its kind."""
    words = ("*" if VARIES.search(word) else word for word in line.split())
    return " ".join(islice(dropwhile("*".__eq__, words), WORDS)) or "*"


def _worth(entry: Entry, place: int, ending: bool) -> tuple[float, str]:
    """Worth before the question is looked at, and why."""
    if entry.failed:
        return (4.0, "something failed") if place <= ALIKE else (1.0, "failed like others above")
    if WARNED.search(entry.text):
        return (3.0, "a warning") if place <= ALIKE else (0.5, "a warning like others above")
    if not entry.text.strip():
        return 0.0, "an empty line"
    if ending:
        return 2.5, "the end"
    if place == 1:
        return 2.0, "the first of its kind"
    return 0.1 / place, "like others above"


def _counted(text: str, often: int) -> str:
    head, newline, rest = text.partition("\n")
    return f"{head}  (x{often}){newline}{rest}"
