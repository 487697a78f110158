"""Source code as its shape: signatures and constants, with the bodies open that are asked for.

Parsed by tree-sitter, so that code with mistakes in it has a shape too. For reading only: what
shall be edited comes as Editable and is never laid out. To add a language: a line in GRAMMARS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from homesmith.context.compression.choosing import Layout, written
from homesmith.context.compression.scoring import bags, shares
from homesmith.context.compression.values import Kind
from homesmith.context.relevance import HUMP
from homesmith.context.slices import Slice

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]{2,}")
ORDINARY = 0.6
"""Of the file: a body that is more of it is no detail, and what stands in it is laid out."""
HUGE = 80
"""Lines of a body from which it is looked into as well: it often wraps a whole program."""
DEEPEST = 20
LONG = 8
"""Lines of a statement; the rest of a longer one is left out before bodies that matter."""
SHAPE = 1.0
"""Worth from which a piece belongs to the skeleton."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Where a parser comes from, and what its nodes are called."""

    module: str
    language: str
    functions: frozenset[str]
    containers: frozenset[str]
    imports: frozenset[str]
    braces: bool
    gap: str


NODE = re.compile(r"\w+")
SCRIPT_FUNCTIONS = frozenset(
    NODE.findall(
        "function_declaration generator_function_declaration function_expression arrow_function"
        " method_definition"
    )
)
SCRIPT_CONTAINERS = frozenset(
    NODE.findall(
        "class_declaration abstract_class_declaration class class_body export_statement"
        " lexical_declaration variable_declaration variable_declarator expression_statement"
        " call_expression arguments assignment_expression parenthesized_expression object pair"
        " internal_module statement_block"
    )
)
GRAMMARS: Mapping[Kind, Grammar] = {
    "python": Grammar(
        module="tree_sitter_python",
        language="language",
        functions=frozenset(("function_definition",)),
        containers=frozenset(("class_definition", "decorated_definition", "block")),
        imports=frozenset(("import_statement", "import_from_statement", "future_import_statement")),
        braces=False,
        gap="...  #",
    ),
    "javascript": Grammar(
        module="tree_sitter_javascript",
        language="language",
        functions=SCRIPT_FUNCTIONS,
        containers=SCRIPT_CONTAINERS,
        imports=frozenset(("import_statement",)),
        braces=True,
        gap="// …",
    ),
    "typescript": Grammar(
        module="tree_sitter_typescript",
        language="language_typescript",
        functions=SCRIPT_FUNCTIONS,
        containers=SCRIPT_CONTAINERS,
        imports=frozenset(("import_statement",)),
        braces=True,
        gap="// …",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines of a file from 0, both ends included, and what they are; `name` of what they define."""

    first: int
    last: int
    what: str
    name: str = ""
    inside: str = ""


WORTH = {
    "signature": 2.0,
    "import": 1.3,
    "statement": 1.1,
    "note": 0.7,
    "rest": 0.4,
    "comment": 0.3,
    "body": 0.5,
}


def lay_out(text: str, query: str, kind: Kind) -> Layout:
    """The lines of a file as pieces: its shape first, and above it what the question names."""
    grammar = GRAMMARS[kind]
    lines = text.split("\n")
    parts = _parts(text, lines, grammar)
    texts = [_text(lines, part) for part in parts]
    named = set(IDENTIFIER.findall(query))
    split = (HUMP.sub(" ", one) for one in texts)
    asked = [0.0] * len(parts)
    if query.strip():
        shared = shares(bags(HUMP.sub(" ", query), split))
        asked = [sum(pair) / 2 for pair in zip(*shared, strict=True)]
    wanted = {part.inside for part in parts if part.name in named}
    slices = tuple(
        Slice(
            source=f"lines {part.first + 1}-{part.last + 1}",
            text=one,
            worth=_worth(part, share, named, wanted),
            why="named in the question" if part.name in named else part.what,
        )
        for part, one, share in zip(parts, texts, asked, strict=True)
    )

    def gap(first: int, last: int) -> str:
        line = next((one for one in texts[first].split("\n") if one.strip()), "")
        indent = line[: len(line) - len(line.lstrip())]
        end = parts[last].first + texts[last].rstrip().count("\n")
        return f"{indent}{grammar.gap} {_range(parts[first].first, end)}\n"

    return Layout(slices=slices, gap=gap)


def shape(text: str, kind: Kind) -> str:
    """The file without bodies, notes and comments, whatever it costs."""
    layout = lay_out(text, "", kind)
    return written(layout, {at for at, one in enumerate(layout.slices) if one.worth >= SHAPE})


def _worth(part: Part, share: float, named: set[str], wanted: set[str]) -> float:
    if part.name in named:
        return 6.0 if part.what == "signature" else 5.0
    if part.what == "signature" and part.name and part.name in wanted:
        return 5.5  # the class of a method that is named
    return WORTH[part.what] + share / 2


def _text(lines: list[str], part: Part) -> str:
    whole = "\n".join(lines[part.first : part.last + 1])
    return whole + "\n" if part.last + 1 < len(lines) else whole


@cache
def _parser(module: str, language: str) -> Parser:
    from tree_sitter import Language, Parser

    return Parser(Language(getattr(import_module(module), language)()))


def _parts(text: str, lines: list[str], grammar: Grammar) -> list[Part]:
    """Every line of the file in exactly one part, in order."""
    parser = _parser(grammar.module, grammar.language)
    tree = parser.parse(text.encode("utf-8", "surrogatepass"))
    found: dict[int, Part] = {}
    for part in _walk(tree.root_node, grammar, len(lines), "", 0):
        for line in range(part.first, min(part.last, len(lines) - 1) + 1):
            found.setdefault(line, part)
    return _joined(lines, found)


def _joined(lines: list[str], found: Mapping[int, Part]) -> list[Part]:
    """Neighbouring lines of one part together; lines that nobody claimed go with those above."""
    parts: list[Part] = []
    owner: Part | None = None
    for number, line in enumerate(lines):
        mine = found.get(number)
        if mine is None:
            mine = owner or Part(first=number, last=number, what="statement")
            if line.strip() and owner is not None and owner.what in ("body", "note", "comment"):
                mine = Part(first=number, last=number, what="signature")  # a closing bracket
        if mine is owner and parts:
            last = parts[-1]
            parts[-1] = Part(
                first=last.first, last=number, what=last.what, name=last.name, inside=last.inside
            )
        else:
            parts.append(
                Part(first=number, last=number, what=mine.what, name=mine.name, inside=mine.inside)
            )
        owner = mine
    return parts


def _walk(
    node: Node, grammar: Grammar, total: int, inside: str, depth: int, *, listed: bool = True
) -> Iterator[Part]:
    """The parts below a node; its plain statements only where they are `listed`."""
    for child in node.named_children:
        first, last = child.start_point.row, child.end_point.row
        if child.type in grammar.functions:
            if listed or _name(child):
                yield from _function(child, grammar, total, inside, depth)
        elif child.type in grammar.containers and last > first and depth < DEEPEST:
            name = _name(child)
            body = child.child_by_field_name("body")
            if body is not None:
                head = max(first, body.start_point.row - (not grammar.braces))
                yield Part(first=first, last=head, what="signature", name=name, inside=inside)
            within = list(_walk(child, grammar, total, name or inside, depth + 1, listed=listed))
            yield from within
            if listed and body is None and not any(part.what == "body" for part in within):
                yield from _statement(first, last, inside)
        elif child.type == "comment":
            yield Part(first=first, last=last, what="comment", inside=inside)
        elif child.type in grammar.imports:
            yield Part(first=first, last=last, what="import", inside=inside)
        elif _is_note(child):
            yield Part(first=first, last=last, what="note", inside=inside)
        elif listed and (depth == 0 or node.type in ("block", "class_body")):
            yield from _statement(first, last, inside)


def _statement(first: int, last: int, inside: str) -> Iterator[Part]:
    if last - first < LONG:
        yield Part(first=first, last=last, what="statement", inside=inside)
        return
    yield Part(first=first, last=first, what="statement", inside=inside)
    yield Part(first=first + 1, last=last - 1, what="rest", inside=inside)
    yield Part(first=last, last=last, what="statement", inside=inside)


def _function(node: Node, grammar: Grammar, total: int, inside: str, depth: int) -> Iterator[Part]:
    """The signature, its note and its body; a body that is most of the file is looked into."""
    first, name = node.start_point.row, _name(node)
    body = node.child_by_field_name("body")
    opens = body.start_point.row + grammar.braces if body is not None else 0
    closes = body.end_point.row - grammar.braces if body is not None else -1
    if body is None or opens <= first or closes < opens:
        yield Part(first=first, last=node.end_point.row, what="signature", name=name, inside=inside)
        return
    yield Part(first=first, last=opens - 1, what="signature", name=name, inside=inside)
    lines = closes - opens + 1
    if depth < DEEPEST and (lines > HUGE or lines > max(LONG, ORDINARY * total)):
        yield from _walk(body, grammar, total, name or inside, depth + 1, listed=False)
    note = body.named_children[0] if body.named_children else None
    if note is not None and _is_note(note):
        yield Part(first=note.start_point.row, last=note.end_point.row, what="note", inside=inside)
        opens = note.end_point.row + 1
    if opens <= closes:
        yield Part(first=opens, last=closes, what="body", name=name, inside=inside)


def _name(node: Node) -> str:
    """The name of a definition; of a function without one, the name it is assigned to."""
    holder: Node | None = node
    for _ in range(2):
        named = holder.child_by_field_name("name") if holder is not None else None
        if named is not None and named.text is not None:
            return named.text.decode("utf-8", "replace")
        holder = holder.parent if holder is not None else None
    return ""


def _is_note(node: Node) -> bool:
    """Whether this is a docstring."""
    inner = node.named_children
    return node.type == "expression_statement" and len(inner) == 1 and inner[0].type == "string"


def _range(first: int, last: int) -> str:
    """Lines from 0 as a person and a handle name them, from 1."""
    return f"line {first + 1}" if first == last else f"lines {first + 1}-{last + 1}"
