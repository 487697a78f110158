"""`homesmith eval compare`: two strategies, or two runs, on the tasks that both tried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from homesmith.core.models import ModelId
from homesmith.doors.cli.measured import by_task, refuse_unwritable, tell, write_page
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
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this suite, or path; may be repeated."),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model meant.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a page, too.")
    ] = None,
) -> int:
    """Set two strategies, or two runs, against each other on the tasks both tried. Runs nothing."""
    terminal: Terminal = context.obj
    settings = terminal.settings({"model": model})
    refuse_unwritable(html)

    async def work() -> int:
        from homesmith.lab.sides import measured_suites, refuse_itself, side, strangers

        chosen = ModelId(settings.model)
        async with terminal.open_studio(settings) as studio:
            lab = studio.laboratory()
            known = lab.attempts()
            one, two = (side(words, known, chosen, lab.kept) for words in (first, second))
            refuse_itself(one, two)
            suites = measured_suites(
                (*one.attempts, *two.attempts),
                lab.called(suite or ()),
                again=f"homesmith eval compare {first} {second}",
            )
            sides = [
                (own.name, [each for each in own.attempts if not suites or each.suite in suites])
                for own in (one, two)
            ]
            models = dict.fromkeys(own.model for own in (one, two))
            measured = replace(
                lab.measurement(sides, model=" and ".join(models)),
                removed=lab.removed(tuple(models), suites),
            )
        if not measured.comparisons:
            raise strangers(one, two)
        tell(terminal, measured)
        if not terminal.json:
            for pair in measured.comparisons:
                by_task(terminal, pair)
        if html:
            write_page(terminal, measured, html)
        return 0

    return until_done(work())
