"""An agent that can be asked: what it remembers, and a conversation that uses it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from homesmith.core.embedders import Embedder
from homesmith.core.engines import fold
from homesmith.core.models import ModelId
from homesmith.core.requests import Answer, Event
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.resting import rest
from homesmith.runtime.learning import Idle, Worked
from homesmith.store.database import Store

Talk = Callable[[Agent, ModelId | None], Conversation]
Study = Callable[[Agent, ModelId | None], Idle]


class Companion(Agent):
    """An Agent with a voice.

    `talk` opens its conversation with a model, at the first word; `study` its work with one while
    nobody waits.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        *,
        talk: Talk,
        study: Study,
        count: Callable[[str], int],
        embedder: Embedder | None = None,
        without: str = "",
        create: bool = True,
        let_go: Callable[[str], int] = lambda _: 0,
    ) -> None:
        super().__init__(
            store,
            name,
            count=count,
            embedder=embedder,
            without=without,
            create=create,
            let_go=let_go,
        )
        self._talk = talk
        self._study = study
        self._conversations: dict[ModelId | None, Conversation] = {}

    def conversation(self, model: ModelId | None = None) -> Conversation:
        """The conversation with a model, else with the one of the settings.

        Raises UnknownModel, EngineUnavailable.
        """
        if model not in self._conversations:
            self._conversations[model] = self._talk(self, model)
        return self._conversations[model]

    def idle(self, model: ModelId | None = None) -> Idle:
        """What is done while nobody waits. Raises UnknownModel, EngineUnavailable."""
        return self._study(self, model)

    async def rest(
        self, *, model: ModelId | None = None, tell: Callable[[Worked], None] | None = None
    ) -> None:
        """Rest the conversation and learn from it until cancelled. Raises EngineError."""
        await rest(self, self.conversation(model), self.idle(model), tell=tell)

    async def ask(
        self, message: str, *, model: ModelId | None = None
    ) -> AsyncGenerator[Event, None]:
        """The answer as a stream that ends with Ended or Failed; both sides are remembered.

        Raises PromptTooLong, StoreError before the first event.
        """
        async with aclosing(self.conversation(model).ask(message)) as events:
            async for event in events:
                yield event

    async def answer(self, message: str, *, model: ModelId | None = None) -> Answer:
        """The whole answer. Raises the error that the stream ends with."""
        async with aclosing(self.ask(message, model=model)) as events:
            return await fold(events)
