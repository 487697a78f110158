"""What a strategy works with: how to ask, how to run, how much may be spent, and why it chose.

It does not know engines or sandboxes; both come as plain functions.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from homesmith.core.budgets import Budget, Spent, exceeded
from homesmith.core.errors import BudgetSpent
from homesmith.core.messages import Message
from homesmith.core.models import Tier
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
    answer begins; it is given, so it costs no answer tokens.
    """

    sampling: str
    seed: int = 0
    head: str = ""
    json_schema: Mapping[str, Any] | None = None


Ask = Callable[[Task, Draw], Awaitable[Answer]]
Compare = Callable[[str, Sequence[Example]], Awaitable[tuple[Result, ...]]]
Evaluate = Callable[[str, Sequence[str]], Awaitable[tuple[Result, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One candidate, and what is known of it. `why` is one line for a person."""

    how: str
    text: str
    score: float = 0.0
    good: bool = False
    why: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Improved:
    """The answer a strategy chose, everything it tried, and why it stopped.

    `stopped`: "good" (checks hold), "agreed" (enough candidates say the same), "tried" (nothing
    more to try) or the limit that was used up ("tokens", "seconds", "steps").
    """

    text: str
    tried: tuple[Tried, ...]
    stopped: str
    usage: Usage


@dataclass(slots=True, kw_only=True)
class Kit:
    """The means of one use of a strategy. `compare` and `evaluate` are None without a sandbox.

    `tier` is the model's; `scoreboard` names the strategy that measured best for a kind of task.
    """

    ask: Ask
    budget: Budget = field(default_factory=Budget)
    tier: Tier = "small"
    scoreboard: Mapping[str, str] = field(default_factory=dict)
    compare: Compare | None = None
    evaluate: Evaluate | None = None
    usage: Usage = field(default_factory=Usage)
    tried: list[Tried] = field(default_factory=list)
    asked: int = 0
    limit: str = ""
    started: float = field(default_factory=time.monotonic)

    async def draw(self, task: Task, draw: Draw) -> str:
        """One more answer, never longer than the budget still allows. Raises BudgetSpent."""
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
        answer = await self.ask(task, draw)
        self.usage = self.usage + answer.usage
        if answer.reason == "deadline":
            self.limit = "seconds"
        return draw.head + answer.text

    async def more(self, task: Task, draw: Draw) -> str | None:
        """One more answer, None once the budget allows none."""
        if self.limit:
            return None
        try:
            return await self.draw(task, draw)
        except BudgetSpent:
            return None

    def note(self, tried: Tried) -> Tried:
        """Keep what was tried, with the tokens it took."""
        before = sum(one.tokens for one in self.tried)
        noted = replace(tried, tokens=self.usage.answer_tokens - before)
        self.tried.append(noted)
        return noted

    def chosen(self, text: str, stopped: str) -> Improved:
        """The end of a strategy; a limit that was used up is said before any other reason."""
        return Improved(
            text=text, tried=tuple(self.tried), stopped=self.limit or stopped, usage=self.usage
        )
