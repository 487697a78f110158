"""`homesmith eval promote`: what measured best becomes what `auto` does, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.errors import UsageError
from homesmith.doors.cli.measured import apart, sentence, tell_removed
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.lab.scoreboard import Standing

EXAMPLES = """\b
Examples:
  homesmith eval promote
  homesmith eval promote verify --suite humanevalplus --suite mbppplus
  homesmith eval promote --undo
"""


def promote(
    context: typer.Context,
    strategy: Annotated[
        str | None,
        typer.Argument(metavar="STRATEGY", help="What `auto` shall do; else the best measured."),
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Judge by this suite or path only; may be repeated."),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model meant.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the former scoreboard.")] = False,
) -> int:
    """Let `auto` do what measured best here. Undo: homesmith eval promote --undo.

    The best is what solves more tasks than the direct answer beyond chance; else the direct one.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({"model": model})

    async def work() -> int:
        async with terminal.open_studio(settings) as studio:
            lab = studio.laboratory()
            if undo:
                if not lab.scoreboard.undo():
                    raise UsageError(
                        "There is no scoreboard to go back to",
                        why="nothing was promoted, or all of it was taken back",
                        remedy="homesmith eval promote",
                    )
                _tell_undone(terminal, dict(lab.scoreboard.choices(settings.model)))
                return 0
            suites = lab.called(suite or ())
            standings = lab.promote(settings.model, strategy, suites)
            removed = lab.removed((settings.model,), suites)
        for standing in standings:
            _tell(terminal, standing)
        tell_removed(terminal, removed)
        terminal.note("Undo: homesmith eval promote --undo")
        return 0

    return until_done(work())


def _tell(terminal: Terminal, standing: Standing) -> None:
    if terminal.json:
        terminal.record({"event": "promoted", **asdict(standing)})
        return
    terminal.answer(f"{standing.model}, {standing.kind}: auto is now {standing.strategy}")
    if standing.figures.second != standing.figures.first:
        terminal.answer(f"  {sentence(standing.figures)}")
    for said in apart(standing.figures):
        terminal.note(f"warning: {said}: evaluate both once more to be sure")


def _tell_undone(terminal: Terminal, choices: dict[str, str]) -> None:
    if terminal.json:
        terminal.record({"event": "undone", "choices": choices})
        return
    said = ", ".join(f"{kind}: {name}" for kind, name in choices.items())
    terminal.answer(f"auto goes by the former scoreboard again: {said or 'nothing promoted'}")
