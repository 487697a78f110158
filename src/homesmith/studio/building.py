"""Runs of the builder with what a house has: begun, taken up again, remembered however they end."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from homesmith import __version__
from homesmith.builder import running
from homesmith.builder.personal import DECIDED, Personal, as_liked, personal_of
from homesmith.builder.running import Bench
from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.errors import UnknownRun
from homesmith.core.models import ModelId
from homesmith.core.runs import Entry, RunId, RunStarted
from homesmith.engines.profiles import profile_for
from homesmith.runtime.happening import remember
from homesmith.studio.house import House


async def build(house: House, request: BuildRequest) -> AsyncGenerator[Entry | Progress, None]:
    """A new run: its log as it grows, and where it stands in between."""
    request = as_liked(replace(request, root=request.root.resolve()), house.acquaintance.person())
    bench = await _bench(house, request)
    async with aclosing(_remembered(house, running.run(bench, request))) as live:
        async for item in live:
            yield item


async def resume(house: House, run: RunId) -> AsyncGenerator[Entry | Progress, None]:
    """The rest of a run. Raises UnknownRun when it is none, or no build."""
    runs = house.store.runs
    number = runs.find(run)
    request = _request_of(number, runs.entries(number)[0])
    bench = await _bench(house, request)
    async with aclosing(_remembered(house, running.resume(bench, number, request))) as live:
        async for item in live:
            yield item


def _request_of(number: RunId, first: Entry) -> BuildRequest:
    started = first.event
    if not isinstance(started, RunStarted) or started.kind == "ask":
        raise UnknownRun(
            f"The run {number} cannot be taken up again",
            why="it is not a build",
            remedy="homesmith runs list",
        )
    return BuildRequest(
        prompt=started.prompt,
        root=Path(started.root),
        change=started.kind == "change",
        template=started.template,
        model=ModelId(started.model),
        seed=started.seed,
        budget=Budget(seconds=started.budget_seconds),
    )


async def _bench(house: House, request: BuildRequest) -> Bench:
    model = house.chosen(request.model)
    return Bench(
        engine=house.engine(model),
        profile=profile_for(house.models.find(model)),
        store=house.store,
        sandbox=await house.sandbox_or_none(),
        templates=house.templates(request.template),
        snapshots=house.snapshots,
        evidence=house.settings.places.evidence,
        state=house.settings.places.run,
        browser=house.browser,
        version=__version__,
        personal=_personal_of(house, request, model),
    )


def _personal_of(house: House, request: BuildRequest, model: ModelId) -> Personal:
    found, person = house.known(request.prompt, request.root, model, without=DECIDED)
    return personal_of(found.text, person)


async def _remembered(
    house: House, live: AsyncGenerator[Entry | Progress, None]
) -> AsyncGenerator[Entry | Progress, None]:
    """The run, and a line about it in the person's history however it ends."""
    run: RunId | None = None
    try:
        async with aclosing(live):
            async for item in live:
                run = item.run if isinstance(item, Entry) else run
                yield item
    finally:
        if run is not None and house.settings.context:
            remember(house.acquaintance.repository, house.store.runs, run)
