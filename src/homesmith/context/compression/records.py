"""JSON as tables: the names of fields once, then a row per object; what stands out is kept first.

`[2]{id,name}:` heads two rows such as `7,Ada`. A cell is bare text, or JSON where bare text could
be misread; an empty cell is a field that the object does not have. So a table says all its array
said. Numbers are read as JSON reads them: 1.10 becomes 1.1.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from homesmith.context.compression import prose
from homesmith.context.compression.choosing import Layout
from homesmith.context.compression.scoring import bags, shares
from homesmith.context.compression.values import Count, Embed
from homesmith.context.slices import Slice

SHORT = 120
"""Characters of a value that stays on one line with its name."""
DEEPEST = 6
BARE = re.compile(r"[^\s\",\[\]{}:](?:[^\",\n\r\[\]{}]*[^\s\",\[\]{}])?")
LITERAL = re.compile(r"-?\d.*|true|false|null|NaN|-?Infinity")
FEW = 10
"""Values of a field count as kinds when each stands, on average, for so many rows."""
RARE = 0.05


def lay_out(text: str, query: str, count: Count, embed: Embed | None = None) -> Layout:
    """The rows as pieces; broken JSON is laid out as prose is."""
    try:
        value = _read(text.strip("\ufeff \t\r\n"))
        slices = tuple(_pieces(value, "", query, 0))
    except (ValueError, RecursionError):
        return prose.lay_out(text, query, count, embed)

    def gap(first: int, last: int) -> str:
        return f"… {last - first + 1} more\n"

    return Layout(slices=slices, gap=gap)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]


def _pieces(value: Any, name: str, query: str, depth: int) -> Iterator[Slice]:
    if is_table(value):
        yield from _table(value, name, query)
    elif len(compact(value)) <= SHORT or depth >= DEEPEST or not isinstance(value, list | dict):
        yield _line(f"{name}: {compact(value)}" if name else compact(value), name, 1.0)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _pieces(item, f"{name}.{cell(key)}" if name else cell(key), query, depth + 1)
    else:
        yield _line(f"{name}[{len(value)}]:", name, 2.0)
        yield from _scored([compact(item) for item in value], name, query, [0.0] * len(value))


def is_table(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Whether this is an array of objects that share most of their fields."""
    if not (isinstance(value, list) and len(value) >= 2):
        return False
    if not all(isinstance(item, dict) and item for item in value):
        return False
    fields = _fields(value)
    return len(fields) * len(value) <= 2 * sum(map(len, value))


def _table(rows: Sequence[Mapping[str, Any]], name: str, query: str) -> Iterator[Slice]:
    yield _line(header(rows, name), name, 2.0)
    fields = _fields(rows)
    yield from _scored([row(fields, item) for item in rows], name, query, unusual(rows))


def header(rows: Sequence[Mapping[str, Any]], name: str = "") -> str:
    """How many rows there are, and their fields in the order in which they first appear."""
    return f"{name}[{len(rows)}]{{{','.join(map(cell, _fields(rows)))}}}:"


def row(fields: Sequence[str], item: Mapping[str, Any]) -> str:
    """One object as cells."""
    return ",".join(cell(item[field]) if field in item else "" for field in fields)


def cell(value: Any) -> str:
    """A value without quotes where it can be read in no other way."""
    plain = isinstance(value, str) and BARE.fullmatch(value) and not LITERAL.fullmatch(value)
    return value if plain else compact(value)


def compact(value: Any) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(field for item in rows for field in item))


def unusual(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    """How many fields of each row hold a value that is rare where values repeat."""
    found = [0.0] * len(rows)
    for field in _fields(rows):
        values = [compact(item.get(field)) for item in rows]
        often = Counter(values)
        if len(often) * FEW > len(rows):
            continue
        for at, value in enumerate(values):
            found[at] += often[value] <= max(1, RARE * len(rows))
    return found


def _scored(
    lines: Sequence[str], name: str, query: str, unlike: Sequence[float]
) -> Iterator[Slice]:
    """Rows by what they share with the question and by what is unusual in them."""
    stems, runs = shares(bags(query, lines)) if query.strip() else ([], [])
    for at, line in enumerate(lines):
        asked = (stems[at] + runs[at]) / 2 if stems else 0.0
        edge = 0.1 if at in (0, len(lines) - 1) else 0.0
        yield _line(line, f"{name or 'row'} {at + 1}", min(1.0, asked + unlike[at] / 2) + edge)


def _line(text: str, source: str, worth: float) -> Slice:
    return Slice(source=source or "the whole text", text=text + "\n", worth=worth)
