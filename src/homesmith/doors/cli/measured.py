"""Show a measurement: a table for a person, JSON for a program, a page for both."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith.core.counting import counted
from homesmith.core.errors import UsageError
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.terminal import Terminal

if TYPE_CHECKING:
    from homesmith.lab.comparison import Comparison
    from homesmith.lab.measurement import Measurement

CODES, MEANS = "versions of the code", "different limits, weights or profiles"
NAMED = 12
"""Tasks named in a line of wins or losses; all of them are in the JSON and on the page."""
HEAD = ("SUITE", "STRATEGY", "PASSED", "SHARE", "95 %", "TOKENS WRITTEN", "SECONDS")


def tell(terminal: Terminal, measured: Measurement, *, unkept: str = "") -> None:
    """The answer of `eval run` and `eval compare`; of one that was stopped, as far as it came."""
    if terminal.json:
        extra = {"unkept": unkept} if unkept else {}
        event = "unfinished" if measured.untried else "finished"
        terminal.record({"event": event, **measured.as_json(), **extra})
        return
    rows = [
        (
            score.suite,
            score.strategy,
            f"{score.passed} of {score.total}",
            f"{100 * score.share:.1f} %",
            f"{100 * score.low:.1f} to {100 * score.high:.1f} %",
            str(score.answer_tokens),
            f"{score.seconds:.0f}",
        )
        for score in measured.scores
    ]
    if measured.untried:
        left = counted(measured.untried, "attempts")
        terminal.answer(f"unfinished, {left} still to be made; so far:")
    for line in columns(HEAD, rows):
        terminal.answer(line)
    for pair in measured.comparisons:
        terminal.answer(sentence(pair))
    if measured.figures:
        terminal.answer("")
    figures = [(one.suite, one.way, one.name, one.text) for one in measured.figures]
    for line in columns(("SUITE", "WAY", "FIGURE", ""), figures) if figures else ():
        terminal.answer(line)
    _notes(terminal, measured, unkept)


def sentence(pair: Comparison) -> str:
    """What one side gains over the other, what it costs, and whether it can be chance."""
    times = pair.second_tokens / max(1, pair.first_tokens)
    cost = f", {times:.2f} times the tokens" if pair.first_tokens else ""
    won, lost = len(pair.only_second), len(pair.only_first)
    gains, test = f"solves {won} that the other does not, loses {lost}", "McNemar"
    if pair.seeds > 1:
        often = counted(won, "tasks")
        gains, test = f"solves more often on {often}, less often on {lost}", "sign test"
    return (
        f"{pair.suite}: {pair.second} against {pair.first} on {counted(pair.tasks, 'tasks')}: "
        f"{gains}; {100 * pair.difference:+.1f} points (95 %: {100 * pair.low:+.1f} to "
        f"{100 * pair.high:+.1f}), {pair.chance} ({test}, exact){cost}"
    )


def by_task(terminal: Terminal, pair: Comparison) -> None:
    """The tasks that only one of two solved, or more often, by name."""
    only = "more often" if pair.seeds > 1 else "only"
    for side, tasks in ((pair.second, pair.only_second), (pair.first, pair.only_first)):
        more = f" and {len(tasks) - NAMED} more" if len(tasks) > NAMED else ""
        if tasks:
            terminal.answer(f"  {only} {side}: {', '.join(tasks[:NAMED])}{more}")


def refuse_unwritable(path: Path | None) -> None:
    """Raises UsageError where a page cannot be written, before anything is done for it."""
    if path is None:
        return
    place = path if path.exists() else path.parent
    if path.is_dir():
        why = "it is a folder"
    elif not place.exists():
        why = f"there is no folder {place}"
    elif not os.access(place, os.W_OK):
        why = f"nothing may be written to {place}"
    else:
        return
    raise _unwritable(path, why)


def write_page(terminal: Terminal, measured: Measurement, path: Path) -> None:
    """The same as a page. Raises UsageError when it cannot be written there."""
    from homesmith.lab.page import page

    try:
        path.write_text(page(measured), encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    terminal.note(f"The page is {path}")


def _unwritable(path: Path, why: str) -> UsageError:
    return UsageError(f"{path} cannot be written", why=why, remedy="name another file: --html FILE")


def mixtures(measured: Measurement) -> Iterator[str]:
    """What was made at times between which something changed: one side, or one from the other."""
    from homesmith.lab.comparison import ALL

    told = set()
    for score in measured.scores:
        for count, kind in ((score.codes, CODES), (score.means, MEANS)):
            if len(count) > 1:
                told.add((score.suite, score.strategy))
                yield (
                    f"{score.strategy} on {score.suite} was made by {len(count)} {kind}: evaluate "
                    "it once more without --limit to have it of one"
                )
    for pair in measured.comparisons:
        if pair.suite != ALL and not told & {(pair.suite, pair.first), (pair.suite, pair.second)}:
            yield from apart(pair)


def apart(pair: Comparison) -> Iterator[str]:
    """What differs between the two sides, beside what is compared."""
    for count, kind in ((pair.codes, CODES), (pair.means, MEANS)):
        if count > 1 and pair.first != pair.second:
            yield f"{pair.second} and {pair.first} on {pair.suite} were made by {count} {kind}"


def tell_removed(terminal: Terminal, removed: Mapping[str, int]) -> None:
    """Which suites have lost tasks that were tried."""
    for suite, count in removed.items():
        terminal.note(f"{counted(count, 'tasks')} tried of {suite}, no longer in it: not counted")


def _notes(terminal: Terminal, measured: Measurement, unkept: str) -> None:
    recalled = sum(score.recalled for score in measured.scores)
    if recalled:
        was, their = ("was", "its") if recalled == 1 else ("were", "their")
        terminal.note(
            f"{counted(recalled, 'answers')} {was} kept from before; {their} own tokens and "
            "seconds are counted"
        )
    for suite, count in measured.left_out.items():
        they = "it is no task" if count == 1 else "they are no tasks"
        terminal.note(f"{count} left out of {suite}: {they}, as was told above")
    tell_removed(terminal, measured.removed)
    for said in mixtures(measured):
        terminal.note(f"warning: {said}")
    for score in measured.scores:
        if score.unjudged:
            terminal.note(
                f"{score.unjudged} of {score.strategy} on {score.suite} could not be judged (its "
                "reason stands in its line): not counted, and tried again the next time"
            )
    if unkept:
        terminal.note(f"warning: what was tried could not be kept: {unkept}")
    for suite, known in measured.published.items():
        own = (score for score in measured.scores if score.suite == suite)
        best = max(own, key=lambda score: score.share)
        said = known.beside(best.share, best.tasks)
        terminal.note(f"{suite}: {said} (source: {known.source})")
