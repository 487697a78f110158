"""From words to an exit code: the front page, the one command that is meant, and its errors.

This is the boundary of the door: the only place here that catches everything.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from homesmith.core.errors import HomesmithError
    from homesmith.doors.cli.terminal import Terminal
    from homesmith.settings import Settings
    from homesmith.studio import Studio

HELP = ("-h", "--help", "help")
UNPARSED = re.compile(r"Input should be a valid (\w+), unable to parse string as an? \w+")


def run(arguments: Sequence[str], terminal: Terminal | None = None) -> int:
    """Do what the words say; the exit code. `terminal` defaults to this process's own."""
    words, switches = _split(arguments)
    if not words or (words[0] in HELP and len(words) == 1):
        return _print(Path(__file__).with_name("page.txt").read_text(encoding="utf-8"), terminal)
    if words == ["--version"]:
        from homesmith import __version__

        return _print(f"homesmith {__version__}\n", terminal)
    from homesmith.doors.cli.terminal import standard

    given = terminal or standard(_open_studio, os.environ)
    return _command(
        words,
        replace(given, json="--json" in switches, debug="--debug" in switches),
    )


def _split(arguments: Sequence[str]) -> tuple[list[str], set[str]]:
    """The words, and the switches that may stand anywhere before a bare `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    switches = {word for word in arguments[:end] if word in ("--json", "--debug")}
    words = [word for word in arguments[:end] if word not in switches]
    return [*words, *arguments[end:]], switches


def _print(text: str, terminal: Terminal | None) -> int:
    (terminal.stdout if terminal else sys.stdout).write(text)
    return 0


def _command(words: list[str], terminal: Terminal) -> int:
    import typer

    from homesmith.core.errors import HomesmithError
    from homesmith.doors.cli.commands import COMMANDS, application

    error: HomesmithError
    try:
        if words[0] == "help":
            words = [*words[1:], "--help"]
        if words[0] not in COMMANDS:
            raise _unknown(words[0], COMMANDS)
        command = typer.main.get_command(application(words[0]))
        code = command.main(words, prog_name="homesmith", standalone_mode=False, obj=terminal)
    except BrokenPipeError:
        return _quietly()
    except HomesmithError as caught:
        error = caught
    except typer.TyperException as caught:
        error = _misunderstood(caught, words[0])
    except Exception as caught:  # noqa: BLE001 - the door's boundary: a person gets three lines
        error = HomesmithError(
            "Homesmith itself went wrong; this is a defect",
            why=f"{type(caught).__name__}: {caught}",
            remedy="run the same again with --debug, and report what it shows",
        )
        error.__cause__ = caught
    else:
        return int(code or 0)
    terminal.failure(error)
    return error.exit_code


def _misunderstood(caught: typer.TyperException, word: str) -> HomesmithError:
    """What is wrong with the words of a command, and the page of that very command."""
    from homesmith.core.errors import UsageError

    place = getattr(caught, "ctx", None)
    known = getattr(place.command, "commands", None) if place else None
    path = place.command_path if place else f"homesmith {word}"
    if known and caught.format_message().startswith("Usage:"):
        what, why = f"{path} needs one more word", f"it is one of {', '.join(known)}"
    else:
        what = UNPARSED.sub(r"it must be a \1", caught.format_message())
        what = what.replace("be a integer", "be a whole number")
        why = "the command was not understood"
    error = UsageError(what, why=why, remedy=f"{path} --help")
    error.__cause__ = caught
    return error


def _unknown(word: str, known: dict[str, str]) -> HomesmithError:
    from homesmith.core.errors import UsageError

    close = difflib.get_close_matches(word, known, n=1)
    return UsageError(
        f"There is no command {word!r}",
        why="did you mean " + close[0] + "?" if close else "the first word names a command",
        remedy=f"homesmith {close[0]} --help" if close else "homesmith --help",
    )


def _quietly() -> int:
    """The reader went away, as `head` does: no error, and nothing more to write at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _open_studio(settings: Settings) -> AbstractAsyncContextManager[Studio]:
    from homesmith.studio import Studio

    return Studio(settings)
