"""What is open while a studio is: the rooms of one person on one machine, as their settings say.

Each is opened when it is first needed and closed with the house. It does not know what for.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith import __version__
from homesmith.core.embedders import Embedder
from homesmith.core.engines import Engine
from homesmith.core.errors import SandboxUnavailable
from homesmith.core.models import ModelId
from homesmith.core.sandboxes import Sandbox
from homesmith.settings import Settings

if TYPE_CHECKING:  # loaded when they are used: most commands need few of them
    from homesmith.builder.template import Template
    from homesmith.engines.models import Models
    from homesmith.lab.laboratory import Laboratory
    from homesmith.memory.personal.values import Personal
    from homesmith.runtime.acquaintance import Acquaintance
    from homesmith.runtime.knowing import Known
    from homesmith.store.database import Store
    from homesmith.workspace.snapshots import Snapshots


@dataclass(frozen=True, kw_only=True)
class House:
    """The rooms, and `closing`, which ends what was opened.

    `engine` is where whoever asks a model gets its engine: `started`, or one that plays a part.
    """

    settings: Settings
    engine: Callable[[ModelId], Engine]
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)
    _engines: dict[ModelId, Engine] = field(default_factory=dict, init=False)
    _talking: set[ModelId] = field(default_factory=set, init=False)

    @cached_property
    def store(self) -> Store:
        """Kept things; what was to be forgotten is gone from all of them. Raises StoreError."""
        from homesmith.engines.shelf import let_go
        from homesmith.store.database import open_store

        store = open_store(self.settings.places.store)
        self.closing.callback(store.close)
        store.purging.finish(lambda: let_go(self.read))
        return store

    @cached_property
    def models(self) -> Models:
        """The models of this machine."""
        from homesmith.engines.models import Models

        places = self.settings.places
        return Models(
            folder=places.models,
            own=places.config / "models.toml",
            measured=places.streams,
            read=self.read,
            threads=self.settings.threads,
            window=self.settings.window,
        )

    @cached_property
    def acquaintance(self) -> Acquaintance:
        """The person, as far as a model may know them."""
        from homesmith.runtime.acquaintance import Acquaintance

        return Acquaintance(
            folder=self.settings.context_folder or self.settings.places.context,
            allowed=self.settings.context,
            tokens=self.settings.context_tokens,
        )

    @property
    def laboratory(self) -> Laboratory:
        """What was measured on this machine."""
        from homesmith.lab.laboratory import Laboratory

        data = self.settings.places.data
        return Laboratory(kept=data / "eval", suites=data / "suites", version=__version__)

    @property
    def read(self) -> Path:
        """Where engines keep what they have read of prompts."""
        return self.settings.places.cache / "read"

    @property
    def browser(self) -> str:
        """The browser to use, "" for the first that is found; "none" is the name of no program."""
        return "" if self.settings.browser == "auto" else self.settings.browser

    def started(self, model: ModelId) -> Engine:
        """The one engine of a model. Raises UnknownModel, EngineUnavailable, EngineOutOfMemory."""
        if model not in self._engines:
            engine = self.models.start(self.models.find(model), talks=model in self._talking)
            self._engines[model] = engine
            self.closing.push_async_callback(engine.close)
        return self._engines[model]

    def voice(self, model: ModelId) -> Engine:
        """The same engine, for conversations if they are what it is first wanted for."""
        if model not in self._engines:
            self._talking.add(model)
        return self.engine(model)

    def forget_engine(self, model: ModelId) -> None:
        """Let the next one be planned anew; this one is still closed with the house."""
        self._engines.pop(model, None)

    def chosen(self, model: ModelId | None) -> ModelId:
        """The model that is named, else the one of the settings."""
        return model or ModelId(self.settings.model)

    def known(
        self,
        request: str,
        folder: Path | None,
        model: ModelId | None,
        without: tuple[str, ...] = (),
    ) -> tuple[Known, Personal]:
        """What a model is told of the person for a request, and all they wrote down."""
        read = self.settings.context
        window = self.engine(model).window if read and model is not None else None
        return self.acquaintance.known(request, folder=folder, window=window, without=without)

    def templates(self, wanted: str) -> Mapping[str, Template]:
        """What an app can start from. Raises TemplateError when a `wanted` one is not there."""
        from homesmith.builder.specifying import refuse_unknown
        from homesmith.builder.template import load_templates

        found = load_templates([self.settings.places.config / "templates"])
        refuse_unknown(wanted, found)
        return found

    def embedder(self) -> tuple[Embedder | None, str]:
        """What reads for meaning; else None, and why not."""
        from homesmith.engines.minilm import MiniLm, ready

        without = ready(self.embedding)
        return (None if without else MiniLm(self.embedding)), without

    @property
    def embedding(self) -> Path:
        """Where the embedding model is."""
        return self.settings.places.models / "minilm"

    def scoreboard(self, model: ModelId) -> Mapping[str, str]:
        """What `auto` goes by with a model."""
        return self.laboratory.scoreboard.choices(model)

    def snapshots(self, root: Path) -> Snapshots:
        """The kept states of the app in a folder."""
        from homesmith.workspace.snapshots import Snapshots

        name = hashlib.sha256(json.dumps(str(root.resolve())).encode()).hexdigest()[:16]
        return Snapshots(git_dir=self.settings.places.snapshots / name, work_tree=root)

    async def sandbox(self) -> Sandbox:
        """Where programs run that nobody vouches for. Raises SandboxUnavailable."""
        from homesmith.workspace.sandbox import detect

        allowed = self.settings.sandbox_unprotected
        return await asyncio.to_thread(detect, allow_unprotected=allowed)

    async def sandbox_or_none(self) -> Sandbox | None:
        """The same; None where there is none."""
        try:
            return await self.sandbox()
        except SandboxUnavailable:
            return None
