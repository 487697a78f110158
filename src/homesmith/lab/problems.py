"""What an evaluation can ask: a function, a number, or a task of somebody's own.

One way to ask each and one to judge it; a method is given the `Task` and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, assert_never

from homesmith.core.messages import system, user
from homesmith.core.models import Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.asking import task_of
from homesmith.improve.candidates import program
from homesmith.improve.drafts import Kind, Task
from homesmith.improve.examples import examples
from homesmith.lab.code_judge import Judgement, judge
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.custom_tasks import CustomTask, judge_custom
from homesmith.lab.number_tasks import HOW, NumberTask, judge_number

Problem = CodeTask | NumberTask | CustomTask
ANSWER_TOKENS = 768
ASKED = "Please complete this Python function."


def question(problem: Problem, profile: Profile) -> Task:
    """The problem as a method sees it; code as the makers of the model ask for it."""
    match problem:
        case CodeTask():
            return _code(problem, profile)
        case NumberTask():
            asked = user(f"{problem.prompt.strip()}\n\n{HOW}")
            return Task(messages=(asked,), kind="answer", max_tokens=ANSWER_TOKENS)
        case CustomTask():
            return _custom(problem, profile)
        case _:
            assert_never(problem)


def is_run(problem: Problem) -> bool:
    """Whether its answers can be judged by running code only, so that a sandbox is needed."""
    return isinstance(problem, CodeTask) or (isinstance(problem, CustomTask) and problem.run)


async def judged(sandbox: Sandbox | None, problem: Problem, asked: Task, answer: str) -> Judgement:
    """What the hidden checks say of an answer. Raises SandboxUnavailable, OSError."""
    code = ""
    if asked.kind == "code" and answer.strip():
        code = program(answer, entry=asked.entry, before=asked.before)
    match problem:
        case CodeTask():
            return await judge(sandbox, problem, code)
        case NumberTask():
            return judge_number(problem, answer)
        case CustomTask():
            return await judge_custom(sandbox, problem, answer, code)
        case _:
            assert_never(problem)


def _code(problem: CodeTask, profile: Profile) -> Task:
    asked = profile.extra.get("user_code", ASKED)
    messages = [user(f"{asked}\n```python\n{problem.prompt.strip()}\n```\n")]
    if profile.extra.get("system_code"):
        messages.insert(0, system(profile.extra["system_code"]))
    return Task(
        messages=tuple(messages),
        kind="code",
        max_tokens=ANSWER_TOKENS,
        prefill=profile.code_prefill.replace("{language}", "python"),
        stop=profile.code_stop,
        entry=problem.entry,
        before=problem.prompt if f"def {problem.entry}" in problem.prompt else "",
        examples=examples(problem.prompt, problem.entry),
    )


def _custom(problem: CustomTask, profile: Profile) -> Task:
    """As a person would ask it; where code is wanted, the answer begins with it."""
    task = task_of(problem.prompt, max_tokens=ANSWER_TOKENS)
    told: Kind = "code" if problem.entry else "answer" if problem.answer else task.kind
    kind = problem.kind or told
    if kind != "code":
        return replace(task, kind=kind, entry="", examples=())
    entry = problem.entry or task.entry
    return replace(
        task,
        kind="code",
        prefill=profile.code_prefill.replace("{language}", "python"),
        stop=profile.code_stop,
        entry=entry,
        before=task.before if entry == task.entry else "",
        examples=examples(problem.prompt, entry),
    )


def digest(value: object) -> str:
    """A short name for a problem or any other plain value; the same in every process."""
    return hashlib.sha256(repr(_plain(value)).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """Without what differs from one process to the next: the order of sets, and of mappings."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, one.name)) for one in fields(value))]
    if isinstance(value, set | frozenset):
        return ["set", *sorted(repr(_plain(one)) for one in value)]
    if isinstance(value, Mapping):
        return sorted((repr(_plain(key)), _plain(one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        return [type(value).__name__, *map(_plain, value)]
    return value
