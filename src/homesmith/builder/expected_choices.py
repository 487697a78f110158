"""Rules about which entries are seen: those that are searched for, chosen, open or done.

They do not know what is said of the entries.
"""

from __future__ import annotations

import re

from homesmith.builder.controls import TEXT_KINDS
from homesmith.builder.literals import TICKED
from homesmith.builder.surface import SAMPLE, SECOND, Surface, filled, step
from homesmith.core.steps import Step

OPEN = re.compile(r"(?:^|-)(?:active|open|todo|pending)$")
DONE = re.compile(r"(?:^|-)(?:done|completed|complete|finished)$")
CLEARING = re.compile(r"^(?:clear|delete|remove)-")
FINISHED = re.compile(r"\b(?:done|bought|completed?|finished|checked|ticked|paid|read|packed)\b")
SEARCH = re.compile(r"(?:^|-)(?:search|find|filter|query)(?:-|$)")


def narrowing(app: Surface) -> str:
    """A button that leaves only the done entries to be seen; else ""."""
    buttons = (one.testid for one in app.page.controls if one.kind == "button")
    return next((name for name in buttons if DONE.search(name) and not CLEARING.match(name)), "")


def searches(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A text in the search field leaves the entries that have it."""
    field = next(
        (
            item.testid
            for item in app.heard(sentence)
            if SEARCH.search(item.testid) and item.kind in TEXT_KINDS
        ),
        "",
    )
    if not app.grows or not field or field in {item.testid for item in app.fields}:
        return ()
    return (
        *app.add(),
        *app.add(SECOND),
        step("type", field, SECOND.split()[1].upper() if "case" in sentence else SECOND),
        step("count", app.entry, "1"),
        step("see", app.entry, SECOND),
        step("type", field),
        step("count", app.entry, "2"),
    )


def chooses(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A list of options shows the entries of one kind only, where entries are given that kind."""
    kinds = next((item for item in app.fields if item.kind == "select" and item.options), None)
    chooser = next(
        (item for item in app.heard(sentence) if item.kind == "select" and item != kinds), None
    )
    if not app.grows or not kinds or not chooser or f"`{chooser.testid}`" not in sentence:
        return ()
    shared = [option for option in chooser.options if option and option in kinds.options]
    if len(shared) < 2:
        return ()
    added = (
        *filled(app.fields, SAMPLE),
        step("select", kinds.testid, shared[0]),
        *app.add()[-1:],
    )
    return (
        *added,
        step("select", chooser.testid, shared[1]),
        step("count", app.entry, "0"),
        step("select", chooser.testid, shared[0]),
        step("count", app.entry, "1"),
    )


def filters(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Buttons that show the open or the done entries only, and a mark that makes one done."""
    named = TICKED.findall(sentence)
    mark = app.mark
    buttons = {item.testid for item in app.page.controls if item.kind == "button"}
    opened = next((name for name in named if name in buttons and OPEN.search(name)), "")
    done = next((name for name in named if name in buttons and DONE.search(name)), "")
    if not app.grows or not mark or not opened or not done:
        return ()
    return (
        *app.add(),
        step("click", opened),
        step("count", app.entry, "1"),
        step("check", mark),
        step("count", app.entry, "0"),
        step("click", done),
        step("count", app.entry, "1"),
    )
