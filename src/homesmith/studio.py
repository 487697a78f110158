"""Wire the rooms together: the only place that constructs them, each when it is first needed.

A door holds one Studio for one call. It decides nothing; it gives each room what it needs.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.metadata
import json
import shlex
import sys
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

from homesmith import __version__
from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.checks import Inspection, Verdict
from homesmith.core.engines import Engine
from homesmith.core.errors import EngineUnavailable, UnknownRun
from homesmith.core.models import Model, ModelId
from homesmith.core.requests import Event, Request
from homesmith.core.runs import Entry, RunId, RunStarted, RunSummary
from homesmith.core.sandboxes import Command, Execution, Limits, Reach, Sandbox
from homesmith.settings import Settings

if TYPE_CHECKING:  # loaded when they are used: most commands need few of them
    from homesmith.builder.personal import Personal
    from homesmith.builder.running import Bench
    from homesmith.builder.template import Template
    from homesmith.context.compression.packing import Material, Packed
    from homesmith.context.compression.values import Editable
    from homesmith.engines.catalogue import Catalogue
    from homesmith.engines.machine import EnginePlan
    from homesmith.engines.progress import Progress as Fetching
    from homesmith.engines.streams import Streams
    from homesmith.improve.drafts import Improved, Kit
    from homesmith.lab.evaluation import Turn
    from homesmith.lab.laboratory import Laboratory
    from homesmith.lab.rooms import Found
    from homesmith.lab.suite import App, Suite
    from homesmith.lab.suites import Problems
    from homesmith.lab.trial import Construction
    from homesmith.memory.agent import Agent
    from homesmith.memory.personal.values import Personal as Person
    from homesmith.runtime.conversation.companion import Companion
    from homesmith.runtime.conversation.conversing import Conversation
    from homesmith.runtime.knowing import Known
    from homesmith.runtime.learning import Idle
    from homesmith.runtime.personal import Repository
    from homesmith.store.database import Store
    from homesmith.store.memories import AgentSummary
    from homesmith.workspace.snapshots import Snapshot, Snapshots

ANSWER = 2048
"""Tokens an answer to `ask` may have."""
SHARE = 8
"""At most one part in so many of a model's window is about the person."""
MATERIAL = 4000
"""Tokens that texts given along with a question may take: a minute of reading on two cores."""


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

        Raises UnknownModel, TemplateError, EngineUnavailable, WorkspaceBusy, DiskFull before the
        first entry.
        """
        from homesmith.builder.personal import as_liked
        from homesmith.builder.running import run

        request = as_liked(replace(request, root=request.root.resolve()), self.person())
        bench = await self._bench(request)
        async with aclosing(self._remembered(run(bench, request))) as live:
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
        bench = await self._bench(request)
        async with aclosing(self._remembered(resume(bench, number, request))) as live:
            async for item in live:
                yield item

    def templates(self, wanted: str = "auto") -> Mapping[str, Template]:
        """What an app can start from. Raises TemplateError when a `wanted` one is not there."""
        from homesmith.builder.building import refuse_unknown
        from homesmith.builder.template import load_templates

        found = load_templates([self.settings.places.config / "templates"])
        refuse_unknown(wanted, found)
        return found

    async def _bench(self, request: BuildRequest) -> Bench:
        from homesmith.builder.running import Bench
        from homesmith.engines.profiles import profile_for

        model = request.model or ModelId(self.settings.model)
        return Bench(
            engine=self.engine(model),
            profile=profile_for(self.model(model)),
            store=self._kept(),
            sandbox=await self._sandbox_or_none(),
            templates=self.templates(request.template),
            snapshots=self._snapshots,
            evidence=self.settings.places.evidence,
            state=self.settings.places.run,
            browser=self._browser(),
            version=__version__,
            personal=self._personal_of(request, model),
        )

    async def _remembered(
        self, live: AsyncGenerator[Entry | Progress, None]
    ) -> AsyncGenerator[Entry | Progress, None]:
        """The run, and a line about it in the person's history however it ends."""
        run: RunId | None = None
        try:
            async with aclosing(live):
                async for item in live:
                    run = item.run if isinstance(item, Entry) else run
                    yield item
        finally:
            if run is not None and self.settings.context:
                from homesmith.runtime.happening import remember

                remember(self.personal(), self._kept().runs, run)

    def _personal_of(self, request: BuildRequest, model: ModelId) -> Personal:
        from homesmith.builder.personal import DECIDED, personal_of

        found, person = self.known(request.prompt, request.root, model, without=DECIDED)
        return personal_of(found.text, person)

    async def check(
        self, root: Path, tell: Callable[[Verdict], None] = lambda _: None
    ) -> tuple[Verdict, ...]:
        """Every check that the app's manifest names, cheapest first. `tell` hears each at once."""
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
        return await run_checks(inspection, manifest.checks or None, tell=tell)

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
        """Every kept state of the app, oldest first. A step that was broken off is finished."""
        kept = self._snapshots(root)
        kept.recover()
        return kept.list()

    async def undo(self, root: Path, step: int | None) -> Snapshot:
        """Take the app back to a step, or to the one before where it stands. Raises UnknownRun."""
        from homesmith.workspace.snapshots import before

        kept = self.snapshots(root)
        number = before(kept) if step is None else step
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

    @overload
    def ask(
        self,
        prompt: str,
        *,
        model: ModelId | None = None,
        system: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        known: Known | None = None,
        materials: Sequence[Material | Editable] = (),
        material_tokens: int = MATERIAL,
        tell: Callable[[Packed], None] | None = None,
    ) -> AsyncGenerator[Event, None]: ...

    @overload
    def ask(
        self,
        prompt: str,
        *,
        strategy: str,
        model: ModelId | None = None,
        system: str | None = None,
        known: Known | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        measuring: Callable[[], None] | None = None,
    ) -> Awaitable[Improved]: ...

    def ask(
        self, prompt: str, *, strategy: str | None = None, **how: Any
    ) -> AsyncGenerator[Event, None] | Awaitable[Improved]:
        """One question: a stream of events, or with a strategy the best answer that it finds.

        `await studio.ask(…, strategy="verify")` gives everything that was tried within the budget,
        too, and raises UsageError for an unknown strategy, BudgetSpent, EngineError and
        PromptTooLong. The model is the one of the settings when none is named. The first use of a
        strategy that samples measures whether several answers at once pay here, which takes some
        seconds and is told by `measuring`; never where the budget limits the seconds.
        """
        model = how.pop("model", None) or ModelId(self.settings.model)
        if strategy is None:
            return self._ask(prompt, model=model, **how)
        return self._improve(prompt, model=model, strategy=strategy, **how)

    async def _ask(
        self,
        prompt: str,
        *,
        model: ModelId,
        system: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        known: Known | None = None,
        materials: Sequence[Material | Editable] = (),
        material_tokens: int = MATERIAL,
        tell: Callable[[Packed], None] | None = None,
    ) -> AsyncGenerator[Event, None]:
        """A stream that ends with Ended or Failed. `known` of the person.

        `materials` are shortened to `material_tokens` and to the window, all but an Editable;
        `tell` hears what became of each. Raises PromptTooLong, StoreError.
        """
        from homesmith.runtime.knowing import NOTHING, conversation

        engine = self.engine(model)

        def build(text: str) -> Request:
            return Request(
                model=model,
                messages=conversation(known or NOTHING, system, text),
                max_tokens=ANSWER,
                json_schema=json_schema,
            )

        request = build(prompt)
        if materials:
            from homesmith.runtime.attaching import attach

            keep = self._kept().blobs.put
            made = await attach(engine, build, prompt, materials, material_tokens, keep)
            request = made.request
            if tell is not None:
                tell(made.packed)
        async for event in engine.stream(request):
            yield event

    def expand(self, handle: str) -> str:
        """The original of a text that was shortened, or lines of it. Raises UsageError, StoreError.

        A handle is what a shortened text names, such as `3fa2b81c90` or `3fa2b81c90:12-40`.
        """
        from homesmith.context.compression.handles import expand, read_handle

        return expand(read_handle(handle), self._kept().blobs.find)

    async def _improve(
        self,
        prompt: str,
        *,
        model: ModelId,
        strategy: str,
        system: str | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        known: Known | None = None,
        measuring: Callable[[], None] | None = None,
    ) -> Improved:
        from homesmith.engines.profiles import profile_for
        from homesmith.improve.asking import kit_for, task_of
        from homesmith.improve.strategies import SAMPLING, named, usual
        from homesmith.runtime.knowing import NOTHING, conversation

        work = named(strategy)
        scoreboard = self.laboratory().scoreboard.choices(model)
        # The prompt itself is read for examples and names, so what is known stands before it.
        whole = conversation(known or NOTHING, system, "")
        messages = tuple(message for message in whole if message.text)
        task = task_of(prompt, system=messages, max_tokens=ANSWER)
        sandbox = await self._sandbox_or_none()
        limits = budget or Budget()

        def kit() -> Kit:
            engine, profile = self.engine(model), profile_for(self.model(model))
            return kit_for(engine, profile, sandbox, limits, seed=seed, scoreboard=scoreboard)

        chosen = usual(task, kit()) if strategy == "auto" else strategy
        if chosen in SAMPLING and limits.seconds is None and self._to_be_measured(model):
            if measuring is not None:
                measuring()
            await self._measure_once(model)
        return await work(task, kit())

    # Measuring

    def laboratory(self) -> Laboratory:
        """What was measured on this machine, and the scoreboard that `auto` goes by."""
        from homesmith.lab.laboratory import Laboratory

        data = self.settings.places.data
        return Laboratory(kept=data / "eval", suites=data / "suites", version=__version__)

    def streams(self, model: Model) -> Streams | None:
        """What was measured of several answers at once with a model; None if nothing was yet."""
        from homesmith.engines.streams import kept

        return kept(self.settings.places.streams, self._streams_key(model))

    async def measure_streams(self, model: ModelId) -> Streams:
        """Measure now whether several answers at once pay, for all later engines of the model.

        Raises UnknownModel, EngineUnavailable, EngineOutOfMemory, EngineError, WorkspaceError.
        """
        from homesmith.engines.streams import keep, measure

        known = self.model(model)
        measured = await measure(
            known, self._here(known), self.plan(known), self._streams_key(known)
        )
        keep(self.settings.places.streams, measured)
        return measured

    def _to_be_measured(self, model: ModelId) -> bool:
        """Only where an engine of ours could use it, none is running yet, and nothing else is."""
        from homesmith.engines import machine
        from homesmith.engines.llamacpp import LlamaCppEngine

        engine = self.engine(model)
        idle = isinstance(engine, LlamaCppEngine) and engine.pid == 0
        return idle and self.streams(self.model(model)) is None and not machine.busy()

    async def _measure_once(self, model: ModelId) -> None:
        """The first measurement: when it fails, one answer at a time it is, until told otherwise.

        The engine that was planned without it never started, so another takes its place.
        """
        from homesmith.core.errors import HomesmithError
        from homesmith.engines.streams import keep, unmeasured

        try:
            await self.measure_streams(model)
        except HomesmithError:
            with suppress(HomesmithError):
                key = self._streams_key(self.model(model))
                keep(self.settings.places.streams, unmeasured(key))
        self._engines.pop(model, None)

    def _streams_key(self, model: Model) -> str:
        from homesmith.engines import machine
        from homesmith.engines.streams import key_of

        threads = self.settings.threads or machine.cores()
        return key_of(model, importlib.metadata.version("xllamacpp"), threads)

    async def evaluate(
        self,
        suite: Problems | Suite,
        *,
        strategies: Sequence[str],
        model: ModelId,
        limit: int | None = None,
        seeds: int = 1,
        tokens: int | None = None,
    ) -> AsyncGenerator[Turn, None]:
        """Try strategies on the tasks of a suite: each attempt, and whether it was known before.

        Answers are drawn one at a time on every machine, so that figures can be compared.
        Raises SandboxUnavailable, EngineUnavailable, EngineOutOfMemory, WorkspaceBusy.
        """
        from homesmith.lab.suites import Problems

        if isinstance(suite, Problems):
            running = self._evaluate(suite, strategies, model, limit, seeds, tokens)
        else:
            running = self._evaluate_apps(suite, strategies, model, limit, seeds, tokens)
        async with aclosing(await running) as turns:
            async for turn in turns:
                yield turn

    async def _evaluate(
        self,
        suite: Problems,
        strategies: Sequence[str],
        model: ModelId,
        limit: int | None,
        seeds: int,
        tokens: int | None,
    ) -> AsyncGenerator[Turn, None]:
        from homesmith.engines.profiles import profile_for
        from homesmith.improve.asking import kit_for
        from homesmith.lab.evaluation import evaluate
        from homesmith.lab.remembered import RememberedEngine

        known = self.model(model)
        sandbox, profile, budget = await self._sandbox(), profile_for(known), Budget(tokens=tokens)
        identity = f"{known.sha256} {importlib.metadata.version('xllamacpp')}"
        lab = self.laboratory()
        engine = RememberedEngine(self.engine(model), lab.answers(model), identity=identity)
        scoreboard = lab.scoreboard.choices(model)
        return evaluate(
            suite.problems[:limit],
            strategies,
            model=model,
            profile=profile,
            kit=lambda seed: kit_for(
                engine, profile, sandbox, budget, seed=seed, scoreboard=scoreboard
            ),
            sandbox=sandbox,
            ledger=lab.ledger(suite.name, model),
            seeds=range(seeds),
            means=identity,
            engine=engine,
        )

    async def _evaluate_apps(
        self,
        suite: Suite,
        strategies: Sequence[str],
        model: ModelId,
        limit: int | None,
        seeds: int,
        tokens: int | None,
    ) -> AsyncGenerator[Turn, None]:
        from homesmith.lab.apps import MINUTES, constructed, evaluate_apps, name_of
        from homesmith.lab.bare import build_bare

        async def build(app: App, folder: Path, seed: int) -> Construction:
            budget = Budget(seconds=60 * MINUTES, tokens=tokens)
            request = BuildRequest(
                prompt=app.prompt, root=folder, model=model, seed=seed, budget=budget
            )
            began = time.monotonic()
            log = [entry async for entry in self.build(request) if isinstance(entry, Entry)]
            return constructed(log, time.monotonic() - began)

        async def bare(app: App, folder: Path, seed: int) -> Construction:
            del seed  # the answer is greedy
            engine = self.engine(model)
            return await build_bare(app, engine, folder, folder.with_name("answer.md"))

        ways = {"build": build, "bare": bare}
        ledger = self.laboratory().ledger(name_of(suite), model)
        return evaluate_apps(
            suite,
            {name: ways[name] for name in strategies},
            model=model,
            sandbox=await self._sandbox(),
            ledger=ledger,
            place=ledger.path.with_suffix(""),
            seeds=range(seeds),
            limit=limit,
            means=f"{self.model(model).sha256} {__version__} {tokens}",
        )

    async def measure(
        self,
        room: str,
        *,
        data: Path | None = None,
        limit: int | None = None,
        model: ModelId | None = None,
    ) -> AsyncGenerator[Found, None]:
        """What a suite of a room finds (`memory`, `compression`, `prefix`); see `lab.rooms`.

        A model is asked only where one is named. Raises InvalidSettings, EngineUnavailable,
        WorkspaceBusy, EngineError.
        """
        from homesmith.engines.minilm import MiniLm, ready
        from homesmith.lab.rooms import Means, measured

        embedding = self.settings.places.models / "minilm"
        without = ready(embedding)
        means = Means(
            lab=self.laboratory(),
            data=data,
            limit=limit,
            engine=self.engine(model) if model else None,
            embedder=None if without else MiniLm(embedding),
            without=without,
        )
        async with aclosing(measured(room, means)) as finding:
            async for found in finding:
                yield found

    def engine(self, model: ModelId) -> Engine:
        """The engine of a model, started at its first request and ended with the studio.

        Raises UnknownModel, and EngineUnavailable when the weights are not here.
        """
        if model in self._engines:
            return self._engines[model]
        known = self.model(model)
        engine = self._llamacpp(known, self._here(known))
        self._engines[model] = engine
        self._open.push_async_callback(engine.close)
        return engine

    def _here(self, model: Model) -> Path:
        """The model's weights. Raises EngineUnavailable when they are not on this machine."""
        path = self.weights(model)
        if path is None:
            raise EngineUnavailable(
                f"The model {model.id} is not on this machine",
                why="its weights were not fetched yet",
                remedy=f"homesmith models pull {model.id}",
            )
        return path

    def plan(self, model: Model) -> EnginePlan:
        """Threads and window for a model on this machine, unless the settings say otherwise.

        Several slots where it was measured that they pay, and there is memory. Raises
        EngineOutOfMemory.
        """
        from homesmith.engines import machine

        free = machine.free_memory()
        plan = machine.plan(machine.cores(), free, model)
        window = min(self.settings.window or plan.window, model.window)
        measured = self.streams(model)
        return replace(
            plan,
            threads=self.settings.threads or plan.threads,
            window=window,
            parallel=machine.slots_that_fit(model, window, free, measured.width if measured else 1),
        )

    # The person

    def personal(self) -> Repository:
        """What the person wrote down about themselves."""
        from homesmith.runtime.personal import Repository

        return Repository(self.settings.context_folder or self.settings.places.context)

    def person(self) -> Person:
        """What a model may be told of, as it stands now; nothing where the settings say so."""
        from homesmith.memory.personal.values import Personal as Person

        return self.personal().read(history=False) if self.settings.context else Person()

    def known(
        self,
        request: str,
        folder: Path | None = None,
        model: ModelId | None = None,
        *,
        without: tuple[str, ...] = (),
    ) -> tuple[Known, Person]:
        """What a model is told of the person for a request, and all they wrote down.

        `folder` is the project at hand; preferences of the sections `without` are not told.
        Nothing is read where the settings say so.
        """
        from homesmith.context.estimate import estimate
        from homesmith.runtime.knowing import NOTHING, known
        from homesmith.runtime.reading import project_file

        person = self.person()
        if not self.settings.context:
            return NOTHING, person
        project = project_file(folder) if folder is not None else None
        budget = self.settings.context_tokens
        if model is not None:
            budget = min(budget, self.engine(model).window // SHARE)
        told = person.without(without)
        return known(told, request, budget=budget, count=estimate, project=project), person

    # Kept things

    def agent(self, name: str, *, create: bool = True, folder: Path | None = None) -> Companion:
        """One conversation without end, and what it remembers; made when it is new.

        `folder` is the project at hand when it is asked. Raises UsageError when there is none so
        called and `create` is False.
        """
        from homesmith.context.estimate import estimate
        from homesmith.engines.minilm import MiniLm, ready
        from homesmith.engines.shelf import let_go
        from homesmith.runtime.conversation.companion import Companion

        embedding = self.settings.places.models / "minilm"
        without = ready(embedding)
        return Companion(
            self._kept(),
            name,
            talk=lambda agent, model: self._conversation(agent, model, folder),
            study=self._study,
            count=estimate,
            embedder=None if without else MiniLm(embedding),
            without=without,
            create=create,
            let_go=lambda conversation: let_go(self._read(), conversation),
        )

    def _conversation(
        self, agent: Agent, model: ModelId | None, folder: Path | None
    ) -> Conversation:
        """The agent with the voice of a model; what was read is kept when the studio ends."""
        from homesmith.engines.profiles import profile_for
        from homesmith.runtime.conversation.conversing import Conversation
        from homesmith.runtime.conversation.planning import Voice

        chosen = model or ModelId(self.settings.model)
        profile = profile_for(self.model(chosen))
        voice = Voice(
            engine=self.engine(chosen),
            answer=ANSWER,
            sampling=profile.sampling["chat"],
            known=lambda message: self.known(message, folder, chosen)[0],
            tools=profile.tools,
        )
        conversation = Conversation(agent, voice)
        self._open.push_async_callback(conversation.keep)
        return conversation

    def _read(self) -> Path:
        """Where engines keep what they have read of prompts."""
        return self.settings.places.cache / "read"

    def _study(self, agent: Agent, model: ModelId | None) -> Idle:
        """What a model does for the agent while nobody waits, told in the person's history."""
        from homesmith.runtime.learning import Idle

        engine = self.engine(model or ModelId(self.settings.model))
        repository = self.personal() if self.settings.context else None
        return Idle(agent.name, agent.learner, engine, repository)

    def idle(self, name: str, model: ModelId | None = None) -> Idle:
        """What is done for an agent while nobody waits. Raises UsageError, EngineUnavailable."""
        return self.agent(name, create=False).idle(model)

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

        plan, version = self.plan(model), importlib.metadata.version("xllamacpp")
        shelf = Shelf(folder=self._read(), identity=weights_identity(path, version, plan.parallel))
        return LlamaCppEngine(model, path, plan, shelf=shelf)

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


def _numbered(kept: tuple[Snapshot, ...], number: int, root: Path) -> Snapshot:
    for snapshot in kept:
        if snapshot.number == number:
            return snapshot
    if not kept:
        raise UnknownRun(
            f"No step is kept of {root}",
            why="it was not built here, or was moved or copied: then its steps begin anew",
            remedy=f'homesmith build --in {shlex.quote(str(root))} "what to change"',
        )
    raise UnknownRun(
        f"There is no step {number} of {root}" if number > 0 else f"{root} has no earlier step",
        why="1 step was kept" if len(kept) == 1 else f"{len(kept)} steps were kept",
        remedy=f"homesmith undo {shlex.quote(str(root))} --list",
    )
