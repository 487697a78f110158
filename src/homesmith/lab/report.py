"""A report: all trials of a suite side by side, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from homesmith.lab.suite import Suite
from homesmith.lab.trial import Trial, Way, fully_passed, trial_to_json

HEAD = (
    "| app | template | difficulty | ours: tests | all | seconds | tokens written "
    "| bare: tests | all | seconds | tokens written |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)
WAYS: tuple[Way, ...] = ("ours", "bare")


def report_json(suite: Suite, trials: Sequence[Trial]) -> dict[str, Any]:
    """Totals and every trial, as plain JSON."""
    return {
        "apps": len(suite.apps),
        "totals": {way: _totals(trials, way) for way in WAYS},
        "trials": [trial_to_json(trial) for trial in trials],
    }


def report_markdown(suite: Suite, trials: Sequence[Trial]) -> str:
    """One row per app, ours beside the bare model, totals below, then what failed and how."""
    rows = [_row(suite, name, trials) for name in (app.name for app in suite.apps)]
    return (
        "\n".join([HEAD, *rows, _total_row(suite, trials), "", *_failures(trials)]).rstrip() + "\n"
    )


def _totals(trials: Sequence[Trial], way: Way) -> dict[str, Any]:
    own = [trial for trial in trials if trial.way == way]
    return {
        "tried": len(own),
        "fully_passed": fully_passed(own, way),
        "tests_passed": sum(trial.passed for trial in own),
        "tests": sum(trial.total for trial in own),
        "seconds": round(sum(trial.construction.seconds for trial in own), 1),
        "answer_tokens": sum(trial.construction.answer_tokens for trial in own),
        "claimed_but_failed": sum(
            trial.construction.claimed and not trial.fully_passed for trial in own
        ),
    }


def _row(suite: Suite, name: str, trials: Sequence[Trial]) -> str:
    app = suite.app(name)
    cells = [name, app.template, app.difficulty]
    for way in WAYS:
        own = [trial for trial in trials if (trial.app, trial.way) == (name, way)]
        cells += _cells(own[-1]) if own else [""] * 4
    return f"| {' | '.join(cells)} |"


def _cells(trial: Trial) -> list[str]:
    return [
        f"{trial.passed}/{trial.total}",
        "yes" if trial.fully_passed else "no",
        f"{trial.construction.seconds:.0f}",
        str(trial.construction.answer_tokens),
    ]


def _total_row(suite: Suite, trials: Sequence[Trial]) -> str:
    cells = ["**all**", "", ""]
    for way in WAYS:
        total = _totals(trials, way)
        cells += [
            f"{total['tests_passed']}/{total['tests']}",
            f"**{total['fully_passed']} of {len(suite.apps)}**",
            f"{total['seconds']:.0f}",
            str(total["answer_tokens"]),
        ]
    return f"| {' | '.join(cells)} |"


def _failures(trials: Sequence[Trial]) -> list[str]:
    lines = []
    for trial in trials:
        if trial.construction.note:
            lines.append(f"- {trial.app}, {trial.way}: {trial.construction.note}")
        lines += [
            f"- {trial.app}, {trial.way}, {outcome.name}: {outcome.message or 'failed'}"
            for outcome in trial.outcomes
            if not outcome.passed
        ]
    return lines
