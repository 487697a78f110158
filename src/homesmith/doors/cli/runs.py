"""`homesmith runs`: what was built, step by step, and going on where a run broke off."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from homesmith.core.runs import Entry, RunId, RunSummary
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.commands import group
from homesmith.doors.cli.telling import as_line, sentence
from homesmith.doors.cli.terminal import Terminal, one_line
from homesmith.doors.cli.until_done import until_done

Run = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or how it begins.")]


def register(app: typer.Typer) -> None:
    """Add `runs` and its verbs."""
    noun = group(app, "runs", "What was built, step by step; take up a run that was interrupted.")
    noun.command("list")(list_runs)
    noun.command("show")(show)
    noun.command("resume")(resume)


def list_runs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
) -> int:
    """The newest runs: id, when, how they ended, and what was asked."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[RunSummary, ...]:
        async with terminal.open_studio(settings) as studio:
            return studio.runs(limit)

    summaries = until_done(work())
    if terminal.json:
        for summary in summaries:
            terminal.record({"event": "run", **asdict(summary)})
        return 0
    rows = [
        (run.id, run.started_at[:16].replace("T", " "), run.state, run.root, _short(run.prompt))
        for run in summaries
    ]
    for line in columns(("RUN", "STARTED (UTC)", "STATE", "FOLDER", "PROMPT"), rows):
        terminal.answer(line)
    if not rows:
        terminal.note('Nothing was built yet: homesmith build "a to-do list" --into todo')
    return 0


def show(context: typer.Context, run: Run) -> int:
    """Every event of a run, in order."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[Entry, ...]:
        async with terminal.open_studio(settings) as studio:
            return studio.entries(RunId(run))

    for entry in until_done(work()):
        if terminal.json:
            terminal.record(as_line(entry))
        else:
            terminal.answer(f"{entry.number:4}  {entry.at[11:19]}  {sentence(entry.event)}")
    return 0


def resume(context: typer.Context, run: Run) -> int:
    """Go on with a run from its last accepted step."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> int:
        from homesmith.doors.cli.watching import follow

        async with terminal.open_studio(settings) as studio:
            return await follow(terminal, studio.resume(RunId(run)))

    return until_done(work())


def _short(prompt: str, length: int = 48) -> str:
    text = one_line(prompt)
    return text if len(text) <= length else text[: length - 1] + "…"
