"""Do answers keep to what the person prefers? Small tasks, each asked with and without it.

It does not know how preferences are kept or chosen: it is given what is known for a prompt.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.engines import Engine, fold
from homesmith.core.errors import InvalidSettings
from homesmith.core.requests import Request
from homesmith.lab.obeying import CHECKS
from homesmith.runtime.knowing import NOTHING, Known, conversation

ANSWER = 512
"""Tokens one answer may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A prompt that says nothing of the preference. `checks`: the task's own first, then others
    of the ten that its answer can be judged by.
    """

    name: str
    section: str
    key: str
    value: str
    prompt: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One answer. `obeyed` are the checks that held, in the task's order."""

    task: str
    knowing: bool
    answer: str
    obeyed: tuple[str, ...]
    of: tuple[str, ...]
    prompt_tokens: int
    answer_tokens: int

    @property
    def passed(self) -> bool:
        """Whether the preference that the task is about was kept to."""
        return self.of[0] in self.obeyed


def load_tasks(file: Path) -> tuple[Task, ...]:
    """The tasks in a TOML file. Raises InvalidSettings, naming what is wrong."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        tasks = tuple(
            Task(
                name=str(item["name"]),
                section=str(item["section"]),
                key=str(item.get("key", "")),
                value=str(item["value"]),
                prompt=str(item["prompt"]),
                checks=tuple(item["checks"]),
            )
            for item in table["task"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise InvalidSettings(f"{file} holds no tasks", why=why, remedy="correct it") from error
    unknown = [name for task in tasks for name in task.checks if name not in CHECKS]
    if unknown or not all(task.checks for task in tasks):
        raise InvalidSettings(
            f"{file} names no checks we know",
            why=", ".join(unknown) or "a task has no checks",
            remedy=f"choose of {', '.join(CHECKS)}",
        )
    return tasks


async def measure(
    tasks: Sequence[Task], engine: Engine, known: Callable[[str], Known]
) -> AsyncIterator[Trial]:
    """Ask each task without and with what is `known` for its prompt, greedily.

    Raises EngineError.
    """
    for knowing in (False, True):
        for task in tasks:
            told = known(task.prompt) if knowing else NOTHING
            request = Request(
                model=engine.model,
                messages=conversation(told, None, task.prompt),
                max_tokens=ANSWER,
            )
            answer = await fold(engine.stream(request))
            yield Trial(
                task=task.name,
                knowing=knowing,
                answer=answer.text,
                obeyed=tuple(name for name in task.checks if CHECKS[name](answer.text)),
                of=task.checks,
                prompt_tokens=answer.usage.prompt_tokens,
                answer_tokens=answer.usage.answer_tokens,
            )


def table(tasks: Sequence[Task], trials: Sequence[Trial]) -> str:
    """One row per task, with beside without, and the sums."""
    rows = [
        "| task | without | with | all checks without | with |",
        "| --- | --- | --- | --- | --- |",
    ]
    ways = [[one for one in trials if one.knowing == knowing] for knowing in (False, True)]
    for task in tasks:
        own = [next((one for one in way if one.task == task.name), None) for way in ways]
        cells = ["" if one is None else "yes" if one.passed else "no" for one in own]
        more = ["" if one is None else f"{len(one.obeyed)}/{len(one.of)}" for one in own]
        rows.append(f"| {' | '.join([task.name, *cells, *more])} |")
    sums = [f"**{sum(one.passed for one in way)} of {len(way)}**" for way in ways]
    alls = [
        f"{sum(len(one.obeyed) for one in way)}/{sum(len(one.of) for one in way)}" for way in ways
    ]
    return "\n".join([*rows, f"| {' | '.join(['**obeyed**', *sums, *alls])} |"]) + "\n"
