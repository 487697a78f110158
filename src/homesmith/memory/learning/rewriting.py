"""Edits of blocks by line number, as a small model proposes them; the host does them or refuses.

All numbers are those of the lines that were shown, so that no edit moves another's place. What
is refused changes nothing. Pure functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from homesmith.core.learning import Gain, Rewritten
from homesmith.core.memories import Block, BlockEdit, Memory
from homesmith.memory.learning.answers import line_of, number, read_list
from homesmith.memory.learning.grounding import alike, grounded, negated, telling
from homesmith.memory.learning.questions import EDITS, SENTENCE, lines_of

Action = Literal["replace", "insert", "delete"]
NO_EDIT = "an edit of another form"
NO_BLOCK = "a block that is not there"
READ_ONLY = "a block that is read-only"
NO_LINE = "a line that is not there"
TWICE = "a line edited twice"
THERE = "a line that stands there already"
UNSAID = "a line that nobody said"
STILL_TRUE = "a line that nothing contradicts"
TOO_LONG = "over the block's limit"
LATEST = "~"
"""After every time that is written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One proposed change of one line. `line` counts from 1; an insertion goes after it."""

    block: str
    line: int
    action: Action
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an edit may rest on: new facts, what was said for them, and facts that ended."""

    facts: Sequence[str]
    said: Sequence[str] = ()
    past: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """The lines of a block while edits gather: what becomes of each, and what comes after it."""

    block: Block
    lines: list[str]
    instead: dict[int, str | None] = field(default_factory=dict)
    after: dict[int, list[str]] = field(default_factory=dict)

    @property
    def value(self) -> str:
        rows = list(self.after.get(0, ()))
        for at, line in enumerate(self.lines, start=1):
            kept = self.instead.get(at, line)
            rows += [*([] if kept is None else [kept]), *self.after.get(at, ())]
        return "\n".join(rows)


def taken(answer: str, blocks: Sequence[Block], ground: Ground) -> Gain | str:
    """What the answer yields; a word for what is wrong when it cannot be read at all."""
    said = read_list(answer, "edits")
    if isinstance(said, str):
        return said
    counts: Counter[str] = Counter()
    edits = []
    for plain in said[:EDITS]:
        edit = _edit(plain)
        if edit is None:
            counts[NO_EDIT] += 1
        else:
            edits.append(edit)
    values, refused = rewritten(blocks, edits, ground)
    counts.update(reason for _, reason in refused)
    changed = tuple(
        Rewritten(label=block.label, version=block.version, value=values[block.label])
        for block in blocks
        if values[block.label] != block.value
    )
    return Gain(blocks=changed, counts=counts)


def rewritten(
    blocks: Sequence[Block], edits: Sequence[Edit], ground: Ground
) -> tuple[Mapping[str, str], tuple[tuple[Edit, str], ...]]:
    """Each block's next value, and each edit that was refused with its reason."""
    sheets = {block.label: _Sheet(block=block, lines=lines_of(block.value)) for block in blocks}
    refused = []
    for edit in edits:
        reason = _refusal(sheets.get(edit.block), edit, ground)
        if reason or not _fits(sheets[edit.block], edit):
            refused.append((edit, reason or TOO_LONG))
    return {label: _value(sheet) for label, sheet in sheets.items()}, tuple(refused)


def resting_on(
    block: Block, history: Sequence[BlockEdit], told: Sequence[Memory]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What of a block seems to rest on these memories; nothing that stood there before they were.

    Lines whose words all stand in one of them, and those that a fact among them may have led to in
    other words. The lines that it shows, by name, with the history that holds such; and the numbers
    of edits that hold lines of the first sort which it shows no more.
    """
    said = [(one, telling(one.text)) for one in told]
    since = _since(history)

    def resting(line: str, *, loosely: bool) -> bool:
        words, begun = telling(line), since.get(line, LATEST)
        return bool(words) and any(
            begun >= one.at
            and (words <= whole or (loosely and one.kind == "fact" and grounded(line, [one.text])))
            for one, whole in said
        )

    held = {edit.number: {*lines_of(edit.before), *lines_of(edit.after)} for edit in history}
    lines = lines_of(block.value)
    seem = {line for line in set(lines).union(*held.values()) if resting(line, loosely=True)}
    gone = {line for line in seem.difference(lines) if resting(line, loosely=False)}
    places = [
        f"line {at} of the block {block.label}"
        for at, line in enumerate(lines, start=1)
        if line in seem
    ]
    edits = tuple(number for number, those in held.items() if those & gone)
    if any(held[number] & seem for number in held.keys() - set(edits)):
        places.append(f"the history of the block {block.label}")
    return tuple(places), edits


def _since(history: Sequence[BlockEdit]) -> dict[str, str]:
    """When each line came into the block; nothing of those that were there before its history."""
    since: dict[str, str] = {}
    for edit in history:
        since |= dict.fromkeys(set(lines_of(edit.before)) - set(since), LATEST)
        since |= dict.fromkeys(set(lines_of(edit.after)) - set(since), edit.at)
    return since


def _value(sheet: _Sheet) -> str:
    return sheet.value if sheet.instead or sheet.after else sheet.block.value


def _refusal(sheet: _Sheet | None, edit: Edit, ground: Ground) -> str:
    if sheet is None:
        return NO_BLOCK
    if sheet.block.read_only:
        return READ_ONLY
    if not (edit.action != "insert") <= edit.line <= len(sheet.lines):
        return NO_LINE
    if edit.action != "insert" and edit.line in sheet.instead:
        return TWICE
    if edit.action == "delete":
        return _still_true(sheet, edit.line, ground)
    present = sheet.value.split("\n")
    if edit.text in present or any(alike(line, edit.text) for line in present):
        return THERE
    if not any(grounded(edit.text, [fact, *ground.said]) for fact in ground.facts):
        return UNSAID
    if edit.action == "replace" and not _says_more(edit.text, sheet.lines[edit.line - 1]):
        return _still_true(sheet, edit.line, ground)
    return ""


def _says_more(text: str, old: str) -> bool:
    """Whether a text says all that a line said."""
    return telling(old) <= telling(text) and negated(old) == negated(text)


def _still_true(sheet: _Sheet, line: int, ground: Ground) -> str:
    """A line may go when it is empty, stands twice, or says what no longer holds."""
    old = sheet.lines[line - 1]
    twice = sum(alike(old, other) or old == other for other in sheet.value.split("\n")) > 1
    ended = any(grounded(old, [fact]) or alike(old, fact) for fact in ground.past)
    return "" if not old.strip() or twice or ended else STILL_TRUE


def _fits(sheet: _Sheet, edit: Edit) -> bool:
    """Do the edit on the sheet, unless the block would be longer than it may be."""
    if edit.action == "insert":
        rows = sheet.after.setdefault(edit.line, [])
        rows.append(edit.text)
        if len(sheet.value) <= sheet.block.limit:
            return True
        rows.pop()
        if not rows:
            del sheet.after[edit.line]
        return False
    sheet.instead[edit.line] = edit.text if edit.action == "replace" else None
    if len(sheet.value) <= sheet.block.limit:
        return True
    del sheet.instead[edit.line]
    return False


def _edit(plain: Any) -> Edit | None:
    if not isinstance(plain, dict):
        return None
    action, line = plain.get("action"), number(plain.get("line"))
    label, text = plain.get("block"), line_of(plain.get("text"), SENTENCE)
    if action not in ("replace", "insert", "delete") or line is None or not isinstance(label, str):
        return None
    if not text and action != "delete":
        return None
    return Edit(block=label, line=line, action=action, text=text)
