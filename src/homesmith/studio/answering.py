"""One question to a model of the house: a stream, or the best answer that a strategy finds."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from homesmith.core.budgets import Budget
from homesmith.core.messages import Message
from homesmith.core.models import ModelId
from homesmith.core.requests import Event, Request
from homesmith.runtime.indenting import indented, indenting
from homesmith.runtime.knowing import NOTHING, Known, conversation
from homesmith.studio.house import House

if TYPE_CHECKING:  # loaded when they are used
    from homesmith.context.compression.packing import Material, Packed
    from homesmith.context.compression.values import Editable
    from homesmith.improve.drafts import Improved, Kit

ANSWER = 2048
"""Tokens an answer may have."""
MEASURING = "measuring whether several answers at once pay on this machine; some seconds, once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of which model, and what it is told before."""

    prompt: str
    model: ModelId
    system: str | None = None
    known: Known | None = None

    def messages(self, prompt: str) -> tuple[Message, ...]:
        """What the model reads with such a prompt."""
        return conversation(self.known or NOTHING, self.system, prompt)

    @property
    def indentation(self) -> str:
        """How the person likes code; "" where nothing is known of it."""
        return (self.known or NOTHING).indentation


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Texts for a question, shortened to `tokens` and to the window; `tell` hears what became."""

    materials: Sequence[Material | Editable]
    tokens: int
    tell: Callable[[Packed], None] | None = None


async def stream(
    house: House, question: Question, json_schema: Mapping[str, Any] | None, given: Given
) -> AsyncGenerator[Event, None]:
    """A stream that ends with Ended or Failed. Raises PromptTooLong, StoreError."""
    engine = house.engine(question.model)

    def build(text: str) -> Request:
        return Request(
            model=question.model,
            messages=question.messages(text),
            max_tokens=ANSWER,
            json_schema=json_schema,
        )

    request = build(question.prompt)
    if given.materials:
        from homesmith.runtime.attaching import attach

        keep = house.store.blobs.put
        made = await attach(engine, build, question.prompt, given.materials, given.tokens, keep)
        request = made.request
        if given.tell is not None:
            given.tell(made.packed)
    shown = (question.prompt, *(one.text for one in given.materials))
    async with aclosing(indenting(engine.stream(request), question.indentation, shown)) as events:
        async for event in events:
            yield event


async def improve(
    house: House,
    question: Question,
    strategy: str,
    *,
    budget: Budget | None,
    seed: int,
    progress: Callable[[str], None] | None,
) -> Improved:
    """The best answer that a strategy finds, and everything that was tried for it.

    Raises UsageError for an unknown strategy, BudgetSpent, EngineError and PromptTooLong.
    """
    from homesmith.engines.profiles import profile_for
    from homesmith.improve.asking import kit_for, task_of
    from homesmith.improve.strategies import SAMPLING, named, usual

    work, model = named(strategy), question.model
    scoreboard = house.scoreboard(model)
    # The prompt alone is read for examples and names; what is known is told with it.
    task = task_of(question.prompt, max_tokens=ANSWER)
    task = replace(task, messages=question.messages(question.prompt))
    sandbox = await house.sandbox_or_none()
    limits = budget or Budget()

    def kit() -> Kit:
        engine, profile = house.engine(model), profile_for(house.models.find(model))
        made = kit_for(engine, profile, sandbox, limits, seed=seed, scoreboard=scoreboard)
        told = None if progress is None else lambda tried: progress(tried.line)
        return replace(made, progress=told)

    chosen = usual(task, kit()) if strategy == "auto" else strategy
    if chosen in SAMPLING and limits.seconds is None and _to_be_measured(house, model):
        if progress is not None:
            progress(MEASURING)
        await house.models.measure_once(house.models.find(model))
        house.forget_engine(model)
    found = await work(task, kit())
    text = indented(found.text, question.indentation, (question.prompt,))
    return replace(found, text=text, kind=task.kind)


def _to_be_measured(house: House, model: ModelId) -> bool:
    engine = house.engine(model)
    return house.models.to_be_measured(house.models.find(model), engine)
