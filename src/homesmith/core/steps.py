"""A browser scenario: what a person does on a page and what they must see then.

Pure values with a JSON form. It does not know how a browser is driven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

Action = Literal[
    "click",
    "type",
    "select",
    "check",
    "press",
    "reload",
    "goto",
    "see",
    "not_see",
    "value",
    "count",
    "enabled",
    "disabled",
]
ACTIONS: tuple[str, ...] = get_args(Action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action or one assertion. `target` is a CSS selector; "" is the whole page.

    click, type, select, check, press: act on `target` with `text`; a click with `text` is on the
    element that shows it. reload; goto `text` (a path).
    see / not_see: `text` is (not) in what `target` shows; with no text, `target` is (not) visible.
    value: an input holds `text`. count: `target` matches int(`text`) visible elements.
    enabled / disabled: the state of a control.
    """

    action: Action
    target: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Steps that show one acceptance criterion, run on a fresh page with empty storage."""

    criterion: str
    steps: tuple[Step, ...]


def scenario_from_json(value: Any) -> Scenario:
    """Read a scenario; ValueError names what is wrong."""
    if not isinstance(value, dict) or not isinstance(value.get("steps"), list):
        raise ValueError("a scenario is an object with a list of steps")
    steps = []
    for step in value["steps"]:
        if not isinstance(step, dict) or step.get("action") not in ACTIONS:
            raise ValueError(f"not a step: {step!r}")
        steps.append(
            Step(
                action=step["action"],
                target=str(step.get("target", "")),
                text=str(step.get("text", "")),
            )
        )
    return Scenario(criterion=str(value.get("criterion", "")), steps=tuple(steps))


def scenario_to_json(scenario: Scenario) -> dict[str, Any]:
    """The JSON form that `scenario_from_json` reads back."""
    return {
        "criterion": scenario.criterion,
        "steps": [
            {"action": step.action, "target": step.target, "text": step.text}
            for step in scenario.steps
        ],
    }
