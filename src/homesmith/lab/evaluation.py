"""Run strategies on the problems of a suite, attempt by attempt.

What was tried before is read from the ledger, so an evaluation that was killed goes on where it
stood. It does not know where the engine comes from, nor how results are shown.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import asdict, dataclass, replace

from homesmith.core.errors import BudgetSpent, PromptTooLong, UsageError
from homesmith.core.models import Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.drafts import Kit, Task
from homesmith.improve.strategies import STRATEGIES
from homesmith.lab.attempts import UNJUDGED, Attempt, attempts
from homesmith.lab.code_judge import Judgement
from homesmith.lab.codebase import code_name
from homesmith.lab.fault import ABSENT, MACHINE, said
from homesmith.lab.ledger import Ledger
from homesmith.lab.problems import Problem, digest, judged, question
from homesmith.lab.remembered import RememberedEngine

JUDGES = ("code_judge.py", "code_runner.py", "custom_tasks.py", "number_tasks.py", "problems.py")
METHODS = ("improve", *(f"lab/{name}" for name in JUDGES))
"""The code that makes and judges answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What an evaluation tells. `known`: it was made before; `unkept`: why it was not written."""

    attempt: Attempt
    known: bool = False
    unkept: str = ""


async def evaluate(
    problems: Sequence[Problem],
    strategies: Sequence[str],
    *,
    model: str,
    profile: Profile,
    kit: Callable[[int], Kit],
    sandbox: Sandbox | None,
    ledger: Ledger,
    seeds: Sequence[int] = (0,),
    means: str = "",
    engine: RememberedEngine | None = None,
) -> AsyncGenerator[Turn, None]:
    """Every attempt. `means` names what else the outcome depends on, such as weights and limits.

    `engine` is the one behind `kit`, if it remembers. Without a `sandbox` there is no judging what
    must be run. Raises EngineUnavailable, EngineOutOfMemory, WeightsError and SandboxUnavailable:
    nothing could be tried without them. WorkspaceBusy: another evaluation writes to the ledger.
    """
    with ledger.alone():
        known = {one.key: one for one in attempts(ledger) if one.verdict != UNJUDGED}
        for seed in seeds:
            for problem in problems:
                task = digest(problem)
                for strategy in strategies:
                    means_now = kit(seed)
                    mark = fingerprint(task, strategy, profile, means_now, means)
                    before = known.get((problem.suite, problem.id, strategy, model, seed))
                    if before is not None and before.fingerprint == mark:
                        yield Turn(attempt=before, known=True)
                        continue
                    made = await _try(
                        problem, strategy, model, seed, profile, means_now, sandbox, engine
                    )
                    attempt = replace(
                        made,
                        fingerprint=mark,
                        code=code_name(*METHODS),
                        task_digest=task,
                        means=digest((profile, asdict(means_now.budget), means)),
                    )
                    yield Turn(attempt=attempt, unkept=kept(ledger, attempt))


def fingerprint(task: str, strategy: str, profile: Profile, kit: Kit, means: str) -> str:
    """A short name for everything that decides how an attempt ends, but the model's dice."""
    chosen = sorted(kit.scoreboard.items()) if strategy == "auto" else []
    return digest((task, strategy, profile, chosen, asdict(kit.budget), means, code_name(*METHODS)))


async def _try(
    problem: Problem,
    strategy: str,
    model: str,
    seed: int,
    profile: Profile,
    kit: Kit,
    sandbox: Sandbox | None,
    engine: RememberedEngine | None,
) -> Attempt:
    asked = question(problem, profile)
    began = time.monotonic()
    recalled, spared = (engine.recalled, engine.spared) if engine else (0, 0.0)
    answer, stopped, trouble = "", "", ""
    try:
        found = await STRATEGIES[strategy](asked, kit)
        answer, stopped = found.text, found.stopped
    except BudgetSpent as error:
        stopped = error.why
    except PromptTooLong:
        stopped = "the prompt is too long"
    except UsageError as error:  # this task cannot be asked, the others may
        stopped = said(error)
    except ABSENT:
        raise
    except MACHINE as error:
        trouble = said(error)
    seconds = time.monotonic() - began + (engine.spared - spared if engine else 0.0)
    judgement = Judgement(verdict="unjudged", why=trouble)
    if not trouble:
        judgement = await _judged(sandbox, problem, asked, answer)
    return Attempt(
        suite=problem.suite,
        task=problem.id,
        kind=asked.kind,
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
        recalled=engine.recalled - recalled if engine else 0,
    )


async def _judged(sandbox: Sandbox | None, problem: Problem, asked: Task, answer: str) -> Judgement:
    try:
        return await judged(sandbox, problem, asked, answer)
    except OSError as error:
        return Judgement(verdict="unjudged", why=said(error))


def kept(ledger: Ledger, attempt: Attempt) -> str:
    """Write an attempt down; why that could not be done, or "". The evaluation goes on."""
    try:
        ledger.add(asdict(attempt))
    except OSError as error:
        return str(error)
    return ""
