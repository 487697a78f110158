"""Read HTML strictly enough to find what a browser would silently mend, and note its names.

Template tags (`{{ … }}`, `{% … %}`) are taken out first. It does not validate attributes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

WITHOUT_END = "area base br col embed hr img input link meta param source track wbr"
END_IS_OPTIONAL = "html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup"
VOID = frozenset(WITHOUT_END.split())
MAY_STAY_OPEN = frozenset(END_IS_OPTIONAL.split())
DRAWING = frozenset({"svg", "math"})
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A value and the line it stands on."""

    value: str
    line: int


@dataclass(slots=True, kw_only=True)
class Markup:
    """What one HTML file holds. `problems` are sentences; `handlers` are on… attribute values."""

    problems: list[Named] = field(default_factory=list)
    ids: list[Named] = field(default_factory=list)
    testids: list[Named] = field(default_factory=list)
    scripts: list[Named] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    styles: list[Named] = field(default_factory=list)
    handlers: list[Named] = field(default_factory=list)
    inline: list[Named] = field(default_factory=list)


def read_markup(text: str, *, fragment: bool = False) -> Markup:
    """Parse one file. A `fragment` need not be a whole page."""
    reader = _Reader()
    reader.feed(TEMPLATE_TAG.sub(_same_lines, text))
    reader.close()
    reader.finish()
    markup = reader.markup
    if not fragment and not reader.tags & {"html", "body", "main", "div", "section", "form", "p"}:
        markup.problems.append(Named(value="there is no page in this file", line=1))
    return markup


def _same_lines(match: re.Match[str]) -> str:
    """A template tag becomes a word of the same number of lines, so that line numbers stay."""
    return (
        "x" + "\n" * match[0].count("\n")
        if match[0].startswith("{{")
        else "\n" * match[0].count("\n")
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = Markup()
        self.tags: set[str] = set()
        self._open: list[Named] = []
        self._inline = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        line = self.getpos()[0]
        self._note(tag, {name: value or "" for name, value in attrs}, line)
        if tag not in VOID and not self._in_drawing():
            self._open.append(Named(value=tag, line=line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<div/>` opens a div in HTML; `<path/>` inside a drawing and `<br/>` are whole."""
        if tag in VOID or self._in_drawing() or tag in DRAWING:
            self._note(tag, {name: value or "" for name, value in attrs}, self.getpos()[0])
        else:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag in VOID or (self._in_drawing() and tag not in DRAWING):
            return
        names = [item.value for item in self._open]
        if tag not in names:
            if tag not in MAY_STAY_OPEN:
                self._problem(f"</{tag}> closes nothing", line)
            return
        while self._open:
            item = self._open.pop()
            if item.value == tag:
                return
            if item.value not in MAY_STAY_OPEN:
                self._problem(
                    f"<{item.value}> of line {item.line} is not closed before </{tag}>", line
                )

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].value == "script" and data.strip() and self._inline:
            self.markup.inline.append(Named(value=data, line=self.getpos()[0]))

    def finish(self) -> None:
        for item in self._open:
            if item.value not in MAY_STAY_OPEN:
                self._problem(f"<{item.value}> is never closed", item.line)
        for kind, names in (("id", self.markup.ids), ("data-testid", self.markup.testids)):
            self._twice(kind, names)

    def _twice(self, kind: str, names: list[Named]) -> None:
        seen: set[str] = set()
        for name in names:
            if kind == "id" and name.value in seen and name.value != "x":
                self._problem(f'the id "{name.value}" is used twice', name.line)
            seen.add(name.value)

    def _note(self, tag: str, attributes: dict[str, str], line: int) -> None:
        if attributes.get("id"):
            self.markup.ids.append(Named(value=attributes["id"], line=line))
        if attributes.get("data-testid"):
            self.markup.testids.append(Named(value=attributes["data-testid"], line=line))
        for name, value in attributes.items():
            if name.startswith("on") and value:
                self.markup.handlers.append(Named(value=value, line=line))
        if tag == "script":
            self._script(attributes, line)
        if tag == "link" and "stylesheet" in attributes.get("rel", "") and attributes.get("href"):
            self.markup.styles.append(Named(value=attributes["href"], line=line))

    def _script(self, attributes: dict[str, str], line: int) -> None:
        kind = attributes.get("type", "")
        source = attributes.get("src", "")
        if source:
            self.markup.scripts.append(Named(value=source, line=line))
            if kind == "module":
                self.markup.modules.append(source)
        self._inline = "" if source or (kind and "javascript" not in kind) else "script"

    def _problem(self, text: str, line: int) -> None:
        self.markup.problems.append(Named(value=text, line=line))

    def _in_drawing(self) -> bool:
        return any(item.value in DRAWING for item in self._open)
