"""Run strategies on a suite of functions, trial by trial, and compare them in pairs.

What was tried before is read from the ledger, so an evaluation that was killed goes on where it
stood. It does not know where the engine comes from, nor how results are shown.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from homesmith.core.errors import BudgetSpent, EngineCrashed, EngineTimeout, PromptTooLong
from homesmith.core.messages import system, user
from homesmith.core.models import Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.candidates import program
from homesmith.improve.drafts import Kit, Task
from homesmith.improve.examples import examples
from homesmith.improve.strategies import STRATEGIES
from homesmith.lab.code_judge import judge
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.ledger import Ledger
from homesmith.lab.statistics import mcnemar, wilson

ANSWER_TOKENS = 768
ASKED = "Please complete this Python function."


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTrial:
    """One task, tried once. `verdict` is the hidden tests'; tokens and seconds are the method's."""

    suite: str
    task: str
    strategy: str
    model: str
    seed: int
    verdict: str
    why: str = ""
    answer_tokens: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    seconds: float = 0.0
    candidates: int = 0
    stopped: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict == "passed"

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What makes a trial the same as another."""
        return self.suite, self.task, self.strategy, self.model, self.seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one strategy came to on one suite."""

    suite: str
    strategy: str
    passed: int
    total: int
    low: float
    high: float
    answer_tokens: int
    seconds: float

    @property
    def share(self) -> float:
        return self.passed / self.total if self.total else 0.0


def question(task: CodeTask, profile: Profile) -> Task:
    """The task as the makers of the model ask it in their own harness, if the profile knows how."""
    asked = profile.extra.get("user_code", ASKED)
    messages = [user(f"{asked}\n```python\n{task.prompt.strip()}\n```\n")]
    if profile.extra.get("system_code"):
        messages.insert(0, system(profile.extra["system_code"]))
    return Task(
        messages=tuple(messages),
        kind="code",
        max_tokens=ANSWER_TOKENS,
        prefill=profile.code_prefill.replace("{language}", "python"),
        stop=profile.code_stop,
        entry=task.entry,
        before=task.prompt if f"def {task.entry}" in task.prompt else "",
        examples=examples(task.prompt, task.entry),
    )


async def evaluate(
    tasks: Sequence[CodeTask],
    strategies: Sequence[str],
    *,
    model: str,
    profile: Profile,
    kit: Callable[[int], Kit],
    sandbox: Sandbox,
    ledger: Ledger,
    seeds: Sequence[int] = (0,),
) -> AsyncIterator[tuple[CodeTrial, bool]]:
    """Every trial, and whether it was known before. Raises EngineError when the engine is gone."""
    known = {trial.key: trial for trial in trials(ledger)}
    for seed in seeds:
        for task in tasks:
            for strategy in strategies:
                key = (task.suite, task.id, strategy, model, seed)
                if key in known:
                    yield known[key], True
                    continue
                trial = await _try(task, strategy, model, seed, profile, kit(seed), sandbox)
                ledger.add(asdict(trial))
                yield trial, False


async def _try(
    task: CodeTask,
    strategy: str,
    model: str,
    seed: int,
    profile: Profile,
    kit: Kit,
    sandbox: Sandbox,
) -> CodeTrial:
    asked = question(task, profile)
    began = time.monotonic()
    answer, stopped = "", ""
    try:
        found = await STRATEGIES[strategy](asked, kit)
        answer, stopped = found.text, found.stopped
    except BudgetSpent as error:
        stopped = error.why
    except PromptTooLong:
        stopped = "the prompt is too long"
    except (EngineCrashed, EngineTimeout) as error:
        stopped = error.code
    seconds = time.monotonic() - began
    code = program(answer, entry=task.entry, before=asked.before) if answer.strip() else ""
    judgement = await judge(sandbox, task, code)
    return CodeTrial(
        suite=task.suite,
        task=task.id,
        strategy=strategy,
        model=model,
        seed=seed,
        verdict=judgement.verdict,
        why=judgement.why,
        answer_tokens=kit.usage.answer_tokens,
        prompt_tokens=kit.usage.prompt_tokens,
        cached_tokens=kit.usage.cached_tokens,
        seconds=round(seconds, 3),
        candidates=len(kit.tried),
        stopped=stopped,
    )


def trials(ledger: Ledger) -> tuple[CodeTrial, ...]:
    """The trials of a ledger; entries that are none are left out."""
    names = {field.name for field in fields(CodeTrial)}
    found = []
    for entry in ledger.entries():
        try:
            found.append(CodeTrial(**{name: entry[name] for name in names & entry.keys()}))
        except TypeError:
            continue
    return tuple(found)


def scores(tried: Sequence[CodeTrial]) -> tuple[Score, ...]:
    """One score for each suite and strategy, in the order in which they were met."""
    groups: dict[tuple[str, str], list[CodeTrial]] = {}
    for trial in tried:
        groups.setdefault((trial.suite, trial.strategy), []).append(trial)
    made = []
    for (suite, strategy), group in groups.items():
        passed = sum(trial.passed for trial in group)
        low, high = wilson(passed, len(group))
        made.append(
            Score(
                suite=suite,
                strategy=strategy,
                passed=passed,
                total=len(group),
                low=low,
                high=high,
                answer_tokens=sum(trial.answer_tokens for trial in group),
                seconds=round(sum(trial.seconds for trial in group), 1),
            )
        )
    return tuple(made)


def paired(tried: Sequence[CodeTrial], first: str, second: str) -> Mapping[str, Any]:
    """Two strategies on the tasks both tried: what only one of them solved, and McNemar's p."""
    one = {(t.suite, t.task, t.seed): t.passed for t in tried if t.strategy == first}
    two = {(t.suite, t.task, t.seed): t.passed for t in tried if t.strategy == second}
    common = one.keys() & two.keys()
    only_first = sorted(key for key in common if one[key] and not two[key])
    only_second = sorted(key for key in common if two[key] and not one[key])
    return {
        "first": first,
        "second": second,
        "tasks": len(common),
        "only_first": [f"{suite} {task}" for suite, task, _ in only_first],
        "only_second": [f"{suite} {task}" for suite, task, _ in only_second],
        "p": mcnemar(len(only_first), len(only_second)),
    }
