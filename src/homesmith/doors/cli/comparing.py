"""`homesmith eval compare`: two strategies, or two runs, on the tasks that both tried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from homesmith.core.errors import UsageError
from homesmith.core.models import ModelId
from homesmith.doors.cli.measured import by_task, tell, write_page
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith eval compare direct auto
  homesmith eval compare auto@qwen2.5-coder:0.5b direct@qwen2.5-coder:1.5b
  homesmith eval compare auto@before.jsonl auto --html report.html
"""
SIDE = "STRATEGY, STRATEGY@MODEL, STRATEGY@LEDGER or LEDGER"


def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(metavar="A", help=f"The baseline: {SIDE}.")],
    second: Annotated[str, typer.Argument(metavar="B", help="What is compared with it, likewise.")],
    suite: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this suite; may be repeated.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model meant.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a page, too.")
    ] = None,
) -> int:
    """Set two strategies, or two runs, against each other on the tasks both tried. Runs nothing."""
    terminal: Terminal = context.obj
    settings = terminal.settings({"model": model})

    async def work() -> int:
        from homesmith.lab.sides import side

        chosen = ModelId(settings.model)
        async with terminal.open_studio(settings) as studio:
            lab = studio.laboratory()
            known = lab.attempts()
            found = [side(words, known, chosen) for words in (first, second)]
            sides = [
                (one.name, [each for each in one.attempts if not suite or each.suite in suite])
                for one in found
            ]
            models = dict.fromkeys(one.model for one in found)
            measured = replace(
                lab.measurement(sides, model=" and ".join(models)),
                removed=lab.removed(tuple(models), suite or ()),
            )
        if not measured.comparisons:
            raise UsageError(
                f"{first} and {second} have no task in common",
                why="a comparison needs tasks of the same suites, tried with the same seeds",
                remedy=f"homesmith eval SUITE --strategy {first},{second}",
            )
        tell(terminal, measured)
        if not terminal.json:
            for pair in measured.comparisons:
                by_task(terminal, pair)
        if html:
            write_page(terminal, measured, html)
        return 0

    return until_done(work())
