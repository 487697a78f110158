"""Suites tried with what a house has: its engines, its sandbox, its laboratory."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from homesmith import __version__
from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.models import Model, ModelId
from homesmith.core.runs import Entry
from homesmith.engines.models import engine_version
from homesmith.engines.profiles import profile_for
from homesmith.engines.shelf import weights_identity
from homesmith.improve.asking import kit_for
from homesmith.lab.apps import MINUTES, constructed, evaluate_apps, name_of
from homesmith.lab.bare import build_bare
from homesmith.lab.evaluation import Turn, evaluate
from homesmith.lab.problems import is_run
from homesmith.lab.remembered import RememberedEngine
from homesmith.lab.rooms import Found, Means, measured
from homesmith.lab.suite import App, Suite
from homesmith.lab.suites import Problems
from homesmith.lab.trial import Construction
from homesmith.studio.house import House

Build = Callable[[BuildRequest], AsyncGenerator[Entry | Progress, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """How a suite is tried: by which strategies, with which model, how much of it, how often.

    `tokens` bounds each attempt.
    """

    strategies: Sequence[str]
    model: ModelId
    limit: int | None
    seeds: int
    tokens: int | None


async def turns(
    house: House, suite: Problems | Suite, experiment: Experiment, build: Build
) -> AsyncGenerator[Turn, None]:
    """Each attempt; `build` builds the apps of a suite of apps. For errors see Studio.evaluate."""
    if isinstance(suite, Problems):
        running = await _problems(house, suite, experiment)
    else:
        running = await _apps(house, suite, experiment, build)
    async with aclosing(running) as made:
        async for turn in made:
            yield turn


async def _problems(
    house: House, suite: Problems, experiment: Experiment
) -> AsyncGenerator[Turn, None]:
    known = house.models.find(experiment.model)
    problems = suite.problems[: experiment.limit]
    run = any(is_run(problem) for problem in problems)
    sandbox = await (house.sandbox() if run else house.sandbox_or_none())
    profile, budget = profile_for(known), Budget(tokens=experiment.tokens)
    identity = _identity(house, known, engine_version())
    lab = house.laboratory
    answers = lab.answers(experiment.model)
    engine = RememberedEngine(house.engine(experiment.model), answers, identity=identity)
    scoreboard = house.scoreboard(experiment.model)
    return evaluate(
        problems,
        experiment.strategies,
        model=experiment.model,
        profile=profile,
        kit=lambda seed: kit_for(
            engine, profile, sandbox, budget, seed=seed, scoreboard=scoreboard
        ),
        sandbox=sandbox,
        ledger=lab.ledger(suite.name, experiment.model),
        seeds=range(experiment.seeds),
        means=identity,
        engine=engine,
    )


async def _apps(
    house: House, suite: Suite, experiment: Experiment, build: Build
) -> AsyncGenerator[Turn, None]:
    async def built(app: App, folder: Path, seed: int) -> Construction:
        budget = Budget(seconds=60 * MINUTES, tokens=experiment.tokens)
        request = BuildRequest(
            prompt=app.prompt, root=folder, model=experiment.model, seed=seed, budget=budget
        )
        began = time.monotonic()
        log = [entry async for entry in build(request) if isinstance(entry, Entry)]
        return constructed(log, time.monotonic() - began)

    async def bare(app: App, folder: Path, seed: int) -> Construction:
        del seed  # the answer is greedy
        engine = house.engine(experiment.model)
        return await build_bare(app, engine, folder, folder.with_name("answer.md"))

    ways = {"build": built, "bare": bare}
    known = house.models.find(experiment.model)
    ledger = house.laboratory.ledger(name_of(suite), experiment.model)
    return evaluate_apps(
        suite,
        {name: ways[name] for name in experiment.strategies},
        model=experiment.model,
        sandbox=await house.sandbox(),
        ledger=ledger,
        place=ledger.path.with_suffix(""),
        seeds=range(experiment.seeds),
        limit=experiment.limit,
        means=f"{_identity(house, known, __version__)} {experiment.tokens}",
    )


def _identity(house: House, model: Model, version: str) -> str:
    """The weights and a version, so that answers by others are not taken for theirs.

    A file of one's own has no known hash; it is another one with another size or time.
    """
    path = None if model.sha256 else house.models.weights(model)
    return weights_identity(path, version) if path else f"{model.sha256} {version}"


async def findings(
    house: House, room: str, *, data: Path | None, limit: int | None, model: ModelId | None
) -> AsyncGenerator[Found, None]:
    """What a suite of a room finds; see `lab.rooms`. A model is asked only where one is named.

    All of them ask the engine for conversations, so that their order does not matter.
    """
    embedder, without = house.embedder()
    means = Means(
        lab=house.laboratory,
        data=data,
        limit=limit,
        engine=house.voice(model) if model else None,
        embedder=embedder,
        without=without,
    )
    async with aclosing(measured(room, means)) as finding:
        async for found in finding:
            yield found
