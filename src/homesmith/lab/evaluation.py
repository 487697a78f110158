"""Run strategies on the problems of a suite, attempt by attempt.

What was tried before is read from the ledger, so an evaluation that was killed goes on where it
stood. It does not know where the engine comes from, nor how results are shown.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from homesmith.core.errors import BudgetSpent, PromptTooLong, UsageError
from homesmith.core.models import Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.drafts import Kit, Task
from homesmith.improve.strategies import STRATEGIES
from homesmith.lab.attempts import Attempt, attempts, counted
from homesmith.lab.code_judge import Judgement
from homesmith.lab.codebase import code_name
from homesmith.lab.fault import ABSENT, MACHINE, said
from homesmith.lab.ledger import Ledger
from homesmith.lab.problems import Problem, digest, judged, question
from homesmith.lab.remembered import RememberedEngine

JUDGES = (
    *("code_judge.py", "code_runner.py", "conclusions.py", "custom_tasks.py", "number_tasks.py"),
    "problems.py",
)
METHODS = ("improve", *(f"lab/{name}" for name in JUDGES))
"""The code that makes and judges answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What an evaluation tells. `known`: it was made before; `unkept`: why it was not written."""

    attempt: Attempt
    known: bool = False
    unkept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be tried. `means` names what else outcomes depend on, such as weights."""

    problems: Sequence[Problem]
    strategies: Sequence[str]
    model: str
    profile: Profile
    kit: Callable[[int], Kit]
    ledger: Ledger
    seeds: Sequence[int] = (0,)
    means: str = ""

    def steps(self) -> Iterator[Step]:
        """Every attempt, with the one that was made before under the same circumstances."""
        known = {one.key: one for one in counted(attempts(self.ledger))}
        for seed in self.seeds:
            for problem in self.problems:
                task = digest(problem)
                for strategy in self.strategies:
                    mark = fingerprint(task, strategy, self.profile, self.kit(seed), self.means)
                    before = known.get((problem.suite, problem.id, strategy, self.model, seed))
                    if before is not None and before.fingerprint != mark:
                        before = None
                    yield Step(
                        problem=problem, strategy=strategy, seed=seed, mark=mark, before=before
                    )

    def unmade(self) -> int:
        """How many attempts are still to be made."""
        return sum(step.before is None for step in self.steps())


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One attempt of a plan; `mark` is its fingerprint, `before` is None where it is to be made."""

    problem: Problem
    strategy: str
    seed: int
    mark: str
    before: Attempt | None


async def evaluate(
    plan: Plan, *, sandbox: Sandbox | None, engine: RememberedEngine | None = None
) -> AsyncGenerator[Turn, None]:
    """Every attempt of a plan.

    `engine` is the one behind its kit, if it remembers. Without a `sandbox` there is no judging
    what must be run. Raises EngineUnavailable, EngineOutOfMemory, WeightsError and
    SandboxUnavailable: nothing could be tried without them. WorkspaceBusy: another evaluation
    writes to the ledger.
    """
    with plan.ledger.alone():
        for step in plan.steps():
            if step.before is not None:
                yield Turn(attempt=step.before, known=True)
                continue
            attempt = await made(plan, step, sandbox=sandbox, engine=engine)
            yield Turn(attempt=attempt, unkept=kept(plan.ledger, attempt))


async def made(
    plan: Plan, step: Step, *, sandbox: Sandbox | None, engine: RememberedEngine | None = None
) -> Attempt:
    """Make one attempt, as `evaluate` does, and write nothing down. Raises what it raises."""
    kit = plan.kit(step.seed)
    return replace(
        await _try(plan, step, kit, sandbox, engine),
        fingerprint=step.mark,
        code=code_name(*METHODS),
        task_digest=digest(step.problem),
        means=digest((plan.profile, asdict(kit.budget), plan.means)),
    )


def fingerprint(task: str, strategy: str, profile: Profile, kit: Kit, means: str) -> str:
    """A short name for everything that decides how an attempt ends, but the model's dice."""
    chosen = sorted(kit.scoreboard.items()) if strategy == "auto" else []
    return digest((task, strategy, profile, chosen, asdict(kit.budget), means, code_name(*METHODS)))


async def _try(
    plan: Plan, step: Step, kit: Kit, sandbox: Sandbox | None, engine: RememberedEngine | None
) -> Attempt:
    problem, asked = step.problem, question(step.problem, plan.profile)
    began = time.monotonic()
    recalled, spared = (engine.recalled, engine.spared) if engine else (0, 0.0)
    answer, stopped, trouble = "", "", ""
    try:
        found = await STRATEGIES[step.strategy](asked, kit)
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
        strategy=step.strategy,
        model=plan.model,
        seed=step.seed,
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
