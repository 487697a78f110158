"""Acceptance criteria as steps in a browser: written by the model under a grammar, then checked.

Tests that a small model writes are often wrong (35-51 % valid in arXiv 2602.10522), so an
assertion is kept only where its text stands in the request or was typed by the scenario itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from homesmith.core.steps import ACTIONS, Scenario, Step

ASSERTIONS = frozenset({"see", "not_see", "value", "count", "enabled", "disabled"})
NEEDS_TEXT = frozenset({"type", "select", "press", "see", "value", "count"})
MOST_SCENARIOS = 5
MOST_STEPS = 9
OFFERED = tuple(action for action in ACTIONS if action != "goto")
TESTID = re.compile(r"""testid["']?\s*[:=]\s*["']([A-Za-z][\w-]*)["']""")


def schema(targets: Sequence[str], criteria: int) -> dict[str, Any]:
    """The grammar: at most one scenario per criterion, targets only from `targets`."""
    step = {
        "type": "object",
        "properties": {
            "action": {"enum": list(OFFERED)},
            "target": {"enum": list(targets)},
            "text": {"type": "string", "maxLength": 60},
        },
        "required": ["action", "target", "text"],
        "additionalProperties": False,
    }
    scenario = {
        "type": "object",
        "properties": {
            "criterion": {"enum": list(range(1, criteria + 1))},
            "steps": {"type": "array", "items": step, "minItems": 2, "maxItems": MOST_STEPS},
        },
        "required": ["criterion", "steps"],
        "additionalProperties": False,
    }
    most = min(criteria, MOST_SCENARIOS)
    return {"type": "array", "items": scenario, "minItems": 1, "maxItems": most}


def targets(source: str, named: Sequence[str]) -> tuple[str, ...]:
    """The data-testids that exist in the source, and those the request names."""
    return tuple(dict.fromkeys([*named, *(found[1] for found in TESTID.finditer(source))]))


def scenarios(answer: str, criteria: Sequence[str], request: str) -> tuple[Scenario, ...]:
    """The grounded scenarios of an answer; one that asserts nothing grounded is dropped."""
    try:
        value = json.loads(answer)
    except ValueError:
        value = _whole_items(answer)
    kept: dict[str, Scenario] = {}
    for item in value if isinstance(value, list) else []:
        scenario = _scenario(item, criteria, request)
        if scenario is not None:
            kept.setdefault(scenario.criterion, scenario)
    return tuple(kept.values())


def _scenario(item: Any, criteria: Sequence[str], request: str) -> Scenario | None:
    if not isinstance(item, dict) or not isinstance(item.get("steps"), list):
        return None
    number = item.get("criterion")
    if not isinstance(number, int) or not 1 <= number <= len(criteria):
        return None
    known = request
    steps: list[Step] = []
    acted = False
    for raw in item["steps"]:
        step = _step(raw)
        if step is None:
            continue
        if step.action in ASSERTIONS:
            if not acted or not _grounded(step, known):
                continue
        else:
            acted = True
            known += "\n" + step.text
        steps.append(step)
    if not any(step.action in ASSERTIONS for step in steps):
        return None
    return Scenario(criterion=criteria[number - 1], steps=tuple(steps))


def _step(raw: Any) -> Step | None:
    if not isinstance(raw, dict) or raw.get("action") not in OFFERED:
        return None
    action, name, text = raw["action"], str(raw.get("target", "")), str(raw.get("text", ""))
    if action in NEEDS_TEXT and not text.strip():
        return None
    target = "" if action == "reload" else f'[data-testid="{name}"]'
    if action in ("click", "check", "enabled", "disabled", "reload"):
        text = ""
    return Step(action=action, target=target, text=text)


def _grounded(step: Step, known: str) -> bool:
    """Whether somebody other than the model said what this step expects."""
    if step.action in ("enabled", "disabled"):
        return True
    if step.action == "count":
        return step.text.isdigit() and int(step.text) <= 3
    return " ".join(step.text.split()).lower() in " ".join(known.split()).lower()


def _whole_items(answer: str) -> list[Any]:
    """The complete scenarios of an answer that was cut off."""
    decoder, items, place = json.JSONDecoder(), [], answer.find("{")
    while place >= 0:
        try:
            item, place = decoder.raw_decode(answer, place)
        except ValueError:
            break
        items.append(item)
        place = answer.find("{", place)
    return items
