"""`homesmith exec`: any command beside an app, in the sandbox."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from homesmith.core.errors import BudgetSpent, HomesmithError, UsageError, WorkFailed
from homesmith.core.sandboxes import Execution
from homesmith.doors.cli.folders import existing_folder
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith exec habits -- ls -l
  homesmith exec notes --seconds 300 -- python -m pytest
"""
LONGEST = 86400
"""Seconds a command may take at most."""
ENDED = {
    "memory": "it took more memory than it may",
    "size": "it wrote more to the disk than it may",
    "signal": "it was ended by a signal",
    "cancelled": "you asked for it",
}


def register(app: typer.Typer) -> None:
    """Add `exec`."""
    settings = {"allow_interspersed_args": True}
    app.command("exec", epilog=EXAMPLES, context_settings=settings)(execute)


def execute(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The only folder it can write to.")],
    command: Annotated[
        list[str] | None, typer.Argument(metavar="-- CMD", help="The command and its words.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=LONGEST, help="Longest time it may take.")
    ] = 60.0,
) -> int:
    """Run a command in the sandbox, with the folder as its only place.

    It sees no home, no environment, no network and no other process. Its output and its exit
    code are passed on.
    """
    terminal: Terminal = context.obj
    root = existing_folder(folder)
    if not command:
        raise UsageError(
            "There is no command to run",
            why="nothing stands after --",
            remedy=f"homesmith exec {shlex.quote(folder)} -- ls -l",
        )
    settings = terminal.settings({})

    async def work() -> Execution:
        async with terminal.open_studio(settings) as studio:
            return await studio.execute(root, tuple(command), seconds)

    execution = until_done(work())
    more = f"{min(10 * seconds, LONGEST):g}"
    longer = shlex.join(("homesmith", "exec", folder, "--seconds", more, "--", *command))
    if terminal.json:
        terminal.record(_plain(execution))
        if execution.ended_by == "itself":
            return execution.exit_code
        return _why(execution, seconds, longer).exit_code
    _pass_on(terminal, execution)
    if execution.ended_by != "itself":
        raise _why(execution, seconds, longer)
    return execution.exit_code


def _pass_on(terminal: Terminal, execution: Execution) -> None:
    """The command's own bytes, unchanged where the streams take bytes."""
    for stream, content in (
        (terminal.stdout, execution.stdout),
        (terminal.stderr, execution.stderr),
    ):
        raw = getattr(stream, "buffer", None)
        if raw is not None and not stream.isatty():
            stream.flush()
            raw.write(content)
            raw.flush()
        else:
            stream.write(content.decode("utf-8", "replace"))
            stream.flush()


def _plain(execution: Execution) -> dict[str, object]:
    return {
        "event": "finished",
        "passed": execution.ok,
        "exit_code": execution.exit_code,
        "ended_by": execution.ended_by,
        "stdout": execution.stdout.decode("utf-8", "replace"),
        "stderr": execution.stderr.decode("utf-8", "replace"),
        "seconds": round(execution.seconds, 3),
    }


def _why(execution: Execution, seconds: float, longer: str) -> HomesmithError:
    if execution.ended_by == "time":
        return BudgetSpent(
            "The command was ended",
            why=f"it took longer than {seconds:g} s",
            remedy=longer,
        )
    return WorkFailed(
        "The command was ended",
        why=ENDED[execution.ended_by],
        remedy="give it less to do",
    )
