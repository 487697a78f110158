"""A measurement as one HTML page that needs nothing else: no script, no network, no second file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from homesmith.core.counting import counted
from homesmith.lab.attempts import UNJUDGED, Score
from homesmith.lab.code_tasks import FILES
from homesmith.lab.comparison import Comparison
from homesmith.lab.measurement import Measurement
from homesmith.lab.number_tasks import GSM8K

COLUMNS = (
    "passed",
    "share",
    "95 % interval",
    "tokens written",
    "seconds",
    "kept answers",
    "not judged",
)
MARKS = {"both": "", "neither": "", "won": "+", "lost": "\N{MINUS SIGN}"}


def page(measured: Measurement) -> str:
    """The whole page."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": _percent, "cells": _row, "counted": counted}
    suites = list(dict.fromkeys(score.suite for score in measured.scores))
    return made.get_template("page.html").render(
        measured=measured,
        suites=[_suite(measured, suite) for suite in suites],
        pairs=[(pair, _cells(pair)) for pair in measured.comparisons],
        columns=COLUMNS,
    )


def _suite(measured: Measurement, suite: str) -> dict[str, Any]:
    own = [score for score in measured.scores if score.suite == suite]
    failed = _failed(measured, suite)
    return {
        "name": suite,
        "scores": own,
        "published": measured.published.get(suite),
        "most_tokens": max([1, *(_each(score, score.answer_tokens) for score in own)]),
        "most_seconds": max([0.001, *(_each(score, score.seconds) for score in own)]),
        "best": max(own, key=lambda score: score.share),
        "failed": failed,
        "reasons": any(why for _, tried in failed for _, _, why in tried),
        "left_out": measured.left_out.get(suite, 0),
        "removed": measured.removed.get(suite, 0),
    }


def _row(score: Score) -> Sequence[tuple[str, str]]:
    """The cells of a strategy in the table, each with the name of its column."""
    values = (
        f"{score.passed} of {score.total}",
        _percent(score.share),
        f"{_percent(score.low)} to {_percent(score.high)}",
        _count(score.answer_tokens),
        _count(score.seconds),
        str(score.recalled),
        str(score.unjudged),
    )
    return tuple(zip(COLUMNS, values, strict=True))


def _failed(
    measured: Measurement, suite: str
) -> Sequence[tuple[str, Sequence[tuple[str, str, str]]]]:
    """Each task that somebody did not solve, with who, the verdict and the reason.

    Of suites that others publish no reason is told: it may quote their hidden checks.
    """
    own = [one for one in measured.attempts if one.suite == suite]
    models, seeds = {one.model for one in measured.attempts}, {one.seed for one in own}
    hidden = suite in (*FILES, GSM8K)
    found: dict[str, list[tuple[str, str, str]]] = {}
    for one in own:
        if not one.passed:
            who = one.strategy + (f"@{one.model}" if len(models) > 1 else "")
            who += f", seed {one.seed}" if len(seeds) > 1 else ""
            why = "" if hidden and one.verdict != UNJUDGED else one.why
            found.setdefault(one.task, []).append((who, one.verdict, why))
    return [(task, found[task]) for task in sorted(found, key=_order)]


def _each(score: Score, amount: float) -> float:
    """An amount for one attempt."""
    return amount / max(1, score.total)


def _cells(pair: Comparison) -> Sequence[tuple[str, str, str]]:
    """Each task in the order of its suite: its name, who solved it, and the sign for that."""
    kinds = {
        **dict.fromkeys(pair.both, "both"),
        **dict.fromkeys(pair.neither, "neither"),
        **dict.fromkeys(pair.only_second, "won"),
        **dict.fromkeys(pair.only_first, "lost"),
    }
    return [(task, kinds[task], MARKS[kinds[task]]) for task in sorted(kinds, key=_order)]


def _order(task: str) -> tuple[tuple[int, int | str], ...]:
    """Numbers in names in the order of numbers."""
    words = task.replace("/", " ").replace("-", " ").split()
    return tuple((0, int(word)) if word.isdecimal() else (1, word) for word in words)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _count(amount: float) -> str:
    return f"{amount:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
