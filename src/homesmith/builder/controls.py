"""What a person can operate on a page, read from its HTML: fields, buttons, and what is repeated.

It reads text only; template tags stand for what they repeat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID_TAGS = "area base br col embed hr img input link meta source track wbr"
VOID = frozenset(VOID_TAGS.split())
LISTS = frozenset({"ul", "ol", "tbody"})
TEXT_KINDS = frozenset({"text", "search", "textarea"})
LOOP = re.compile(r"\{%-?\s*for\b.*?\{%-?\s*endfor\b", re.DOTALL)
MADE = re.compile(r"""testid["']?\s*:\s*["']([A-Za-z][\w-]*)["']""")
BOX = re.compile(r"""type:\s*["']checkbox["'],\s*testid:\s*["']([\w-]+)["']""")
TESTID = re.compile(r"""data-testid\s*=\s*["']([A-Za-z][\w-]*)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field or a button. `kind` is the input's type, "textarea", "select" or "button"; `form` is
    the number of the form it stands in, from 1, or 0.
    """

    testid: str
    kind: str
    text: str = ""
    value: str = ""
    least: str = ""
    most: str = ""
    options: tuple[str, ...] = ()
    form: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The controls that stand on the page, in its order; `repeated` are names made per entry,
    `order` the others as they stand, `lists` those that are or hold a list; `marks` are the
    checkboxes of an entry.
    """

    controls: tuple[Control, ...]
    names: frozenset[str]
    repeated: tuple[str, ...]
    order: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def control(self, testid: str) -> Control | None:
        """The control of this name, if it stands on the page."""
        return next((item for item in self.controls if item.testid == testid), None)


def read_page(html: str, script: str, asked: Sequence[str]) -> Page:
    """The page, with what its script or its loops repeat; `asked` names come first among these."""
    looped = [name for part in LOOP.findall(html) for name in TESTID.findall(part)]
    reader = _Reader()
    reader.feed(html)
    reader.close()
    names = frozenset(TESTID.findall(html)) - frozenset(looped)
    made = dict.fromkeys([*looped, *MADE.findall(script)])
    wanted = [
        name for name in asked if (name in made or f'"{name}"' in script) and name not in names
    ]
    repeated = tuple(dict.fromkeys([*wanted, *(name for name in made if name not in names)]))
    controls = tuple(item for item in reader.controls if item.testid in names)
    order = tuple(name for name in dict.fromkeys(TESTID.findall(html)) if name in names)
    return Page(
        controls=controls,
        names=names,
        repeated=repeated,
        order=order,
        marks=tuple(name for name in BOX.findall(script) if name in repeated),
        lists=tuple(name for name in dict.fromkeys(reader.lists) if name in names),
    )


@dataclass(slots=True)
class _Open:
    """An element that is being read and will be a control at its end."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    options: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.controls: list[Control] = []
        self._open: _Open | None = None
        self._option = False
        self.lists: list[str] = []
        self._within: list[tuple[str, str]] = []
        self._forms = 0
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._within.append((tag, attributes.get("data-testid", "")))
        if tag in LISTS:
            holders = (name for _, name in reversed(self._within) if name)
            self.lists += list(holders)[:1]
        if tag == "form":
            self._forms, self._inside = self._forms + 1, True
        elif tag == "input":
            self._add(attributes, attributes.get("type", "text").lower())
        elif tag in ("textarea", "select", "button"):
            self._open = _Open(tag, attributes)
        elif tag == "option" and self._open:
            self._option = True
            self._open.options.append("")

    def handle_data(self, data: str) -> None:
        if self._open and self._option:
            self._open.options[-1] += data.strip()
        elif self._open:
            self._open.text += data

    def handle_endtag(self, tag: str) -> None:
        if any(opened == tag for opened, _ in self._within):
            while self._within.pop()[0] != tag:
                pass
        if tag == "form":
            self._inside = False
        if tag in ("option", "select"):
            self._option = False
        if self._open and tag == self._open.tag:
            opened, self._open = self._open, None
            self._add(opened.attributes, tag, opened.text, tuple(opened.options))

    def _add(
        self, attributes: dict[str, str], kind: str, text: str = "", options: tuple[str, ...] = ()
    ) -> None:
        if kind in ("submit", "button"):
            kind, text = "button", text or attributes.get("value", "")
        if attributes.get("data-testid"):
            self.controls.append(
                Control(
                    testid=attributes["data-testid"],
                    kind=kind,
                    text=" ".join(text.split()),
                    value=attributes.get("value", ""),
                    least=attributes.get("min", ""),
                    most=attributes.get("max", ""),
                    options=options,
                    form=self._forms if self._inside else 0,
                )
            )
