"""What a run was, as a line in the person's history: derived from its log, best effort.

It holds the person's own words and ours. What a model, a file or a page said is not kept: such
text could be written to be remembered.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from homesmith.core.errors import HomesmithError
from homesmith.core.runs import Entry as LogEntry
from homesmith.core.runs import Finished, RunFailed, RunId
from homesmith.memory.personal.values import Entry
from homesmith.memory.requests import requests_for
from homesmith.runtime.personal import Repository
from homesmith.store.runs import Runs


def remember(repository: Repository, runs: Runs, run: RunId) -> None:
    """Write the run down if the person has a repository. It never fails: the work is done."""
    with contextlib.suppress(HomesmithError, OSError):
        if repository.begun:
            for entry in entries(runs, run):
                repository.remember(entry)


def entries(runs: Runs, run: RunId) -> tuple[Entry, ...]:
    """The run as an entry; none for a question."""
    log = runs.entries(run)
    summary = runs.summary(run)
    return tuple(
        Entry(
            at=past.when,
            kind=past.kind,
            asked=past.prompt,
            outcome=past.outcome,
            app=Path(summary.root).name,
            learned=learned(log),
        )
        for past in requests_for(summary.root, (summary,), {run: log})
    )


def learned(log: tuple[LogEntry, ...]) -> tuple[str, ...]:
    """What the end of a log teaches, in words of ours alone."""
    last = log[-1].event if log else None
    if isinstance(last, Finished):
        red = [verdict.check for verdict in last.verdicts if verdict.outcome == "failed"]
        return tuple(f"the check {check} was still red at the end" for check in red)
    if isinstance(last, RunFailed):
        return (f"it ended early: {last.code}",)
    return ()
