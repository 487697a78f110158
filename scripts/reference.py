#!/usr/bin/env python3
"""Write docs/reference from the code: help pages, settings, errors. A test compares them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from homesmith.core.errors import HomesmithError
from homesmith.doors.cli.commands import COMMANDS, application
from homesmith.settings import load
from homesmith.settings.keys import KEYS, NOT_IN_ENVIRONMENT, NOT_IN_USER_FILE, PROJECT
from homesmith.settings.loading import shown

ROOT = Path(__file__).resolve().parent.parent
WIDTH = "96"
NOTE = "<!-- Written by `make docs` from the code. -->"


def pages() -> dict[str, str]:
    """Every generated page: its path in the repository and its text."""
    os.environ["COLUMNS"] = WIDTH
    return {
        "docs/reference/help.md": help_page(),
        "docs/reference/settings.md": settings_page(),
        "docs/reference/errors.md": errors_page(),
    }


def help_page() -> str:
    """What `--help` shows, for the front page and every command."""
    front = (ROOT / "src/homesmith/doors/cli/page.txt").read_text(encoding="utf-8")
    parts = [NOTE, "# Help pages", "## homesmith", _fenced(front)]
    top = typer.main.get_command(application())
    context = top.make_context("homesmith", [], resilient_parsing=True)
    for name in COMMANDS:
        for words, text in _helps(top, context, name):
            parts += [f"## homesmith {words}", _fenced(text)]
    return "\n\n".join(parts) + "\n"


def _helps(group: Any, context: Any, name: str) -> Iterator[tuple[str, str]]:
    """The page of a command, and of each verb below it."""
    command = group.get_command(context, name)
    below = command.make_context(name, [], parent=context, resilient_parsing=True)
    words = below.command_path.partition(" ")[2]
    yield words, command.get_help(below)
    for verb in getattr(command, "commands", {}):
        yield from _helps(command, below, verb)


def settings_page() -> str:
    """Every setting: what it means, its default, and who may set it."""
    defaults = {name: value for name, value, _ in shown(load({}, {"HOMESMITH_HOME": os.devnull}))}
    defaults["home"] = None
    rows = []
    for name, meaning in KEYS.items():
        value = defaults[name]
        text = "auto" if value is None else str(value).lower() if value in (True, False) else value
        variable = "no" if name in NOT_IN_ENVIRONMENT else f"`HOMESMITH_{name.upper()}`"
        own = "no" if name in NOT_IN_USER_FILE else "yes"
        project = "yes" if name in PROJECT else "no"
        rows.append(f"| `{name}` | {meaning} | {text} | {variable} | {own} | {project} |")
    return "\n".join(
        [
            NOTE,
            "",
            "# Settings",
            "",
            "The first that names a setting wins: a flag, the environment, the app's",
            "`homesmith.toml` (table `[settings]`), your own `config.toml`, the default.",
            "An app may choose only among harmless things: it can be somebody else's.",
            "`homesmith config list --origin` shows where each value comes from.",
            "",
            "| setting | meaning | default | variable | your file | an app's file |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def errors_page() -> str:
    """Every error code: what it means, the exit code and the HTTP status."""
    kinds = list(_tree(HomesmithError))
    meanings = _meanings()
    rows = [
        f"| `{kind.code}` | {meanings.get(kind.__name__, 'a defect in Homesmith')} "
        f"| {kind.exit_code} | {kind.http_status} |"
        for kind in kinds
    ]
    return "\n".join(
        [
            NOTE,
            "",
            "# Errors",
            "",
            "On a terminal an error is three lines: what happened, why, and a hint. With `--json`",
            'it is `{"event": "failed", "error": {"code", "message", "why", "remedy"}}`.',
            "Codes are stable.",
            "",
            "| code | meaning | exit code | HTTP status |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "Exit codes: 0 done · 1 the work failed (a check is red) · 2 wrong usage · 3 engine or",
            "network unreachable · 4 key needed · 5 stopped by person, policy or budget · 130",
            "interrupted. `homesmith exec` passes on the exit code of the command it ran.",
            "",
        ]
    )


def _tree(kind: type[HomesmithError]) -> Iterator[type[HomesmithError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _tree(below)


def _meanings() -> dict[str, str]:
    """Each class and its line in the docstring that draws the tree."""
    from homesmith.core import errors

    found = {}
    for line in (errors.__doc__ or "").splitlines():
        words = line.lstrip("│├└─ ").split()
        if "exit" in words[2:] and words[0][0].isupper():
            end = len(words) - 1 - words[::-1].index("exit")
            found[words[0]] = " ".join(words[1:end])
    return found


def _fenced(text: str) -> str:
    body = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
    return f"```text\n{body}\n```"


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
