"""The shape of a large file: what is defined where, with the bodies left out.

It reads text and never runs it. Python is parsed; JavaScript, CSS and HTML are outlined by
patterns, which is enough to point at a place and not to judge the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from homesmith.context.outline import Symbol, outline_css, outline_html, outline_javascript

DEFINITION = re.compile(r"^(?:async[ \t]+)?(def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """A file without its bodies. `text` is for the model to read; `symbols` are in file order."""

    text: str
    symbols: tuple[Symbol, ...]


def skeleton(path: str, text: str) -> Skeleton:
    """The skeleton of a file, by the ending of its name; of other files, no symbols and no text."""
    match PurePosixPath(path).suffix.lower():
        case ".py":
            return _python(text)
        case ".js" | ".mjs" | ".cjs" | ".ts":
            return _listed(outline_javascript(text))
        case ".css":
            return _listed(outline_css(text))
        case ".html" | ".htm" | ".jinja" | ".j2":
            return _listed(outline_html(text))
        case _:
            return Skeleton(text="", symbols=())


def block(text: str, symbol: Symbol) -> str:
    """The lines of a file that a symbol covers."""
    return "\n".join(text.split("\n")[symbol.first - 1 : symbol.last])


def _listed(symbols: tuple[Symbol, ...]) -> Skeleton:
    lines = [f"{_range(symbol)}: {symbol.head}" for symbol in symbols]
    return Skeleton(text="\n".join(lines), symbols=symbols)


def _range(symbol: Symbol) -> str:
    one = symbol.first == symbol.last
    return f"line {symbol.first}" if one else f"lines {symbol.first}-{symbol.last}"


def _python(text: str) -> Skeleton:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _listed(_python_by_lines(text))
    return Skeleton(text="\n".join(_shape(tree.body, "")), symbols=tuple(_symbols(tree.body, "")))


def _shape(body: list[ast.stmt], indent: str) -> Iterator[str]:
    """Imports and assignments as they stand, signatures with an ellipsis and their lines."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (f"{indent}@{ast.unparse(item)}" for item in node.decorator_list)
            yield f"{indent}{_head(node)} ...  # lines {_first(node)}-{node.end_lineno}"
        elif isinstance(node, ast.ClassDef):
            yield from (f"{indent}@{ast.unparse(item)}" for item in node.decorator_list)
            yield f"{indent}{_head(node)}  # lines {_first(node)}-{node.end_lineno}"
            yield from _shape(node.body, indent + "    ")
        elif isinstance(node, ast.Import | ast.ImportFrom | ast.AnnAssign | ast.Assign):
            first = ast.unparse(node).splitlines()[0]
            yield indent + (first if len(first) <= 100 else first[:99] + "…")


def _symbols(body: list[ast.stmt], prefix: str) -> Iterator[Symbol]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield Symbol(
                name=prefix + node.name,
                kind="class" if isinstance(node, ast.ClassDef) else "function",
                head=_head(node),
                first=_first(node),
                last=node.end_lineno or node.lineno,
            )
            if isinstance(node, ast.ClassDef):
                yield from _symbols(node.body, f"{node.name}.")


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(item.lineno for item in node.decorator_list)])


def _head(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in [*node.bases, *node.keywords])
        return f"class {node.name}({bases}):" if bases else f"class {node.name}:"
    start = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{start} {node.name}({ast.unparse(node.args)}){returns}:"


def _python_by_lines(text: str) -> tuple[Symbol, ...]:
    """Definitions at the margin of a file that does not parse; each reaches to the next."""
    found = list(DEFINITION.finditer(text))
    lines = text.split("\n")
    starts = [text.count("\n", 0, match.start()) + 1 for match in found]
    ends = [*(start - 1 for start in starts[1:]), len(lines)][: len(found)]
    return tuple(
        Symbol(
            name=match[2],
            kind="class" if match[1] == "class" else "function",
            head=lines[first - 1].strip(),
            first=first,
            last=last,
        )
        for match, first, last in zip(found, starts, ends, strict=True)
    )
