"""The models of one machine: which are known, which are here, and how each of them is run.

It does not know which one is asked, nor for what; the places come from whoever opens it.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith.core.engines import Engine
from homesmith.core.errors import EngineUnavailable, HomesmithError
from homesmith.core.models import Model
from homesmith.engines.catalogue import Catalogue, load_catalogue

if TYPE_CHECKING:  # loaded when they are used: to list models takes none of them
    from homesmith.engines.machine import EnginePlan
    from homesmith.engines.progress import Progress
    from homesmith.engines.streams import Streams


@dataclass(frozen=True, kw_only=True)
class Models:
    """Naming the places creates none of them. `threads` and `window` are None where the machine's
    own are meant.

    `folder` holds weights, `own` the person's list, `measured` what was measured of several answers
    at once, `read` what engines have read of prompts.
    """

    folder: Path
    own: Path
    measured: Path
    read: Path
    threads: int | None = None
    window: int | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every model that is known. Raises InvalidSettings."""
        return load_catalogue(self.own)

    def find(self, name: str) -> Model:
        """The model of this id. Raises UnknownModel."""
        return self.catalogue.find(name)

    def weights(self, model: Model) -> Path | None:
        """Where the model's weights are, None when they are not here."""
        from homesmith.engines.weights import locate

        return locate(model, self.folder)

    async def pull(self, name: str, *, accept_licence: bool) -> AsyncIterator[Progress]:
        """Fetch and verify a model's weights, telling how far it is."""
        from homesmith.engines.weights import pull

        told: asyncio.Queue[Progress | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(step: Progress) -> None:
            loop.call_soon_threadsafe(told.put_nowait, step)

        async def fetch() -> None:
            try:
                await pull(
                    self.find(name), self.folder, progress=tell, accept_licence=accept_licence
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

        return remove(self.find(name), self.folder)

    def start(self, model: Model, *, talks: bool = False) -> Engine:
        """An engine of the model, whose process begins with its first request.

        `talks`: it is for conversations.

        Raises EngineUnavailable when the weights are not here, EngineOutOfMemory.
        """
        from homesmith.engines.llamacpp import LlamaCppEngine
        from homesmith.engines.shelf import Shelf, weights_identity

        path, plan = self._here(model), replace(self.plan(model), talks=talks)
        identity = weights_identity(path, engine_version(), plan.parallel, talks=talks)
        return LlamaCppEngine(model, path, plan, shelf=Shelf(folder=self.read, identity=identity))

    def plan(self, model: Model) -> EnginePlan:
        """Threads, window and slots for a model on this machine. Raises EngineOutOfMemory."""
        from homesmith.engines import machine

        free = machine.free_memory()
        plan = machine.plan(machine.cores(), free, model)
        window = min(self.window or plan.window, model.window)
        measured = self.streams(model)
        return replace(
            plan,
            threads=self.threads or plan.threads,
            window=window,
            parallel=machine.slots_that_fit(model, window, free, measured.width if measured else 1),
        )

    def streams(self, model: Model) -> Streams | None:
        """What was measured of several answers at once with a model; None if nothing was yet."""
        from homesmith.engines.streams import kept

        return kept(self.measured, self._key(model))

    async def measure_streams(self, model: Model) -> Streams:
        """Measure now whether several answers at once pay, for all later engines of the model.

        Raises EngineUnavailable, EngineOutOfMemory, EngineError, WorkspaceError.
        """
        from homesmith.engines.streams import keep, measure

        measured = await measure(model, self._here(model), self.plan(model), self._key(model))
        keep(self.measured, measured)
        return measured

    def to_be_measured(self, model: Model, engine: Engine) -> bool:
        """Only where an engine of ours could use it, none is running yet, and nothing else is."""
        from homesmith.engines import machine
        from homesmith.engines.llamacpp import LlamaCppEngine

        idle = isinstance(engine, LlamaCppEngine) and engine.pid == 0
        return idle and self.streams(model) is None and not machine.busy()

    async def measure_once(self, model: Model) -> None:
        """The first measurement: when it fails, one answer at a time it is, until told otherwise.

        An engine that was planned without it never started, and another must take its place.
        """
        from homesmith.engines.streams import keep, unmeasured

        try:
            await self.measure_streams(model)
        except HomesmithError:
            with suppress(HomesmithError):
                keep(self.measured, unmeasured(self._key(model)))

    def _here(self, model: Model) -> Path:
        path = self.weights(model)
        if path is None:
            raise EngineUnavailable(
                f"The model {model.id} is not on this machine",
                why="its weights were not fetched yet",
                remedy=f"homesmith models pull {model.id}",
            )
        return path

    def _key(self, model: Model) -> str:
        from homesmith.engines import machine
        from homesmith.engines.streams import key_of

        return key_of(model, engine_version(), self.threads or machine.cores())


def engine_version() -> str:
    """The version of llama.cpp's package, on which what it answers and how fast depends."""
    return importlib.metadata.version("xllamacpp")
