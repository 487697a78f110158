"""Acceptance criteria as browser steps, derived from the request's own sentences and the page.

A program writes them, because small models cannot, and a wrong one sends every repair astray
(docs/decisions/0005). Each rule below turns one way of saying something into steps; what no rule
understands has no scenario.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homesmith.builder.controls import TEXT_KINDS, Control, Page
from homesmith.builder.literals import TICKED, quoted
from homesmith.core.steps import Action, Scenario, Step

SAMPLE, SECOND = "Sample one", "Sample two"
VALUES = {
    "number": "3",
    "range": "3",
    "date": "2026-03-14",
    "time": "10:30",
    "datetime-local": "2026-03-14T10:30",
    "month": "2026-03",
    "week": "2026-W11",
    "email": "ann@example.com",
    "url": "https://example.com/",
    "tel": "5550100",
    "password": "Sample-1-one",
    "color": "#336699",
}
ADDING = re.compile(
    r"^(?:add|create|save|submit|sign|post|send|new|insert|put|log|record|book)\b", re.IGNORECASE
)
DOING = re.compile(
    r"^(?:calc|convert|compute|generate|check|start|go|ok|show|count|roll|draw|play|find|enter)",
    re.IGNORECASE,
)
WITHOUT = re.compile(
    r"\b(?:empty|missing|without|required|no (?:title|name|text|description|item|value|input)|"
    r"blank|not filled)\b",
    re.IGNORECASE,
)
STAYS = re.compile(
    r"\b(?:reload(?:ing|ed)?|refresh(?:ing|ed)?|survives?|persists?|persisted|localStorage|"
    r"still there|(?:saved|kept|stored|remembered) in (?:the|this|your) browser)\b",
    re.IGNORECASE,
)
REMOVES = re.compile(r"(?:^|-)(?:delete|remove|trash|discard)(?:-|$)")
ENTER = re.compile(r"\b(?:pressing |hitting |the )?Enter\b(?: key)?", re.IGNORECASE)
DEFAULT = re.compile(
    r"`([A-Za-z][\w-]*)`[^`.;]{0,25}?\bdefault(?:s to|ing to|s| is| value|:)?\s+[\"“]?(-?[\w.]+)"
)
BEGINS = re.compile(
    r"`([A-Za-z][\w-]*)`[^`.;]{0,30}?\b(?:begins?|starts?|initially|at first)\b"
    r"(?: at| with| as| shows?)?\s+[\"“]?([$€£]?-?\d[\d.:,]*)"
)
MARKS = re.compile(r"(?:^|-)(?:toggle|done|check|complete|completed|finished)(?:-|$)")
OPEN = re.compile(r"(?:^|-)(?:active|open|todo|pending)$")
DONE = re.compile(r"(?:^|-)(?:done|completed|complete|finished)$")
TOTAL = re.compile(r"(?:^|-)(?:total|sum)$")
NUMBERED = re.compile(r"[\"“]([123]) ([A-Za-z][A-Za-z ]{2,30})[\"”]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _App:
    """What the rules know: the page, its main button, the fields that go with it, an entry."""

    page: Page
    button: Control | None
    fields: tuple[Control, ...]
    entry: str
    marked: str

    @property
    def grows(self) -> bool:
        """Whether entries with a text of their own can be added."""
        return bool(self.button and self.entry and self.marked)

    def add(self, text: str = SAMPLE) -> tuple[Step, ...]:
        """Fill the fields and press the button."""
        assert self.button is not None
        return (*filled(self.fields, text), step("click", self.button.testid))


Rule = Callable[[_App, str], tuple[Step, ...]]


def derive(page: Page, sentences: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios of a request: for each rule the first sentence that it understands."""
    app = _seen(page)
    found: dict[Rule, Scenario] = {}
    for sentence in sentences:
        for rule in RULES:
            steps = rule(app, sentence) if rule not in found else ()
            if steps:
                found[rule] = Scenario(criterion=sentence, steps=steps)
    return tuple(found[rule] for rule in RULES if rule in found)


def step(action: Action, testid: str = "", text: str = "") -> Step:
    """A step at the element of this data-testid."""
    return Step(action=action, target=f'[data-testid="{testid}"]' if testid else "", text=text)


def filled(fields: Sequence[Control], text: str) -> tuple[Step, ...]:
    """Every field with a value of its kind; one that has a value keeps it."""
    steps = []
    for item in fields:
        if item.kind == "select":
            real = [option for option in item.options if option]
            if item.options and not item.options[0] and real:
                steps.append(step("select", item.testid, real[0]))
        elif item.kind in TEXT_KINDS:
            steps.append(step("type", item.testid, text))
        elif item.kind in VALUES and not item.value:
            steps.append(step("type", item.testid, _within(item)))
    return tuple(steps)


