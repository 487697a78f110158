"""`homesmith config`: see where each setting comes from, and change your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from homesmith.core.errors import UsageError
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.commands import group
from homesmith.doors.cli.terminal import Terminal
from homesmith.settings import Settings
from homesmith.settings.file import set_value, unset
from homesmith.settings.keys import KEYS, Origin
from homesmith.settings.loading import shown
from homesmith.settings.places import Places

Key = Annotated[str, typer.Argument(metavar="KEY", help="A setting; homesmith config list.")]
WithOrigin = Annotated[bool, typer.Option("--origin", help="Say where each value comes from.")]
OfApp = Annotated[
    str | None,
    typer.Option("--in", metavar="DIR", help="As this app's homesmith.toml has it."),
]


def register(app: typer.Typer) -> None:
    """Add `config` and its verbs."""
    noun = group(app, "config", "See and change settings.")
    noun.command("list")(list_settings)
    noun.command("show")(show)
    noun.command("set")(set_setting)
    noun.command("unset")(unset_setting)


def list_settings(context: typer.Context, origin: WithOrigin = False, in_: OfApp = None) -> int:
    """Every setting with its value and what it means."""
    return _tell(context.obj, tuple(KEYS), origin, in_)


def show(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="One setting only.")] = None,
    origin: WithOrigin = False,
    in_: OfApp = None,
) -> int:
    """One setting, or all of them."""
    terminal: Terminal = context.obj
    name = key.replace("-", "_") if key else None
    if name is None or origin or terminal.json:
        return _tell(terminal, (name,) if name else tuple(KEYS), origin, in_)
    terminal.answer(_text(_values(_settings(terminal, in_))[_known(name)][0]))
    return 0


def set_setting(
    context: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(help="Its new value.")],
) -> int:
    """Keep a value in your own settings file. Undo: homesmith config unset KEY."""
    terminal: Terminal = context.obj
    places = _places(terminal)
    kept = set_value(key, value, places)
    _say(terminal, key, kept, f"{key} = {_text(kept)} in {places.settings_file}")
    return 0


def unset_setting(context: typer.Context, key: Key) -> int:
    """Take a value out of your own settings file."""
    terminal: Terminal = context.obj
    places = _places(terminal)
    was_there = unset(key, places)
    said = "was taken out of" if was_there else "does not stand in"
    _say(terminal, key, None, f"{key} {said} {places.settings_file}")
    return 0


def _places(terminal: Terminal) -> Places:
    """Where the settings file is, found without reading it: it may be what is to be mended."""
    home = terminal.environ.get("HOMESMITH_HOME", "").strip()
    return Places.under(Path(home).expanduser().absolute()) if home else Places.standard()


def _settings(terminal: Terminal, app: str | None) -> Settings:
    return terminal.settings({}, Path(app).expanduser().absolute() if app else None)


def _values(settings: Settings) -> dict[str, tuple[object, Origin]]:
    return {name: (value, origin) for name, value, origin in shown(settings)}


def _known(key: str) -> str:
    if key not in KEYS:
        raise UsageError(
            f"{key!r} is not a setting",
            why="no setting has this name",
            remedy="homesmith config list",
        )
    return key


def _tell(terminal: Terminal, keys: tuple[str, ...], with_origin: bool, app: str | None) -> int:
    values = _values(_settings(terminal, app))
    rows = []
    for key in keys:
        value, origin = values[_known(key)]
        if terminal.json:
            place = {"source": origin.source, "where": origin.where}
            terminal.record({"event": "setting", "key": key, "value": value, "origin": place})
        else:
            place_text = " ".join(part for part in (origin.source, origin.where) if part)
            rows.append((key, _text(value), place_text if with_origin else KEYS[key]))
    for line in columns(("SETTING", "VALUE", "FROM" if with_origin else "MEANING"), rows):
        terminal.answer(line)
    return 0


def _say(terminal: Terminal, key: str, value: object, text: str) -> None:
    if terminal.json:
        terminal.record({"event": "setting", "key": key, "value": value})
    else:
        terminal.note(text)


def _text(value: object) -> str:
    """A value as it would be typed."""
    if value is None:
        return "auto"
    return str(value).lower() if isinstance(value, bool) else str(value)
