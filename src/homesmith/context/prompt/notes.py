"""Say what changed in memory, so that the head can stay as the model has read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from homesmith.context.prompt.values import Standing

NOTE = "memory changed: "
SENTENCE = re.compile(r"\n+|(?<=[.!?])[ \t]+")


def changes(told: Sequence[Standing], now: Sequence[Standing]) -> tuple[str, ...]:
    """A note for each text that is new, gone, or reads otherwise than the model was told."""
    before = {one.label: one.text for one in told}
    after = {one.label: one.text for one in now}
    gone = [f"{NOTE}{label} is empty now." for label in before if label not in after]
    return (*gone, *_changes(before, after))


def _changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for label, text in after.items():
        if label not in before:
            yield f"{NOTE}{label} is new:\n{text}"
        elif text != before[label]:
            yield NOTE + _shorter(label, before[label], text)


def _shorter(label: str, before: str, after: str) -> str:
    """The sentences that changed, or the whole text where that is less to read."""
    whole = f"{label} now reads:\n{after}"
    parts = "\n".join((f"{label}:", *_sentences(before, after)))
    return parts if len(parts) < len(whole) else whole


def _sentences(before: str, after: str) -> Iterator[str]:
    old, new = _cut(before), _cut(after)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if j > i:
            yield f"no longer: {' '.join(old[i:j])}"
        if m > k:
            yield f"now: {' '.join(new[k:m])}"


def _cut(text: str) -> list[str]:
    return [part for part in SENTENCE.split(text) if part.strip()]