def _within(item: Control) -> str:
    """The value of a field's kind, moved inside its limits."""
    value = VALUES[item.kind]
    try:
        number = float(value)
        if item.least and number < float(item.least):
            return item.least
        if item.most and number > float(item.most):
            return item.most
    except ValueError:
        return value
    return value


def _seen(page: Page) -> _App:
    buttons = [item for item in page.controls if item.kind == "button"]
    button = next(
        (
            item
            for pattern in (ADDING, DOING)
            for item in buttons
            if pattern.search(item.text) or pattern.search(item.testid)
        ),
        None,
    )
    fields = _before(page, button) if button else ()
    texts = [item for item in fields if item.kind in TEXT_KINDS]
    return _App(
        page=page,
        button=button,
        fields=fields,
        entry=page.repeated[0] if page.repeated else "",
        marked=texts[0].testid if texts else "",
    )


def _before(page: Page, button: Control) -> tuple[Control, ...]:
    """The fields that stand before a button and after the button before it."""
    place = page.controls.index(button)
    fields: list[Control] = []
    for item in reversed(page.controls[:place]):
        if item.kind == "button":
            break
        fields.append(item)
    return tuple(reversed(fields))


def _adds(app: _App, sentence: str) -> tuple[Step, ...]:
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


def _counts(app: _App, sentence: str) -> tuple[Step, ...]:
    """`count` shows "2 items left": that many entries bring that text."""
    found = NUMBERED.search(sentence)
    names = [name for name in TICKED.findall(sentence) if name in app.page.names]
    if not app.grows or not found or not names:
        return ()
    adding = tuple(one for text in (SAMPLE, SECOND, "Sample three") for one in app.add(text))
    size = len(app.add())
    return (*adding[: int(found[1]) * size], step("see", names[-1], f"{found[1]} {found[2]}"))


def _refuses(app: _App, sentence: str) -> tuple[Step, ...]:
    """Pressing the button with nothing filled in shows the quoted message where it belongs."""
    texts = [text for text in quoted(sentence) if " " in text and not _has_figure(text)]
    names = [name for name in TICKED.findall(sentence) if name in app.page.names]
    places = [name for name in names if app.page.control(name) is None]
    empty = [item for item in app.fields if item.kind != "select" and not item.value]
    if not app.button or not texts or not places or not empty or not WITHOUT.search(sentence):
        return ()
    steps = (step("click", app.button.testid), step("see", places[-1], texts[-1]))
    return (*steps, step("count", app.entry, "0")) if app.entry else steps


def _removes(app: _App, sentence: str) -> tuple[Step, ...]:
    remover = next((name for name in app.page.repeated if REMOVES.search(name)), "")
    if not app.grows or not remover or remover not in TICKED.findall(sentence):
        return ()
    return (*app.add(), step("click", remover), step("count", app.entry, "0"))


def _stays(app: _App, sentence: str) -> tuple[Step, ...]:
    if not app.grows or not STAYS.search(sentence):
        return ()
    return (
        *app.add(),
        step("reload"),
        step("count", app.entry, "1"),
        step("see", app.entry, SAMPLE),
    )


def _enters(app: _App, sentence: str) -> tuple[Step, ...]:
    if not app.grows or not ENTER.search(sentence) or len(app.fields) != 1:
        return ()
    return (
        *filled(app.fields, SAMPLE),
        step("press", app.marked, "Enter"),
        step("count", app.entry, "1"),
    )


def _defaults(app: _App, sentence: str) -> tuple[Step, ...]:
    return tuple(
        step("value", name, value.rstrip("."))
        for name, value in DEFAULT.findall(sentence)
        if (control := app.page.control(name)) is not None and control.kind != "button"
    )


def _filters(app: _App, sentence: str) -> tuple[Step, ...]:
    """Buttons that show the open or the done entries only, and a mark that makes one done."""
    named = TICKED.findall(sentence)
    mark = next((name for name in app.page.repeated if MARKS.search(name)), "")
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


def _totals(app: _App, sentence: str) -> tuple[Step, ...]:
    """Two entries with the same number: their sum is shown."""
    numbers = [item for item in app.fields if item.kind == "number" and not item.value]
    names = [name for name in TICKED.findall(sentence) if name in app.page.names]
    total = next((name for name in names if TOTAL.search(name)), "")
    if not app.grows or not total or len(numbers) != 1 or _within(numbers[0]) != VALUES["number"]:
        return ()
    twice = str(2 * int(VALUES["number"]))
    return (*app.add(), *app.add(SECOND), step("see", total, twice))


def _begins(app: _App, sentence: str) -> tuple[Step, ...]:
    return tuple(
        step("see", name, value.rstrip(".,:"))
        for name, value in BEGINS.findall(sentence)
        if name in app.page.names and app.page.control(name) is None
    )


def _has_figure(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


RULES: tuple[Rule, ...] = (
    *(_adds, _removes, _filters, _totals, _counts),
    *(_refuses, _enters, _stays, _defaults, _begins),
)
