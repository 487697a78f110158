"""Dropdowns whose options depend on another one: which options, read from the request's lists.

"- Inside: Basic (8 m²), Premium (12 m²)" gives the options of each choice where "Inside" is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from homesmith.builder.controls import Control
from homesmith.builder.forms import quoted_js
from homesmith.builder.mentions import LISTED
from homesmith.builder.outline import Part, comment
from homesmith.builder.script_app import ScriptApp

APART = re.compile(r",\s*(?![^()]*\))|\s+(?:and|or)\s+(?![^()]*\))")
BEHIND = re.compile(r"\s*\(.*?\)\s*")
SECOND = re.compile(r"\bsecond\b")
MOST = 40
"""Characters of an option; a longer one is no option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """The dropdown `chooser`, those that follow it, and the options of each choice."""

    chooser: Control
    followers: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]


def dependent_of(app: ScriptApp) -> Dependent | None:
    """The dropdowns of a page that depend on another; None without any that are listed."""
    selects = [one for one in app.page.controls if one.kind == "select"]
    followers = tuple(one.testid for one in selects if not any(one.options))
    for chooser in selects:
        listed = {option: _listed(app, option) for option in chooser.options if option}
        if chooser.testid in app.chosen and followers and len(listed) > 1 and all(listed.values()):
            return Dependent(chooser=chooser, followers=followers, options=listed)
    return None


def _listed(app: ScriptApp, option: str) -> tuple[str, ...]:
    """What a list item of the request gives for an option: "- Option: this, that (so and so)"."""
    parts = (BEHIND.sub(" ", part).strip(" .`\"'") for part in APART.split(item_of(app, option)))
    found = tuple(part for part in parts if part)
    return found if all(len(part) <= MOST for part in found) else ()


def item_of(app: ScriptApp, option: str) -> str:
    """What a list item of the request says behind an option and a colon; "" without."""
    for said in app.told:
        item = LISTED.sub("", said.text, count=1) if LISTED.match(said.text) else ""
        head, colon, rest = item.partition(":")
        if colon and head.strip("`*\"' ").lower() == option.lower():
            return rest
    return ""


def choices(dependent: Dependent) -> str:
    """The constant with the options of each choice."""
    lines = [
        f"  {key(choice)}: [{', '.join(map(quoted_js, options))}],\n"
        for choice, options in dependent.options.items()
    ]
    return f"const CHOICES = {{\n{''.join(lines)}}};\n"


def key(text: str) -> str:
    """A text as the key of an object."""
    return text if re.fullmatch(r"[A-Za-z_]\w*", text) else quoted_js(text)


def follows(app: ScriptApp, dependent: Dependent) -> Part:
    """The function of the dropdown: those that follow it get the options of the choice."""
    name = dependent.chooser.testid
    lines = [said.text for said in app.told if name in said.acted]
    second = any(SECOND.search(line) for line in lines)
    body = f'  const choices = CHOICES[find("{name}").value];\n'
    for place, follower in enumerate(dependent.followers):
        chosen = ", choices[1]" if second and place == 1 else ""
        body += f'  options("{follower}", choices{chosen});\n'
    opening = f"{comment(lines)}function {app.calls[name]}() {{\n{body}}}\n\n"
    return Part(name=app.calls[name], opening=opening)
