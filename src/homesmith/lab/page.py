"""A measurement as one HTML page that needs nothing else: no script, no network, no second file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from homesmith.lab.attempts import Score
from homesmith.lab.comparison import Comparison
from homesmith.lab.measurement import Measurement

ROW = 40
"""Tasks in one row of the picture of wins and losses."""
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
    made.filters |= {"percent": _percent, "count": _count}
    suites = list(dict.fromkeys(score.suite for score in measured.scores))
    return made.get_template("page.html").render(
        measured=measured,
        suites=[_suite(measured, suite) for suite in suites],
        pairs=[(pair, _cells(pair)) for pair in measured.comparisons],
        row=ROW,
    )


def _suite(measured: Measurement, suite: str) -> dict[str, Any]:
    own = [score for score in measured.scores if score.suite == suite]
    return {
        "name": suite,
        "scores": own,
        "published": measured.published.get(suite),
        "most_tokens": max([1, *(_each(score, score.answer_tokens) for score in own)]),
        "most_seconds": max([0.001, *(_each(score, score.seconds) for score in own)]),
        "best": max(own, key=lambda score: score.share),
    }


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
