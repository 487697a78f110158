"""Public examples in a request: calls whose results the person wrote down themselves.

Three ways of writing them are read: doctest (`>>> f(1)` and the result below), assertions, and
`f(1) -> 2` with any of the usual arrows. Nothing is run here; both sides are expressions that a
sandbox evaluates.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass

ARROW = re.compile(
    r"\s*(?:==>|==|=>|->|➞|→|=|\#=>"
    r"|(?:should\s+)?(?:returns?|be|gives?|outputs?|evaluates? to)\b:?)\s*"
)
CALL = re.compile(r"\b([A-Za-z_]\w*)\(")
MOST = 12
LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A Python expression and the expression it must equal."""

    call: str
    expected: str


def examples(request: str, entry: str = "") -> tuple[Example, ...]:
    """The examples of a request in their order, at most 12.

    With `entry`, only those that call the function of that name.
    """
    found: dict[str, Example] = {}
    for example in (*_doctests(request), *_assertions(request), *_arrows(request, entry)):
        if entry and not re.search(rf"\b{re.escape(entry)}\s*\(", example.call):
            continue
        if len(example.call) + len(example.expected) <= LONGEST:
            found.setdefault(_plain(example.call), example)
    return tuple(found.values())[:MOST]


def _doctests(request: str) -> Iterator[Example]:
    for block in _blocks(request):
        try:
            parsed = doctest.DocTestParser().get_examples(block)
        except ValueError:
            continue
        for one in parsed:
            call, expected = one.source.strip(), one.want.strip()
            if _is_expression(call) and _is_expression(expected):
                yield Example(call=call, expected=expected)


def _blocks(request: str) -> Iterator[str]:
    """Each prompt with its lines below, apart, so that one odd line spoils no other."""
    lines = request.split("\n")
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith(">>>")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        indent = len(lines[start]) - len(lines[start].lstrip())
        kept = [lines[start][indent:]]
        for line in lines[start + 1 : end]:
            bare = line.strip()
            if not bare or bare[:3] in ('"""', "'''") or bare.startswith("#"):
                break
            kept.append(line[indent:] if line[:indent].isspace() or not indent else bare)
        yield "\n".join(kept) + "\n"


def _assertions(request: str) -> Iterator[Example]:
    for line in request.split("\n"):
        bare = line.strip().removeprefix("`").removesuffix("`")
        if not bare.startswith("assert "):
            continue
        try:
            statement = ast.parse(bare).body[0]
        except (SyntaxError, ValueError, RecursionError, IndexError):
            continue
        if isinstance(statement, ast.Assert):
            yield _sides(statement.test)


def _sides(test: ast.expr) -> Example:
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        return Example(call=ast.unparse(test.left), expected=ast.unparse(test.comparators[0]))
    return Example(call=ast.unparse(test), expected="True")


def _arrows(request: str, entry: str) -> Iterator[Example]:
    """`f(1, 2) -> 3`: only literal results, because free text stands around them."""
    for line in request.split("\n"):
        if re.match(r"\s*(?:def|class|assert|>>>)\b|\s*>>>", line):
            continue
        for found in CALL.finditer(line):
            if entry and found[1] != entry:
                continue
            end = _closing(line, found.end())
            arrow = ARROW.match(line, end) if end else None
            expected = _literal_prefix(line[arrow.end() :]) if arrow else ""
            call = line[found.start() : end]
            if expected and _is_expression(call):
                yield Example(call=call, expected=expected)


def _closing(line: str, place: int) -> int:
    """The place behind the bracket that closes the one before `place`; 0 when there is none."""
    depth, quote = 1, ""
    while place < len(line):
        letter = line[place]
        if quote:
            quote = "" if letter == quote and line[place - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return 0


def _literal_prefix(text: str) -> str:
    """The longest beginning of a text that is a Python literal, without what follows it."""
    text = text.strip()[:LONGEST]
    for end in sorted({len(text), *(m.start() for m in re.finditer(r"[\s.,;`]", text))})[::-1]:
        part = text[:end].rstrip(".,;`")
        try:
            ast.literal_eval(part)
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
            continue
        return part
    return ""


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(text)


def _plain(text: str) -> str:
    return "".join(text.split())
