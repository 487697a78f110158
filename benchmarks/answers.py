#!/usr/bin/env python3
"""Ask a model the same questions in two ways, and say how often and how soon it answers right.

  benchmarks/answers.py remembered FILE --home DIR --out ANSWERS.jsonl --model qwen2.5-coder:1.5b
  benchmarks/answers.py shortened DIR --out ANSWERS.jsonl --model qwen2.5-coder:1.5b

`remembered`: LongMemEval. What our recall brings, out of all sessions in one pool, against the
last tokens of the one conversation that they make. DIR is what `recall.py longmemeval` made: with
an --embedder that has read everything meaning is searched too. With --before, the last tokens are
those before the day of the question, which cannot be read once for all.
`shortened`: Lost in the Middle, odd half. Twenty documents, as files shortened to a third together,
and as they are.

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
from pathlib import Path

from homesmith.context.estimate import estimate
from homesmith.core.models import ModelId
from homesmith.engines.minilm import MiniLm, ready
from homesmith.lab import longmemeval
from homesmith.lab.answering import Answered, Asked, measure, table
from homesmith.lab.asked import evenly, of_documents, of_recall, of_the_last
from homesmith.lab.ledger import Ledger
from homesmith.lab.remembering import AGENT, pooled
from homesmith.memory.agent import Agent
from homesmith.settings import load
from homesmith.store.database import open_store
from homesmith.studio import Studio

WINDOW = 10240


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
    yield from of_the_last(sessions, questions, given.last, before=given.before)
    with open_store(given.home) as store:
        embedder = None if missing else MiniLm(given.embedder)
        agent = Agent(store, AGENT, count=estimate, embedder=embedder, without=missing)
        pooled(agent, sessions)
        if left := agent.unread():
            print(f"{left} pieces were not read by the embedder", file=sys.stderr)
        yield from of_recall(agent, questions, given.tokens)


def shortened(given: argparse.Namespace) -> Iterator[Asked]:
    return of_documents(given.data, given.limit)


if __name__ == "__main__":
    main()
