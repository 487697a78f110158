"""A run is an append-only log of events; everything else about it is derived by reading them.

Each event is a frozen value with a JSON form. It does not know where the log is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal, NewType, get_args

from homesmith.core.checks import Finding, Outcome, Verdict

RunId = NewType("RunId", str)
RunKind = Literal["build", "change", "ask"]
RunState = Literal["running", "finished", "failed", "stopped", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """What was asked, of whom, and with which limits; enough to start the same run again."""

    kind: RunKind
    prompt: str
    root: str
    model: str
    template: str = "auto"
    seed: int = 0
    budget_seconds: float | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Another process took the run up again after `reason`."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Specified:
    """The specification the builder works from, as JSON."""

    specification: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """Work on one unit began. `unit` is what the step fills or mends, `file` where it stands."""

    step: int
    unit: str
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One answer of the model for a step. `sha256` of the text; `how`: greedy, resample, repair."""

    step: int
    attempt: int
    how: str
    sha256: str
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    seconds: float
    reason: str = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check gave its verdict on a step's candidate, or (step 0) on the whole app."""

    step: int
    attempt: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A step stands: `snapshot` holds the workspace exactly as it is now."""

    step: int
    snapshot: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A step was given up and the workspace went back to the last snapshot."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something the person should know that does not stop the run."""

    message: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The run is over and did what it could; `passed` says whether every check is green."""

    passed: bool
    root: str
    verdicts: tuple[Verdict, ...] = ()
    seconds: float = 0.0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    answer_tokens: int = 0
    snapshot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed:
    """The run broke off; the workspace stands at the last accepted step."""

    code: str
    message: str
    why: str = ""
    remedy: str = ""
    verdicts: tuple[Verdict, ...] = ()
    seconds: float = 0.0


RunEvent = (
    RunStarted
    | Resumed
    | Specified
    | StepStarted
    | Candidate
    | Checked
    | Accepted
    | Rejected
    | Warned
    | Finished
    | RunFailed
)
KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(RunEvent)}
TERMINAL = (Finished, RunFailed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event at its place in the log. `number` counts from 1, no gaps; `at` is UTC ISO 8601."""

    run: RunId
    number: int
    at: str
    event: RunEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line about a run, for lists."""

    id: RunId
    kind: RunKind
    prompt: str
    root: str
    model: str
    state: RunState
    started_at: str
    entries: int
    detail: dict[str, Any] = field(default_factory=dict)


def event_to_json(event: RunEvent) -> dict[str, Any]:
    """A plain JSON object with the event's class name under "event"."""
    return {"event": type(event).__name__, **_plain(event)}


def event_from_json(value: dict[str, Any]) -> RunEvent:
    """The event that `event_to_json` wrote, unknown fields ignored; ValueError if unreadable."""
    kind = KINDS.get(str(value.get("event")))
    if kind is None:
        raise ValueError(f"unknown event: {value.get('event')!r}")
    try:
        given = _known(kind, value)
        if "verdict" in given:
            given["verdict"] = _verdict(given["verdict"])
        if "verdicts" in given:
            given["verdicts"] = tuple(_verdict(item) for item in given["verdicts"])
        event: RunEvent = kind(**given)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a whole {kind.__name__}: {error}") from error
    return event


def _known(kind: type[Any], value: dict[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {name: item for name, item in value.items() if name in names}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def _verdict(value: dict[str, Any]) -> Verdict:
    outcome: Outcome = value["outcome"]
    return Verdict(
        check=value["check"],
        outcome=outcome,
        summary=value.get("summary", ""),
        findings=tuple(Finding(**_known(Finding, item)) for item in value.get("findings", ())),
        evidence=tuple(value.get("evidence", ())),
        seconds=value.get("seconds", 0.0),
    )
