"""How much may be spent, and how much has been."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The limits of one run; None is no limit. `seconds` of wall time, `tokens` written."""

    steps: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    money: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a run has used so far."""

    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    money: float = 0.0


def exceeded(budget: Budget, spent: Spent) -> str:
    """The name of the first limit that is used up, or an empty string."""
    if budget.steps is not None and spent.steps >= budget.steps:
        return "steps"
    if budget.tokens is not None and spent.tokens >= budget.tokens:
        return "tokens"
    if budget.seconds is not None and spent.seconds >= budget.seconds:
        return "seconds"
    if spent.money > budget.money:
        return "money"
    return ""
