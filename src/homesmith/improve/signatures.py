"""The arguments that a request asks of a function, and the JSON schema that inputs must follow.

They are read from a `def` in the request, or from the words "a function name(a, b)".
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MOST, SHORTEST, LONGEST = 8, 3, 24
PLAIN: Mapping[str, Mapping[str, Any]] = {
    "int": {"type": "integer", "minimum": -1000, "maximum": 1000},
    "float": {"type": "number"},
    "str": {"type": "string", "maxLength": LONGEST},
    "bool": {"type": "boolean"},
}
ANY: Mapping[str, Any] = {
    "anyOf": [
        *PLAIN.values(),
        {"type": "array", "items": {"anyOf": list(PLAIN.values())}, "maxItems": MOST},
    ]
}
SEQUENCES: Mapping[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "List": list,
    "Sequence": list,
    "Iterable": list,
    "tuple": tuple,
    "Tuple": tuple,
    "set": set,
    "Set": set,
    "frozenset": frozenset,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A function's name and its arguments' annotations, "" where the request gives none."""

    entry: str
    arguments: tuple[str, ...]


def signature(request: str, entry: str) -> Signature | None:
    """The arguments of `entry` as the request writes them; None when it does not, or has none."""
    found = re.search(rf"\b{re.escape(entry)}\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", request)
    if not entry or found is None:
        return None
    try:
        head = ast.parse(f"def f({found[1]}): ...").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(head, ast.FunctionDef):
        return None
    named = [*head.args.posonlyargs, *head.args.args]
    noted = tuple(ast.unparse(one.annotation) if one.annotation else "" for one in named)
    return Signature(entry=entry, arguments=noted) if noted else None


def schema(head: Signature) -> dict[str, Any]:
    """What a model may write as inputs: a few lists of arguments of the right kinds."""
    each = {
        "type": "array",
        "prefixItems": [_kind(_annotation(text)) for text in head.arguments],
        "items": False,
        "minItems": len(head.arguments),
        "maxItems": len(head.arguments),
    }
    return {
        "type": "object",
        "properties": {
            "inputs": {"type": "array", "items": each, "minItems": SHORTEST, "maxItems": MOST}
        },
        "required": ["inputs"],
        "additionalProperties": False,
    }


def calls(head: Signature, answer: str) -> tuple[str, ...]:
    """The calls that a model's inputs come to, each once; none for an answer that is no inputs."""
    try:
        given = json.loads(answer)["inputs"]
        made = [_call(head, values) for values in given if isinstance(values, list)]
    except (ValueError, TypeError, LookupError, RecursionError):
        return ()
    return tuple(dict.fromkeys(one for one in made if one))[:MOST]


def _call(head: Signature, values: list[Any]) -> str:
    if len(values) != len(head.arguments):
        return ""
    try:
        typed = [
            _like(value, _annotation(text))
            for value, text in zip(values, head.arguments, strict=True)
        ]
    except TypeError:  # such as a list in a set
        return ""
    return f"{head.entry}({', '.join(map(repr, typed))})"


def _annotation(text: str) -> ast.expr | None:
    return ast.parse(text, mode="eval").body if text else None


def _kind(annotation: ast.expr | None) -> Mapping[str, Any]:
    """The JSON schema of an annotation; of one that is not known, anything small."""
    match annotation:
        case ast.Name(id=name) if name in PLAIN:
            return PLAIN[name]
        case ast.Name(id=name) if name in SEQUENCES:
            return {"type": "array", "items": ANY, "maxItems": MOST}
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in SEQUENCES:
            return _sequence(name, inner)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return {"anyOf": [_kind(inner), {"type": "null"}]}
        case ast.Subscript(value=ast.Name(id="dict" | "Dict"), slice=ast.Tuple(elts=[_, value])):
            return {"type": "object", "additionalProperties": _kind(value), "maxProperties": 4}
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return {"anyOf": [_kind(left), _kind(right)]}
        case ast.Constant(value=None):
            return {"type": "null"}
        case _:
            return ANY


def _sequence(name: str, inner: ast.expr) -> Mapping[str, Any]:
    if name.lower() == "tuple" and isinstance(inner, ast.Tuple):
        parts = [one for one in inner.elts if not _is_ellipsis(one)]
        if len(parts) == len(inner.elts):
            kinds = [_kind(one) for one in parts]
            count = len(kinds)
            return {
                "type": "array",
                "prefixItems": kinds,
                "items": False,
                "minItems": count,
                "maxItems": count,
            }
        inner = parts[0]
    return {"type": "array", "items": _kind(inner), "maxItems": MOST}


def _like(value: Any, annotation: ast.expr | None) -> Any:
    """A JSON value as the annotation wants it: tuples and sets where it says so."""
    match annotation:
        case ast.Name(id=name) if name in SEQUENCES and isinstance(value, list):
            return SEQUENCES[name](value)
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if (
            name in SEQUENCES and isinstance(value, list)
        ):
            kinds = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            fixed = isinstance(inner, ast.Tuple) and not any(map(_is_ellipsis, kinds))
            typed = [
                _like(one, kinds[min(place, len(kinds) - 1)] if fixed else kinds[0])
                for place, one in enumerate(value)
            ]
            return SEQUENCES[name](typed)
        case _:
            return value


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
