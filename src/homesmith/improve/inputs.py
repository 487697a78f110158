"""More inputs for a function, made from the ones a request shows.

Three sorts: at the edges, one argument changed at a time; alike, all arguments anew from the
values, the lengths and the letters that were shown, with many of them twice; and last one whose
numbers are larger, on which code that takes exponential time does not end. Where candidates
disagree on one of them, at least one is wrong. Pure and deterministic.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from homesmith.improve.examples import Example

MOST = 24
LONGEST, LONGER, NEAR, MANY, TRIES = 400, 3, 3, 6, 4
LARGER, REACH = 4, 64
"""So many times the whole numbers that were shown, and more where the largest is still below."""


def variations(entry: str, examples: Sequence[Example], most: int = MOST) -> tuple[str, ...]:
    """Calls of `entry` beside those of the examples: `most` at the edges, and as many alike.

    The larger one is the last, because little is run behind calls that do not end.
    """
    shown = [values for one in examples if (values := arguments_of(one.call, entry)) is not None]
    known = {_call(entry, values) for values in shown}
    edges = _edges(entry, shown, known, most)
    made = dict.fromkeys(edges)
    for values in islice(_alike(shown), TRIES * most):
        call = _call(entry, values)
        if call not in known and len(call) <= LONGEST:
            made.setdefault(call)
        if len(made) >= len(edges) + most:
            break
    larger = _larger(entry, shown)
    return (*made, larger) if larger and larger not in known | made.keys() else tuple(made)


def _larger(entry: str, shown: Sequence[list[Any]]) -> str:
    """A call with nothing but whole numbers, larger than all that were shown, or ""."""
    whole = [values for values in shown if values and all(type(one) is int for one in values)]
    if not whole:
        return ""
    largest = max(whole, key=lambda values: max(map(abs, values)))
    times = max(LARGER, -(-REACH // max(1, *map(abs, largest))))
    call = _call(entry, [one * times for one in largest])
    return call if len(call) <= LONGEST else ""


def _edges(entry: str, shown: Sequence[list[Any]], known: set[str], most: int) -> tuple[str, ...]:
    made: dict[str, None] = {}
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


def _alike(shown: Sequence[list[Any]]) -> Iterator[list[Any]]:
    """Arguments like those shown, without end; the same ones each time."""
    if not any(shown):
        return
    chance = random.Random(0)  # noqa: S311  dice, no secret
    while True:
        for values in shown:
            yield [
                _another([one[at] for one in shown if len(one) > at], value, chance)
                for at, value in enumerate(values)
            ]


def _another(shown: Sequence[Any], value: Any, chance: random.Random) -> Any:
    """A value like this one, which is among those shown in its place."""
    alike = [one for one in shown if type(one) is type(value)]
    match value:
        case bool():
            return chance.random() < 0.5
        case int() | float():
            return _number(alike, value, chance)
        case str() if len(value) == 1 or len(alike) >= MANY:
            return chance.choice(alike)
        case str():
            return "".join(_several("".join(alike), value, chance))
        case list():
            items = [item for one in alike for item in one]
            return [_one_of(items, item, chance) for item in _several(items, value, chance)]
        case tuple():
            places = [[one[at] for one in alike if len(one) > at] for at in range(len(value))]
            return tuple(_one_of(places[at], item, chance) for at, item in enumerate(value))
        case set():
            items = sorted((item for one in alike for item in one), key=_written)
            return {_one_of(items, item, chance) for item in _several(items, list(value), chance)}
        case dict():
            values = [item for one in alike for item in one.values()]
            kept = [key for key in value if chance.random() < 0.8]
            return {key: _one_of(values, value[key], chance) for key in kept}
        case _:
            return value


def _number(shown: Sequence[Any], value: Any, chance: random.Random) -> Any:
    """Near one that was shown, or between the least and the greatest; not below 0 unless shown."""
    low, high = min(shown), max(shown)
    if chance.random() < 0.5:
        made = chance.choice(shown) + chance.randint(-NEAR, NEAR)
    elif isinstance(value, float):
        made = low + (high - low + NEAR) * chance.random()
    else:
        made = chance.randint(low, high + NEAR)
    return made if low < 0 else max(type(value)(min(low, 1)), made)


def _one_of(shown: Sequence[Any], value: Any, chance: random.Random) -> Any:
    """Mostly a value that was shown, so that some come twice."""
    return (
        chance.choice(shown) if shown and chance.random() < 0.7 else _another(shown, value, chance)
    )


def _several(items: Sequence[Any], like: Sequence[Any], chance: random.Random) -> list[Any]:
    """Some of these, about as many as there are in `like`, from a few of them only."""
    if not items:
        return []
    few = [chance.choice(items) for _ in range(chance.randint(1, len(like) + LONGER))]
    return [chance.choice(few) for _ in range(chance.randint(1, len(like) + LONGER))]


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
            if abs(value) > 9:  # fewer digits
                yield from (abs(value) % 10, abs(value) // 10)
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
            yield set(sorted(value, key=_written)[1:])
        case _:
            return


def _sequences(items: list[Any]) -> Iterator[list[Any]]:
    yield from (items[::-1], items[1:], items + items[:1], [], sorted(items, key=repr), items[:1])
    for place, item in enumerate(items[:3]):
        for changed in list(_others(item))[:1]:
            yield [*items[:place], changed, *items[place + 1 :]]


def _call(entry: str, values: Sequence[Any]) -> str:
    return f"{entry}({', '.join(map(_written, values))})"


def _written(value: Any) -> str:
    """As Python writes it, sets in order: their own order is another one in each process."""
    match value:
        case set() if value:
            return f"{{{', '.join(sorted(map(_written, value)))}}}"
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case tuple():
            return f"({''.join(f'{_written(one)}, ' for one in value).removesuffix(' ')})"
        case dict():
            return f"{{{', '.join(f'{_written(k)}: {_written(v)}' for k, v in value.items())}}}"
        case _:
            return repr(value)
