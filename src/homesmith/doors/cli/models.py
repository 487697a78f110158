"""`homesmith models`: what there is, what is here, and which one builds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from homesmith.core.models import Model, ModelId
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.commands import group
from homesmith.doors.cli.fetching import fetch, size
from homesmith.doors.cli.measuring import measure
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

Id = Annotated[str, typer.Argument(metavar="ID", help="A model's id; homesmith models list.")]


def register(app: typer.Typer) -> None:
    """Add `models` and its verbs."""
    noun = group(app, "models", "See, fetch and choose models.")
    noun.command("list")(list_models)
    noun.command("show")(show)
    noun.command("pull")(pull)
    noun.command("rm")(remove)
    noun.command("use")(use)
    noun.command("measure")(measure)


def list_models(context: typer.Context) -> int:
    """Every model Homesmith knows; `here` are on this machine, `*` is the one that builds."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[tuple[Model, ...], frozenset[ModelId]]:
        async with terminal.open_studio(settings) as studio:
            return studio.catalogue(), frozenset(studio.installed())

    known, here = until_done(work())
    rows = []
    for model in known:
        chosen = model.id == settings.model
        if terminal.json:
            terminal.record(_plain(model, here, chosen))
        else:
            state = ("* " if chosen else "  ") + ("here" if model.id in here else "")
            rows.append((model.id, state, size(model.size), model.licence, model.note))
    for line in columns(("MODEL", "STATE", "SIZE", "LICENCE", "NOTE"), rows):
        terminal.answer(line)
    return 0


def show(context: typer.Context, model: Id) -> int:
    """All that is known of one model."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[Model, frozenset[ModelId]]:
        async with terminal.open_studio(settings) as studio:
            return studio.model(model), frozenset(studio.installed())

    found, here = until_done(work())
    plain = _plain(found, here, found.id == settings.model)
    if terminal.json:
        terminal.record(plain)
        return 0
    rows = [(name, _said(name, value)) for name, value in plain.items()]
    rows = [row for row in rows if row[1]]
    for line in columns(("FIELD", "VALUE"), [row for row in rows if row[0] != "event"]):
        terminal.answer(line)
    return 0


def _said(name: str, value: object) -> str:
    """A value as a person reads it; "" where nothing is known."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case int() if name == "size":
            return size(value)
        case None:
            return ""
        case _:
            return str(value)


def pull(
    context: typer.Context,
    model: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A model's id; the one that builds.")
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("--accept-licence", "--yes", help="Accept its licence without being asked."),
    ] = False,
) -> int:
    """Fetch a model's weights and verify them; an interrupted download goes on where it was.

    Undo: homesmith models rm ID.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> None:
        async with terminal.open_studio(settings) as studio:
            await fetch(terminal, studio, ModelId(model or settings.model), yes=yes)

    until_done(work())
    return 0


def remove(context: typer.Context, model: Id) -> int:
    """Delete a model's weights. Undo: homesmith models pull ID."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> int:
        async with terminal.open_studio(settings) as studio:
            return studio.remove(studio.model(model).id)

    freed = until_done(work())
    if terminal.json:
        terminal.record({"event": "finished", "model": model, "bytes": freed})
    else:
        terminal.note(f"{model}: {size(freed)} freed" if freed else f"{model} was not here")
    return 0


def use(context: typer.Context, model: Id) -> int:
    """Build with this model from now on. Undo: homesmith config unset model."""
    from homesmith.settings.file import set_value

    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[Model, bool]:
        async with terminal.open_studio(settings) as studio:
            found = studio.model(model)
            return found, found.id in studio.installed()

    found, here = until_done(work())
    set_value("model", found.id, settings.places)
    if terminal.json:
        terminal.record({"event": "finished", "model": found.id, "installed": here})
        return 0
    terminal.note(f"{found.id} builds from now on")
    if not here:
        terminal.note(f"hint: homesmith models pull {found.id}")
    return 0


def _plain(model: Model, here: frozenset[ModelId], chosen: bool) -> dict[str, object]:
    plain = asdict(model)
    plain["abilities"] = sorted(model.abilities)
    plain["sources"] = [source.kind for source in model.sources]
    return {"event": "model", **plain, "installed": model.id in here, "chosen": chosen}
