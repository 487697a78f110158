"""A trial: one app, built one way, and what its hidden tests said.

Pure values with a JSON form. It does not know how the app was built or how tests are run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from homesmith.lab.suite import App

Way = Literal["ours", "bare", "reference", "skeleton"]
"""ours: our builder; bare: the model asked once for the whole app; the others prove the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcome:
    """What one hidden test said. `message` is the last line of its error."""

    __test__ = False

    name: str
    passed: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """How an app came to be. `note` says what went wrong; empty when nothing did."""

    seconds: float = 0.0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    claimed: bool = False
    """Whether the builder itself said that the app works."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One app built one way, with the outcome of every hidden test."""

    app: str
    way: Way
    model: str
    construction: Construction
    outcomes: tuple[TestOutcome, ...]

    @property
    def passed(self) -> int:
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def total(self) -> int:
        return len(self.outcomes)

    @property
    def fully_passed(self) -> bool:
        return self.total > 0 and self.passed == self.total


def read_outcomes(lines: str, app: App) -> tuple[TestOutcome, ...]:
    """One outcome for every test of `app`, from JSON Lines of {name, passed, message}.

    A test without a line (it hung, or the app never started) failed; a line for a test that is
    not in the suite is ignored; of several lines for one test a failed one counts.
    """
    said: dict[str, TestOutcome] = {}
    for line in lines.splitlines():
        outcome = _outcome(line)
        if outcome is not None and (outcome.name not in said or not outcome.passed):
            said[outcome.name] = outcome
    return tuple(
        said.get(name, TestOutcome(name=name, passed=False, message="did not run"))
        for name in app.tests
    )


def _outcome(line: str) -> TestOutcome | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    return TestOutcome(
        name=value["name"],
        passed=value.get("passed") is True,
        message=str(value.get("message", "")),
    )


def trial_to_json(trial: Trial) -> dict[str, Any]:
    """The JSON form that `trial_from_json` reads back, with the counts beside it."""
    counts = {
        "passed": trial.passed,
        "total": trial.total,
        "fully_passed": trial.fully_passed,
    }
    return asdict(trial) | counts


def trial_from_json(value: Any) -> Trial:
    """Read a trial; ValueError says what is wrong."""
    try:
        if value["way"] not in get_args(Way):
            raise ValueError(f"not a way to build: {value['way']!r}")
        return Trial(
            app=str(value["app"]),
            way=value["way"],
            model=str(value["model"]),
            construction=Construction(**value["construction"]),
            outcomes=tuple(TestOutcome(**item) for item in value["outcomes"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a trial: {error}") from error


def fully_passed(trials: Sequence[Trial], way: Way) -> int:
    """How many apps built this way pass all their tests."""
    return sum(trial.fully_passed for trial in trials if trial.way == way)
