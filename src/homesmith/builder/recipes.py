"""Recipes in the names of the app at hand: small models copy well and rename badly.

A recipe is code about some other thing. Its head says which of its names stand for what, and a
program puts in the names of the request. One that asks the page for an element it does not have
is left out. Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from homesmith.builder.literals import ACTING

FOUND = re.compile(r"""find\(\s*["']([\w-]+)["']\s*(\+)?""")
LABELLED = re.compile(r"[\"“]([^\"“”\\\n]{1,40})[\"”](?: button)? ?\((?:data-testid )?`([\w-]+)`")
SUFFIX = re.compile(r"-(?:item|row|line|entry|card|element|li)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A few lines of code that do one thing well; `about` are words it is found by.

    `roles` map a name in `text` to what it stands for: "entry" (the thing that is repeated), a
    pattern of data-testids, "list PATTERN" (what holds the entries), "prefix PATTERN" (what several
    testids begin with), "suffix PATTERN" or "suffixes" (what they end with).
    """

    name: str
    about: str
    text: str
    roles: Mapping[str, str] = field(default_factory=dict)


def read_recipe(name: str, source: str) -> Recipe:
    """A recipe file: a line of words, lines `name = role`, an empty line, then the code, fenced."""
    head, _, text = source.partition("\n\n")
    about, *lines = head.splitlines()
    roles = dict(line.split(" = ", 1) for line in lines if " = " in line)
    return Recipe(name=name, about=about.strip(), text=text.strip(), roles=roles)


def adapted(
    recipe: Recipe,
    *,
    request: str,
    present: Sequence[str],
    missing: Sequence[str],
    routes: Sequence[str] = (),
) -> str:
    """The code with the app's names; "" when the page has no element that it asks for.

    `present` are the data-testids of the page, `missing` those the request names beside them, and
    `routes` the request's paths. Labels that the request gives its buttons are put in too.
    """
    text = recipe.text
    prefix = ""
    suffixes: tuple[str, ...] = ()
    for name, role in recipe.roles.items():
        kind, _, pattern = role.partition(" ")
        if kind == "entry":
            if missing:
                text = text.replace(f'testid: "{name}"', f'testid: "{missing[0]}"')
            text = _renamed(text, name, _noun(missing, routes))
        elif kind == "prefix":
            prefix, suffixes = _family(pattern, present)
            text = text.replace(f'"{name}"', f'"{prefix}"') if prefix else text
        elif kind == "suffixes":
            text = re.sub(rf"\b{name} = \[[^\]]*\]", f"{name} = {_listed(suffixes)}", text)
            text = re.sub(r"\bof \[[^\]]*\]\) \{", f"of {_listed(suffixes)}) {{", text, count=1)
        elif kind == "list":
            holder = _first(pattern, present)
            text = text.replace(f'find("{name}")', f'find("{holder}")') if holder else text
        elif kind == "suffix":
            text = _quoted(text, name, _first(pattern, suffixes))
        else:
            text = _quoted(text, name, _first(role, (*missing, *present)))
    for label, testid in LABELLED.findall(request):
        text = re.sub(rf'(testid: "{testid}", text: )"[^"]*"', rf'\1"{label}"', text)
    asked = FOUND.findall(text)
    there = all(
        any(one.startswith(name) for one in present) if plus else name in present
        for name, plus in asked
    )
    return text if there else ""


def _noun(missing: Sequence[str], routes: Sequence[str]) -> str:
    """What the app is about, as a name for a variable: from its rows, or from its paths."""
    for path in routes:
        parts = [part for part in path.split("/") if part and part != "api" and "{" not in part]
        if parts:
            return re.sub(r"\W", "_", re.sub(r"ies$", "y", parts[0]).removesuffix("s"))
    thing = next((name for name in missing if not ACTING.search(name)), "")
    if not thing:
        return ""
    words = SUFFIX.sub("", thing).split("-")
    return words[0] + "".join(word.capitalize() for word in words[1:])


def _renamed(text: str, name: str, noun: str) -> str:
    """The thing of the recipe replaced by the app's own: one, several, and as part of a name."""
    if not noun:
        return text
    several = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    pairs = ((f"{name}s", several), (name, noun))
    for old, new in pairs:
        text = re.sub(rf"(?<![\w\"'-]){old}(?![\w-])", new, text)
        text = re.sub(rf"(?<=[\"']){old}(?=[\"'])", new, text)
        capital = old.capitalize()
        text = re.sub(
            rf"(?<=[a-z]){capital}\b|\b{capital}(?=[A-Z])", new[0].upper() + new[1:], text
        )
        text = re.sub(rf"\b{old}(?=[A-Z_]|Line)|(?<=_){old}\b", new, text)
        text = re.sub(rf"(?<=/){old}\b", new, text)
    return text


def _family(pattern: str, names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What several names begin with, the first that fits in the pattern's order, and their ends."""
    starts = dict.fromkeys(name.split("-")[0] for name in names)
    for one in pattern.split("|"):
        for start in starts:
            ends = tuple(name[len(start) + 1 :] for name in names if name.startswith(f"{start}-"))
            if re.fullmatch(one, start) and len(ends) > 1:
                return f"{start}-", ends
    return "", ()


def _first(pattern: str, names: Sequence[str]) -> str:
    return next((name for name in names if re.search(pattern, name)), "")


def _quoted(text: str, old: str, new: str) -> str:
    return text.replace(f'"{old}"', f'"{new}"') if new else text


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
