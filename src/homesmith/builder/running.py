"""One run from its first event to its last: locks, log, live progress, and the way it ends.

Every event is durable before the next is made. Whatever goes wrong is the last event of the run,
and the folder stands at the last accepted step.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homesmith.builder.building import Taken, build
from homesmith.builder.changing import change
from homesmith.builder.job import Clock, Job
from homesmith.builder.personal import NOBODY, Personal
from homesmith.builder.template import Template
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.engines import Engine
from homesmith.core.errors import Cancelled, DiskFull, HomesmithError, UnknownRun, WorkspaceError
from homesmith.core.models import Profile
from homesmith.core.runs import (
    Accepted,
    Entry,
    Finished,
    Resumed,
    RunEvent,
    RunFailed,
    RunId,
    RunStarted,
    Specified,
    StepStarted,
    Warned,
)
from homesmith.core.sandboxes import Sandbox
from homesmith.memory.requests import recall, render
from homesmith.store.database import Store
from homesmith.workspace.files import open_workspace
from homesmith.workspace.locks import lock
from homesmith.workspace.snapshots import Snapshots

PAST_TOKENS = 250
LEAST_DISK = 64 << 20
"""Bytes that must be free before a build begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What runs need and studio constructs: engine, store, sandbox, places."""

    engine: Engine
    profile: Profile
    store: Store
    sandbox: Sandbox | None
    templates: Mapping[str, Template]
    snapshots: Callable[[Path], Snapshots]
    evidence: Path
    state: Path
    browser: str = ""
    version: str = ""
    personal: Personal = NOBODY


Live = AsyncGenerator[Entry | Progress, None]


async def run(bench: Bench, request: BuildRequest) -> Live:
    """Start a run and do it: entries of its log as they are kept, progress in between.

    Raises WorkspaceBusy, DiskFull and WorkspaceError before the first entry; later failures
    are the last entry.
    """
    root = request.root
    root.mkdir(parents=True, exist_ok=True)
    _refuse_full_disk(root)
    started = RunStarted(
        kind="change" if request.change else "build",
        prompt=request.prompt,
        root=str(root),
        model=str(bench.engine.model),
        template=request.template,
        seed=request.seed,
        budget_seconds=request.budget.seconds,
        version=bench.version,
    )
    with lock(root, bench.state):
        await asyncio.to_thread(bench.snapshots(root).recover)
        past = ""
        if request.change:
            earlier = recall(bench.store.runs, str(root))
            past = render(earlier, PAST_TOKENS, lambda text: len(text) // 4 + 1)
        number = bench.store.runs.create(started)
        with bench.store.runs.hold(number):
            yield bench.store.runs.entries(number)[0]
            async for item in _work(bench, number, request, Taken(), past):
                yield item


async def resume(bench: Bench, number: RunId, request: BuildRequest) -> Live:
    """Go on with a run that was broken off, from its last accepted step."""
    entries = bench.store.runs.entries(number)
    if isinstance(entries[-1].event, Finished) and entries[-1].event.passed:
        raise UnknownRun(
            f"The run {number} is finished",
            why="there is nothing left to do",
            remedy=f"homesmith build --in {request.root} “what shall change”",
        )
    root = request.root
    root.mkdir(parents=True, exist_ok=True)
    with lock(root, bench.state), bench.store.runs.hold(number):
        taken = _taken(entries)
        await asyncio.to_thread(_to_last_step, bench.snapshots(root), entries)
        yield bench.store.runs.append(number, Resumed(reason="taken up again"))
        async for item in _work(bench, number, request, taken, ""):
            yield item


def _to_last_step(snapshots: Snapshots, entries: tuple[Entry, ...]) -> None:
    """Finish a broken-off restore, then make the folder what the last accepted step holds."""
    snapshots.recover()
    accepted = [entry.event for entry in entries if isinstance(entry.event, Accepted)]
    if accepted and not snapshots.matches(accepted[-1].snapshot):
        snapshots.restore(accepted[-1].snapshot)


def _taken(entries: tuple[Entry, ...]) -> Taken:
    units: dict[int, str] = {}
    done: set[str] = set()
    specification = None
    last = 0
    for entry in entries:
        match entry.event:
            case StepStarted(step=step, unit=unit):
                units[step] = unit
                last = max(last, step)
            case Accepted(step=step):
                done.add(units.get(step, ""))
            case Specified(specification=value):
                specification = value
            case _:
                continue
    return Taken(specification=specification, units=frozenset(done), step=last)


async def _work(
    bench: Bench, number: RunId, request: BuildRequest, taken: Taken, past: str
) -> Live:
    told: asyncio.Queue[Entry | Progress | None] = asyncio.Queue()

    def record(event: RunEvent) -> None:
        told.put_nowait(bench.store.runs.append(number, event))

    job = Job(
        request=request,
        engine=bench.engine,
        profile=bench.profile,
        workspace=open_workspace(request.root),
        snapshots=bench.snapshots(request.root),
        sandbox=bench.sandbox,
        evidence=bench.evidence / number,
        record=record,
        tell=told.put_nowait,
        keep=lambda text: bench.store.blobs.put(text.encode("utf-8", "surrogatepass")),
        clock=Clock(budget=request.budget),
        browser=bench.browser,
        personal=bench.personal,
    )
    task = asyncio.create_task(_end(job, _task(bench, job, taken, past)))
    task.add_done_callback(lambda _: told.put_nowait(None))
    try:
        while (item := await told.get()) is not None:
            yield item
        await task
    finally:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _task(bench: Bench, job: Job, taken: Taken, past: str) -> Awaitable[Finished]:
    if job.sandbox is None:
        job.record(
            Warned(
                message="Generated code is not run: there is no sandbox. Only its text is checked; "
                "`homesmith doctor` says what to install.",
                code="no_sandbox",
            )
        )
    for warning in job.personal.warnings:
        job.record(Warned(message=warning, code="context"))
    if job.request.change:
        return change(job, past=past, templates=bench.templates)
    return build(job, bench.templates, taken)


async def _end(job: Job, work: Awaitable[Finished]) -> None:
    """Do the work; its result, its error or its interruption is the last event."""
    try:
        with _disk_errors():
            job.record(await work)
    except asyncio.CancelledError:
        stopped = Cancelled(
            "Stopped", why="by you", remedy="homesmith runs resume, to go on where it stopped"
        )
        with contextlib.suppress(HomesmithError):
            job.record(_failed(stopped, job))
        raise
    except HomesmithError as error:
        job.record(_failed(error, job))


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            "The build broke off", why=str(error), remedy="homesmith doctor"
        ) from error


def _failed(error: HomesmithError, job: Job) -> RunFailed:
    return RunFailed(
        code=error.code,
        message=error.message,
        why=error.why,
        remedy=error.remedy,
        seconds=job.clock.seconds,
    )


def _refuse_full_disk(root: Path) -> None:
    free = shutil.disk_usage(root).free
    if free < LEAST_DISK:
        raise DiskFull(
            f"Only {free >> 20} MB are free on the disk of {root}",
            why=f"a build needs at least {LEAST_DISK >> 20} MB",
            remedy="free some space, or choose another folder",
        )
