#!/usr/bin/env python3
"""Play one long conversation with memory edits, and say how much of it is read twice.

  benchmarks/conversation.py --model qwen2.5-coder:1.5b --turns 1000 --edits 100 --out DIR

Two ways, one after the other, with the same words: `ours`, and `usual`, where memory stands in the
system prompt and a full window loses its oldest turns. Each turn is a line in DIR/WAY.jsonl as soon
as it is over, so a run that is stopped can still be read: `--report DIR` only reads. The last turns
are said after a restart each. What the model answers is not judged.

The usual way reads nearly everything anew at every turn once its window is full: --usual-turns ends
it earlier. `--model echo` is no model: it shows in seconds what would be read, in words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from homesmith.core.engines import Engine
from homesmith.core.memories import Block
from homesmith.core.messages import user
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.engines.echo import ECHO, EchoEngine
from homesmith.lab.prefixes import (
    ASK,
    REPLY,
    WAYS,
    Said,
    changed,
    figures,
    one_turn,
    sentence,
)
from homesmith.settings import load
from homesmith.studio import Studio


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--usual-turns", type=int, help="end the usual way after so many")
    parser.add_argument("--window", type=int, default=4096)
    parser.add_argument("--restarts", type=int, default=5, help="turns after one, at the end")
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
    """The whole conversation in one way, then some turns more, each after a restart."""
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
                said = await one_turn(talk, turn, message(chance))
                record(log, replace(said, edited=turn in edits))
                if given.rest:
                    await talk.rest()
            await talk.end()
        for _ in range(given.restarts):
            turn += 1
            async with Studio(settings) as studio:
                engine = engine_of(studio, given)
                talk = WAYS[way](studio.agent("long"), engine, given.answer)
                await engine.count(_hello(given.model))  # loads the model
                said = await one_turn(talk, turn, message(chance))
                record(log, replace(said, restarted=True))
                await talk.end()


def message(chance: random.Random) -> str:
    """Something to say and a question that goes with anything."""
    return f"{sentence(chance)} {chance.choice(ASK)}"


def engine_of(studio: Studio, given: argparse.Namespace) -> Engine:
    if given.model == ECHO:
        return EchoEngine(window=given.window, reply=REPLY)
    return studio.voice(ModelId(given.model))


def _soon_full(said: Said | None, window: int) -> bool:
    """A few turns more then, so that the restarts and a rebuild do not fall together."""
    return said is not None and said.tokens > 0.6 * window


def _hello(model: str) -> Request:
    return Request(model=ModelId(model), messages=(user("Hello"),), max_tokens=1)


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
        for name, value in figures(said).items() if said else ():
            print(f"{file.stem:6} {name:52} {value}")


if __name__ == "__main__":
    main()
