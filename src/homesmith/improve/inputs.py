"""More inputs for a function, made from the ones a request shows: small, legal, and at the edges.

Where candidates disagree on one of them, at least one is wrong. Pure and deterministic.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from homesmith.improve.examples import Example

MOST = 24
LONGEST = 400


def variations(entry: str, examples: Sequence[Example], most: int = MOST) -> tuple[str, ...]:
    """Calls of `entry` beside those of the examples: one argument changed at a time."""
    shown = [values for one in examples if (values := arguments_of(one.call, entry)) is not None]
    made: dict[str, None] = {}
    known = {_call(entry, values) for values in shown}
    # Turn about, so that every example and every argument is varied before any is twice.
    sources = [_varied(values) for values in shown]
    while sources and len(made) < most:
        for source in list(sources):
            values = next(source, None)
            if values is None:
                sources.remove(source)
                continue
            call = _call(entry, values)
            if call not in known and len(call) <= LONGEST:
                made.setdefault(call)
    return tuple(made)[:most]


def arguments_of(call: str, entry: str) -> list[Any] | None:
    """The literal arguments of the first call of `entry` in an expression; None without one."""
    try:
        called = next(
            node
            for node in ast.walk(ast.parse(call, mode="eval"))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == entry
        )
        return None if called.keywords else [ast.literal_eval(one) for one in called.args]
    except (StopIteration, SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


def _varied(values: list[Any]) -> Iterator[list[Any]]:
    changes = [_changes(value) for value in values]
    while changes:
        alive = False
        for place, source in enumerate(changes):
            changed = next(source, None)
            if changed is not None:
                alive = True
                yield [*values[:place], changed[0], *values[place + 1 :]]
        if not alive:
            return


def _changes(value: Any) -> Iterator[tuple[Any]]:
    """Other values of the same kind; in a tuple, so that None can be one."""
    for other in _others(value):
        yield (other,)


def _others(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, 0, value - 1, -value, 1, value * 2 + 1)
        case float():
            yield from (value + 0.5, 0.0, -value, value * 2)
        case str():
            yield from ("", value[::-1], value + value[:1], value.swapcase(), value[1:])
            yield f"{value} a"
        case list() | tuple():
            yield from map(type(value), _sequences(list(value)))
        case dict():
            yield from (dict(list(value.items())[1:]), {})
        case set():
            yield set(sorted(value, key=repr)[1:])
        case _:
            return


def _sequences(items: list[Any]) -> Iterator[list[Any]]:
    yield from (items[::-1], items[1:], items + items[:1], [], sorted(items, key=repr), items[:1])
    for place, item in enumerate(items[:3]):
        for changed in list(_others(item))[:1]:
            yield [*items[:place], changed, *items[place + 1 :]]


def _call(entry: str, values: Sequence[Any]) -> str:
    return f"{entry}({', '.join(map(repr, values))})"
