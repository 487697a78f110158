"""The one door to the rooms for programs: each method asks the room, or the work, that it names.

A door holds one Studio for one call. It decides nothing; it gives each room what it needs.
"""

from __future__ import annotations

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
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.checks import Verdict
from homesmith.core.engines import Engine
from homesmith.core.models import Model, ModelId
from homesmith.core.requests import Event
from homesmith.core.runs import Entry, RunId, RunSummary
from homesmith.core.sandboxes import Execution
from homesmith.settings import Settings
from homesmith.studio.house import House

if TYPE_CHECKING:  # loaded when they are used: most commands need few of them
    from homesmith.builder.template import Template
    from homesmith.context.compression.packing import Material, Packed
    from homesmith.context.compression.values import Editable
    from homesmith.engines.machine import EnginePlan
    from homesmith.engines.progress import Progress as Fetching
    from homesmith.engines.streams import Streams
    from homesmith.improve.drafts import Improved
    from homesmith.lab.evaluation import Turn
    from homesmith.lab.laboratory import Laboratory
    from homesmith.lab.rooms import Found
    from homesmith.lab.suite import Suite
    from homesmith.lab.suites import Problems
    from homesmith.memory.personal.values import Personal as Person
    from homesmith.runtime.conversation.companion import Companion
    from homesmith.runtime.knowing import Known
    from homesmith.runtime.learning import Idle
    from homesmith.runtime.personal import Repository
    from homesmith.store.memories import AgentSummary
    from homesmith.studio.evaluating import Experiment
    from homesmith.workspace.snapshots import Snapshot

MATERIAL = 4000
"""Tokens that texts given along with a question may take: a minute of reading on two cores."""


