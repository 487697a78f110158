"""A change in a few words, spelled out: the names and the behaviour of what is new on a page.

As with short wishes, the model fills in a plan under a grammar and a program says it in sentences,
so that everything that reads requests works for changes too.
"""

from __future__ import annotations

import json
import re
from typing import Any

from homesmith.builder.literals import ROUTE, literals
from homesmith.builder.wishes import field_in_words, fresh_name, named_parts, plan_of_parts

DARK = re.compile(r"\bdark(?:[- ](?:mode|theme|look|design|version))?\b", re.IGNORECASE)
SWITCHED = re.compile(r"\b(?:switch|toggle|button|mode)\b", re.IGNORECASE)
NAMED = re.compile(r"`[\w-]+`")


SHOWN = re.compile(
    r"^(?:please )?(?:show|display)(?: me)? ((?:how (?:many|much)|the)\b[^.\n]+)\.?$", re.IGNORECASE
)
"""A change that only wants something shown says itself what."""
LITTLE_WORDS = "how many much the a an of is are there number in to be all it"
LITTLE = frozenset(LITTLE_WORDS.split())


def addition_schema() -> dict[str, Any]:
    """The grammar of a plan of what is new."""
    return plan_of_parts()


def needs_plan(change: str) -> bool:
    """Whether a change gives no names or routes of its own, so that a plan has to find them."""
    said = NAMED.search(change) or ROUTE.search(change) or SHOWN.match(change.strip())
    return not said and not wants_dark(change)


def wants_dark(change: str) -> bool:
    """Whether a change asks for a switch between a light and a dark look."""
    return bool(DARK.search(change) and SWITCHED.search(change))


def in_sentences(change: str, answer: str, *, thing: str, taken: frozenset[str]) -> str:
    """The change, and after it what a plan names anew; `thing` is an entry of the page, or "".

    Names that are `taken` get another ending. What is no plan adds nothing.
    """
    if wants_dark(change) and not literals(f"data-testid {change}").testids:
        name = fresh_name("theme", taken)
        return (
            f"{change}\n\nA button `{name}` switches between a light and a dark look; "
            "the choice survives a reload."
        )
    if (shown := SHOWN.match(change.strip())) and not NAMED.search(change):
        said_of = re.split(r",|[\"“]", shown[1])[0].lower()
        told = [word for word in re.findall(r"[a-z]+", said_of) if word not in LITTLE]
        name = fresh_name("-".join(told[:3]) or "shown", taken)
        return f"{change}\n\n`{name}` shows {shown[1]}."
    try:
        plan = json.loads(answer)
        parts = named_parts(plan)
    except (ValueError, KeyError, TypeError, AttributeError):
        return change
    said: list[str] = []
    for name, kind, one in parts.fields:
        called = fresh_name(f"new-{thing}-{name}" if thing else name, taken)
        said.append(f"There is also {field_in_words(called, kind, one)}.")
    if thing:
        for name, says in parts.shows:
            called = fresh_name(f"{thing}-{name}".replace(f"{thing}-{thing}", thing), taken)
            said.append(f"Every {thing} also shows {says} (`{called}`).")
        for name, does in parts.actions:
            called = fresh_name(name if "-" in name else f"{name}-{thing}", taken)
            said.append(f"Every {thing} also has a button `{called}`, which {does}.")
    said += [f"`{fresh_name(name, taken)}` shows {says}." for name, says in parts.results]
    said += [f"A button `{fresh_name(name, taken)}` {does}." for name, does in parts.buttons]
    return "\n\n".join([change, " ".join(said)]) if said else change
