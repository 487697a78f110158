"""What a strategy works with: how to ask, how to run, how much may be spent, and why it chose.

Where the engine writes more in total with several answers under way, `several` draws as many at
once; they are given in the order of their seeds all the same, whichever is written first.
It does not know engines or sandboxes; both come as plain functions.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from homesmith.core.budgets import Budget, Spent, exceeded
from homesmith.core.errors import BudgetSpent, PromptTooLong
from homesmith.core.messages import Message
from homesmith.core.models import Demonstration, Tier
from homesmith.core.requests import Answer, Usage
from homesmith.improve.examples import Example
from homesmith.improve.execution import Result

Kind = Literal["code", "answer", "prose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is asked. `max_tokens` bounds one answer.

    kind "code": a Python function is wanted; `entry` is its name and `before` the code it may
    rely on. "answer": a number, a choice or a short text. "prose": everything else.
    """

    messages: tuple[Message, ...]
    kind: Kind = "prose"
    max_tokens: int = 1024
    prefill: str = ""
    stop: tuple[str, ...] = ()
    entry: str = ""
    before: str = ""
    examples: tuple[Example, ...] = ()

    @property
    def said(self) -> str:
        """The words of the last message, which carry the request."""
        return self.messages[-1].text if self.messages else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How one answer is drawn: `sampling` names an entry of the model's profile.

    One that the profile does not name, such as "greedy", is drawn without dice. `head` is how the
    answer begins; it is given, so it costs no answer tokens. `slot` is the engine's, and `enough`
    is set once the answer is no longer needed. `recurs`: the task may be asked in these very words
    again, after others.
    """

    sampling: str
    seed: int = 0
    head: str = ""
    json_schema: Mapping[str, Any] | None = None
    slot: int = 0
    recurs: bool = False
    enough: asyncio.Event | None = field(default=None, compare=False, repr=False)


Drawing = tuple[Task, Draw]
Ask = Callable[[Task, Draw], Awaitable[Answer]]
Compare = Callable[[str, Sequence[Example]], Awaitable[tuple[Result, ...]]]
Evaluate = Callable[[str, Sequence[str]], Awaitable[tuple[Result, ...]]]
Share = Callable[[Sequence[Drawing]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One candidate, and what is known of it. `why` is one line for a person.

    `failed`: it was run, and not all of the checks hold. `good` with a score of 0: it was not run.
    `cut`: a limit ended it before it was whole.
    """

    how: str
    text: str
    score: float = 0.0
    good: bool = False
    failed: bool = False
    why: str = ""
    tokens: int = 0
    cut: bool = False

    @property
    def line(self) -> str:
        """The same for a person."""
        return f"{self.how}: {self.tokens} tokens{f', {self.why}' if self.why else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Improved:
    """The answer a strategy chose, everything it tried, and why it stopped.

    `stopped`: "good" (checks hold), "unchecked" (nothing of it could be run here), "agreed"
    (enough candidates say the same), "tried" (nothing more to try) or the limit that was reached
    ("tokens", "seconds", "steps", "window": the next prompt would not fit). `cut`: the answer is
    not whole. `kind` is the task's, where it is known.
    """

    text: str
    tried: tuple[Tried, ...]
    stopped: str
    usage: Usage
    cut: bool = False
    kind: Kind | Literal[""] = ""

    @property
    def doubt(self) -> str:
        """What running the chosen answer showed to be wrong; "" where nothing did."""
        return next((one.why for one in self.tried if one.failed and one.text == self.text), "")


