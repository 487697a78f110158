"""Everything one run works with: its engine, its folder, its log, its clock."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from homesmith.builder.personal import NOBODY, Personal
from homesmith.core.budgets import Budget, Spent, exceeded
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.engines import Engine
from homesmith.core.errors import BudgetSpent
from homesmith.core.messages import Message
from homesmith.core.models import Profile, Sampling
from homesmith.core.requests import Answer, Request, Usage
from homesmith.core.runs import RunEvent, StepStarted
from homesmith.core.sandboxes import Sandbox
from homesmith.runtime.ask import Moment, ask
from homesmith.workspace.files import Workspace
from homesmith.workspace.snapshots import Snapshot, Snapshots

Record = Callable[[RunEvent], None]
Tell = Callable[[Progress], None]
Keep = Callable[[str], str]
FINAL_SECONDS = 15.0
"""Kept back from the budget for the last look at the app."""


@dataclass(slots=True, kw_only=True)
class Clock:
    """Wall time and tokens of one run. `until` is a `time.monotonic()` value, or None."""

    budget: Budget
    started: float = field(default_factory=time.monotonic)
    usage: Usage = field(default_factory=Usage)
    steps: int = 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def until(self) -> float | None:
        if self.budget.seconds is None:
            return None
        return self.started + max(self.budget.seconds - FINAL_SECONDS, 1.0)

    def over(self) -> str:
        """The limit that is used up, if one is."""
        spent = Spent(
            steps=self.steps,
            tokens=self.usage.answer_tokens,
            seconds=self.seconds + (FINAL_SECONDS if self.budget.seconds else 0),
        )
        return exceeded(self.budget, spent)


@dataclass(slots=True, kw_only=True)
class Job:
    """One run of the builder. `record` writes the log, `tell` shows progress, `keep` stores texts.

    `evidence` is the folder for pictures of this run. `total` counts the units of work expected.
    `head` is how prompts of every app begin.
    """

    request: BuildRequest
    engine: Engine
    profile: Profile
    workspace: Workspace
    snapshots: Snapshots
    sandbox: Sandbox | None
    evidence: Path
    record: Record
    tell: Tell
    keep: Keep
    clock: Clock
    browser: str = ""
    step: int = 0
    done: int = 0
    total: int = 0
    unit: str = ""
    file: str = ""
    head: tuple[Message, ...] = ()
    personal: Personal = NOBODY

    def sampling(self, task: str) -> Sampling:
        """The profile's sampling for a task."""
        return self.profile.sampling.get(task, Sampling())

    def begin(self, unit: str, file: str = "") -> None:
        """The next step starts: count it, log it, show it."""
        self.step += 1
        self.clock.steps += 1
        self.unit, self.file = unit, file
        self.record(StepStarted(step=self.step, unit=unit, file=file))
        self.show("reading")

    def show(self, phase: str, *, tokens: int = 0, speed: float = 0.0) -> None:
        """Tell the person where the run stands."""
        self.tell(
            Progress(
                phase=phase,
                unit=self.unit,
                file=self.file,
                tokens=tokens,
                tokens_per_second=speed,
                seconds=self.clock.seconds,
                budget_seconds=self.clock.budget.seconds,
                done=self.done,
                steps=self.total,
            )
        )

    async def ask(
        self,
        messages: tuple[Message, ...],
        *,
        max_tokens: int,
        task: str,
        seed: int = 0,
        heat: float | None = None,
        prefill: str = "",
        stop: tuple[str, ...] = (),
        json_schema: Mapping[str, object] | None = None,
    ) -> Answer:
        """One answer within the budget; `heat` is a temperature instead of the task's own.

        Raises BudgetSpent, EngineError, PromptTooLong.
        """
        if limit := self.clock.over():
            raise budget_spent(limit, self.clock.budget)
        sampling = self.sampling(task)
        if heat is not None:
            sampling = replace(sampling, temperature=heat)
        request = Request(
            model=self.engine.model,
            messages=messages,
            max_tokens=max_tokens,
            sampling=sampling,
            prefill=prefill,
            stop=(*stop, *self.profile.stop),
            json_schema=json_schema,
            seed=self.request.seed + seed,
            stable=len(self.head) if messages[: len(self.head)] == self.head else 0,
        )
        room = self.engine.window - await self.engine.count(request) - 8
        if 256 <= room < max_tokens:
            request = _shorter(request, room)
        answer = await ask(self.engine, request, tell=self._moment, deadline=self.clock.until)
        self.clock.usage = self.clock.usage + answer.usage
        return answer

    def _moment(self, moment: Moment) -> None:
        self.show(moment.phase, tokens=moment.tokens, speed=moment.tokens_per_second)


def _shorter(request: Request, max_tokens: int) -> Request:
    return replace(request, max_tokens=max_tokens)


def budget_spent(limit: str, budget: Budget) -> BudgetSpent:
    """The error for a limit that is used up."""
    minutes = f" of {budget.seconds / 60:g} minutes" if budget.seconds else ""
    return BudgetSpent(
        f"The budget{minutes} is used up",
        why=f"no {limit} left",
        remedy="give more with --budget-minutes, or `homesmith runs resume` to go on",
    )


def sha256(text: str) -> str:
    """The name of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def accept(job: Job, files: Mapping[str, str | None], message: str, stage: Path) -> Snapshot:
    """Make a step stand: keep it first, then let the person's folder follow, file by file.

    `stage` is a folder that already holds the whole app with the step in it. Killed at any
    moment, the person's folder is what some snapshot holds: a file changes whole or not at all,
    and of a step of several files the next look at the app writes the rest.
    """

    def keep() -> Snapshot:
        staged = Snapshots(git_dir=job.snapshots.git_dir, work_tree=stage)
        snapshot = staged.take(message)
        with job.snapshots.following(snapshot.id):
            for path, text in files.items():
                if text is None:
                    job.workspace.remove(path)
                else:
                    job.workspace.write_text(path, text)
        return snapshot

    return await asyncio.to_thread(keep)
