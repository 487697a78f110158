"""Run strategies on the problems of a suite, attempt by attempt.

What was tried before is read from the ledger, so an evaluation that was killed goes on where it
stood. It does not know where the engine comes from, nor how results are shown.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from itertools import product

from homesmith.core.errors import (
    BudgetSpent,
    EngineError,
    EngineOutOfMemory,
    EngineUnavailable,
    PromptTooLong,
)
from homesmith.core.models import Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.drafts import Kit, Task
from homesmith.improve.strategies import STRATEGIES
from homesmith.lab.attempts import UNJUDGED, Attempt, attempts
from homesmith.lab.code_judge import Judgement
from homesmith.lab.codebase import code_name
from homesmith.lab.lanes import Lane, side_by_side
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
    lanes: Sequence[Lane],
    sandbox: Sandbox,
    ledger: Ledger,
    seeds: Sequence[int] = (0,),
    means: str = "",
) -> AsyncGenerator[Turn, None]:
    """Every attempt. `means` names what else the outcome depends on, such as weights and limits.

    As many are made at once as there are lanes, those on one task by one lane; with several they
    come as they are ready. Raises
    EngineUnavailable, EngineOutOfMemory and SandboxUnavailable: nothing could be tried without
    them; WorkspaceBusy while another evaluation writes to the ledger.
    """

    def on(problem: Problem, seed: int) -> Callable[[Lane], AsyncGenerator[Turn, None]]:
        async def tried(lane: Lane) -> AsyncGenerator[Turn, None]:
            for strategy in strategies:
                kit = lane.kit(seed)
                mark = fingerprint(digest(problem), strategy, profile, kit, means)
                before = known.get((problem.suite, problem.id, strategy, model, seed))
                if before is not None and before.fingerprint == mark:
                    yield Turn(attempt=before, known=True)
                    continue
                blank = Attempt(
                    suite=problem.suite,
                    task=problem.id,
                    strategy=strategy,
                    model=model,
                    seed=seed,
                    verdict=UNJUDGED,
                    fingerprint=mark,
                    code=code_name(*METHODS),
                    lanes=len(lanes),
                )
                made = await _try(blank, problem, profile, kit, sandbox, lane.engine)
                yield Turn(attempt=made, unkept=kept(ledger, made))

        return tried

    with ledger.alone():
        known = {one.key: one for one in attempts(ledger) if one.verdict != UNJUDGED}
        work = (on(problem, seed) for seed, problem in product(seeds, problems))
        async with aclosing(side_by_side(lanes, work)) as turns:
            async for turn in turns:
                yield turn


def fingerprint(task: str, strategy: str, profile: Profile, kit: Kit, means: str) -> str:
    """A short name for everything that decides how an attempt ends, but the model's dice."""
    chosen = sorted(kit.scoreboard.items()) if strategy == "auto" else []
    return digest((task, strategy, profile, chosen, asdict(kit.budget), means, code_name(*METHODS)))


async def _try(
    blank: Attempt,
    problem: Problem,
    profile: Profile,
    kit: Kit,
    sandbox: Sandbox,
    engine: RememberedEngine | None,
) -> Attempt:
    asked = question(problem, profile)
    began = time.monotonic()
    recalled, spared = (engine.recalled, engine.spared) if engine else (0, 0.0)
    if engine:
        engine.lanes_recalled = 1
    answer, stopped, trouble = "", "", ""
    try:
        found = await STRATEGIES[blank.strategy](asked, kit)
        answer, stopped = found.text, found.stopped
    except BudgetSpent as error:
        stopped = error.why
    except PromptTooLong:
        stopped = "the prompt is too long"
    except (EngineUnavailable, EngineOutOfMemory):
        raise
    except EngineError as error:
        stopped = error.code
        if blank.lanes > 1:  # another lane's answer may have been what the engine died of
            trouble = error.message
    except OSError as error:  # this machine's trouble, such as a full disk: not the answer's
        trouble = str(error)
    seconds = time.monotonic() - began + (engine.spared - spared if engine else 0.0)
    judgement = Judgement(verdict="unjudged", why=trouble)
    if not trouble:
        judgement = await _judged(sandbox, problem, asked, answer)
    return replace(
        blank,
        kind=asked.kind,
        verdict=judgement.verdict,
        why=judgement.why,
        answer_tokens=kit.usage.answer_tokens,
        prompt_tokens=kit.usage.prompt_tokens,
        cached_tokens=kit.usage.cached_tokens,
        seconds=round(seconds, 3),
        candidates=len(kit.tried),
        stopped=stopped,
        recalled=engine.recalled - recalled if engine else 0,
        lanes=max(blank.lanes, engine.lanes_recalled if engine else 1),
    )


async def _judged(sandbox: Sandbox, problem: Problem, asked: Task, answer: str) -> Judgement:
    try:
        return await judged(sandbox, problem, asked, answer)
    except OSError as error:
        return Judgement(verdict="unjudged", why=str(error))


def kept(ledger: Ledger, attempt: Attempt) -> str:
    """Write an attempt down; why that could not be done, or "". The evaluation goes on."""
    try:
        ledger.add(asdict(attempt))
    except OSError as error:
        return str(error)
    return ""
