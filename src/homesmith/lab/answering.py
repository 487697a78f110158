"""The same questions, answered by the same model in several ways: how often, and how soon?

An answer is right when it holds what is known to be right; no model judges. Each is kept as soon
as it is there, and not asked for again. It does not know what the ways are.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from statistics import median

from homesmith.core.engines import Engine
from homesmith.core.messages import Message
from homesmith.core.requests import Delta, Ended, Failed, Request
from homesmith.lab.ledger import Ledger
from homesmith.lab.statistics import chance, mcnemar, wilson

ANSWER = 48
"""Tokens an answer may have: too few to list everything that was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question in one way: what the model reads of it, and whether a text holds its answer.

    `read` is what the way brings to the question, the question itself left out.
    """

    id: str
    kind: str
    way: str
    messages: tuple[Message, ...]
    read: str
    holds: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer. `there`: what is right stood in what was read; `first`: seconds to a token.

    `asked` names all that the model read; "" in ledgers from before it did.
    """

    id: str
    kind: str
    way: str
    right: bool
    there: bool
    tokens: int
    cached: int
    written: int
    first: float
    answer: str
    asked: str = ""


async def measure(
    asked: Iterable[Asked], engine: Engine, ledger: Ledger, identity: str = ""
) -> AsyncIterator[Answered]:
    """Every answer, in order; what the ledger has is taken from there. Raises EngineError.

    `identity` names weights and engine: the answers of others are asked for again.
    """
    known = {(one["id"], one["way"]): Answered(**one) for one in ledger.entries()}
    for one in asked:
        answer = known.get((one.id, one.way))
        if answer is None or answer.asked not in ("", _named(one, identity)):
            answer = await _answer(one, engine, identity)
            ledger.add(asdict(answer))
        yield answer


async def _answer(one: Asked, engine: Engine, identity: str) -> Answered:
    request = Request(model=engine.model, messages=one.messages, max_tokens=ANSWER)
    began, first, pieces = time.perf_counter(), 0.0, list[str]()
    async with aclosing(engine.stream(request)) as events:
        async for event in events:
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Delta):
                first = first or time.perf_counter() - began
                pieces.append(event.text)
            if isinstance(event, Ended):
                usage = event.usage
    text = "".join(pieces)
    return Answered(
        id=one.id,
        kind=one.kind,
        way=one.way,
        right=one.holds(text),
        there=one.holds(one.read),
        tokens=usage.prompt_tokens,
        cached=usage.cached_tokens,
        written=usage.answer_tokens,
        first=round(first or time.perf_counter() - began, 3),
        answer=text,
        asked=_named(one, identity),
    )


def _named(one: Asked, identity: str) -> str:
    """A name for all that is read, and by what: another prompt is another question."""
    said = "\0".join(f"{message.role}\0{message.text}" for message in one.messages)
    said += f"\0{identity}" if identity else ""
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def table(answers: Sequence[Answered]) -> str:
    """The ways side by side, over the questions that all of them answered; then by kind."""
    ways = list(dict.fromkeys(one.way for one in answers))
    by = {(one.id, one.way): one for one in answers}
    whole = [
        name
        for name in dict.fromkeys(one.id for one in answers)
        if all((name, way) in by for way in ways)
    ]
    rows = [
        "| way | right | 95 % | it stood in what was read | tokens | read anew | first token, s |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows += [_row(way, [by[name, way] for name in whole]) for way in ways]
    for way in ways[1:]:
        rows += ["", _beside([(by[name, ways[0]], by[name, way]) for name in whole])]
    rows += ["", f"| kind | questions | {' | '.join(ways)} |", "| --- " * (len(ways) + 2) + "|"]
    for kind in sorted({by[name, ways[0]].kind for name in whole}):
        some = [name for name in whole if by[name, ways[0]].kind == kind]
        sums = [str(sum(by[name, way].right for name in some)) for way in ways]
        rows.append(f"| {kind} | {len(some)} | {' | '.join(sums)} |")
    return "\n".join(rows) + "\n"


def _row(way: str, answers: Sequence[Answered]) -> str:
    right, total = sum(one.right for one in answers), len(answers)
    low, high = wilson(right, total)
    cells = [
        way,
        f"{right} of {total}",
        f"{low:.1%} to {high:.1%}",
        str(sum(one.there for one in answers)),
        f"{_middle(one.tokens for one in answers):.0f}",
        f"{_middle(one.tokens - one.cached for one in answers):.0f}",
        f"{_middle(one.first for one in answers):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _beside(pairs: Sequence[tuple[Answered, Answered]]) -> str:
    """What only one of two ways answers (McNemar), and how much sooner the first one speaks."""
    only_first = sum(one.right and not other.right for one, other in pairs)
    only_second = sum(other.right and not one.right for one, other in pairs)
    faster = _middle(other.first / max(one.first, 1e-3) for one, other in pairs)
    names = [pairs[0][0].way, pairs[0][1].way] if pairs else ["", ""]
    return (
        f"Right only {names[0]}: {only_first}; only {names[1]}: {only_second}; "
        f"{chance(mcnemar(only_first, only_second))}. "
        f"First token {names[0]} {faster:.2f}x as soon (median of pairs)."
    )


def _middle(values: Iterable[float]) -> float:
    return median(list(values) or [0.0])
