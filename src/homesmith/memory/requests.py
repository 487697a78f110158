"""What has been asked of an app so far, read from the logs of its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from homesmith.core.runs import Accepted, Entry, Finished, RunId, RunKind, RunSummary
from homesmith.store.runs import Runs

HEADING = "Asked of this app so far, oldest first:"
LONGEST = 600
"""Characters of one request that are shown; a long one is cut in its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRequest:
    """One request. `when` is UTC ISO 8601; `outcome` a word or two for people and models."""

    run: RunId
    kind: RunKind
    prompt: str
    when: str
    outcome: str


def recall(runs: Runs, root: str, limit: int = 20) -> tuple[PastRequest, ...]:
    """The newest `limit` requests of the app in `root`, oldest first."""
    summaries = runs.summaries(limit, root)
    return requests_for(
        root, summaries, {summary.id: runs.entries(summary.id) for summary in summaries}
    )


def requests_for(
    root: str, summaries: Sequence[RunSummary], entries: Mapping[RunId, Sequence[Entry]]
) -> tuple[PastRequest, ...]:
    """Builds and changes of the app in `root`, oldest first; questions change nothing."""
    chosen = [item for item in summaries if item.root == root and item.kind != "ask"]
    return tuple(
        PastRequest(
            run=summary.id,
            kind=summary.kind,
            prompt=summary.prompt,
            when=summary.started_at,
            outcome=_outcome(summary, entries.get(summary.id, ())),
        )
        for summary in sorted(chosen, key=lambda item: (item.started_at, item.id))
    )


def _outcome(summary: RunSummary, log: Sequence[Entry]) -> str:
    last = log[-1].event if log else None
    if isinstance(last, Finished):
        return "works" if last.passed else "works in part"
    if any(isinstance(entry.event, Accepted) for entry in log):
        return f"{summary.state}, begun"
    return f"{summary.state}, nothing changed"


def render(past: Sequence[PastRequest], limit: int, count: Callable[[str], int]) -> str:
    """The requests as text of at most `limit` tokens, as `count` measures it; may be empty.

    The newest stays longest, then the first, which says what the app is, then newest to oldest.
    """
    wanted = [len(past) - 1, 0, *range(len(past) - 2, 0, -1)] if past else []
    kept: list[int] = []
    for at in dict.fromkeys(wanted):
        if count(_text(past, sorted([*kept, at]))) > limit:
            break
        kept.append(at)
    return _text(past, sorted(kept)) if kept else ""


def _text(past: Sequence[PastRequest], kept: Sequence[int]) -> str:
    lines = [HEADING]
    before = -1
    for at in kept:
        if at > before + 1:
            lines.append(f"({at - before - 1} left out)")
        lines.append(f"{at + 1}. {_short(past[at].prompt)} [{past[at].kind}: {past[at].outcome}]")
        before = at
    return "\n".join(lines)


def _short(prompt: str) -> str:
    line = " ".join(prompt.split())
    half = LONGEST // 2
    return line if len(line) <= LONGEST else f"{line[:half]} … {line[-half:]}"
