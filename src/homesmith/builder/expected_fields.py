"""Rules about the fields of a form: what they refuse, begin with, and hold after an adding.

They do not know what the page says of its entries.
"""

from __future__ import annotations

import re

from homesmith.builder.controls import TEXT_KINDS
from homesmith.builder.entries import IN_VAIN
from homesmith.builder.expected_texts import EMPTY_PLACE
from homesmith.builder.literals import FILLED, QUOTED, quoted
from homesmith.builder.surface import SAMPLE, Surface, filled, step
from homesmith.core.steps import Step

WITHOUT = re.compile(
    r"\b(?:empty|missing|without (?:an?|any|the)|required|blank|not filled|"
    r"no (?:title|name|text|description|item|value|input))\b",
    re.IGNORECASE,
)
ENTER = re.compile(r"\b(?:pressing |hitting |the )?Enter\b(?: key)?", re.IGNORECASE)
DEFAULT = re.compile(
    r"`([A-Za-z][\w-]*)`[^`.;]{0,25}?\bdefault(?:s to|ing to|s| is| value|:)?\s+[\"“]?(-?[\w.]+)"
)
BELOW = re.compile(r"\b(?:zero|negative|above|positive|less than|below|at least)\b")
BEYOND = re.compile(r"\b(?:above|less than|below|at least) (?:[2-9]|1[\d.])")
"""Words of a limit that neither nothing nor -1 need be beyond, or that no refusal is about."""
CLAUSES = re.compile(
    r";\s+|(?<=[`\"”]):\s+|,\s+(?:and\s+)?if\s+|(?<=[`\"”]),?\s+and\s+(?=if|when|without)"
)
EMPTIED = re.compile(
    r"\b(?:field|fields|form)\b[^.]*\b(?:is|are)\b[^.]*\b(?:empty again|emptied|cleared|empty)\b"
    r"|\badding\b[^.]*\b(?:clears|empties)\b",
    re.IGNORECASE,
)


def refuses(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Pressing the button with a value missing or wrong brings the quoted message, no entry."""
    place = app.place(sentence)
    if not app.button or not place or EMPTY_PLACE.search(place):
        return ()
    steps: list[Step] = []
    clauses = [part for part in CLAUSES.split(sentence) if _messages(part)]
    for clause in clauses:
        fields = [item for item in app.heard(clause) if item in app.fields]
        said = QUOTED.sub("", clause)
        wrong = WITHOUT.search(said) or (BELOW.search(said) and not BEYOND.search(said))
        if not wrong or (len(clauses) > 1 and len(fields) != 1):
            return ()
        if len(fields) == 1 and fields[0].kind in (*TEXT_KINDS, "number"):
            bad = "" if WITHOUT.search(said) else "-1" if "negative" in clause else "0"
            others = [item for item in app.fields if item != fields[0]]
            steps += [*filled(others, SAMPLE), step("type", fields[0].testid, bad)]
        elif not any(item.kind != "select" and not item.value for item in app.fields):
            return ()
        steps += [step("click", app.button.testid), step("see", place, _messages(clause)[-1])]
    if steps and app.entry:
        steps.append(step("count", app.entry, "0"))
    return tuple(steps)


def _messages(text: str) -> list[str]:
    whole = [one for one in quoted(text) if " " in one and not FILLED.search(one)]
    return [one for one in whole if not _has_figure(one)]


def blank(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A text of blanks adds nothing."""
    texts = [item for item in app.fields if item.kind in TEXT_KINDS]
    if not app.grows or not IN_VAIN.search(sentence) or not texts or not app.button:
        return ()
    return (
        *filled(app.fields, SAMPLE),
        step("type", texts[0].testid, "   "),
        step("click", app.button.testid),
        step("count", app.entry, "0"),
    )


def empties_fields(app: Surface, sentence: str) -> tuple[Step, ...]:
    """After adding, the fields that the sentence speaks of are empty again."""
    if not app.grows or not EMPTIED.search(sentence) or re.match(r"(?:If|When) ", sentence):
        return ()
    typed = (*TEXT_KINDS, "number")
    fields = [item for item in app.heard(sentence) if item in app.fields and not item.value]
    fields = [item for item in fields if item.kind in typed]
    fields = fields or [item for item in app.fields if item.testid == app.marked]
    return (*app.add(), *(step("value", item.testid, "") for item in fields))


def enters(app: Surface, sentence: str) -> tuple[Step, ...]:
    """The Enter key adds an entry, too."""
    if not app.grows or not ENTER.search(sentence) or len(app.fields) != 1:
        return ()
    return (
        *filled(app.fields, SAMPLE),
        step("press", app.marked, "Enter"),
        step("count", app.entry, "1"),
    )


def defaults(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What a field holds before anything is typed."""
    return tuple(
        step("value", name, value.rstrip("."))
        for name, value in DEFAULT.findall(sentence)
        if (control := app.page.control(name)) is not None and control.kind != "button"
    )


def _has_figure(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
