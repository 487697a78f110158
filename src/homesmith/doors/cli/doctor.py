"""`homesmith doctor`: what on this machine is ready, and the command that mends what is not."""

from __future__ import annotations

from dataclasses import asdict

import typer

from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith doctor
  homesmith doctor --json
"""


def register(app: typer.Typer) -> None:
    """Add `doctor`."""
    app.command("doctor", epilog=EXAMPLES)(doctor)


def doctor(context: typer.Context) -> int:
    """Say what on this machine is ready, and how to mend what is not.

    It only looks. Exit code 1: something is missing without which nothing can be built.
    """
    from homesmith.doors.cli.examination import Line, examine

    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> tuple[Line, ...]:
        async with terminal.open_studio(settings) as studio:
            return await examine(studio)

    lines = until_done(work())
    for line in lines:
        if terminal.json:
            terminal.record({"event": "looked", **asdict(line)})
            continue
        terminal.answer(f"{line.state:5} {line.name:9} {line.found}")
        if line.remedy:
            terminal.answer(f"{'':16}hint: {line.remedy}")
    return 1 if any(line.state == "fail" for line in lines) else 0
