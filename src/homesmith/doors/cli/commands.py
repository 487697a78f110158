"""Which module holds which command. It imports none of them."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

import typer
from typer.core import TyperGroup

COMMANDS: dict[str, str] = {
    "build": "build",
    "run": "serve",
    "check": "check",
    "exec": "execute",
    "undo": "history",
    "diff": "history",
    "chat": "chat",
    "ask": "ask",
    "expand": "expand",
    "eval": "evaluate",
    "models": "models",
    "context": "context",
    "memory": "memory",
    "runs": "runs",
    "config": "config",
    "doctor": "doctor",
}
"""Every command with the module beside this one that registers it."""


class Registers(Protocol):
    """What each of these modules offers."""

    def register(self, app: typer.Typer) -> None: ...


def application(*names: str) -> typer.Typer:
    """The command line with these commands, or with all of them when none is named."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
    )

    @app.callback()
    def homesmith() -> None:
        """Homesmith builds apps on your own machine."""

    for module in dict.fromkeys(COMMANDS[name] for name in names or COMMANDS):
        cast(Registers, import_module(f"homesmith.doors.cli.{module}")).register(app)
    return app


def group(
    app: typer.Typer, name: str, promise: str, kind: type[TyperGroup] = TyperGroup
) -> typer.Typer:
    """A noun with verbs of its own, such as `models list`."""
    noun = typer.Typer(rich_markup_mode=None, no_args_is_help=True, cls=kind)

    @noun.callback(help=promise)
    def described() -> None: ...

    app.add_typer(noun, name=name)
    return noun