@dataclass(slots=True, kw_only=True)
class Kit:
    """The means of one use of a strategy. `compare` and `evaluate` are None without a sandbox.

    `tier` is the model's; `scoreboard` names the strategy that measured best for a kind of task.
    `width` is how many answers may be under way at once, and `share` has their common beginning
    read once. `few_shot` is what the model is shown before a request for code, from its profile.
    `progress` is told what was tried, as soon as it is judged. `cut`: the newest answer was ended
    by a limit before it was whole.
    """

    ask: Ask
    budget: Budget = field(default_factory=Budget)
    tier: Tier = "small"
    few_shot: tuple[Demonstration, ...] = ()
    scoreboard: Mapping[str, str] = field(default_factory=dict)
    compare: Compare | None = None
    evaluate: Evaluate | None = None
    width: int = 1
    share: Share | None = None
    progress: Callable[[Tried], None] | None = None
    usage: Usage = field(default_factory=Usage)
    tried: list[Tried] = field(default_factory=list)
    asked: int = 0
    limit: str = ""
    cut: bool = False
    started: float = field(default_factory=time.monotonic)

    async def draw(self, task: Task, draw: Draw) -> str:
        """One more answer, never longer than the budget still allows. Raises BudgetSpent."""
        return self._taken(await self.ask(self._allowed(task), draw), draw)

    def _allowed(self, task: Task) -> Task:
        """The task for one more answer, which counts as asked from now on. Raises BudgetSpent."""
        spent = Spent(
            steps=self.asked,
            tokens=self.usage.answer_tokens,
            seconds=time.monotonic() - self.started,
        )
        if limit := exceeded(self.budget, spent):
            self.limit = limit
            raise BudgetSpent("The budget is used up", why=f"no {limit} left")
        if self.budget.tokens is not None:
            left = self.budget.tokens - spent.tokens
            task = replace(task, max_tokens=min(task.max_tokens, left))
        self.asked += 1
        return task

    def _taken(self, answer: Answer, draw: Draw) -> str:
        """The whole text of an answer, whose cost counts from now on."""
        self.usage = self.usage + answer.usage
        self.cut = answer.reason in ("length", "deadline")
        if answer.reason == "deadline":
            self.limit = "seconds"
        return draw.head + answer.text

    async def more(self, task: Task, draw: Draw) -> str | None:
        """One more answer, None once the budget allows none or its prompt does not fit."""
        if self.limit:
            return None
        try:
            return await self.draw(task, draw)
        except BudgetSpent:
            return None
        except PromptTooLong:
            self.limit = "window"
            return None

    async def several(self, draws: Sequence[Drawing]) -> AsyncGenerator[str | None, None]:
        """These answers in their order; None and no more of them once `more` would give none.

        As many are drawn at once as width and budget allow; with a width of 1 each is drawn when
        it is asked for. Close it when no more are needed: what is still being written then is cut
        short and told as "left", with the tokens it took.
        """
        waiting = list(draws)
        while waiting:
            number = self._at_once(waiting)
            now, waiting = waiting[:number], waiting[number:]
            async with aclosing(self._together(now) if number > 1 else self._one(*now[0])) as texts:
                async for text in texts:
                    yield text
                    if text is None:
                        return

    def _at_once(self, draws: Sequence[Drawing]) -> int:
        """How many to draw at once: never so many that together they could break the budget.

        Each may be as long as it would be alone; where the budget has no room for that, they come
        one after the other.
        """
        most = min(self.width, len(draws))
        if self.budget.steps is not None:
            most = min(most, self.budget.steps - self.asked)
        if self.budget.tokens is not None:
            longest = max(task.max_tokens for task, _ in draws)
            most = min(most, (self.budget.tokens - self.usage.answer_tokens) // longest)
        return 1 if self.limit else max(1, most)

    async def _one(self, task: Task, draw: Draw) -> AsyncGenerator[str | None, None]:
        yield await self.more(task, draw)

    async def _together(self, draws: Sequence[Drawing]) -> AsyncGenerator[str | None, None]:
        enough = asyncio.Event()
        try:
            drawn = [
                (self._allowed(task), replace(draw, slot=slot, enough=enough))
                for slot, (task, draw) in enumerate(draws)
            ]
        except BudgetSpent:  # no seconds left
            yield None
            return
        if self.share is not None:
            await self.share(drawn)
        answers = [asyncio.ensure_future(self.ask(*one)) for one in drawn]
        given = 0
        try:
            for answer, (_, draw) in zip(answers, drawn, strict=True):
                try:
                    text = self._taken(await answer, draw)
                except PromptTooLong:
                    self.limit = "window"
                given += 1
                if self.limit != "window":
                    yield text
                if self.limit:
                    yield None
                    return
        except asyncio.CancelledError:
            for answer in answers:
                answer.cancel()
            raise
        finally:
            enough.set()
            for left in await asyncio.gather(*answers[given:], return_exceptions=True):
                if isinstance(left, Answer):
                    self.usage = self.usage + left.usage
                    self.note(Tried(how="left", text="", why="no longer needed"))

    def note(self, tried: Tried) -> Tried:
        """Keep what was tried, with the tokens it took."""
        before = sum(one.tokens for one in self.tried)
        noted = replace(tried, tokens=self.usage.answer_tokens - before, cut=self.cut)
        self.tried.append(noted)
        if self.progress is not None:
            self.progress(noted)
        return noted

    def chosen(self, text: str, stopped: str) -> Improved:
        """The end of a strategy; a limit that was used up is said before any other reason."""
        cut = any(one.cut and one.text == text for one in self.tried)
        most = self.budget.tokens
        if cut and stopped == "tried" and most is not None and self.usage.answer_tokens >= most:
            stopped = "tokens"
        return Improved(
            text=text,
            tried=tuple(self.tried),
            stopped=self.limit or stopped,
            usage=self.usage,
            cut=cut,
        )
