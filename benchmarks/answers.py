#!/usr/bin/env python3
"""Ask a model the same questions in two ways, and say how often and how soon it answers right.

  benchmarks/answers.py remembered FILE --home DIR --out ANSWERS.jsonl --model qwen2.5-coder:1.5b
  benchmarks/answers.py shortened DIR --out ANSWERS.jsonl --model qwen2.5-coder:1.5b

`remembered`: LongMemEval. What our recall brings, out of all sessions in one pool, against the
last tokens of the one conversation that they make. DIR is what `recall.py longmemeval` made: with
an --embedder that has read everything meaning is searched too. With --before, the last tokens are
those before the day of the question, which cannot be read once for all.
`shortened`: Lost in the Middle, odd half. Twenty documents shortened to a third, and as they are.

Each answer is a line in ANSWERS.jsonl as soon as it is there; the next run goes on behind it.
--limit takes so many questions, evenly out of all. --dry asks nobody: how often the right answer
stands in what would be read.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from homesmith.context.compression.compress import compress
from homesmith.context.estimate import estimate
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Layout, Turn
from homesmith.core.messages import user
from homesmith.core.models import ModelId
from homesmith.engines.minilm import MiniLm, ready
from homesmith.lab import distractors, longmemeval
from homesmith.lab.answering import Answered, Asked, measure, table
from homesmith.lab.ledger import Ledger
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.bringing import bring
from homesmith.runtime.conversation.texts import INSTRUCTIONS, text_of
from homesmith.runtime.knowing import NOTHING
from homesmith.settings import load
from homesmith.store.database import open_store
from homesmith.studio import Studio

FEW = "Answer in a few words."
USING = (
    "Write a high-quality answer for the given question using only the provided search results "
    "(some of which might be irrelevant)."
)
WINDOW = 10240
RATIO = 3
PIECES_OF_A_CHAT = 6
One = TypeVar("One")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(required=True)
    talk = kinds.add_parser("remembered")
    talk.add_argument("file", type=Path)
    talk.add_argument("--home", type=Path, required=True)
    talk.add_argument("--embedder", type=Path)
    talk.add_argument("--tokens", type=int, default=2000, help="recalled at most; a chat has 600")
    talk.add_argument("--last", type=int, default=8000, help="tokens of the other way")
    talk.add_argument("--before", action="store_true")
    talk.set_defaults(asked=remembered)
    short = kinds.add_parser("shortened")
    short.add_argument("data", type=Path)
    short.set_defaults(asked=shortened)
    for kind in (talk, short):
        kind.add_argument("--model", default="smollm2:135m")
        kind.add_argument("--out", type=Path)
        kind.add_argument("--limit", type=int)
        kind.add_argument("--dry", action="store_true")
        kind.add_argument("--report", action="store_true", help="only read what was answered")
    given = parser.parse_args()
    if not given.out and not given.dry:
        parser.error("--out or --dry is needed")
    if given.report:
        print(table([Answered(**one) for one in Ledger(given.out).entries()]), end="")
    elif given.dry:
        dry(list(given.asked(given)))
    else:
        asyncio.run(ask(given))


async def ask(given: argparse.Namespace) -> None:
    settings = load(
        {"model": given.model, "context": False}, {**os.environ, "HOMESMITH_WINDOW": str(WINDOW)}
    )
    asked = list(given.asked(given))
    answers: list[Answered] = []
    began = time.monotonic()
    async with Studio(settings) as studio:
        engine = studio.engine(ModelId(given.model))
        async for one in measure(asked, engine, Ledger(given.out)):
            answers.append(one)
            told = f"{len(answers)} of {len(asked)}, {time.monotonic() - began:.0f} s"
            right = "right" if one.right else "wrong"
            print(f"{told}: {one.way}, {one.tokens} tokens, {right}", file=sys.stderr)
    print(table(answers), end="")


def dry(asked: Sequence[Asked]) -> None:
    for way in dict.fromkeys(one.way for one in asked):
        some = [one for one in asked if one.way == way]
        there = sum(one.holds(one.read) for one in some)
        tokens = sum(estimate(message.text) for one in some for message in one.messages)
        new = tokens / len(some)
        print(f"{way}: in {there} of {len(some)}; about {new:.0f} tokens a prompt")


def remembered(given: argparse.Namespace) -> Iterator[Asked]:
    """One way after the other, so that what is the same for all questions is read once."""
    sessions, everything = longmemeval.read(given.file)
    questions = evenly([one for one in everything if one.short], given.limit)
    print(f"{len(questions)} of {len(everything)} questions", file=sys.stderr)
    missing = ready(given.embedder) if given.embedder else "no --embedder was given"
    instructions = text_of(INSTRUCTIONS)
    talk = sorted(sessions, key=lambda session: session.at)
    for one in questions:
        turns = last(talk, given.last, one.at if given.before else None)
        opening = Turn(said=f"{one.text}\n{FEW}", day=str(one.at.date()))
        yield Asked(
            id=one.id,
            kind=one.kind,
            way=f"last {given.last} tokens",
            messages=messages(Layout(instructions=instructions, turns=turns), opening),
            read="\n".join(f"{turn.said}\n{turn.answered}" for turn in turns),
            holds=one.answered_by,
        )
    with open_store(given.home) as store:
        embedder = None if missing else MiniLm(given.embedder)
        agent = Agent(store, "longmemeval", count=estimate, embedder=embedder, without=missing)
        if not agent.messages(1):
            longmemeval.fill(agent, sessions)
        if left := agent.unread():
            print(f"{left} pieces were not read by the embedder", file=sys.stderr)
        pieces = PIECES_OF_A_CHAT if given.tokens <= 600 else longmemeval.PIECES
        for one in questions:
            found = agent.recall(one.text, pieces, tokens=given.tokens, now=one.at)
            passages = bring(one.text, found, NOTHING, Layout()).passages
            opening = Turn(said=f"{one.text}\n{FEW}", day=str(one.at.date()), passages=passages)
            yield Asked(
                id=one.id,
                kind=one.kind,
                way=f"recall, {given.tokens} tokens",
                messages=messages(Layout(instructions=instructions), opening),
                read="\n".join(passage.text for passage in passages),
                holds=one.answered_by,
            )


def last(
    talk: Sequence[longmemeval.Session], tokens: int, until: datetime | None
) -> tuple[Turn, ...]:
    """The last turns of all sessions, in the order of time; each says the day it was said."""
    turns: list[Turn] = []
    for session in reversed([one for one in talk if until is None or one.at < until]):
        for turn in reversed(list(turns_of(session))):
            tokens -= estimate(f"{turn.said}\n{turn.answered}") + 8
            if tokens < 0:
                return tuple(reversed(turns))
            turns.append(turn)
    return tuple(reversed(turns))


def turns_of(session: longmemeval.Session) -> Iterator[Turn]:
    said = ""
    for speaker, text in session.said:
        if speaker == "user":
            said = text
        else:
            yield Turn(said=said, answered=text, day=str(session.at.date()))


def shortened(given: argparse.Namespace) -> Iterator[Asked]:
    """Both ways of one question after another, so that a run that is stopped compares pairs."""
    questions = list(distractors.questions(given.data, "report"))
    for number, one in evenly(list(enumerate(questions)), given.limit):
        whole = one.prompt
        ways = {
            f"{RATIO}x": compress(whole, one.text, estimate(whole) // RATIO).text,
            "uncompressed": whole,
        }
        for way, text in ways.items():
            prompt = f"{USING}\n\n{text}\n\nQuestion: {one.text}\n{FEW}"
            yield Asked(
                id=str(number),
                kind="nq",
                way=way,
                messages=(user(prompt),),
                read=text,
                holds=one.answered_by,
            )


def evenly(all_of_them: Sequence[One], limit: int | None) -> list[One]:
    """So many of them, evenly; always the same."""
    number = min(limit or len(all_of_them), len(all_of_them))
    return [all_of_them[at * len(all_of_them) // number] for at in range(number)]


if __name__ == "__main__":
    main()
