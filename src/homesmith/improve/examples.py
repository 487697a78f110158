"""Public examples in a request: calls whose results the person wrote down themselves.

The ways of writing them that are read: doctest (`>>> f(1)` and the result below, or `== 2` behind),
assertions, `f(1) -> 2` with any of the usual arrows, `Input: a = 1` above `Output: 2`, and "for
a = 1 the result should be 2". Nothing is run here; both sides are expressions that a sandbox
evaluates.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from homesmith.improve.candidates import MODULES

ARROW = re.compile(
    r"\s*(?:\#\s*)?(?:==>|==|=>|->|➞|→|="
    r"|(?:should\s+)?(?:returns?|be|gives?|outputs?|evaluates? to)\b:?)\s*"
)
INPUT = re.compile(r"^\s*(?:sample |example )?inputs?\s*:\s*(.*)$", re.IGNORECASE)
OUTPUT = re.compile(r"^\s*(?:sample |example |expected )?outputs?\s*:\s*(.*)$", re.IGNORECASE)
FOR = re.compile(r"\b(?:for|with|when|if|given)\s+(?=[A-Za-z_]\w*\s*=[^=])", re.IGNORECASE)
COMES = (
    re.compile(r"\b(?:should|must)\s+(?:be|return|give)\b:?"),
    re.compile(r"\b(?:will be|returns?|gives?|is)\b:?|=+>|->|→|➞"),
)
GOES_ON = re.compile(r"\s*[-+*/%]\s*[\w(\[\"']")
"""What makes a literal the beginning of an expression."""
WORDS = {"true": "True", "false": "False", "null": "None", "none": "None"}
"""Values as other languages write them."""
INPUT_LINES = 6
CALL = re.compile(r"\b([A-Za-z_]\w*)\s?\(")
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
    with_calls = [*_doctests(request), *_assertions(request), *_arrows(request)]
    if entry:
        named = [one for one in with_calls if entry in _called(one.call)]
        with_calls = [*(named or _meant(with_calls, entry)), *_given(request, entry)]
    found: dict[str, Example] = {}
    known = {
        *dir(builtins),
        *MODULES,
        entry,
        *re.findall(r"\b(?:def|class|import|as)\s+(\w+)", request),
    }
    for example in with_calls:
        if len(example.call) + len(example.expected) > LONGEST or _loose(example.call) - known:
            continue
        found.setdefault(_plain(example.call), example)
    return tuple(found.values())[:MOST]


def _meant(shown: Sequence[Example], entry: str) -> list[Example]:
    """Examples that call one other function throughout: the person's slip for this one."""
    names = {next(iter(_called(one.call)), "") for one in shown}
    if len(names) != 1 or not (name := names.pop()) or name in dir(builtins):
        return []
    return [
        Example(call=re.sub(rf"\b{name}(?=\s*\()", entry, one.call), expected=one.expected)
        for one in shown
    ]


def _called(call: str) -> list[str]:
    """The functions that an expression calls, innermost last."""
    return [one[1] for one in CALL.finditer(call)]


