"""`homesmith build`: an app from words, or a change to one that stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest
from homesmith.core.errors import UsageError
from homesmith.core.models import ModelId
from homesmith.doors.cli.folders import folder_for_new_app, folder_of_app
from homesmith.doors.cli.prompts import TRY, read_prompt
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith build "a habit tracker" --into habits
  homesmith build --prompt-file requirements.md --into shop --template fastapi
  homesmith build --in habits "add a dark mode switch"
"""


def register(app: typer.Typer) -> None:
    """Add `build`."""
    app.command("build", epilog=EXAMPLES)(build)


def build(
    context: typer.Context,
    prompt: Annotated[
        str | None, typer.Argument(help="What the app shall do, or what shall change.")
    ] = None,
    prompt_file: Annotated[
        str | None, typer.Option(help="Read the prompt from a file; - is standard input.")
    ] = None,
    into: Annotated[
        str | None, typer.Option(metavar="DIR", help="Build a new app in this empty folder.")
    ] = None,
    in_: Annotated[
        str | None, typer.Option("--in", metavar="DIR", help="Change the app in this folder.")
    ] = None,
    template: Annotated[
        str, typer.Option(help="What to start from: auto, static, fastapi, or another installed.")
    ] = "auto",
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model that builds.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same random choices.")] = 0,
    budget_minutes: Annotated[
        float | None, typer.Option(help="Longest time the build may take.")
    ] = None,
    no_context: Annotated[
        bool, typer.Option("--no-context", help="Tell the model nothing about you.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Fetch a missing model without asking.")
    ] = False,
) -> int:
    """Build an app, or change one, and prove that it works by running it.

    The folder of the app is printed when it is done. Exit code 1: a check is still red.
    """
    terminal: Terminal = context.obj
    root = _root(into, in_)
    text = read_prompt(prompt, prompt_file, terminal.stdin)
    flags = {"model": model, "budget_minutes": budget_minutes}
    flags |= {"context": False} if no_context else {}
    settings = terminal.settings(flags, root if in_ is not None else None)
    request = BuildRequest(
        prompt=text,
        root=root,
        change=in_ is not None,
        template=template,
        model=ModelId(settings.model),
        seed=seed,
        budget=Budget(seconds=settings.budget_minutes * 60),
    )

    async def work() -> int:
        from homesmith.doors.cli.fetching import have_weights
        from homesmith.doors.cli.watching import follow

        async with terminal.open_studio(settings) as studio:
            studio.templates(template)  # a wrong name is said before a model is fetched
            await have_weights(terminal, studio, ModelId(settings.model), yes=yes)
            return await follow(terminal, studio.build(request))

    return until_done(work())


def _root(into: str | None, in_: str | None) -> Path:
    if (into is None) == (in_ is None):
        raise UsageError(
            "Exactly one of --into and --in is needed",
            why="--into builds a new app in an empty folder, --in changes the app in a folder",
            remedy=TRY,
        )
    return folder_for_new_app(into) if into is not None else folder_of_app(in_ or "", change=True)
