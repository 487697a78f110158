"""The attempts of `homesmith eval`, with several tasks under way in one server.

    at_once.py --data DIR mbppplus humanevalplus --model qwen2.5-coder:0.5b --width 24

Each task has a slot of its own and asks exactly what it asks alone; the attempts stand in the same
ledger afterwards, so `homesmith eval` goes on from there and shows them. It is for machines that
write more with many streams (`homesmith models measure` tells for 2 and 4). What a candidate does
in the sandbox is still run one at a time, before the model's own threads. The seconds of these
attempts say nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.metadata
import os
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

from homesmith.core.budgets import Budget
from homesmith.core.messages import user
from homesmith.core.models import ModelId
from homesmith.core.requests import Event, Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.profiles import profile_for
from homesmith.improve.asking import kit_for
from homesmith.lab.evaluation import Plan, Step, kept, made
from homesmith.lab.remembered import RememberedEngine
from homesmith.lab.suites import Problems
from homesmith.settings import load
from homesmith.studio import Studio
from homesmith.workspace.sandbox import detect

WINDOW = 4096
"""Tokens of a slot: more than any task with its answer."""
STALL_SECONDS = 1800.0
"""A prompt waits for those of all the others."""


class OneSlot:
    """An engine that asks everything in one slot of another."""

    def __init__(self, engine: LlamaCppEngine, slot: int) -> None:
        self._engine = engine
        self._slot = slot
        self.model = engine.model
        self.window = engine.window

    async def count(self, request: Request) -> int:
        return await self._engine.count(replace(request, slot=self._slot))

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        return self._engine.stream(replace(request, slot=self._slot))

    async def close(self) -> None:
        """The engine is closed by whoever opened it."""


class OneAtATime:
    """A sandbox in which one command runs at a time."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self._free = asyncio.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    async def run(self, *given: Any, **named: Any) -> Any:
        async with self._free:
            return await self._sandbox.run(*given, **named)


async def behind(engine: LlamaCppEngine) -> None:
    """Load the engine, and let its threads wait for everything else."""
    await engine.count(Request(model=engine.model, messages=(user("Hello"),), max_tokens=1))
    for thread in Path(f"/proc/{engine.pid}/task").iterdir():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, int(thread.name), 10)


async def measure(given: argparse.Namespace) -> None:
    """Every attempt that the ledgers lack, then what each strategy comes to."""
    model = ModelId(given.model)
    async with Studio(load({"model": given.model}, os.environ)) as studio:
        known, lab, sandbox = studio.model(model), studio.laboratory(), detect()
        weights = studio.weights(known)
        assert sandbox is not None, "code runs in a sandbox only: homesmith doctor"
        assert weights is not None, f"homesmith models pull {model}"
        identity = f"{known.sha256} {importlib.metadata.version('xllamacpp')}"
        profile, alone = profile_for(known), OneAtATime(sandbox)
        wide = replace(studio.plan(known), window=WINDOW, parallel=given.width, cache_mib=0)
        engine = LlamaCppEngine(known, weights, wide, stall_seconds=STALL_SECONDS)
        scoreboard = lab.scoreboard.choices(model)

        def plan(suite: Problems, asked: RememberedEngine) -> Plan:
            return Plan(
                problems=suite.problems[: given.limit],
                strategies=given.strategy.split(","),
                model=model,
                profile=profile,
                kit=lambda seed: kit_for(
                    asked, profile, alone, Budget(), seed=seed, scoreboard=scoreboard
                ),
                ledger=lab.ledger(suite.name, model),
                means=identity,
            )

        try:
            await behind(engine)
            for name in given.suites:
                suite = lab.suite(name, given.data)
                assert isinstance(suite, Problems), f"{name} is no suite of tasks"
                slots = [OneSlot(engine, slot) for slot in range(given.width)]
                remembering = [
                    RememberedEngine(slot, lab.answers(model), identity=identity) for slot in slots
                ]
                plans = [plan(suite, asked) for asked in remembering]
                await _suite(plans, alone, remembering)
        finally:
            await engine.close()


async def _suite(plans: list[Plan], sandbox: Any, remembering: list[RememberedEngine]) -> None:
    tasks = defaultdict[str, list[Step]](list)
    for step in plans[0].steps():
        if step.before is None:
            tasks[step.problem.id].append(step)
    waiting, began, told = deque(tasks.values()), time.monotonic(), 0
    missing = sum(map(len, waiting))

    async def work(plan: Plan, engine: RememberedEngine) -> None:
        nonlocal told
        while waiting:
            for step in waiting.popleft():
                attempt = await made(plan, step, sandbox=sandbox, engine=engine)
                told += 1
                print(
                    f"{told}/{missing}  {(time.monotonic() - began) / 60:.1f} min  {attempt.task} "
                    f"{attempt.strategy} {attempt.verdict} {attempt.answer_tokens} tokens  "
                    f"{attempt.why[:60]} {kept(plan.ledger, attempt)}",
                    flush=True,
                )

    with plans[0].ledger.alone():
        async with asyncio.TaskGroup() as group:
            for plan, engine in zip(plans, remembering, strict=True):
                group.create_task(work(plan, engine))
    for strategy in plans[0].strategies:
        found = [one.before for one in plans[0].steps() if one.strategy == strategy]
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
