#!/usr/bin/env python3
"""Play one long conversation with memory edits, and say how much of it is read twice.

  benchmarks/conversation.py --model qwen2.5-coder:1.5b --turns 1000 --edits 100 --out DIR

Two ways, one after the other, with the same words: `ours`, and `usual`, where memory stands in the
system prompt and a full window loses its oldest turns. Each turn is a line in DIR/WAY.jsonl as soon
as it is over, so a run that is stopped can still be read: `--report DIR` only reads. The last turn
is said after a restart. What the model answers is not judged.

The usual way reads nearly everything anew at every turn once its window is full: --usual-turns ends
it earlier. `--model echo` is no model: it shows in seconds what would be read, in words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from homesmith.core.engines import Engine
from homesmith.core.errors import PromptTooLong
from homesmith.core.memories import Block
from homesmith.core.messages import Message, assistant, system, user
from homesmith.core.models import ModelId, Sampling
from homesmith.core.requests import Delta, Ended, Event, Failed, Request
from homesmith.engines.echo import ECHO, EchoEngine
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.runtime.conversation.texts import INSTRUCTIONS, text_of
from homesmith.settings import load
from homesmith.studio import Studio

WHO = ["Ida", "Omar", "my neighbour", "the baker", "Aunt Ruth", "the postman", "Lin", "Jonas"]
DID = ["planted", "sold", "painted", "found", "borrowed", "repaired", "counted", "lost"]
WHAT = ["beans", "chairs", "letters", "bicycles", "apples", "books", "lamps", "boats"]
WHERE = ["by the fence", "in the market", "behind the school", "near the harbour", "at home"]
ASK = ["What do you make of that?", "Is that many?", "What did I tell you before that?", "And now?"]
REPLY = (
    "I see, thank you for telling me. That is good to know, and I shall keep it in mind for later."
)
NEAR = 10
"""Turns around a place that its time to the first token is the median of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn: exact tokens, and seconds until the first of the answer. `edited` just before."""

    turn: int
    tokens: int
    cached: int
    written: int
    first: float
    edited: bool = False
    rebuilt: str = ""
    restarted: bool = False
    refused: bool = False
    lost: str = ""


class Way(Protocol):
    """How a conversation is laid out."""

    def say(self, message: str) -> AsyncGenerator[Event, None]: ...

    async def rest(self) -> None: ...

    async def end(self) -> None: ...

    def told(self) -> tuple[str, str]:
        """Why it was laid out anew in the last turn, and what the ledger says was lost."""
        ...


class Ours:
    """The conversation as Homesmith has it."""

    def __init__(self, agent: Agent, engine: Engine, answer: int) -> None:
        self._talk = Conversation(agent, Voice(engine=engine, answer=answer, sampling=Sampling()))

    def say(self, message: str) -> AsyncGenerator[Event, None]:
        return self._talk.ask(message)

    async def rest(self) -> None:
        await self._talk.rest()

    async def end(self) -> None:
        await self._talk.keep()

    def told(self) -> tuple[str, str]:
        seen = self._talk.seen
        return seen.rebuilt, seen.reuse.why if seen.reuse.lost else ""


class Usual:
    """Memory in the system prompt, rewritten at every edit; a full window loses its oldest."""

    def __init__(self, agent: Agent, engine: Engine, answer: int) -> None:
        self._agent, self._engine, self._answer = agent, engine, answer
        self._rebuilt = ""

    async def say(self, message: str) -> AsyncGenerator[Event, None]:
        blocks = "\n\n".join(f"{one.label}:\n{one.value}" for one in self._agent.blocks)
        head = system(f"{text_of(INSTRUCTIONS)}\n\n{blocks}")
        spoken = [_message(one.speaker, one.text) for one in self._agent.messages(2000)]
        request = self._request([head, *spoken, user(message)])
        self._rebuilt = ""
        while await self._engine.count(request) + self._answer > self._engine.window:
            del spoken[:2]
            self._rebuilt = "the oldest turns were left out"
            request = self._request([head, *spoken, user(message)])
        pieces = []
        async for event in self._engine.stream(request):
            pieces += [event.text] if isinstance(event, Delta) else []
            if isinstance(event, Ended):
                self._agent.remember(message, "".join(pieces))
            yield event

    async def rest(self) -> None:
        """It has nothing to do."""

    async def end(self) -> None:
        """It keeps nothing."""

    def told(self) -> tuple[str, str]:
        return self._rebuilt, ""

    def _request(self, messages: Sequence[Message]) -> Request:
        return Request(model=self._engine.model, messages=tuple(messages), max_tokens=self._answer)


WAYS: dict[str, Callable[[Agent, Engine, int], Way]] = {"ours": Ours, "usual": Usual}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--usual-turns", type=int, help="end the usual way after so many")
    parser.add_argument("--window", type=int, default=4096)
    parser.add_argument("--answer", type=int, default=48, help="tokens of an answer at most")
    parser.add_argument("--way", choices=WAYS, action="append", help="default: both")
    parser.add_argument("--rest", action="store_true", help="rest after each turn, as when idle")
    parser.add_argument("--out", type=Path, help="a new folder for the figures")
    parser.add_argument("--report", type=Path, help="only read such a folder")
    given = parser.parse_args()
    if given.report is None:
        given.out.mkdir(parents=True)
        for way in given.way or WAYS:
            asyncio.run(play(way, given))
    report(given.report or given.out)


async def play(way: str, given: argparse.Namespace) -> None:
    """The whole conversation in one way, then one more turn after a restart."""
    environ = {**os.environ, "HOMESMITH_WINDOW": str(given.window)}
    settings = load({"model": given.model, "context": False}, environ)
    data, models = given.out.absolute() / way, settings.places.models
    data.mkdir()
    (data / "models").symlink_to(models)
    settings = replace(settings, places=replace(settings.places, data=data, cache=data / "cache"))
    said: Said | None
    turns = given.turns if way == "ours" else min(given.turns, given.usual_turns or given.turns)
    edits = {round((at + 1) * given.turns / (given.edits + 1)) for at in range(given.edits)}
    chance = random.Random(4)
    with (given.out / f"{way}.jsonl").open("a", encoding="utf-8", buffering=1) as log:
        async with Studio(settings) as studio:
            agent = studio.agent("long")
            agent.create_block(Block(label="human", value="Ann. Lives by the sea.", limit=20_000))
            talk = WAYS[way](agent, engine_of(studio, given), given.answer)
            said, turn = None, 0
            while turn < turns or (way == "ours" and _soon_full(said, given.window)):
                turn += 1
                if turn in edits:
                    fact = sentence(chance)
                    agent.edit("human", partial(changed, fact=fact))
                said = await one_turn(talk, turn, sentence(chance) + " " + chance.choice(ASK))
                record(log, replace(said, edited=turn in edits))
                if given.rest:
                    await talk.rest()
            await talk.end()
        async with Studio(settings) as studio:
            engine = engine_of(studio, given)
            talk = WAYS[way](studio.agent("long"), engine, given.answer)
            await engine.count(_hello(given.model))  # loads the model
            said = await one_turn(talk, turn + 1, sentence(chance))
            record(log, replace(said, restarted=True))


def engine_of(studio: Studio, given: argparse.Namespace) -> Engine:
    if given.model == ECHO:
        return EchoEngine(window=given.window, reply=REPLY)
    return studio.engine(ModelId(given.model))


def _soon_full(said: Said | None, window: int) -> bool:
    """A few turns more then, so that the restart and a rebuild do not fall together."""
    return said is not None and said.tokens > 0.6 * window


def _hello(model: str) -> Request:
    return Request(model=ModelId(model), messages=(user("Hello"),), max_tokens=1)


async def one_turn(talk: Way, turn: int, message: str) -> Said:
    """Say one message; seconds count from before recall to the first text."""
    began, first, ended = time.perf_counter(), 0.0, None
    try:
        async with aclosing(talk.say(message)) as events:
            async for event in events:
                if isinstance(event, Delta):
                    first = first or time.perf_counter() - began
                ended = event
    except PromptTooLong:
        return Said(turn=turn, tokens=0, cached=0, written=0, first=0.0, refused=True)
    if isinstance(ended, Failed):
        return Said(turn=turn, tokens=0, cached=0, written=0, first=0.0, refused=True)
    assert isinstance(ended, Ended)
    rebuilt, lost = talk.told()
    return Said(
        turn=turn,
        tokens=ended.usage.prompt_tokens,
        cached=ended.usage.cached_tokens,
        written=ended.usage.answer_tokens,
        first=first or time.perf_counter() - began,
        rebuilt=rebuilt,
        lost=lost,
    )


def record(log: Any, said: Said) -> None:
    log.write(json.dumps(asdict(said)) + "\n")
    if said.turn % 10 == 0 or said.turn < 4:
        new = said.tokens - said.cached
        line = f"turn {said.turn}: {said.tokens} tokens, {new} read, {said.first:.2f} s"
        print(line, file=sys.stderr)


def report(folder: Path) -> None:
    """The figures of each way, side by side."""
    for file in sorted(folder.glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        said = [Said(**json.loads(line)) for line in lines]
        for name, value in figures(said).items():
            print(f"{file.stem:6} {name:52} {value}")


def figures(said: Sequence[Said]) -> dict[str, str]:
    """What was promised, as it was measured."""
    talk = [one for one in said if not one.restarted and not one.refused]
    steady = [one for one in talk if not one.rebuilt and one.turn > 1]
    edited = [one.tokens - one.cached for one in steady if one.edited]
    early, late = near(talk, 20), near(talk, talk[-1].turn)
    again = [one for one in said if one.restarted]
    return {
        "turns, refused, laid out anew": f"{len(talk)}, {sum(one.refused for one in said)}, "
        f"{sum(bool(one.rebuilt) for one in talk)}",
        "largest prompt (tokens)": str(max(one.tokens for one in talk)),
        "from the cache, turns but rebuilds": share(steady),
        "from the cache, all turns": share(talk),
        "read anew after an edit (median, most)": f"{statistics.median(edited or [0]):.0f}, "
        f"{max(edited, default=0)}",
        "read anew in all (tokens)": str(sum(one.tokens - one.cached for one in talk)),
        "seconds to the first token, turn 20": f"{early:.2f}",
        "seconds to the first token, last turns": f"{late:.2f} ({late / early:.2f}x)",
        "seconds to the first token, slowest": f"{max(one.first for one in talk):.2f}",
        "seconds to the first token, after a restart": ", ".join(
            f"{one.first:.2f} ({one.tokens - one.cached} tokens read)" for one in again
        ),
        "losses that the ledger named": "; ".join(sorted({one.lost for one in steady if one.lost}))
        or "none",
    }


def near(said: Sequence[Said], turn: int) -> float:
    """The median of the seconds at turns around this one."""
    close = [one.first for one in said if abs(one.turn - turn) <= NEAR // 2]
    return statistics.median(close or [one.first for one in said])


def share(said: Sequence[Said]) -> str:
    whole = sum(one.tokens for one in said) or 1
    return f"{sum(one.cached for one in said) / whole:.1%}"


def sentence(chance: random.Random) -> str:
    number = chance.randint(2, 90)
    who, did, what = chance.choice(WHO), chance.choice(DID), chance.choice(WHAT)
    return f"{who.capitalize()} {did} {number} {what} {chance.choice(WHERE)}."


def changed(value: str, fact: str) -> str:
    """The block with one fact more; the oldest of many gives way."""
    facts = value.split("\n")
    return "\n".join([facts[0], *facts[1:][-11:], fact])


def _message(speaker: str, text: str) -> Message:
    return assistant(text) if speaker == "assistant" else user(text)


if __name__ == "__main__":
    main()