class Studio:
    """The rooms of one person on one machine, as their settings say."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._house = House(settings=settings, engine=self.engine)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._house.closing.aclose()

    # Building

    def build(self, request: BuildRequest) -> AsyncGenerator[Entry | Progress, None]:
        """Build or change an app: its log as it grows, and where it stands in between.

        Raises UnknownModel, TemplateError, EngineUnavailable, WorkspaceBusy, DiskFull before the
        first entry.
        """
        from homesmith.studio import building

        return building.build(self._house, request)

    def resume(self, run: RunId) -> AsyncGenerator[Entry | Progress, None]:
        """Go on with a run from its last accepted step. Raises UnknownRun, WorkspaceBusy."""
        from homesmith.studio import building

        return building.resume(self._house, run)

    def templates(self, wanted: str = "auto") -> Mapping[str, Template]:
        """What an app can start from. Raises TemplateError when a `wanted` one is not there."""
        return self._house.templates(wanted)

    async def check(
        self, root: Path, tell: Callable[[Verdict], None] = lambda _: None
    ) -> tuple[Verdict, ...]:
        """Every check that the app's manifest names, cheapest first. `tell` hears each at once."""
        from homesmith.studio import standing

        return await standing.check(self._house, root, tell)

    # Running

    async def execute(self, root: Path, argv: tuple[str, ...], seconds: float) -> Execution:
        """Run a command with `root` as its only folder. Raises SandboxUnavailable."""
        from homesmith.studio import standing

        return await standing.execute(self._house, root, argv, seconds)

    def serve(self, root: Path, port: int) -> AbstractAsyncContextManager[str]:
        """Keep the app running in the sandbox; yields the address at which it answers."""
        from homesmith.studio import standing

        return standing.serve(self._house, root, port)

    # Going back

    def snapshots(self, root: Path) -> tuple[Snapshot, ...]:
        """Every kept state of the app, oldest first. A step that was broken off is finished."""
        from homesmith.studio import standing

        return standing.snapshots(self._house, root)

    async def undo(self, root: Path, step: int | None) -> Snapshot:
        """Take the app back to a step, or to the one before where it stands. Raises UnknownRun."""
        from homesmith.studio import standing

        return await standing.undo(self._house, root, step)

    async def diff(self, root: Path, step: int | None) -> str:
        """What changed since a step, or in the last one, as unified text. Raises UnknownRun."""
        from homesmith.studio import standing

        return await standing.diff(self._house, root, step)

    # The models

    def catalogue(self) -> tuple[Model, ...]:
        """Every model that is known."""
        return self._house.models.catalogue.all()

    def model(self, name: str) -> Model:
        """The model of this id. Raises UnknownModel."""
        return self._house.models.find(name)

    def installed(self) -> tuple[ModelId, ...]:
        """The models whose weights are on this machine, by name and size only."""
        return tuple(model.id for model in self.catalogue() if self.weights(model))

    def weights(self, model: Model) -> Path | None:
        """Where the model's weights are, None when they are not here."""
        return self._house.models.weights(model)

    def pull(self, name: str, *, accept_licence: bool) -> AsyncIterator[Fetching]:
        """Fetch and verify a model's weights, telling how far it is."""
        return self._house.models.pull(name, accept_licence=accept_licence)

    def remove(self, name: str) -> int:
        """Delete a model's weights; the bytes that became free."""
        return self._house.models.remove(name)

    def engine(self, model: ModelId) -> Engine:
        """The engine of a model, started at its first request and ended with the studio.

        Raises UnknownModel, and EngineUnavailable when the weights are not here.
        """
        return self._house.started(model)

    def voice(self, model: ModelId) -> Engine:
        """The same engine, fit for short turns if conversations are what it is first wanted for.

        Raises UnknownModel, and EngineUnavailable when the weights are not here.
        """
        return self._house.voice(model)

    def plan(self, model: Model) -> EnginePlan:
        """Threads and window for a model on this machine, unless the settings say otherwise.

        Several slots where it was measured that they pay, and there is memory. Raises
        EngineOutOfMemory.
        """
        return self._house.models.plan(model)

    def streams(self, model: Model) -> Streams | None:
        """What was measured of several answers at once with a model; None if nothing was yet."""
        return self._house.models.streams(model)

    async def measure_streams(self, model: ModelId) -> Streams:
        """Measure now whether several answers at once pay, for all later engines of the model.

        Raises UnknownModel, EngineUnavailable, EngineOutOfMemory, EngineError, WorkspaceError.
        """
        return await self._house.models.measure_streams(self.model(model))

    # Asking

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
        progress: Callable[[str], None] | None = None,
    ) -> Awaitable[Improved]: ...

    def ask(
        self,
        prompt: str,
        *,
        strategy: str | None = None,
        model: ModelId | None = None,
        system: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        known: Known | None = None,
        materials: Sequence[Material | Editable] = (),
        material_tokens: int = MATERIAL,
        tell: Callable[[Packed], None] | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        progress: Callable[[str], None] | None = None,
    ) -> AsyncGenerator[Event, None] | Awaitable[Improved]:
        """One question: a stream of events, or with a strategy the best answer that it finds.

        `await studio.ask(…, strategy="verify")` gives everything that was tried within the budget,
        too, and raises UsageError for an unknown strategy, BudgetSpent, EngineError and
        PromptTooLong. The model is the one of the settings when none is named. The first use of a
        strategy that samples measures whether several answers at once pay here, which takes some
        seconds; never where the budget limits the seconds. `progress` is told a line for each step.
        """
        from homesmith.studio.answering import Given, Question, improve, stream

        question = Question(
            prompt=prompt, model=self._house.chosen(model), system=system, known=known
        )
        if strategy is None:
            if budget or seed or progress:
                raise TypeError("budget, seed and progress go with a strategy only")
            given = Given(materials=materials, tokens=material_tokens, tell=tell)
            return stream(self._house, question, json_schema, given)
        if json_schema is not None or materials or tell:
            raise TypeError("json_schema, materials and tell do not go with a strategy")
        return improve(self._house, question, strategy, budget=budget, seed=seed, progress=progress)

    def expand(self, handle: str) -> str:
        """The original of a text that was shortened, or lines of it. Raises UsageError, StoreError.

        A handle is what a shortened text names, such as `3fa2b81c90` or `3fa2b81c90:12-40`.
        """
        from homesmith.context.compression.handles import expand, read_handle

        return expand(read_handle(handle), self._house.store.blobs.find)

    # Measuring

    def laboratory(self) -> Laboratory:
        """What was measured on this machine, and the scoreboard that `auto` goes by."""
        return self._house.laboratory

    def evaluate(
        self, suite: Problems | Suite, experiment: Experiment
    ) -> AsyncGenerator[Turn, None]:
        """Try strategies on the tasks of a suite: each attempt, and whether it was known before.

        Answers are drawn one at a time on every machine, so that figures can be compared.
        Raises SandboxUnavailable, EngineUnavailable, EngineOutOfMemory, WorkspaceBusy.
        """
        from homesmith.studio.evaluating import turns

        return turns(self._house, suite, experiment, self.build)

    def unmade(self, suite: Problems | Suite, experiment: Experiment) -> int:
        """How many attempts of an evaluation were not made before.

        Raises UnknownModel, EngineUnavailable, EngineOutOfMemory.
        """
        from homesmith.studio.evaluating import unmade

        return unmade(self._house, suite, experiment)

    def measure(
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
        from homesmith.studio.evaluating import findings

        return findings(self._house, room, data=data, limit=limit, model=model)

    # The person

    def personal(self) -> Repository:
        """What the person wrote down about themselves."""
        return self._house.acquaintance.repository

    def person(self) -> Person:
        """What a model may be told of, as it stands now; nothing where the settings say so."""
        return self._house.acquaintance.person()

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
        return self._house.known(request, folder, model, without)

    # Kept things

    def agent(self, name: str, *, create: bool = True, folder: Path | None = None) -> Companion:
        """One conversation without end, and what it remembers; a new one is made by its first word.

        `folder` is the project at hand when it is asked. Raises UsageError when there is none so
        called and `create` is False.
        """
        from homesmith.studio.talking import companion

        return companion(self._house, name, create=create, folder=folder)

    def idle(self, name: str, model: ModelId | None = None) -> Idle:
        """What is done for an agent while nobody waits. Raises UsageError, EngineUnavailable."""
        return self.agent(name, create=False).idle(model)

    def export_agent(self, name: str) -> Iterator[str]:
        """Everything an agent remembers, as lines of JSON. Raises UsageError."""
        from homesmith.memory.portable import exported

        return exported(self._house.store, name)

    def import_agent(self, lines: Iterable[str], name: str | None) -> tuple[str, int, int]:
        """An agent from such lines: its name, number of blocks, of memories. Raises InvalidText."""
        from homesmith.memory.portable import imported

        return imported(self._house.store, lines, name)

    async def fetch_embedder(self) -> None:
        """Bring the embedding model, if it is not here. Raises DownloadFailed, WeightsCorrupt."""
        from homesmith.engines.minilm import fetch

        await fetch(self._house.embedding)

    def agents(self) -> tuple[AgentSummary, ...]:
        """Every agent, with how much it remembers."""
        return self._house.store.memories.summaries()

    def runs(self, limit: int = 20) -> tuple[RunSummary, ...]:
        """The newest runs, newest first."""
        return self._house.store.runs.summaries(limit)

    def entries(self, run: RunId) -> tuple[Entry, ...]:
        """The log of the one run whose id begins so. Raises UnknownRun."""
        runs = self._house.store.runs
        return runs.entries(runs.find(run))
