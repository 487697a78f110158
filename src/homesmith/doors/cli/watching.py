"""Follow a run to its end: live on a terminal, sparse lines elsewhere, JSON Lines for programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from typing import TYPE_CHECKING, Protocol

from homesmith.core.builds import Progress
from homesmith.core.errors import HomesmithError, by_code
from homesmith.core.runs import Entry, Finished, RunFailed, RunId
from homesmith.doors.cli.telling import as_line, evidence, sentence, verdict_lines
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import stopped

if TYPE_CHECKING:
    from homesmith.doors.cli.live import Live


class Watcher(Protocol):
    """Someone to tell."""

    def entry(self, entry: Entry) -> None: ...

    def progress(self, progress: Progress) -> None: ...


class JsonLines:
    """Every event as one line of JSON."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def entry(self, entry: Entry) -> None:
        self._terminal.record(as_line(entry))

    def progress(self, progress: Progress) -> None:
        """Not kept, so not told."""


class Lines:
    """One line per event, for logs and pipes."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def entry(self, entry: Entry) -> None:
        if not isinstance(entry.event, RunFailed):  # its three lines follow
            self._terminal.note(sentence(entry.event))

    def progress(self, progress: Progress) -> None:
        """What moves is for eyes only."""


async def follow(terminal: Terminal, run: AsyncGenerator[Entry | Progress, None]) -> int:
    """Tell the run until its last event; the exit code it deserves.

    Raises what the run's last event carries, and Cancelled, naming the run, after Ctrl-C.
    """
    last: Entry | None = None
    with ExitStack() as stack:
        watcher = _watcher(terminal, stack)
        try:
            async with aclosing(run) as steps:
                async for step in steps:
                    if isinstance(step, Progress):
                        watcher.progress(step)
                        continue
                    last = step
                    watcher.entry(step)
        except asyncio.CancelledError as error:
            raise stopped(_resume(last.run if last else None)) from error
    return _ending(terminal, last)


def _watcher(terminal: Terminal, stack: ExitStack) -> Watcher:
    if terminal.json:
        return JsonLines(terminal)
    if not terminal.watched:
        return Lines(terminal)
    from homesmith.doors.cli.live import Live

    live: Live = stack.enter_context(Live(terminal))
    return live


def _resume(run: RunId | None) -> str:
    return f"homesmith runs resume {run}" if run else "run the same command again"


def _ending(terminal: Terminal, last: Entry | None) -> int:
    match last.event if last else None:
        case Finished() as event:
            if not terminal.json:
                _summary(terminal, event)
            return 0 if event.passed else 1
        case RunFailed() as event:
            kind = by_code(event.code)
            if not terminal.json:
                terminal.failure(kind(event.message, why=event.why, remedy=event.remedy))
            return kind.exit_code
        case _:
            raise HomesmithError(
                "The run broke off without an end",
                why="its last event is missing",
                remedy=_resume(last.run if last else None),
            )


def _summary(terminal: Terminal, event: Finished) -> None:
    """The checks and their evidence for the person, the app's folder as the answer."""
    terminal.note("")
    for verdict in event.verdicts:
        for line in verdict_lines(verdict):
            terminal.note(line)
    for path in evidence(event.verdicts):
        terminal.note(f"evidence  {path}")
    if event.passed:
        terminal.note(f"Every check is green. Open it: homesmith run {event.root} --open")
        terminal.note(f"Undo: homesmith undo {event.root}")
    else:
        terminal.note("The app is not right yet: a check is red.")
        terminal.note(f'hint: homesmith build --in {event.root} "say what is wrong"')
    terminal.answer(event.root)
