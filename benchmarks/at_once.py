"""The attempts of `homesmith eval`, with several tasks under way in one server.

    at_once.py --data DIR mbppplus humanevalplus --model qwen2.5-coder:0.5b --width 24

They stand in the same ledger afterwards, so `homesmith eval` goes on from there and shows them. It
is for machines that write more with many streams (`homesmith models measure` tells for 2 and 4);
see `streams.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from streams import OneAtATime, each, engines

from homesmith.core.budgets import Budget
from homesmith.core.models import ModelId
from homesmith.engines.profiles import profile_for
from homesmith.improve.asking import kit_for
from homesmith.lab.evaluation import Plan, Step, kept, made
from homesmith.lab.remembered import RememberedEngine
from homesmith.lab.suites import Problems
from homesmith.settings import load
from homesmith.studio import Studio
from homesmith.workspace.sandbox import detect


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """One of the engines, and the plan that asks it."""

    engine: RememberedEngine
    plan: Plan


async def measure(given: argparse.Namespace) -> None:
    """Every attempt that the ledgers lack, then what each strategy comes to."""
    model = ModelId(given.model)
    async with Studio(load({"model": given.model}, os.environ)) as studio:
        known, lab, sandbox = studio.model(model), studio.laboratory(), detect()
        assert sandbox is not None, "code runs in a sandbox only: homesmith doctor"
        identity = f"{known.sha256} {importlib.metadata.version('xllamacpp')}"
        profile, alone = profile_for(known), OneAtATime(sandbox)
        scoreboard = lab.scoreboard.choices(model)

        def means(suite: Problems, engine: RememberedEngine) -> Means:
            plan = Plan(
                problems=suite.problems[: given.limit],
                strategies=given.strategy.split(","),
                model=model,
                profile=profile,
                kit=lambda seed: kit_for(
                    engine, profile, alone, Budget(), seed=seed, scoreboard=scoreboard
                ),
                ledger=lab.ledger(suite.name, model),
                means=identity,
            )
            return Means(engine=engine, plan=plan)

        async with engines(studio, model, given.width) as sharing:
            for name in given.suites:
                suite = lab.suite(name, given.data)
                assert isinstance(suite, Problems), f"{name} is no suite of tasks"
                remembering = [
                    RememberedEngine(one, lab.answers(model), identity=identity) for one in sharing
                ]
                await _suite([means(suite, one) for one in remembering], alone)


async def _suite(having: Sequence[Means], sandbox: OneAtATime) -> None:
    first, began, told = having[0].plan, time.monotonic(), 0
    tasks = defaultdict[str, list[Step]](list)
    for step in first.steps():
        if step.before is None:
            tasks[step.problem.id].append(step)
    missing = sum(map(len, tasks.values()))

    async def work(steps: Sequence[Step], means: Means) -> None:
        nonlocal told
        for step in steps:
            attempt = await made(means.plan, step, sandbox=sandbox, engine=means.engine)
            told += 1
            print(
                f"{told}/{missing}  {(time.monotonic() - began) / 60:.1f} min  {attempt.task} "
                f"{attempt.strategy} {attempt.verdict} {attempt.answer_tokens} tokens  "
                f"{attempt.why[:60]} {kept(first.ledger, attempt)}",
                flush=True,
            )

    with first.ledger.alone():
        await each(tasks.values(), having, work)
    for strategy in first.strategies:
        found = [one.before for one in first.steps() if one.strategy == strategy]
        ended = [one for one in found if one is not None]
        print(
            f"{strategy}: {sum(one.verdict == 'passed' for one in ended)} of {len(ended)}, "
            f"{sum(one.answer_tokens for one in ended)} tokens"
        )


def main() -> None:
    """Read the words of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suites", nargs="+", metavar="SUITE")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--strategy", default="direct,auto")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--width", type=int, default=16, help="tasks at once")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
