"""Rules about the entries: that they are added, changed, moved, removed, and that they stay.

They do not know which of the entries are seen, nor what the page says of all.
"""

from __future__ import annotations

import re

from homesmith.builder.expected_choices import CLEARING, FINISHED
from homesmith.builder.kinds import kind_of
from homesmith.builder.literals import TICKED
from homesmith.builder.surface import SAMPLE, SECOND, Surface, step
from homesmith.core.steps import Step

STAYS = re.compile(
    r"\b(?:reload(?:ing|ed)?|refresh(?:ing|ed)?|survives?|persists?|persisted|localStorage|"
    r"still there|(?:saved|kept|stored|remembered) in (?:the|this|your) browser)\b",
    re.IGNORECASE,
)
REMOVES = re.compile(r"(?:^|-)(?:delete|remove|trash|discard)(?:-|$)")
CLEARS = re.compile(r"\b(?:removes?|deletes?|clears?)\b", re.IGNORECASE)
KEEPS = re.compile(r"(?:save|keep|ok|update|apply|confirm)")
FORWARD = re.compile(r"(?:^|-)(?:right|next|forward|later|advance)$")


def adds(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Each press of the main button brings one entry, with what was typed."""
    named = TICKED.findall(sentence)
    pressed = app.button.testid if app.button else ""
    if not app.grows or not {pressed, app.entry} & set(named):
        return ()
    return (
        *app.add(),
        step("count", app.entry, "1"),
        step("see", app.entry, SAMPLE),
        *app.add(SECOND),
        step("count", app.entry, "2"),
    )


def clears(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button that removes the done entries, or all."""
    if not app.grows or not CLEARS.search(sentence):
        return ()
    ticked = TICKED.findall(sentence)
    buttons = [one.testid for one in app.page.controls if one.kind == "button"]
    buttons = [name for name in buttons if name in ticked]
    clearing = next((name for name in buttons if CLEARING.search(name)), "")
    mark = app.mark
    two = (*app.add(), *app.add(SECOND))
    if not clearing:
        return ()
    marked = bool(mark) and mark in clearing
    if not marked and not FINISHED.search(clearing) and not FINISHED.search(sentence):
        return (*two, step("click", clearing), step("count", app.entry, "0"))
    if not mark:
        return ()
    done = (step("check", mark), step("click", clearing))
    return (*two, *done, step("count", app.entry, "1"), step("see", app.entry, SECOND))


def edits(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button of an entry opens a field; what is kept there is shown."""
    named = [name for name in TICKED.findall(sentence) if name in app.page.repeated]
    kinds = {name: kind_of(name, sentence) for name in named}
    fields = [name for name in named if kinds[name] == "field"]
    keeping = next((n for n in named[1:] if kinds[n] == "button" and KEEPS.match(n)), "")
    if not app.grows or len(fields) != 1 or not keeping or named[0] in (fields[0], keeping):
        return ()
    return (
        *app.add(),
        step("click", named[0]),
        step("type", fields[0], "Changed one"),
        step("click", keeping),
        step("see", app.entry, "Changed one"),
        step("reload"),
        step("see", app.entry, "Changed one"),
    )


def moves(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button moves an entry to the next of several lists, whose sizes are shown."""
    forward = app.member(FORWARD)
    sizes = [name for name in app.page.order if name.startswith("count-")]
    if not app.grows or not forward or f"`{forward}`" not in sentence or len(sizes) < 2:
        return ()
    return (
        *app.add(),
        step("see", sizes[0], "1"),
        step("click", forward),
        step("see", sizes[0], "0"),
        step("see", sizes[1], "1"),
    )


def removes(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button of an entry takes it away."""
    remover = next((name for name in app.page.repeated if REMOVES.search(name)), "")
    if not app.grows or not remover or remover not in TICKED.findall(sentence):
        return ()
    return (*app.add(), step("click", remover), step("count", app.entry, "0"))


def stays(app: Surface, sentence: str) -> tuple[Step, ...]:
    """An entry is still there when the page is loaded anew."""
    if not app.grows or not STAYS.search(sentence):
        return ()
    return (
        *app.add(),
        step("reload"),
        step("count", app.entry, "1"),
        step("see", app.entry, SAMPLE),
    )
