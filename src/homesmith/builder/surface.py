"""What a person can do on a page that grows entries: its main button, the fields that go with it.

Rules derive acceptance scenarios from this. It reads pages, never runs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homesmith.builder.controls import TEXT_KINDS, Control, Page
from homesmith.builder.literals import TICKED
from homesmith.builder.mentions import calls, texts_after
from homesmith.core.steps import Action, Step

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
MARKS = re.compile(
    r"(?:^|-)(?:toggle|done|check|complete|completed|finished|bought|paid|packed|ticked)(?:-|$)"
)
LINK = re.compile(r"(?:^|-)(?:url|link|website|homepage)(?:-|$)", re.IGNORECASE)
MAIL = re.compile(r"(?:^|-)e?-?mail(?:-|$)", re.IGNORECASE)
"""Text fields that take an address, whatever their type says."""
ADDING = re.compile(
    r"^(?:add|create|save|submit|sign|post|send|new|insert|put|log|record|book)\b", re.IGNORECASE
)
DOING = re.compile(
    r"^(?:calc|convert|compute|generate|check|start|go|ok|show|count|roll|draw|play|find|enter)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The page, its main button, the fields that go with it, and the name of an entry.

    `marked` is the field whose text an entry shows, `told` the sentences of the request.
    """

    page: Page
    button: Control | None
    fields: tuple[Control, ...]
    entry: str
    marked: str
    told: tuple[str, ...] = ()

    @property
    def grows(self) -> bool:
        """Whether entries with a text of their own can be added."""
        return bool(self.button and self.entry and self.marked)

    def heard(self, text: str) -> tuple[Control, ...]:
        """The controls on the page that a text names, or calls by a word of theirs."""
        mine = [item for item in self.page.controls if f"`{item.testid}`" in text]
        return tuple(mine or [item for item in self.page.controls if calls(item.testid, text)])

    def place(self, sentence: str) -> str:
        """Where a sentence says that something is shown: the last output that it names and gives
        a text for behind the name, else the last that it names; else "".
        """
        names = [name for name in TICKED.findall(sentence) if name in self.page.names]
        outputs = [name for name in reversed(names) if self.page.control(name) is None]
        told = (name for name in outputs if texts_after(name, sentence, names))
        return next(iter((*told, *outputs)), "")

    @property
    def mark(self) -> str:
        """The box of an entry that is ticked when it is done; "" without."""
        named = (name for name in self.page.repeated if MARKS.search(name))
        return next(iter((*self.page.marks, *named)), "")

    def member(self, pattern: re.Pattern[str]) -> str:
        """The name inside an entry that fits; else ""."""
        return next((name for name in self.page.repeated if pattern.search(name)), "")

    def add(self, text: str = SAMPLE) -> tuple[Step, ...]:
        """Fill the fields and press the button."""
        assert self.button is not None
        return (*filled(self.fields, text), step("click", self.button.testid))


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
            steps.append(step("type", item.testid, _typed(item, text)))
        elif item.kind in VALUES and not item.value:
            steps.append(step("type", item.testid, within(item)))
    return tuple(steps)


def _typed(item: Control, text: str) -> str:
    """The text as an address of the kind that a text field's name calls for, else itself."""
    word = re.sub(r"\W+", "-", text.lower())
    if LINK.search(item.testid):
        return f"https://example.com/{word}"
    return f"{word}@example.com" if MAIL.search(item.testid) else text


def within(item: Control) -> str:
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


def surface_of(page: Page, told: Sequence[str] = ()) -> Surface:
    """What can be done on a page whose request has the sentences `told`."""
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
    texts = [item for item in fields if item.kind in TEXT_KINDS and _typed(item, SAMPLE) == SAMPLE]
    return Surface(
        page=page,
        button=button,
        fields=fields,
        entry=page.repeated[0] if page.repeated else "",
        marked=texts[0].testid if texts else "",
        told=tuple(told),
    )


def _before(page: Page, button: Control) -> tuple[Control, ...]:
    """The fields that stand before a button and after the button before it."""
    if button.form:
        inside = (item for item in page.controls if item.form == button.form)
        return tuple(item for item in inside if item.kind != "button")
    place = page.controls.index(button)
    fields: list[Control] = []
    for item in reversed(page.controls[:place]):
        if item.kind == "button":
            break
        fields.append(item)
    return tuple(reversed(fields))
