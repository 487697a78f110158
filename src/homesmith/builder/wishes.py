"""A wish in a few words, spelled out: the names and the behaviour that a page needs.

The model fills in a plan under a grammar; a program says it in the words that a careful person
would use, so that everything that reads requests works for short wishes too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 8
KINDS = ("text", "number", "date", "choice")
WEEK = re.compile(
    r"\b(?:seven|7) days\b|\bdays? of (?:the|this|each|a) week\b|\bweekdays?\b", re.IGNORECASE
)
TICKED = re.compile(r"\b(?:un)?(?:tick|check|mark|toggl|done)\w*", re.IGNORECASE)
TICKS = re.compile(r"\b(?:un)?(?:tick|check|mark|toggle)s?\b|\bday\b", re.IGNORECASE)
PRESSED = re.compile(
    r"\b(?:tap|press|click|push)\b[^.]*\bbutton\b|\bstop-?watch\b|\b(?:click|tap) counter\b",
    re.IGNORECASE,
)
TYPED = re.compile(
    r"\b(?:enter|type|write|fill|set|choose|pick|add|name|form|field|note)s?\b", re.IGNORECASE
)
COUNTED = re.compile(r"\b(?:track\w*|today|daily|count\w*)\b", re.IGNORECASE)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def is_pressed_only(wish: str) -> bool:
    """Whether a wish is for a page of buttons, into which nothing is typed."""
    return PRESSED.search(wish) is not None and not TYPED.search(wish)


def plan_schema(wish: str = "") -> dict[str, Any]:
    """The grammar of a plan; without fields for a `wish` that is for buttons only."""
    parts = plan_of_parts()["properties"]
    pressed = is_pressed_only(wish)
    return _object(
        {
            "title": {"type": "string", "minLength": 2, "maxLength": 40},
            "thing": {"type": "string", "maxLength": 20},
            **parts,
            "fields": parts["fields"] | ({"maxItems": 0} if pressed else {"minItems": 1}),
            "buttons": parts["buttons"] | ({"minItems": 1} if pressed else {}),
        }
    )


def plan_of_parts() -> dict[str, Any]:
    """The grammar of the parts of a page: fields, what is shown, buttons."""
    word = {"type": "string", "minLength": 1, "maxLength": 30}
    line = {"type": "string", "minLength": 3, "maxLength": 120}
    options = {"type": "array", "items": word, "maxItems": MOST}
    return _object(
        {
            "fields": _list({"name": word, "kind": {"enum": list(KINDS)}, "options": options}),
            "shows": _list({"name": word, "says": line}),
            "actions": _list({"name": word, "does": line}),
            "results": _list({"name": word, "says": line}),
            "buttons": _list({"name": word, "does": line}),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a plan names: fields with their kinds, and the rest with what each says or does."""

    fields: tuple[tuple[str, str, Mapping[str, Any]], ...]
    shows: tuple[tuple[str, str], ...]
    actions: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]


def named_parts(plan: Mapping[str, Any]) -> Parts:
    """The parts of a plan. Raises KeyError, TypeError, AttributeError for what is no plan."""
    fields = ((_name(one["name"]), str(one["kind"]), one) for one in plan["fields"])
    return Parts(
        fields=tuple(field for field in fields if field[0]),
        shows=tuple(_pairs(plan["shows"], "says")),
        actions=tuple(_pairs(plan["actions"], "does")),
        results=tuple(_pairs(plan["results"], "says")),
        buttons=tuple(_pairs(plan["buttons"], "does")),
    )


def fresh_name(name: str, taken: Collection[str]) -> str:
    """The name, or, where that is taken, one with a number behind it."""
    numbered = (f"{name}-{number}" for number in range(2, 100))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties), "maxItems": MOST}


