"""The bridge from suites of apps to attempts: build each app, then run its hidden tests.

An attempt passes when every hidden test does. It does not know how an app is built; that comes as
plain functions, one for each way. What was built is kept beside the ledger, to be looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from homesmith.core.errors import by_code
from homesmith.core.runs import Candidate, Entry, Finished, RunFailed
from homesmith.core.sandboxes import Sandbox
from homesmith.lab.app_tests import hidden_tests
from homesmith.lab.attempts import UNJUDGED, Attempt, attempts, counted
from homesmith.lab.codebase import code_name
from homesmith.lab.evaluation import Turn, kept
from homesmith.lab.fault import ABSENT, MACHINE, of_the_machine, said
from homesmith.lab.ledger import Ledger
from homesmith.lab.problems import digest
from homesmith.lab.suite import App, Suite
from homesmith.lab.trial import Construction

WAYS = ("build", "bare")
"""build: the builder, from the prompt alone; bare: the model, asked once for the whole app."""
METHODS = (
    *("builder", "improve", "context", "runtime", "engines", "workspace"),
    *("lab/app_tests.py", "lab/bare.py", "lab/hosting.py"),
)
"""The code that builds and judges apps."""
MINUTES = 12.0
"""How long one build may take."""

Build = Callable[[App, Path, int], Awaitable[Construction]]
"""Make an app in a folder that is not there yet, with a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPlan:
    """Which apps are to be built, in which ways. `means` names what else outcomes depend on."""

    suite: Suite
    ways: Sequence[str]
    model: str
    ledger: Ledger
    seeds: Sequence[int] = (0,)
    limit: int | None = None
    means: str = ""

    def steps(self) -> Iterator[tuple[App, Attempt, bool]]:
        """Each app with its attempt, and whether that was made before; else it is unjudged."""
        known = {one.key: one for one in counted(attempts(self.ledger))}
        for seed in self.seeds:
            for app in self.suite.apps[: self.limit]:
                for way in self.ways:
                    attempt = self._attempt(app, way, seed)
                    before = known.get(attempt.key)
                    made = before is not None and before.fingerprint == attempt.fingerprint
                    yield app, before if before and made else attempt, made

    def unmade(self) -> int:
        """How many attempts are still to be made."""
        return sum(not made for _, _, made in self.steps())

    def _attempt(self, app: App, way: str, seed: int) -> Attempt:
        tests = (_text(app.folder / "test_app.py"), _text(self.suite.folder / "conftest.py"))
        asked, code = (app.prompt, *tests), code_name(*METHODS)
        return Attempt(
            suite=self.suite.name,
            task=app.name,
            kind="app",
            strategy=way,
            model=self.model,
            seed=seed,
            verdict=UNJUDGED,
            fingerprint=digest((*asked, way, self.means, code)),
            code=code,
            task_digest=digest(asked),
            means=digest(self.means),
        )


async def evaluate_apps(
    plan: AppPlan, builds: Mapping[str, Build], *, sandbox: Sandbox, place: Path
) -> AsyncGenerator[Turn, None]:
    """Every attempt, in the order of the apps. Raises what a way raises when nothing can be built.

    `builds` has each way of the plan. What an interrupted attempt left below `place` is removed.
    Raises WorkspaceBusy while another evaluation writes to the ledger.
    """
    with plan.ledger.alone():
        for app, attempt, known in plan.steps():
            if known:
                yield Turn(attempt=attempt, known=True)
                continue
            folder = place / attempt.strategy / str(attempt.seed) / app.name
            try:
                made = await _try(attempt, app, builds[attempt.strategy], folder, sandbox)
            except ABSENT:
                raise
            except MACHINE as error:
                made = replace(attempt, why=said(error))
            yield Turn(attempt=made, unkept=kept(plan.ledger, made))


async def _try(attempt: Attempt, app: App, build: Build, folder: Path, sandbox: Sandbox) -> Attempt:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = await build(app, folder / "app", attempt.seed)
    (folder / "app").mkdir(exist_ok=True)
    outcomes, trouble = await hidden_tests(app, folder / "app", sandbox, log=folder / "tests.log")
    red = [f"{one.name}: {one.message}" for one in outcomes if not one.passed]
    told = "; ".join(one for one in (made.note, trouble, *red[:1]) if one)
    return replace(
        attempt,
        verdict="wrong" if red or not outcomes else "passed",
        why=f"{len(outcomes) - len(red)} of {len(outcomes)} tests; {told}"[:300] if red else "",
        answer_tokens=made.answer_tokens,
        prompt_tokens=made.prompt_tokens,
        seconds=round(made.seconds, 3),
        candidates=1,
        stopped="said it works" if made.claimed else "",
    )


def constructed(log: Sequence[Entry], seconds: float) -> Construction:
    """What the log of a build adds up to; `seconds` is the wall time it took.

    Raises the error that broke it off where that is this machine's, which says nothing of the app.
    """
    tried = [entry.event for entry in log if isinstance(entry.event, Candidate)]
    last = log[-1].event if log else None
    note = "" if isinstance(last, Finished) else "the build ended without a last event"
    if isinstance(last, RunFailed):
        kind = by_code(last.code)
        if of_the_machine(kind):
            raise kind(last.message, why=last.why, remedy=last.remedy)
        note = f"{last.message} {last.why}".strip()
    return Construction(
        seconds=seconds,
        prompt_tokens=sum(event.prompt_tokens for event in tried),
        answer_tokens=sum(event.answer_tokens for event in tried),
        claimed=isinstance(last, Finished) and last.passed,
        note=note,
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
