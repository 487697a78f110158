"""What a person sees while a build runs: the events as they come, one moving line below them."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live as RichLive
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from homesmith.core.builds import Progress
from homesmith.core.runs import Entry, RunFailed
from homesmith.doors.cli.telling import duration, sentence
from homesmith.doors.cli.terminal import Terminal, visible

STYLES = {"red ": "red", "ok ": "green", "warning:": "yellow", "step ": "bold"}


class Live:
    """A Watcher for a terminal. Colour follows NO_COLOR and repeats what the words say."""

    def __init__(self, terminal: Terminal) -> None:
        self._console = Console(file=terminal.stderr, highlight=False, soft_wrap=False)
        self._spinner = Spinner("dots", style="cyan")
        self._live = RichLive(
            console=self._console, transient=True, refresh_per_second=8, redirect_stdout=False
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def entry(self, entry: Entry) -> None:
        """Add the event above the moving line."""
        if isinstance(entry.event, RunFailed):  # its three lines follow
            return
        text = visible(sentence(entry.event))
        starts = text.lstrip()
        style = next((look for word, look in STYLES.items() if starts.startswith(word)), "")
        self._console.print(Text(text, style=style, overflow="ellipsis", no_wrap=True))

    def progress(self, progress: Progress) -> None:
        """Move the line: what is being done, how fast, since when, how much time is left."""
        self._spinner.update(text=Text(visible(moving(progress)), no_wrap=True))
        row = Table.grid(padding=(0, 1))
        row.add_row(self._spinner, *self._left(progress))
        self._live.update(row)

    def _left(self, progress: Progress) -> list[ProgressBar | Text]:
        if not progress.budget_seconds:
            return []
        left = max(0.0, progress.budget_seconds - progress.seconds)
        used = ProgressBar(
            total=progress.budget_seconds, completed=progress.seconds, width=16, style="dim"
        )
        return [used, Text(f"{duration(left)} left", style="dim", no_wrap=True)]


def moving(progress: Progress) -> str:
    """The moving line in words."""
    of = f"{progress.done + 1}/{progress.steps}" if progress.done < progress.steps else ""
    unit = progress.file or progress.unit
    count = f"{progress.tokens} tokens" if progress.tokens else ""
    speed = f"{progress.tokens_per_second:.0f} tokens/s" if progress.tokens_per_second else ""
    parts = (of, progress.phase, unit, count, speed, duration(progress.seconds))
    return "  ".join(part for part in parts if part)
