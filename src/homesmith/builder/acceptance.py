"""Acceptance criteria as browser steps, derived from the request's own sentences and the page.

A program writes them, because small models cannot, and a wrong one sends every repair astray
(docs/decisions/0005). What no rule understands has no scenario.
"""

from __future__ import annotations

from collections.abc import Sequence

from homesmith.builder.controls import Page
from homesmith.builder.expectations import OFTEN, ONCE, Rule
from homesmith.builder.live import LIVE
from homesmith.builder.mentions import LISTED
from homesmith.builder.surface import surface_of
from homesmith.core.steps import Scenario, Step

MOST = 4
"""Scenarios of one rule that may be understood from several sentences."""
RULES: dict[Rule, int] = dict.fromkeys(ONCE, 1) | dict.fromkeys((*OFTEN, *LIVE), MOST)


def derive(page: Page, sentences: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios of a request: what each rule makes of the first sentences it understands."""
    app = surface_of(page, sentences)
    found: dict[Rule, list[Scenario]] = {}
    seen: set[tuple[Step, ...]] = set()
    lead = ""
    for sentence in sentences:
        item = LISTED.match(sentence) is not None
        lead = lead if item else sentence if sentence.endswith(":") else ""
        for rule, most in RULES.items():
            if len(found.get(rule, ())) >= most:
                continue
            whole = f"{lead} {sentence}" if item and rule in LIVE else sentence
            steps = rule(app, whole)
            if steps and steps not in seen:
                seen.add(steps)
                found.setdefault(rule, []).append(Scenario(criterion=sentence, steps=steps))
    return tuple(scenario for rule in RULES for scenario in found.get(rule, ()))
