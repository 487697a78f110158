"""A page as its request names it: every name stands once, and what is made per entry not at all.

A small model leaves out names of a long request and puts example entries in; a program mends both
without asking it again. Pure text; what is no name of the request stays as the model wrote it.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from itertools import product

from homesmith.builder.controls import TESTID, VOID
from homesmith.builder.entries import holds
from homesmith.builder.kinds import is_number, kind_of
from homesmith.builder.live import OPENING
from homesmith.context.relevance import sentences

LABEL = r"[\"“]([^\"“”\n]{1,40})[\"”](?: button)? ?\((?:data-testid )?`%s`"
TEXTED = r"`%s`[^.`]{0,20}? (?:with the text|labelled|saying|called) [`\"“]([^`\"”\n]{1,40})[`\"”]"
OPTIONS = (
    r"`%s`,? \(([^()`\n]+, [^()`\n]+)\)",
    r"`%s`[^.`]{0,60}?(?:with(?: the (?:\w+ )?options)?|shows|offers|:|of) ([^.;]+)",
)
STARTS = (
    r"`%s`[^.`]{0,30}?\b(?:starts? (?:at|with)|starting (?:at|with)|defaults? (?:to|is)|default:?|"
    r"initially|at first)\s+[\"“]?(-?\d[\d.]*)"
)
AT_FIRST = r"`%s`[^.;`]{0,40}?,? (-?\d[\d.]*) (?:at first|at the start|to begin with|by default)\b"
TYPED_AS = r"\b(date|time|month|week|colou?r|e-?mail|url|telephone|phone) field"
TYPES = {"colour": "color", "e-mail": "email", "phone": "tel", "telephone": "tel"}
AREA = re.compile(r"\btext ?area\b", re.IGNORECASE)
ONE_OPTION = re.compile(r"\s*(?:,|\band\b|\bor\b)\s*")
BEYOND = re.compile(
    r",? and an? |, an? |\s(?:chooses?|changes?|filters?|picks?|decides?|selects?|says?|shows?|"
    r"switches|which|that|limits?|is|are|sets?)\b|[:(]\s|\s\(|"
    r"\s(?:beside|next to|near|in|on|at|for|from|under|below|above|before|after) "
    r"(?:it|them|the|each|every|an?)\b"
)
"""What ends a list of options inside a sentence."""
NARROWS = re.compile(r"(?:^|-)(?:search|filter|show|find|query|sort|order|view)(?:-|$)")
"""Names of fields that choose what is seen of the entries."""
QUOTES = '`"“”'
TAGS = {
    "button": ("button",),
    "field": ("input", "textarea"),
    "dropdown": ("select",),
    "select": ("select",),
    "checkbox": ("input",),
    "link": ("a",),
}
"""The elements that things of a kind are."""
AROUND = ("form", "div", "section", "article", "label", "main", "ul", "li")
"""Elements that stand around others."""


def completed(
    page: str, *, names: Sequence[str], members: Iterable[str], request: str, beside: str = ""
) -> str:
    """The page with one element for each of `names`, and none of `members`.

    What is missing is made of the kind that the request calls it, before the end of the main part;
    fields that are typed in stand before the button `beside`, if that is given.
    """
    made = set(members)
    page = without(page, made)
    for name in names:
        page = _of_its_kind(_once(page, name, request), name, request) if name not in made else page
    lacking = set(names) - set(TESTID.findall(page)) - made
    for name in filter(lacking.__contains__, dict.fromkeys(names)):
        page = _named_otherwise(page, name)
    there = set(TESTID.findall(page))
    missing = [name for name in names if name not in there and name not in made]
    if beside:
        typed = [name for name in missing if _is_typed(name, request)]
        page = _before(page, beside, [element(name, request) for name in typed])
        missing = [name for name in missing if name not in typed]
    end = page.rfind("</main>")
    if not missing or end < 0:
        return page
    lines = "".join(f"    {element(name, request)}\n" for name in missing)
    start = page.rfind("\n", 0, end) + 1
    return page[:start] + lines + page[start:]


def _once(page: str, name: str, request: str) -> str:
    """The page with the name at one element only: one of the kind that the request calls it."""
    tag = re.compile(rf'<(\w+)\b[^>]*?(\s+data-testid="{re.escape(name)}")[^>]*>')
    there = list(tag.finditer(page))
    tags = TAGS.get(kind_of(name, request), ())
    kept = next((one for one in there if one[1] in tags), None)
    kept = kept or next((one for one in there if one[1] not in AROUND), there[0] if there else None)
    for one in reversed(there):
        if one is not kept:
            page = page[: one.start(2)] + page[one.end(2) :]
    return page


def unnested(page: str, names: Iterable[str], request: str) -> str:
    """The page in which no element stands inside another one of the same name: of these the one
    that the request speaks of keeps it.
    """
    for name in names:
        for start, end in reversed(_spans(page, {name})):
            page = page[:start] + _once(page[start:end], name, request) + page[end:]
    return page


def _is_typed(name: str, request: str) -> bool:
    kinds = ("field", "dropdown", "select", "checkbox")
    return kind_of(name, request) in kinds and not NARROWS.search(name)


def _before(page: str, name: str, elements: Sequence[str]) -> str:
    """The page with elements before the one of that name, each on a line of its own."""
    found = re.search(rf'([ \t]*)<\w+\b[^>]*\bdata-testid="{re.escape(name)}"', page)
    if not found:
        return page
    lines = "".join(f"{found[1]}{one}\n" for one in elements)
    return page[: found.start()] + lines + page[found.start() :]


def _of_its_kind(page: str, name: str, request: str) -> str:
    """The page with a field of the kind, and with the first value, that the request gives it."""
    found = re.search(rf'<(\w+)\b[^>]*\bdata-testid="{re.escape(name)}"[^>]*>', page)
    kind = kind_of(name, request)
    if not found or kind not in ("field", "dropdown", "select"):
        return page
    number = kind == "field" and is_number(name, request)
    tag, typed = found[1].lower(), re.search(r'\btype="(\w+)"', found[0])
    if number and (tag != "input" or (typed and typed[1] not in ("number", "range"))):
        return _instead(page, name, _number_field(name, request))
    if kind != "field" and tag != "select" and (listed := options_of(name, request)):
        return _instead(page, name, _dropdown(name, listed))
    first = first_value(name, request)
    if number and first and " value=" not in found[0]:
        return page.replace(
            found[0], found[0].replace(" data-testid=", f' value="{first}" data-testid=')
        )
    return page


def _instead(page: str, name: str, other: str) -> str:
    """The page with another element in the place of the one of that name."""
    start, end = next(iter(_spans(page, {name})), (0, 0))
    return page[:start] + other + page[end:] if end else page


def _number_field(name: str, request: str) -> str:
    first = first_value(name, request)
    value = f' value="{markup.escape(first)}"' if first else ""
    return f'<input type="number" step="any"{value} data-testid="{name}">'


def _dropdown(name: str, listed: Sequence[str]) -> str:
    options = "".join(f"<option>{markup.escape(option)}</option>" for option in listed)
    return f'<select data-testid="{name}">{options}</select>'


def first_value(name: str, request: str) -> str:
    """What a field holds at first, as in "`tip`, starts at 15"; else ""."""
    words = " ".join(request.split())
    patterns = (pattern % re.escape(name) for pattern in (STARTS, AT_FIRST))
    found = next((place for one in patterns if (place := re.search(one, words))), None)
    if found:
        return found[1].rstrip(".")
    called = rf"\b{re.escape(name.replace('-', ' '))} (?:of |is )?(-?\d[\d.]*)"
    opening = (one for one in sentences(request) if OPENING.search(one))
    found = next((place for one in opening if (place := re.search(called, one))), None)
    return found[1].rstrip(".") if found else ""


def _named_otherwise(page: str, name: str) -> str:
    """The page with a data-testid where an element has the name as its only class or its id."""
    pattern = rf'\b(?:class|id)="{re.escape(name)}"'
    return re.sub(pattern, f'data-testid="{name}"', page, count=1)


def without(page: str, names: Iterable[str]) -> str:
    """The page less the elements that have one of these names as their data-testid."""
    for start, end in reversed(_spans(page, names)):
        before = page[:start]
        line = before.rstrip(" \t")
        rest = page[end:]
        page = (line if line.endswith("\n") else before) + (
            rest.lstrip(" \t").removeprefix("\n") if line.endswith("\n") else rest
        )
    return page


def element(name: str, request: str) -> str:
    """The plainest element for a name: what kind it is, its text and options, as requested."""
    kind = kind_of(name, request)
    label = markup.escape(label_of(name, request))
    if kind == "button":
        return f'<button type="button" data-testid="{name}">{label}</button>'
    if kind == "checkbox":
        return f'<label><input type="checkbox" data-testid="{name}"> {label}</label>'
    if kind in ("dropdown", "select"):
        return f"<label>{label} {_dropdown(name, options_of(name, request))}</label>"
    if kind == "field" and is_number(name, request):
        return f"<label>{label} {_number_field(name, request)}</label>"
    if kind == "field" and typed_as(name, request) == "textarea":
        return f'<label>{label} <textarea data-testid="{name}"></textarea></label>'
    if kind == "field":
        typed = typed_as(name, request)
        return f'<label>{label} <input type="{typed}" data-testid="{name}"></label>'
    tag = "ul" if holds(name, request) else "p"
    return f'<{tag} data-testid="{name}"></{tag}>'


def typed_as(name: str, request: str) -> str:
    """The type of a field of text: "date" for "a date field `day`", "textarea" for a text area."""
    sentence = next((one for one in sentences(request) if f"`{name}`" in one), "")
    before, _, behind = sentence.partition(f"`{name}`")
    found = re.search(rf"{TYPED_AS}\W+$", before) or re.match(
        rf"[\s,(]*(?:an? )?{TYPED_AS}", behind
    )
    if found:
        return TYPES.get(found[1], found[1])
    own = re.split(r"[,;:`]|\band\b", before)[-1]
    behind = re.sub(r"^,? (?:an? )?", "", behind)
    return "textarea" if AREA.search(own) or AREA.match(behind) else "text"


def label_of(name: str, request: str, default: str | None = None) -> str:
    """The text of a control as the request gives it, else `default`, else from its name."""
    for pattern in (LABEL, TEXTED):
        found = re.search(pattern % re.escape(name), request)
        if found:
            return found[1]
    return name.replace("-", " ").capitalize() if default is None else default


def options_of(name: str, request: str) -> list[str]:
    """The options of a dropdown as the request lists them; [] where it does not."""
    for sentence, pattern in product(sentences(request), OPTIONS):
        found = re.search(pattern % re.escape(name), sentence)
        if not found:
            continue
        listed = BEYOND.split(found[1])[0]
        parts = [part.strip(f" {QUOTES}") for part in ONE_OPTION.split(listed)]
        if len(parts) > 1:
            return _alike(name, [part for part in parts if part and len(part) < 40])
    return []


def _alike(name: str, options: list[str]) -> list[str]:
    """Options without the noun that the last one carries for all: "All, Read or Unread books".

    In "Cash or Credit card" it is a part of the last one alone.
    """
    *others, last = options or [""]
    first, _, noun = last.partition(" ")
    numbers = first.isdecimal() and all(map(str.isdecimal, others))
    of_all = numbers or (first[:1].isupper() and (noun == name or noun.endswith("s")))
    told = noun.islower() and of_all and all(" " not in one for one in others)
    return [*others, first] if others and told else options


def _spans(page: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Where the outermost elements with these names begin and end, in their order."""
    reader = _Spans(page, frozenset(names))
    reader.feed(page)
    reader.close()
    return sorted(reader.spans)


class _Spans(HTMLParser):
    """Where the outermost elements with certain names begin and end."""

    def __init__(self, page: str, names: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.names = names
        self.spans: list[tuple[int, int]] = []
        self._lines = [0]
        for line in page.split("\n"):  # what ends a line for the parser
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._page = page
        self._depth = 0
        self._start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or ""
        if self._depth:
            self._depth += tag not in VOID
            return
        if dict(attrs).get("data-testid") in self.names:
            self._start = self._at()
            if tag in VOID:
                self.spans.append((self._start, self._start + len(text)))
            else:
                self._depth = 1

    def handle_endtag(self, tag: str) -> None:
        if not self._depth or tag in VOID:
            return
        self._depth -= 1
        if not self._depth:
            end = self._page.find(">", self._at()) + 1
            self.spans.append((self._start, end))

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