def _loose(call: str) -> set[str]:
    """The names in an expression that it does not bind itself, but functions it calls."""
    try:
        nodes = list(ast.walk(ast.parse(call, mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    called = {one.func.id for one in nodes if isinstance(one, ast.Call) and hasattr(one.func, "id")}
    bound = {one.id for one in nodes if isinstance(one, ast.Name) and not _loaded(one)}
    return {one.id for one in nodes if isinstance(one, ast.Name) and _loaded(one)} - called - bound


def _loaded(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _doctests(request: str) -> Iterator[Example]:
    for block in _blocks(request):
        try:
            parsed = doctest.DocTestParser().get_examples(block)
        except ValueError:
            continue
        for one in parsed:
            call, expected = one.source.strip(), one.want.strip()
            if _is_expression(call) and _is_expression(expected):
                yield Example(call=call, expected=WORDS.get(expected, expected))
            elif not expected and "==" in call and _is_expression(call):
                yield _sides(ast.parse(call, mode="eval").body)


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


def _arrows(request: str) -> Iterator[Example]:
    """`f(1, 2) -> 3`: only literal results, because free text stands around them."""
    for line in request.split("\n"):
        if re.match(r"\s*(?:(?:def|class)\b|>>>)", line) or _parses(line.strip()):
            continue
        for found in CALL.finditer(line):
            end = _closing(line, found.end())
            arrow = ARROW.match(line, end) if end else None
            expected = _literal_prefix(line[arrow.end() :]) if arrow else ""
            call = line[found.start() : end]
            if expected and _is_expression(call):
                yield Example(call=call, expected=expected)


def _parses(line: str) -> bool:
    """Whether a line is an assertion, which is read as such."""
    try:
        return line.startswith("assert ") and bool(ast.parse(line))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _given(request: str, entry: str) -> Iterator[Example]:
    """What goes in and what comes out, told without a call; only literal values."""
    parameters = _parameters(request, entry)
    lines = request.split("\n")
    for number, line in enumerate(lines):
        if found := INPUT.match(line):
            after = lines[number + 1 : number + 1 + INPUT_LINES]
            shown = [OUTPUT.match(one) for one in after]
            ends = next((place for place, one in enumerate(shown) if one), len(after))
            expected = next((one[1] for one in shown if one), "")
            told = [found[1], *after[:ends]]
            given = ", ".join(one.strip().rstrip(",") for one in told if one.strip())
            given = re.sub(r"(^|, )([A-Za-z_]\w*)\s*:\s*", r"\1\2 = ", given)
            yield from _example(entry, parameters, given, expected)
        for spoken in FOR.finditer(line):
            given, rest = _named_values(line[spoken.end() :])
            comes = next((one for each in COMES if (one := each.search(rest))), None)
            if given and comes:
                yield from _example(entry, parameters, given, rest[comes.end() :])


def _parameters(request: str, entry: str) -> tuple[str, ...]:
    """The names in the head of the function, () where the request shows none."""
    head = re.search(rf"\bdef\s+{re.escape(entry)}\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", request)
    try:
        made = ast.parse(f"def f({head[1]}): ...").body[0] if head else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    if not isinstance(made, ast.FunctionDef):
        return ()
    return tuple(one.arg for one in (*made.args.posonlyargs, *made.args.args))


def _named_values(text: str) -> tuple[str, str]:
    """The longest beginning that is `name = literal` with commas between, and what follows it."""
    for end in sorted({len(text), *(m.start() for m in re.finditer(r"[\s,]", text))})[::-1]:
        if _values(text[:end].rstrip(" ,")) is not None:
            return text[:end].rstrip(" ,"), text[end:]
    return "", text


def _values(text: str) -> list[tuple[str, str]] | None:
    """Names ("" for none) and literals of what could stand between the brackets of a call."""
    try:
        called = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(called, ast.Call):
            return None
        parts = [("", one) for one in called.args]
        parts += [(one.arg or "", one.value) for one in called.keywords]
        for _, value in parts:
            ast.literal_eval(value)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    return [(name, ast.unparse(value)) for name, value in parts] or None


def _example(entry: str, parameters: tuple[str, ...], given: str, shown: str) -> Iterator[Example]:
    values, expected = _values(given), _literal_prefix(shown)
    if values is None or not expected or (parameters and len(values) != len(parameters)):
        return
    named = dict(values)
    if set(named) == set(parameters):
        values = [(name, named[name]) for name in parameters]
    yield Example(call=f"{entry}({', '.join(value for _, value in values)})", expected=expected)


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
    """The longest beginning of a text that is a Python literal, without what follows it.

    Where it is only the first part of a sum, the sum's own result behind the last "=".
    """
    text = text.strip()[:LONGEST]
    if (word := re.match(r"[a-z]+\b", text)) and word[0] in WORDS:
        return WORDS[word[0]]
    for end in sorted({len(text), *(m.start() for m in re.finditer(r"[\s.,;`]", text))})[::-1]:
        part = text[:end].rstrip(".,;`")
        try:
            ast.literal_eval(part)
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
            continue
        if GOES_ON.match(text, end) and part[-1:].isdigit():
            result = text.rpartition("=")[2]
            return _literal_prefix(result) if "=" in text else ""
        return ast.unparse(ast.parse(part, mode="eval")) if "#" in part else part
    return ""


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(text)


def _plain(text: str) -> str:
    return "".join(text.split())
