"""Scores: nothing counts as passed that did not say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.lab.report import report_json, report_markdown
from homesmith.lab.suite import App, Suite
from homesmith.lab.trial import (
    Construction,
    TestOutcome,
    Trial,
    Way,
    fully_passed,
    read_outcomes,
    trial_from_json,
    trial_to_json,
)


def app(name: str = "quiz", tests: tuple[str, ...] = ("test_a", "test_b")) -> App:
    return App(
        name=name,
        title="Quiz",
        template="static",
        kind="page",
        difficulty="easy",
        prompt="A quiz",
        folder=Path(name),
        tests=tests,
    )


def said(name: str, passed: object, message: str = "") -> str:
    return json.dumps({"name": name, "passed": passed, "message": message})


def trial(name: str, way: Way, *passed: bool, claimed: bool = False) -> Trial:
    return Trial(
        app=name,
        way=way,
        model="m",
        construction=Construction(seconds=60, answer_tokens=100, claimed=claimed),
        outcomes=tuple(
            TestOutcome(name=f"test_{number}", passed=one) for number, one in enumerate(passed)
        ),
    )


def test_every_test_has_an_outcome_and_silence_is_a_failure() -> None:
    outcomes = read_outcomes(said("test_b", True), app())
    assert [(one.name, one.passed) for one in outcomes] == [("test_a", False), ("test_b", True)]
    assert outcomes[0].message == "did not run"


def test_a_failure_at_the_end_of_a_test_counts_and_foreign_lines_do_not() -> None:
    lines = [
        said("test_a", True),
        said("test_a", False, "teardown"),
        said("test_other", True),
        "not json",
        "[1]",
        said("test_b", "yes"),
    ]
    outcomes = read_outcomes("\n".join(lines), app())
    assert [one.passed for one in outcomes] == [False, False]
    assert outcomes[0].message == "teardown"


def test_an_app_without_outcomes_did_not_pass() -> None:
    assert not trial("quiz", "ours").fully_passed
    assert not trial("quiz", "ours", True, False).fully_passed
    assert trial("quiz", "ours", True, True).fully_passed


@given(st.lists(st.booleans(), max_size=6), st.floats(0, 1e4), st.text(max_size=20))
def test_a_trial_survives_json(passed: list[bool], seconds: float, note: str) -> None:
    made = Trial(
        app="quiz",
        way="bare",
        model="m",
        construction=Construction(seconds=seconds, note=note),
        outcomes=tuple(TestOutcome(name=f"test_{n}", passed=p) for n, p in enumerate(passed)),
    )
    assert trial_from_json(json.loads(json.dumps(trial_to_json(made)))) == made


@pytest.mark.parametrize("value", [{}, {"way": "magic"}, [], {"way": "ours", "app": "a"}])
def test_what_is_no_trial_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        trial_from_json(value)


def test_the_report_puts_ours_beside_the_bare_model() -> None:
    suite = Suite(folder=Path(), apps=(app("kanban"), app("quiz")))
    trials = [
        trial("kanban", "ours", True, False, claimed=True),
        trial("quiz", "ours", True, True, claimed=True),
        trial("quiz", "bare", False, False),
    ]
    text = report_markdown(suite, trials)
    assert "| quiz | static | easy | 2/2 | yes | 60 | 100 | 0/2 | no | 60 | 100 |" in text
    assert "| kanban | static | easy | 1/2 | no | 60 | 100 |  |  |  |  |" in text
    assert "| **all** |  |  | 3/4 | **1 of 2** | 120 | 200 | 0/2 | **0 of 2** | 60 | 100 |" in text
    assert "- kanban, ours, test_1: failed" in text
    totals = report_json(suite, trials)["totals"]
    assert totals["ours"]["claimed_but_failed"] == 1
    assert (totals["ours"]["fully_passed"], totals["bare"]["tried"]) == (1, 1)
    assert fully_passed(trials, "bare") == 0
