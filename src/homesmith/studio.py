"""Wire the rooms together: the only place that constructs them, each when it is first needed.

A door holds one Studio for one call. It decides nothing; it gives each room what it needs.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.metadata
import json
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from homesmith import __version__
from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.checks import Inspection, Verdict
from homesmith.core.engines import Engine
from homesmith.core.errors import EngineUnavailable, UnknownRun
from homesmith.core.messages import system as system_message
from homesmith.core.messages import user
from homesmith.core.models import Model, ModelId
from homesmith.core.requests import Event, Request
from homesmith.core.runs import Entry, RunId, RunStarted, RunSummary
from homesmith.core.sandboxes import Command, Execution, Limits, Reach, Sandbox
from homesmith.settings import Settings

if TYPE_CHECKING:  # loaded when they are used: most commands need few of them
    from homesmith.builder.running import Bench
    from homesmith.engines.catalogue import Catalogue
    from homesmith.engines.machine import EnginePlan
    from homesmith.engines.progress import Progress as Fetching
    from homesmith.improve.drafts import Improved
    from homesmith.lab.code_tasks import CodeTask
    from homesmith.lab.evaluation import CodeTrial
    from homesmith.lab.ledger import Ledger
    from homesmith.memory.agent import Agent
    from homesmith.store.database import Store
    from homesmith.store.memories import AgentSummary
    from homesmith.workspace.snapshots import Snapshot, Snapshots

ANSWER = 2048
"""Tokens an answer to `ask` may have."""


class Studio:
    """The rooms of one person on one machine, as their settings say."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._open = AsyncExitStack()
        self._store: Store | None = None
        self._catalogue: Catalogue | None = None
        self._engines: dict[ModelId, Engine] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    # Building

    async def build(self, request: BuildRequest) -> AsyncGenerator[Entry | Progress, None]:
        """Build or change an app: its log as it grows, and where it stands in between.

        Raises UnknownModel, EngineUnavailable, WorkspaceBusy, DiskFull before the first entry.
        """
        from homesmith.builder.running import run

        request = replace(request, root=request.root.resolve())
        bench = await self._bench(request.model or ModelId(self.settings.model))
        async with aclosing(run(bench, request)) as live:
            async for item in live:
                yield item

    async def resume(self, run: RunId) -> AsyncGenerator[Entry | Progress, None]:
        """Go on with a run from its last accepted step. Raises UnknownRun, WorkspaceBusy."""
        from homesmith.builder.running import resume

        number = self._kept().runs.find(run)
        started = self._kept().runs.entries(number)[0].event
        if not isinstance(started, RunStarted) or started.kind == "ask":
            raise UnknownRun(
                f"The run {number} cannot be taken up again",
                why="it is not a build",
                remedy="homesmith runs list",
            )
        request = BuildRequest(
            prompt=started.prompt,
            root=Path(started.root),
            change=started.kind == "change",
            template=started.template,
            model=ModelId(started.model),
            seed=started.seed,
            budget=Budget(seconds=started.budget_seconds),
        )
        bench = await self._bench(ModelId(started.model))
        async with aclosing(resume(bench, number, request)) as live:
            async for item in live:
                yield item

    async def _bench(self, model: ModelId) -> Bench:
        from homesmith.builder.running import Bench
        from homesmith.builder.template import load_templates
        from homesmith.engines.profiles import profile_for

        return Bench(
            engine=self.engine(model),
            profile=profile_for(self.model(model)),
            store=self._kept(),
            sandbox=await self._sandbox_or_none(),
            templates=load_templates([self.settings.places.config / "templates"]),
            snapshots=self._snapshots,
            evidence=self.settings.places.evidence,
            state=self.settings.places.run,
            browser=self._browser(),
            version=__version__,
        )

    async def check(self, root: Path) -> tuple[Verdict, ...]:
        """Every check that the app's manifest names, cheapest first."""
        from homesmith.builder.checks.gate import run_checks
        from homesmith.builder.manifest import read_manifest
        from homesmith.builder.specification import specification_from

        manifest = read_manifest(root)
        evidence = self.settings.places.evidence / f"check-{time.time_ns()}"
        evidence.mkdir(parents=True, exist_ok=True)
        inspection = Inspection(
            root=root,
            manifest=manifest.as_mapping(),
            evidence=evidence,
            sandbox=await self._sandbox_or_none(),
            options={
                "literals": specification_from(manifest.specification).literals.as_options(),
                "browser": self._browser(),
            },
        )
        return await run_checks(inspection, manifest.checks or None)

    # Running

    async def execute(self, root: Path, argv: tuple[str, ...], seconds: float) -> Execution:
        """Run a command with `root` as its only folder. Raises SandboxUnavailable."""
        from homesmith.workspace.interpreter import python_environment

        command = Command(
            argv=argv,
            workspace=root,
            reach=Reach.LOOPBACK,
            limits=Limits(seconds=seconds, cpu_seconds=max(1, round(seconds) * 2)),
            readable=python_environment(),
        )
        return await (await self._sandbox()).run(command)

    @asynccontextmanager
    async def serve(self, root: Path, port: int) -> AsyncIterator[str]:
        """Keep the app running in the sandbox; yields the address at which it answers."""
        from homesmith.builder.manifest import launch_command, read_manifest
        from homesmith.workspace.interpreter import python_environment
        from homesmith.workspace.preview import expose

        run = read_manifest(root).run
        inside = 8000
        argv: tuple[str, ...] = (
            sys.executable,
            "-m",
            "http.server",
            "{port}",
            "--bind",
            "127.0.0.1",
        )
        if run.kind == "server":
            argv = launch_command(run, python=sys.executable)
        command = Command(
            argv=tuple(word.replace("{port}", str(inside)) for word in argv),
            workspace=root,
            reach=Reach.LOOPBACK,
            readable=python_environment(),
        )
        sandbox = await self._sandbox()
        async with (
            sandbox.serve(command, inside) as serving,
            expose(serving, port) as host_port,
        ):
            yield f"http://127.0.0.1:{host_port}/"

    # Going back

    def snapshots(self, root: Path) -> tuple[Snapshot, ...]:
        """Every kept state of the app, oldest first."""
        return self._snapshots(root).list()

    async def undo(self, root: Path, step: int | None) -> Snapshot:
        """Take the app back to a step, or to the one before where it stands. Raises UnknownRun."""
        kept = self.snapshots(root)
        number = _before(kept) if step is None else step
        target = _numbered(kept, number, root)
        return await asyncio.to_thread(self._snapshots(root).restore, target.id)

    async def diff(self, root: Path, step: int | None) -> str:
        """What changed since a step, or in the last one, as unified text. Raises UnknownRun."""
        kept = self.snapshots(root)
        number = max(1, len(kept) - 1) if step is None else step
        since = _numbered(kept, number, root)
        return await asyncio.to_thread(self._snapshots(root).diff, since.id, None)

    # The model

    def catalogue(self) -> tuple[Model, ...]:
        """Every model that is known."""
        return self._known().all()

    def model(self, name: str) -> Model:
        """The model of this id. Raises UnknownModel."""
        return self._known().find(name)

    def installed(self) -> tuple[ModelId, ...]:
        """The models whose weights are on this machine, by name and size only."""
        return tuple(model.id for model in self.catalogue() if self.weights(model))

    def weights(self, model: Model) -> Path | None:
        """Where the model's weights are, None when they are not here."""
        from homesmith.engines.weights import locate

        return locate(model, self.settings.places.models)

    async def pull(self, name: str, *, accept_licence: bool) -> AsyncIterator[Fetching]:
        """Fetch and verify a model's weights, telling how far it is."""
        from homesmith.engines.weights import pull

        told: asyncio.Queue[Fetching | None] = asyncio.Queue()

        loop = asyncio.get_running_loop()

        def tell(step: Fetching) -> None:
            loop.call_soon_threadsafe(told.put_nowait, step)

        async def fetch() -> None:
            try:
                await pull(
                    self.model(name),
                    self.settings.places.models,
                    progress=tell,
                    accept_licence=accept_licence,
                )
            finally:
                told.put_nowait(None)

        task = asyncio.create_task(fetch())
        try:
            while (step := await told.get()) is not None:
                yield step
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def remove(self, name: str) -> int:
        """Delete a model's weights; the bytes that became free."""
        from homesmith.engines.weights import remove

        return remove(self.model(name), self.settings.places.models)

    async def ask(
        self,
        prompt: str,
        *,
        model: ModelId,
        system: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[Event]:
        """One question, as a stream that ends with Ended or Failed."""
        engine = self.engine(model)
        messages = (system_message(system),) if system else ()
        request = Request(
            model=model,
            messages=(*messages, user(prompt)),
            max_tokens=ANSWER,
            json_schema=json_schema,
        )
        async for event in engine.stream(request):
            yield event

    async def improve(
        self,
        prompt: str,
        *,
        model: ModelId,
        strategy: str = "auto",
        system: str | None = None,
        budget: Budget | None = None,
        seed: int = 0,
    ) -> Improved:
        """The best answer a strategy finds within the budget, and everything it tried.

        Raises UsageError for an unknown strategy, BudgetSpent, EngineError, PromptTooLong.
        """
        from homesmith.engines.profiles import profile_for
        from homesmith.improve.asking import kit_for, task_of
        from homesmith.improve.strategies import named

        work = named(strategy)
        messages = (system_message(system),) if system else ()
        kit = kit_for(
            self.engine(model),
            profile_for(self.model(model)),
            await self._sandbox_or_none(),
            budget or Budget(),
            seed=seed,
        )
        task = task_of(prompt, system=messages, max_tokens=ANSWER)
        return await work(task, kit)

    async def evaluate(
        self,
        tasks: Sequence[CodeTask],
        *,
        strategies: Sequence[str],
        model: ModelId,
        seeds: int = 1,
        tokens: int | None = None,
    ) -> AsyncIterator[tuple[CodeTrial, bool]]:
        """Try strategies on tasks of one suite: each trial, and whether it was known before.

        Raises UsageError, SandboxUnavailable, EngineError.
        """
        from homesmith.engines.profiles import profile_for
        from homesmith.improve.asking import kit_for
        from homesmith.improve.strategies import named
        from homesmith.lab.evaluation import evaluate

        for strategy in strategies:
            named(strategy)
        sandbox, engine = await self._sandbox(), self.engine(model)
        profile = profile_for(self.model(model))
        budget = Budget(tokens=tokens)
        tried = evaluate(
            tasks,
            strategies,
            model=model,
            profile=profile,
            kit=lambda seed: kit_for(engine, profile, sandbox, budget, seed=seed),
            sandbox=sandbox,
            ledger=self.ledger(tasks[0].suite, model),
            seeds=range(seeds),
        )
        async for trial in tried:
            yield trial

    def ledger(self, suite: str, model: ModelId) -> Ledger:
        """Where the trials of a suite and a model are kept."""
        from homesmith.lab.ledger import Ledger

        name = "".join(letter if letter.isalnum() else "-" for letter in f"{suite}-{model}")
        return Ledger(self.settings.places.data / "eval" / f"{name}.jsonl")

    def engine(self, model: ModelId) -> Engine:
        """The engine of a model, started at its first request and ended with the studio.

        Raises UnknownModel, and EngineUnavailable when the weights are not here.
        """
        if model in self._engines:
            return self._engines[model]
        known = self.model(model)
        path = self.weights(known)
        if path is None:
            raise EngineUnavailable(
                f"The model {model} is not on this machine",
                why="its weights were not fetched yet",
                remedy=f"homesmith models pull {model}",
            )
        engine = self._llamacpp(known, path)
        self._engines[model] = engine
        self._open.push_async_callback(engine.close)
        return engine

    def plan(self, model: Model) -> EnginePlan:
        """Threads and window for a model on this machine, unless the settings say otherwise.

        Raises EngineOutOfMemory.
        """
        from homesmith.engines import machine

        plan = machine.plan(machine.cores(), machine.free_memory(), model)
        return replace(
            plan,
            threads=self.settings.threads or plan.threads,
            window=min(self.settings.window or plan.window, model.window),
        )

    # Kept things

    def agent(self, name: str, *, create: bool = True) -> Agent:
        """One conversation without end, and what it remembers; made when it is new.

        Raises UsageError when there is none so called and `create` is False.
        """
        from homesmith.context.estimate import estimate
        from homesmith.engines.minilm import MiniLm, ready
        from homesmith.memory.agent import Agent

        folder = self.settings.places.models / "minilm"
        without = ready(folder)
        return Agent(
            self._kept(),
            name,
            count=estimate,
            embedder=None if without else MiniLm(folder),
            without=without,
            create=create,
        )

    def export_agent(self, name: str) -> Iterator[str]:
        """Everything an agent remembers, as lines of JSON. Raises UsageError."""
        from homesmith.memory.portable import exported

        return exported(self._kept(), name)

    def import_agent(self, lines: Iterable[str], name: str | None) -> tuple[str, int, int]:
        """An agent from such lines: its name, number of blocks, of memories. Raises InvalidText."""
        from homesmith.memory.portable import imported

        return imported(self._kept(), lines, name)

    async def fetch_embedder(self) -> None:
        """Bring the embedding model, if it is not here. Raises DownloadFailed, WeightsCorrupt."""
        from homesmith.engines.minilm import fetch

        await fetch(self.settings.places.models / "minilm")

    def agents(self) -> tuple[AgentSummary, ...]:
        """Every agent, with how much it remembers."""
        return self._kept().memories.summaries()

    def runs(self, limit: int = 20) -> tuple[RunSummary, ...]:
        """The newest runs, newest first."""
        return self._kept().runs.summaries(limit)

    def entries(self, run: RunId) -> tuple[Entry, ...]:
        """The log of the one run whose id begins so. Raises UnknownRun."""
        kept = self._kept().runs
        return kept.entries(kept.find(run))

    def _kept(self) -> Store:
        if self._store is None:
            from homesmith.store.database import open_store

            self._store = open_store(self.settings.places.store)
            self._open.callback(self._store.close)
        return self._store

    def _known(self) -> Catalogue:
        if self._catalogue is None:
            from homesmith.engines.catalogue import load_catalogue

            self._catalogue = load_catalogue(self.settings.places.config / "models.toml")
        return self._catalogue

    def _llamacpp(self, model: Model, path: Path) -> Engine:
        from homesmith.engines.llamacpp import LlamaCppEngine
        from homesmith.engines.shelf import Shelf, weights_identity

        shelf = Shelf(
            folder=self.settings.places.cache / "read",
            identity=weights_identity(path, importlib.metadata.version("xllamacpp")),
        )
        return LlamaCppEngine(model, path, self.plan(model), shelf=shelf)

    def _snapshots(self, root: Path) -> Snapshots:
        from homesmith.workspace.snapshots import Snapshots

        name = hashlib.sha256(json.dumps(str(root.resolve())).encode()).hexdigest()[:16]
        return Snapshots(git_dir=self.settings.places.snapshots / name, work_tree=root)

    def _browser(self) -> str:
        """The browser to use, "" for the first that is found; "none" is the name of no program."""
        return "" if self.settings.browser == "auto" else self.settings.browser

    async def _sandbox(self) -> Sandbox:
        from homesmith.workspace.sandbox import detect

        allowed = self.settings.sandbox_unprotected
        return await asyncio.to_thread(detect, allow_unprotected=allowed)

    async def _sandbox_or_none(self) -> Sandbox | None:
        from homesmith.core.errors import SandboxUnavailable

        try:
            return await self._sandbox()
        except SandboxUnavailable:
            return None


def _before(kept: tuple[Snapshot, ...]) -> int:
    """The number of the step before the one the app stands at; going back does not count as one."""
    if not kept:
        return 0
    stands = {snapshot.id: snapshot.number for snapshot in kept}
    return stands.get(kept[-1].restores, kept[-1].number) - 1


def _numbered(kept: tuple[Snapshot, ...], number: int, root: Path) -> Snapshot:
    for snapshot in kept:
        if snapshot.number == number:
            return snapshot
    raise UnknownRun(
        f"There is no step {number} of {root}" if number > 0 else f"{root} has no earlier step",
        why=f"{len(kept)} steps were kept" if kept else "nothing was kept of this folder",
        remedy=f"homesmith undo {root} --list",
    )
