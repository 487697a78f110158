#!/usr/bin/env python3
"""Measure recall: LongMemEval's sessions in one pool, or made-up memories by the thousand.

  benchmarks/recall.py longmemeval FILE --home DIR --embedder DIR [--seconds 60]
  benchmarks/recall.py size 10000 100000 --home DIR

The first keeps what it read, so it can be stopped and run again; without --embedder, or before
everything was read, words alone decide, and that is said. The second writes random memories with
random vectors, and says what a recall then costs.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from homesmith.context.estimate import estimate
from homesmith.core.memories import Chunk, Memory
from homesmith.engines.minilm import MiniLm, ready
from homesmith.lab import longmemeval
from homesmith.lab.remembering import AGENT, TOKENS, pooled
from homesmith.memory.agent import Agent
from homesmith.memory.vectors import bits_of
from homesmith.store.database import Store, open_store
from homesmith.store.restoring import Restored, Vector


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    ways = parser.add_subparsers(required=True)
    pool = ways.add_parser("longmemeval")
    pool.add_argument("file", type=Path)
    pool.add_argument("--embedder", type=Path)
    pool.add_argument("--seconds", type=float, default=0.0, help="read the backlog for so long")
    pool.set_defaults(run=measure_longmemeval)
    size = ways.add_parser("size")
    size.add_argument("memories", type=int, nargs="+")
    size.set_defaults(run=measure_size)
    for way in (pool, size):
        way.add_argument("--home", type=Path, required=True)
    given = parser.parse_args()
    given.run(given)


def measure_longmemeval(given: argparse.Namespace) -> None:
    sessions, questions = longmemeval.read(given.file)
    missing = ready(given.embedder) if given.embedder else "no --embedder was given"
    embedder = None if missing else MiniLm(given.embedder)
    with open_store(given.home) as store:
        words = Agent(store, AGENT, count=estimate, without="asked for")
        began = time.perf_counter()
        if number := pooled(words, sessions):
            print(
                f"{len(sessions)} sessions, {number} messages: {time.perf_counter() - began:.1f} s"
            )
        report("words", words, questions)
        if embedder is None:
            print(f"words only: {missing}")
            return
        both = Agent(store, AGENT, count=estimate, embedder=embedder)
        began = time.process_time()
        read = max(both.index(given.seconds), default=0)
        spent = time.process_time() - began
        print(f"{read} pieces read in {spent:.1f} processor seconds, {both.unread()} left")
        report("words and meaning", both, questions)


def report(name: str, agent: Agent, questions: Sequence[longmemeval.Question]) -> None:
    trials = longmemeval.ask(questions, lambda one: longmemeval.recalled(agent, one, TOKENS))
    figures = asdict(longmemeval.table(trials))
    print(name, {key: round(value, 4) for key, value in figures.items()})


def measure_size(given: argparse.Namespace) -> None:
    chance = random.Random(4)
    for number in given.memories:
        with open_store(given.home / str(number)) as store:
            if not store.memories.summaries():
                began = time.perf_counter()
                store.restoring.agent("many", [], made(number, chance))
                print(f"{number}: written in {time.perf_counter() - began:.0f} s")
            times = recalls(store, chance)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{number}: recall median {1000 * times[len(times) // 2]:.1f} ms,"
                f" p95 {1000 * times[int(0.95 * len(times))]:.1f} ms, {memory:.0f} MB at most"
            )


def recalls(store: Store, chance: random.Random) -> list[float]:
    """Seconds of many recalls, sorted; the first, which loads, is left out."""
    agent = Agent(store, "many", count=estimate, embedder=Chances(6))
    times = []
    for _ in range(41):
        query = " ".join(word(chance) for _ in range(10))
        began = time.perf_counter()
        agent.recall(query)
        times.append(time.perf_counter() - began)
    return sorted(times[1:])


class Chances:
    """An embedder that says anything: what a search costs does not depend on it."""

    id = "chance"
    dimensions = 384

    def __init__(self, seed: int) -> None:
        self._numbers = np.random.default_rng(seed)

    def embed(self, texts: Sequence[str]) -> list[array[float]]:
        return [array("f", self._numbers.standard_normal(384).tolist()) for _ in texts]


def made(number: int, chance: random.Random) -> Iterator[Restored]:
    """Memories of 40 words, as often as in English (Zipf), each with a vector."""
    numbers = np.random.default_rng(5)
    for at in range(number):
        text = " ".join(word(chance) for _ in range(40))
        day = f"20{20 + at * 6 // number}-{1 + at % 12:02}-{1 + at % 28:02}T10:00:00.000+00:00"
        memory = Memory(
            id=0, kind="message", session=str(at // 10), speaker="user", text=text, at=day
        )
        value = numbers.integers(-127, 128, 384, dtype=np.int8).tobytes()
        vector = Vector(model=Chances.id, value=value, bits=bits_of(value))
        yield Restored(
            memory=memory, chunks=[(Chunk(start=0, stop=len(text), head="user"), vector)]
        )


def word(chance: random.Random) -> str:
    """One of 50,000 words; the n-th comes about 1/n as often as the first."""
    return f"w{int(50_000 ** chance.random())}"


if __name__ == "__main__":
    main()
