"""The suite `prefix`: how much of a long conversation's prompts is read twice?

A made-up conversation with memory edits, in two ways with the same words: `ours`, and `usual`,
where memory stands in the system prompt and a full window loses its oldest turns. What the model
answers is not judged.
"""

from __future__ import annotations

import contextlib
import random
import statistics
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

from homesmith.context.prompt.ledger import SLACK
from homesmith.core.engines import Engine
from homesmith.core.errors import PromptTooLong
from homesmith.core.memories import Block
from homesmith.core.messages import Message, assistant, system, user
from homesmith.core.models import Sampling
from homesmith.core.requests import Delta, Ended, Event, Failed, Request
from homesmith.lab.attempts import Attempt
from homesmith.lab.figures import Figure
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.runtime.conversation.texts import INSTRUCTIONS, text_of

SUITE = "prefix"
CODE = ("context", "engines", "memory", "runtime", "lab/prefixes.py")
"""The code that decides what is read twice."""
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

    def say(self, message: str) -> AsyncGenerator[Event, None]:
        """The answer to a message."""
        ...

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


def figures(said: Sequence[Said]) -> dict[str, str]:
    """What was promised, as it was measured."""
    talk = [one for one in said if not one.restarted and not one.refused]
    steady = [one for one in talk if not one.rebuilt and one.turn > 1]
    edited = [one.tokens - one.cached for one in steady if one.edited]
    early, late = near(talk, 20), near(talk, talk[-1].turn)
    again = [one for one in said if one.restarted]
    restart = statistics.median([one.first for one in again] or [0.0])
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
        "of those the median": f"{restart:.2f} ({restart / early:.2f}x)",
        "losses that the ledger named": "; ".join(sorted({one.lost for one in steady if one.lost}))
        or "none",
    }


def near(said: Sequence[Said], turn: int) -> float:
    """The median of the seconds at turns around this one."""
    close = [one.first for one in said if abs(one.turn - turn) <= NEAR // 2]
    return statistics.median(close or [one.first for one in said])


def share(said: Sequence[Said]) -> str:
    return f"{_share(said):.1%}"


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


TURNS = 200
"""Turns where no number is given."""
EVERY = 10
"""So often a memory block is edited."""
WINDOW = 4096
ANSWER = 48
"""Tokens of an answer at most: it is not judged, and each takes time."""


def kept(entries: Iterable[Mapping[str, Any]], made: Mapping[str, str]) -> tuple[list[Said], int]:
    """The turns among these that were made so, in their order, and how many others there are."""
    names = {one.name for one in fields(Said)}
    known, others = list[Said](), 0
    for entry in entries:
        if any(entry.get(name) != value for name, value in made.items()):
            others += 1
            continue
        with contextlib.suppress(TypeError):
            known.append(Said(**{name: entry[name] for name in names & entry.keys()}))
    return known, others


async def played(
    way: str, agent: Agent, engine: Engine, turns: int, known: Sequence[Said] = ()
) -> AsyncGenerator[Said, None]:
    """The turns of a conversation, those that are known already among them.

    Each turn says the same words whenever it is said, so that a later process goes on.
    """
    for one in known[:turns]:
        yield one
    if not agent.blocks:
        agent.create_block(Block(label="human", value="Ann. Lives by the sea.", limit=20_000))
    talk = WAYS[way](agent, engine, ANSWER)
    for turn in range(len(known) + 1, turns + 1):
        chance = random.Random(turn)  # noqa: S311 - the same words each time
        edited = turn % EVERY == 0
        if edited:
            agent.edit("human", partial(changed, fact=sentence(chance)))
        message = f"{sentence(chance)} {chance.choice(ASK)}"
        restarted = bool(known) and turn == len(known) + 1
        yield replace(await one_turn(talk, turn, message), edited=edited, restarted=restarted)
    await talk.end()


def judged(said: Sequence[Said], way: str, model: str) -> list[Attempt]:
    """A turn has passed when nothing was read that stood in the prompt before it.

    The first after a restart is judged by nobody: who answers may have read other things since.
    """
    pairs = pairwise(said)
    return [
        Attempt(
            suite=SUITE,
            task=f"turn {now.turn}",
            strategy=way,
            model=model,
            seed=0,
            verdict="passed" if _nothing_twice(before, now) else "wrong",
            kind="turn",
            why=now.rebuilt or now.lost,
            answer_tokens=now.written,
            prompt_tokens=now.tokens,
            cached_tokens=now.cached,
            seconds=round(now.first, 3),
        )
        for before, now in pairs
        if not now.restarted
    ]


def _nothing_twice(before: Said, now: Said) -> bool:
    return not now.refused and now.cached + SLACK >= before.tokens + before.written


def counted(said: Sequence[Said], way: str) -> list[Figure]:
    """What the turns come to. The first has nothing to know."""
    talk = [one for one in said if not one.refused and not one.restarted and one.turn > 1]
    steady = [one for one in talk if not one.rebuilt]
    edited = [one.tokens - one.cached for one in steady if one.edited]
    rows: list[tuple[str, float, str]] = [
        ("from the cache, all turns", _share(talk), "%"),
        ("from the cache, turns but rebuilds", _share(steady), "%"),
        ("read anew after an edit, median", statistics.median(edited or [0]), "tokens"),
        ("read anew in all", sum(one.tokens - one.cached for one in talk), "tokens"),
        ("largest prompt", max((one.tokens for one in talk), default=0), "tokens"),
        ("laid out anew", sum(bool(one.rebuilt) for one in talk), "times"),
        ("refused", sum(one.refused for one in said), "times"),
        ("to the first token, median", statistics.median([one.first for one in talk] or [0]), "s"),
    ]
    return [
        Figure(suite=SUITE, way=way, name=name, value=float(value), unit=unit)
        for name, value, unit in rows
    ]


def _share(said: Sequence[Said]) -> float:
    return sum(one.cached for one in said) / max(1, sum(one.tokens for one in said))
