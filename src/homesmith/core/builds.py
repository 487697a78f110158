"""What is asked of the builder, and what it tells while it works.

Progress is for whoever watches; it is never kept. What is kept are the events of `core.runs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from homesmith.core.budgets import Budget
from homesmith.core.models import ModelId


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """An app to build in `root`, or, with `change`, a change to the app that stands there.

    `template` is a template's name or "auto". `model` None leaves the choice to the settings.
    """

    prompt: str
    root: Path
    change: bool = False
    template: str = "auto"
    model: ModelId | None = None
    seed: int = 0
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands right now. `seconds` since it began, `budget_seconds` all it may take.

    `phase` says what is being done, in words for the person: "reading", "writing", "checking".
    `tokens` have been written for the present `unit`, at `tokens_per_second`; 0 is not known.
    `done` of `steps` units stand.
    """

    phase: str
    unit: str = ""
    file: str = ""
    tokens: int = 0
    tokens_per_second: float = 0.0
    seconds: float = 0.0
    budget_seconds: float | None = None
    done: int = 0
    steps: int = 0
