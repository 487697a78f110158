"""Learn from an agent's talk while nobody waits: ask a model step by step, let memory judge.

It stops at once when it is cancelled, and between two answers when the budget is spent; what was
learned by then stands, and the next call goes on there.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from homesmith.core.budgets import Budget, Spent, exceeded
from homesmith.core.engines import Engine
from homesmith.core.errors import HomesmithError, PromptTooLong
from homesmith.core.learning import YIELDS, Job, Step
from homesmith.core.messages import system, user
from homesmith.core.requests import Request
from homesmith.memory.learning.learner import Learner
from homesmith.memory.learning.questions import Question
from homesmith.memory.personal.values import Entry
from homesmith.runtime.ask import ask
from homesmith.runtime.personal import Repository

TOO_LONG = "too long for the model"
BUSY = "another process is at it"
DONE = "nothing is left to do"
SPENT = "the budget is spent"
LAST_SLOT = -1
"""Conversations take the first slots of an engine; this is the one that they need last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """One step that was done, and what became of what the model said."""

    job: int
    step: Step
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a call did: its cost, why it ended, and what became of everything models said."""

    ended: str
    spent: Spent
    counts: Mapping[str, int] = field(default_factory=dict)


async def learn(
    learner: Learner,
    engine: Engine,
    budget: Budget,
    *,
    settled: bool = False,
    tell: Callable[[Worked], None] | None = None,
) -> Outcome:
    """Work until nothing is left or the budget is spent. A step of it is one answer of the model.

    `settled` takes a conversation that may still go on too. Raises EngineError.
    """
    with learner.alone() as alone:
        if not alone:
            return Outcome(ended=BUSY, spent=Spent())
        return await _Work(learner, engine, budget, tell).all(settled=settled)


class _Work:
    """One call: what it spent, and what became of what was said."""

    def __init__(
        self,
        learner: Learner,
        engine: Engine,
        budget: Budget,
        tell: Callable[[Worked], None] | None,
    ) -> None:
        self._learner = learner
        self._engine = engine
        self._budget = budget
        self._tell = tell
        self._began = time.monotonic()
        self._answers = 0
        self._tokens = 0
        self._counts: Counter[str] = Counter()

    async def all(self, *, settled: bool) -> Outcome:
        while job := self._learner.job(settled=settled):
            if limit := exceeded(self._budget, self._spent()):
                return self._outcome(f"{SPENT}: {limit}")
            counts = await self._step(job)
            if counts is None:
                return self._outcome(f"{SPENT}: seconds")
            self._counts += counts
            if self._tell is not None:
                self._tell(Worked(job=job.id, step=job.step, counts=counts))
        return self._outcome(DONE)

    def _outcome(self, ended: str) -> Outcome:
        return Outcome(ended=ended, spent=self._spent(), counts=dict(self._counts))

    async def _step(self, job: Job) -> Counter[str] | None:
        """What one step yields; None when the time was up before the answer was whole."""
        task = self._learner.task(job)
        if task is None:
            return self._learner.skip(job)
        seconds = self._budget.seconds
        deadline = None if seconds is None else self._began + seconds
        try:
            answer = await ask(self._engine, self._request(task.question, job), deadline=deadline)
        except PromptTooLong:
            return self._learner.skip(job, TOO_LONG)
        self._answers += 1
        self._tokens += answer.usage.answer_tokens
        return None if answer.reason == "deadline" else self._learner.take(job, task, answer.text)

    def _request(self, question: Question, job: Job) -> Request:
        return Request(
            model=self._engine.model,
            messages=(system(question.system), user(question.prompt)),
            max_tokens=question.tokens,
            json_schema=question.schema,
            seed=job.attempts,
            slot=LAST_SLOT,
            stable=1,
        )

    def _spent(self) -> Spent:
        seconds = time.monotonic() - self._began
        return Spent(steps=self._answers, tokens=self._tokens, seconds=seconds)


class Idle:
    """What is done for one agent while nobody waits. Made for every call anew, or kept."""

    def __init__(
        self, name: str, learner: Learner, engine: Engine, repository: Repository | None
    ) -> None:
        self._name = name
        self._learner = learner
        self._engine = engine
        self._repository = repository

    async def learn(
        self,
        budget: Budget,
        *,
        settled: bool = False,
        tell: Callable[[Worked], None] | None = None,
    ) -> Outcome:
        """Learn, then tell the person's history of it. Cancelled, the next call tells it.

        Raises EngineError.
        """
        outcome = await learn(self._learner, self._engine, budget, settled=settled, tell=tell)
        if self._repository is not None and outcome.ended != BUSY:
            await asyncio.to_thread(write_down, self._learner, self._repository, self._name)
        return outcome


def write_down(learner: Learner, repository: Repository, name: str) -> None:
    """Tell the person's history what was learned, each time once. It never fails.

    In numbers and our own words: what a model wrote is not kept there.
    """
    with contextlib.suppress(HomesmithError, OSError):
        if not repository.begun:
            return
        for stamp, counts in learner.untold().items():
            entry = _entry(stamp, counts, name)
            known = any((one.at, one.kind) == (stamp, entry.kind) for one in _history(repository))
            if entry.outcome and not known:
                repository.remember(entry)
            learner.told(stamp)


def gained(counts: Mapping[str, int]) -> str:
    """What was learned, as people are told; "" when it was nothing."""
    return ", ".join(f"{what}: {counts[what]}" for what in YIELDS if counts.get(what))


def _history(repository: Repository) -> tuple[Entry, ...]:
    return repository.read().history


def _entry(stamp: str, counts: Mapping[str, int], name: str) -> Entry:
    asked = f"Nothing: {name} went through what was said while nobody waited."
    return Entry(at=stamp, kind="learning", asked=asked, outcome=gained(counts))
