"""`homesmith check`: every check of an app, and what is red."""

from __future__ import annotations

from typing import Annotated

import typer

from homesmith.core.checks import Verdict
from homesmith.doors.cli.folders import folder_of_app
from homesmith.doors.cli.prompts import printable
from homesmith.doors.cli.telling import evidence, plain_verdict, verdict_lines
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

EXAMPLES = """\b
Examples:
  homesmith check habits
  homesmith check habits --json
"""


def register(app: typer.Typer) -> None:
    """Add `check`."""
    app.command("check", epilog=EXAMPLES)(check)


def check(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The app's folder.")],
) -> int:
    """Look an app over: its files, its tests, its pages in a real browser.

    The app is not changed. Exit code 1: a check is red.
    """
    terminal: Terminal = context.obj
    root = folder_of_app(folder)
    settings = terminal.settings({}, root)

    def tell(verdict: Verdict) -> None:
        if not terminal.json:
            for line in verdict_lines(verdict):
                terminal.answer(line)

    async def work() -> tuple[Verdict, ...]:
        async with terminal.open_studio(settings) as studio:
            return await studio.check(root, tell)

    verdicts = until_done(work())
    passed = not any(verdict.outcome == "failed" for verdict in verdicts)
    if terminal.json:
        terminal.record(
            {
                "event": "finished",
                "passed": passed,
                "root": printable(root),
                "checks": [plain_verdict(verdict) for verdict in verdicts],
                "evidence": evidence(verdicts),
                "seconds": round(sum(verdict.seconds for verdict in verdicts), 3),
            }
        )
    else:
        for path in evidence(verdicts):
            terminal.note(f"evidence  {path}")
    return 0 if passed else 1