def spelled_out(answer: str, wish: str = "") -> tuple[str, str]:
    """The title of a plan, and the plan in sentences; two empty texts for what is no plan.

    Days of the week that a `wish` wants ticked become a button each.
    """
    try:
        plan = json.loads(answer)
        title, thing = _words(plan["title"]), _name(plan["thing"])
        named = named_parts(plan)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
    fields, shows, results = named.fields, named.shows, named.results
    actions, buttons = list(named.actions), list(named.buttons)
    if thing and WEEK.search(wish) and TICKED.search(wish):
        actions = [(n, does) for n, does in actions if not TICKS.search(f"{n} {does}")]
        actions = [(f"day-{day[:3].lower()}", f"ticks or unticks {day}") for day in DAYS] + actions
    own = {name for name, _ in actions}
    buttons = [(name, does) for name, does in buttons if name not in own]
    buttons = [(name, does) for name, does in buttons if not TICKS.search(f"{name} {does}")]
    if not fields:
        if not (is_pressed_only(wish) and buttons and results):
            return "", ""
        thing = ""
    parts = _collection(thing, fields, shows, actions) if thing else [_inputs(fields)]
    taken = set(re.findall(r"`([\w-]+)`", " ".join(parts)))
    for name, says in results:
        called = name if name not in taken else f"{name}-shown"
        taken.add(called)
        parts.append(f"`{called}` shows {says}.")
    for name, does in buttons:
        if thing and re.match(r"(?:add|new|save)\b", name):
            continue
        called = name if name not in taken else f"{name}-all"
        taken.add(called)
        parts.append(f"A button `{called}` {does}.")
    if not fields and COUNTED.search(wish):
        parts.append("The numbers are still there after a reload.")
    if thing:
        parts.append("Everything is still there after a reload.")
    return title, "\n\n".join(parts)


def _collection(
    thing: str,
    fields: Sequence[tuple[str, str, Mapping[str, Any]]],
    shows: Sequence[tuple[str, str]],
    actions: Sequence[tuple[str, str]],
) -> list[str]:
    several = f"{thing[:-1]}ies" if re.search(r"[^aeiou]y$", thing) else f"{thing}s"
    first = fields[0][0]
    asked = ", ".join(
        field_in_words(f"new-{thing}-{name}", kind, one) for name, kind, one in fields
    )
    adding = (
        f"A form has {asked} and a button `add-{thing}`. An empty {first} adds nothing. "
        f"After adding, the fields are empty again."
    )
    members = [f"the {name} (`{thing}-{name}`)" for name, _, _ in fields]
    own = {name for name, _, _ in fields}
    said = [(f"{thing}-{name}", says) for name, says in shows if name not in own]
    members += [f"`{name}`" for name, _ in said]
    pressed = [(_own(name, thing), does) for name, does in actions]
    buttons = f" and has the buttons {', '.join(f'`{n}`' for n, _ in pressed)}" if pressed else ""
    each = (
        f"Every {thing} is an element with data-testid `{thing}` that shows "
        f"{', '.join(members)}{buttons}."
    )
    tells = [f"`{name}` shows {says}." for name, says in said]
    tells += [f"`{name}` {does}." for name, does in pressed]
    return [
        adding,
        " ".join([each, *tells]),
        f"If there are no {several}, `empty` says `No {several} yet.`",
    ]


def field_in_words(name: str, kind: str, one: Mapping[str, Any]) -> str:
    """A field as a request would call it."""
    options = [_words(option) for option in one.get("options") or []]
    if kind == "choice" and len(options) > 1:
        return f"a dropdown `{name}` with {', '.join(options[:-1])} and {options[-1]}"
    kinds = {"number": "number field", "date": "date field"}
    return f"a {kinds.get(kind, 'text field')} `{name}`"


def _inputs(fields: Sequence[tuple[str, str, Mapping[str, Any]]]) -> str:
    asked = ", ".join(field_in_words(name, kind, one) for name, kind, one in fields)
    if not asked:
        return "The page has buttons only (the names in backquotes are data-testids)."
    return f"The page has {asked} (these are data-testids). What it shows changes while one types."


def _own(name: str, thing: str) -> str:
    """The name of a button on each thing."""
    return name if re.search(r"-\w+$", name) else f"{name}-{thing}"


def _pairs(items: Any, key: str) -> list[tuple[str, str]]:
    pairs = [(_name(item["name"]), _words(item[key]).rstrip(".")) for item in items]
    found: dict[str, str] = {}
    for name, text in pairs:
        if name and text:
            found.setdefault(name, text)
    return list(found.items())


def _name(text: object) -> str:
    """A data-testid from words."""
    return re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-")[:30]


def _words(text: object) -> str:
    return " ".join(str(text).replace("`", "").split())
