"""What JavaScript, CSS and HTML define, found by patterns over text without strings and comments.

It does not parse: regular expression literals and unusual layouts can hide a definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

SymbolKind = Literal["function", "class", "constant", "listener", "rule", "element", "script"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One definition. `head` is its first line; `first` and `last` are lines from 1, inclusive."""

    name: str
    kind: SymbolKind
    head: str
    first: int
    last: int


QUOTED = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
SCRIPT_NOISE = re.compile(
    rf"//[^\n]*|/\*.*?(?:\*/|\Z)|`(?:\\.|[^`\\])*(?:`|\Z)|{QUOTED}", re.DOTALL
)
STYLE_NOISE = re.compile(rf"/\*.*?(?:\*/|\Z)|{QUOTED}", re.DOTALL)
SCRIPT_HEAD = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?:default[ \t]+)?(?:"
    r"(?P<function>(?:async[ \t]+)?function[ \t]*\*?[ \t]*(?P<function_name>[\w$]+))"
    r"|class[ \t]+(?P<class>[\w$]+)"
    r"|(?:const|let|var)[ \t]+(?P<constant>[\w$]+)[ \t]*="
    r"|(?P<listener>[\w$.]+(?:\([^()\n]*\))?)\.addEventListener\("
    r")",
    re.MULTILINE,
)
ARROW = re.compile(r"=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|[\w$]+\s*=>)")
STYLE_PIECE = re.compile(r"\s*+([^{};]*+)([{};]|\Z)")
TAG = re.compile(r"<[A-Za-z][\w-]*+[^<>]*+>")
NAMED = re.compile(r"(?<=\s)(id|data-testid)\s*+=\s*+[\"']([^\"']+)[\"']")
GOES_ON = re.compile(r"\s*+(?:=>|\{|\.)")
"""After the brackets of parameters the definition is not over."""
EMBEDDED = re.compile(r"<script\b[^<>]*+>(.*?)(?:</script|\Z)", re.DOTALL | re.IGNORECASE)


def outline_javascript(text: str) -> tuple[Symbol, ...]:
    """Functions, classes, constants and listeners at the top, or one block deep.

    One block deep, only functions and classes: scripts often stand inside one wrapping function.
    """
    plain = _without(SCRIPT_NOISE, text)
    depths = _depths(plain)
    lines = text.split("\n")
    found = []
    for match in SCRIPT_HEAD.finditer(plain):
        name, kind = _script_name(match, text, plain)
        depth = depths[match.start()]
        if depth == 0 or (depth == 1 and kind in ("function", "class")):
            start = match.end() - len(match[0].lstrip())
            found.append(_symbol(name, kind, plain, start, lines))
    return tuple(found)


def _script_name(match: re.Match[str], text: str, plain: str) -> tuple[str, SymbolKind]:
    if match["function"]:
        return match["function_name"], "function"
    if match["class"]:
        return match["class"], "class"
    if match["listener"]:
        return text[slice(*match.span("listener"))], "listener"
    is_function = ARROW.match(plain, match.end() - 1)
    return match["constant"], "function" if is_function else "constant"


def outline_css(text: str) -> tuple[Symbol, ...]:
    """The rules at the top, at-rules as one block each."""
    plain = _without(STYLE_NOISE, text)
    depths = _depths(plain)
    lines = text.split("\n")
    return tuple(
        _symbol(" ".join(match[1].split()), "rule", plain, match.start(1), lines)
        for match in STYLE_PIECE.finditer(plain)
        if match[1] and match[2] == "{" and depths[match.start(1)] == 0
    )


def outline_html(text: str) -> tuple[Symbol, ...]:
    """Elements with an id or a data-testid, and what the scripts in the page define."""
    lines = text.split("\n")
    elements = [
        _at(_selector(name[1], name[2]), "element", text, tag.start(), tag.start(), lines)
        for tag in TAG.finditer(text)
        for name in NAMED.finditer(tag[0])
    ]
    scripts = [symbol for match in EMBEDDED.finditer(text) for symbol in _embedded(match, text)]
    return tuple(sorted([*elements, *scripts], key=lambda symbol: (symbol.first, symbol.last)))


def _selector(attribute: str, value: str) -> str:
    return f"#{value}" if attribute == "id" else f"[data-testid={value}]"


def _embedded(match: re.Match[str], text: str) -> Iterator[Symbol]:
    before = text.count("\n", 0, match.start(1))
    for symbol in outline_javascript(match[1]):
        yield replace(symbol, first=symbol.first + before, last=symbol.last + before)


def _without(noise: re.Pattern[str], text: str) -> str:
    """The text with noise blanked out; every other character keeps its place."""
    return noise.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _depths(plain: str) -> list[int]:
    """How many braces are open before each character, and at the end; never below 0."""
    depth, depths = 0, []
    for character in plain:
        if character == "}":
            depth = max(0, depth - 1)
        depths.append(depth)
        if character == "{":
            depth += 1
    depths.append(depth)
    return depths


def _symbol(name: str, kind: SymbolKind, plain: str, start: int, lines: list[str]) -> Symbol:
    return _at(name, kind, plain, start, _end(plain, start, kind), lines)


def _at(name: str, kind: SymbolKind, text: str, start: int, end: int, lines: list[str]) -> Symbol:
    first = text.count("\n", 0, start) + 1
    last = text.count("\n", 0, end) + 1
    head = lines[first - 1].strip() if first <= len(lines) else name
    return Symbol(name=name, kind=kind, head=head, first=first, last=last)


def _end(plain: str, start: int, kind: SymbolKind) -> int:
    """Where a definition ends: its last closing bracket, or the end of its statement."""
    depth, opened = 0, False
    for place in range(start, len(plain)):
        character = plain[place]
        if character in "([{":
            depth += 1
            opened = opened or character == "{"
        elif character in ")]}":
            depth -= 1
            goes_on = kind != "rule" and GOES_ON.match(plain, place + 1)
            if depth < 0 or (depth == 0 and opened and not goes_on):
                return place
        elif depth == 0 and (character == ";" or (character == "\n" and opened)):
            return place
    return max(start, len(plain.rstrip()) - 1)
