"""`homesmith eval`: measure strategies on a suite, on this machine."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from homesmith.core.models import ModelId
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from homesmith.lab.evaluation import CodeTrial

EXAMPLES = """\b
Examples:
  homesmith eval humaneval --data ~/suites --limit 20
  homesmith eval mbppplus --data ~/suites --strategy direct,verify,auto
"""
PUBLISHED = {"humaneval": 92.1, "humanevalplus": 86.0, "mbppplus": 74.6}
"""Claude 3.5 Sonnet (20241022), one answer per task, as published; not measured by us."""


def register(app: typer.Typer) -> None:
    """Add `eval`."""
    app.command("eval", epilog=EXAMPLES)(evaluate)


def evaluate(
    context: typer.Context,
    suite: Annotated[str, typer.Argument(help="humaneval, humanevalplus or mbppplus.")],
    data: Annotated[Path, typer.Option(help="The folder with the suites' files.")] = Path(),
    strategy: Annotated[
        str, typer.Option(metavar="A,B", help="What to compare, the first is the baseline.")
    ] = "direct,auto",
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model to measure.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many tasks.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Try each task this often.")] = 1,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens one strategy may write for one task.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Fetch a missing model without asking.")
    ] = False,
) -> int:
    """Measure on this machine what a strategy gains, and what it costs.

    What was tried before is not tried again: an evaluation that was stopped goes on.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({"model": model})
    names = tuple(dict.fromkeys(name.strip() for name in strategy.split(",") if name.strip()))

    async def work() -> int:
        from homesmith.doors.cli.fetching import have_weights
        from homesmith.lab.code_tasks import load_code_tasks

        tasks, broken = load_code_tasks(suite, data)
        chosen = ModelId(settings.model)
        async with terminal.open_studio(settings) as studio:
            await have_weights(terminal, studio, chosen, yes=yes)
            for sentence in broken:
                terminal.note(sentence)
            tried: list[CodeTrial] = []
            began, made = time.monotonic(), 0
            running = studio.evaluate(
                tasks[:limit],
                strategies=names,
                model=chosen,
                seeds=seeds,
                tokens=max_tokens,
            )
            stream = cast("AsyncGenerator[tuple[CodeTrial, bool]]", running)
            async with aclosing(stream) as trials:
                async for trial, known in trials:
                    tried.append(trial)
                    made += not known
                    if terminal.json:
                        terminal.record({"event": "trial", "known": known, **asdict(trial)})
                    elif not known:
                        seconds = (time.monotonic() - began) / made
                        terminal.note(_line(trial, seconds))
        _tell(terminal, suite, names, tried)
        return 0

    return until_done(work())


def _line(trial: CodeTrial, seconds: float) -> str:
    return (
        f"{trial.task:16} {trial.strategy:8} {trial.verdict:8} {trial.answer_tokens:5} tokens"
        f" {trial.seconds:6.1f} s ({seconds:.0f} s a trial)"
    )


def _tell(terminal: Terminal, suite: str, names: tuple[str, ...], tried: list[CodeTrial]) -> None:
    from homesmith.lab.evaluation import paired, scores

    found = scores(tried)
    pairs = [paired(tried, names[0], other) for other in names[1:]]
    if terminal.json:
        totals = [asdict(score) for score in found]
        terminal.record({"event": "finished", "scores": totals, "pairs": pairs})
        return
    rows = [
        (
            score.strategy,
            f"{score.passed} of {score.total}",
            f"{100 * score.share:.1f} %",
            f"{100 * score.low:.1f} to {100 * score.high:.1f} %",
            str(score.answer_tokens),
            f"{score.seconds:.0f}",
        )
        for score in found
    ]
    head = ("STRATEGY", "PASSED", "SHARE", "95 %", "TOKENS WRITTEN", "SECONDS")
    for line in columns(head, rows):
        terminal.answer(line)
    for pair in pairs:
        terminal.answer(
            f"{pair['second']} against {pair['first']}: solves {len(pair['only_second'])} that the "
            f"other does not, loses {len(pair['only_first'])}; p = {pair['p']:.3f} (McNemar, exact)"
        )
    if suite in PUBLISHED:
        terminal.note(
            f"Published for Claude 3.5 Sonnet (20241022), one answer each: {PUBLISHED[suite]} %"
        )
