"""The suites that measure a room of the house, where no strategy is at stake.

`memory`, `compression` and `prefix` ask no model, unless one is named: then what it answers is
kept as soon as it is there, and not asked for again.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from homesmith.context.estimate import estimate
from homesmith.core.counting import counted
from homesmith.core.embedders import Embedder
from homesmith.core.engines import Engine
from homesmith.engines.echo import EchoEngine
from homesmith.lab import longmemeval, prefixes, remembering, shortening
from homesmith.lab.answering import Asked, measure
from homesmith.lab.asked import LAST, attempt, evenly, of_documents, of_recall, of_the_last
from homesmith.lab.attempts import Attempt
from homesmith.lab.codebase import code_name
from homesmith.lab.distractors import questions
from homesmith.lab.figures import Figure
from homesmith.lab.laboratory import Laboratory
from homesmith.lab.ledger import Ledger
from homesmith.lab.measurement import Measurement
from homesmith.lab.problems import digest
from homesmith.memory.agent import Agent
from homesmith.store.database import Store, open_store

One = TypeVar("One")
PLACE = "rooms"
Found = Attempt | Figure | str
"""One more thing measured, or a sentence for whoever waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what a room is measured. `engine` is None where no model is asked.

    `identity` names its weights and version. `without` says why there is no embedder.
    """

    lab: Laboratory
    data: Path | None = None
    limit: int | None = None
    engine: Engine | None = None
    identity: str = ""
    embedder: Embedder | None = None
    without: str = ""

    @property
    def reading(self) -> str:
        """What answers are from: these weights and this engine, with its window."""
        assert self.engine is not None
        return f"{self.identity}, window of {self.engine.window}"


def measured(name: str, means: Means) -> AsyncGenerator[Found, None]:
    """All that a suite of this name finds, as it finds it.

    Raises InvalidSettings when its files are not there, WorkspaceBusy, EngineError.
    """
    return {
        remembering.SUITE: _memory,
        shortening.SUITE: _compression,
        prefixes.SUITE: _prefix,
    }[name](means)


def summed(lab: Laboratory, found: Iterable[Found], model: str) -> Measurement:
    """What was found, as any other measurement; ways are compared within their suite only."""
    kept = list(found)
    tried = [one for one in kept if isinstance(one, Attempt)]
    figures = [one for one in kept if isinstance(one, Figure)]
    suites = dict.fromkeys(one.suite for one in tried)
    parts = [
        lab.measurement(_sides([one for one in tried if one.suite == suite]), model=model)
        for suite in suites
    ]
    return replace(
        lab.measurement([], model=model, figures=figures),
        attempts=tuple(tried),
        scores=tuple(score for part in parts for score in part.scores),
        comparisons=tuple(pair for part in parts for pair in part.comparisons),
    )


def _sides(tried: Sequence[Attempt]) -> list[tuple[str, list[Attempt]]]:
    ways = dict.fromkeys(one.strategy for one in tried)
    return [(way, [one for one in tried if one.strategy == way]) for way in ways]


async def _memory(means: Means) -> AsyncGenerator[Found, None]:
    file = remembering.file_in(means.lab.folders(means.data))
    sessions, every = await asyncio.to_thread(longmemeval.read, file)
    asked = evenly(every, means.limit)
    with open_store(means.lab.kept / PLACE / remembering.store_of(file)) as store:
        words = Agent(store, remembering.AGENT, count=estimate, without="asked for")
        yield f"{len(sessions)} sessions become one agent's memory, once"
        await asyncio.to_thread(remembering.pooled, words, sessions)
        async for found in _slowly(remembering.measured(words, asked, "words")):
            yield found
        best = words
        if means.embedder is None:
            yield f"by words only: {means.without}"
        else:
            best = Agent(store, remembering.AGENT, count=estimate, embedder=means.embedder)
            async for read in _slowly(best.index()):
                yield f"{read} pieces were read by the embedder, {best.unread()} are left"
            async for found in _slowly(remembering.measured(best, asked, "words and meaning")):
                yield found
        if means.engine is not None:
            last = min(LAST, 3 * means.engine.window // 4)
            brought = min(remembering.TOKENS, means.engine.window // 4)
            short = evenly([one for one in every if one.short], means.limit)
            ways = [of_the_last(sessions, short, last), of_recall(best, short, brought)]
            async for one in _answers(means, remembering.SUITE, ways):
                yield one


async def _compression(means: Means) -> AsyncGenerator[Found, None]:
    folder = shortening.folder_in(means.lab.folders(means.data))
    asked = questions(folder, "report", means.limit)
    async for found in _slowly(shortening.measured(asked)):
        yield found
    if means.engine is not None:
        async for one in _answers(means, shortening.SUITE, [of_documents(folder, means.limit)]):
            yield one


async def _answers(
    means: Means, suite: str, ways: Iterable[Iterable[Asked]]
) -> AsyncGenerator[Attempt, None]:
    assert means.engine is not None
    model = means.engine.model
    ledger = means.lab.said(suite, "answers", model)
    with ledger.alone():
        for way in ways:
            async for answered in measure(way, means.engine, ledger, means.reading):
                yield attempt(f"{suite} answers", model, answered)


async def _prefix(means: Means) -> AsyncGenerator[Found, None]:
    turns = means.limit or prefixes.TURNS
    for way in ("usual", "ours"):
        if means.engine is None:
            with tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store:
                engine = EchoEngine(window=prefixes.WINDOW, reply=prefixes.REPLY)
                async for one in _conversation(way, store, engine, turns):
                    yield one
            continue
        ledger = means.lab.said(prefixes.SUITE, way, means.engine.model)
        made = {
            "identity": means.reading,
            "code": code_name(*prefixes.CODE),
        }
        with ledger.alone(), open_store(ledger.path.with_suffix("")) as store:
            async for one in _conversation(way, store, means.engine, turns, ledger, made):
                yield one


async def _conversation(
    way: str,
    store: Store,
    engine: Engine,
    turns: int,
    ledger: Ledger | None = None,
    made: Mapping[str, str] | None = None,
) -> AsyncGenerator[Found, None]:
    """The turns of one way. `made` names the weights, engine and code of those that count.

    Each of these has a conversation of its own in the store, so that none goes on with another's.
    """
    made = made or {}
    known, others = prefixes.kept(ledger.entries(), made) if ledger is not None else ([], 0)
    if known:
        yield f"{way}: {counted(min(len(known), turns), 'turns')} kept"
    elif others:
        yield f"{way}: begun anew, {others} turns were kept of other code, weights or engines"
    agent = Agent(store, f"prefix {way} {digest(made)}", count=estimate)
    said: list[prefixes.Said] = []
    async with aclosing(prefixes.played(way, agent, engine, turns, known)) as playing:
        async for one in playing:
            if ledger is not None and len(said) >= len(known):
                ledger.add({**asdict(one), **made})
            said.append(one)
            for tried in prefixes.judged(said[-2:], way, engine.model):
                yield tried
    for figure in prefixes.counted(said, way):
        yield figure


async def _slowly(found: Iterator[One]) -> AsyncIterator[One]:
    """Each of them, made in a thread, so that whoever waits can stop."""
    while True:
        one = await asyncio.to_thread(next, found, None)
        if one is None:
            return
        yield one
