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
from homesmith.core.engines import Engine
from homesmith.core.models import Model, ModelId
from homesmith.core.runs import Entry
from homesmith.core.sandboxes import Sandbox
from homesmith.engines.models import engine_version
from homesmith.engines.profiles import profile_for
from homesmith.engines.shelf import weights_identity
from homesmith.improve.asking import kit_for
from homesmith.lab.apps import MINUTES, AppPlan, constructed, evaluate_apps
from homesmith.lab.bare import build_bare
from homesmith.lab.evaluation import Plan, Turn, evaluate
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
    limit: int | None = None
    seeds: int = 1
    tokens: int | None = None


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


def unmade(house: House, suite: Problems | Suite, experiment: Experiment) -> int:
    """How many attempts are still to be made. Raises UnknownModel, EngineUnavailable."""
    if isinstance(suite, Problems):
        return _plan(house, suite, experiment, house.engine(experiment.model), None).unmade()
    return _app_plan(house, suite, experiment).unmade()


async def _problems(
    house: House, suite: Problems, experiment: Experiment
) -> AsyncGenerator[Turn, None]:
    run = any(is_run(problem) for problem in suite.problems[: experiment.limit])
    sandbox = await (house.sandbox() if run else house.sandbox_or_none())
    engine = RememberedEngine(
        house.engine(experiment.model),
        house.laboratory.answers(experiment.model),
        identity=_identity(house, house.models.find(experiment.model), engine_version()),
    )
    plan = _plan(house, suite, experiment, engine, sandbox)
    return evaluate(plan, sandbox=sandbox, engine=engine)


def _plan(
    house: House,
    suite: Problems,
    experiment: Experiment,
    engine: Engine,
    sandbox: Sandbox | None,
) -> Plan:
    known = house.models.find(experiment.model)
    profile, budget = profile_for(known), Budget(tokens=experiment.tokens)
    scoreboard = house.scoreboard(experiment.model)
    return Plan(
        problems=suite.problems[: experiment.limit],
        strategies=experiment.strategies,
        model=experiment.model,
        profile=profile,
        kit=lambda seed: kit_for(
            engine, profile, sandbox, budget, seed=seed, scoreboard=scoreboard
        ),
        ledger=house.laboratory.ledger(suite.name, experiment.model),
        seeds=range(experiment.seeds),
        means=_identity(house, known, engine_version()),
    )


def _app_plan(house: House, suite: Suite, experiment: Experiment) -> AppPlan:
    identity = _identity(house, house.models.find(experiment.model), __version__)
    return AppPlan(
        suite=suite,
        ways=experiment.strategies,
        model=experiment.model,
        ledger=house.laboratory.ledger(suite.name, experiment.model),
        seeds=range(experiment.seeds),
        limit=experiment.limit,
        means=f"{identity} {experiment.tokens}",
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

    plan = _app_plan(house, suite, experiment)
    return evaluate_apps(
        plan,
        {"build": built, "bare": bare},
        sandbox=await house.sandbox(),
        place=plan.ledger.path.with_suffix(""),
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
        identity=_identity(house, house.models.find(model), engine_version()) if model else "",
        embedder=embedder,
        without=without,
    )
    async with aclosing(measured(room, means)) as finding:
        async for found in finding:
            yield found
