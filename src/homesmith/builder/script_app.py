"""What a page is made of, as its script needs to know it: entries, buttons, fields, choices.

Read from the page's HTML and from the words of the request. It writes no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from homesmith.builder.controls import Control, Page
from homesmith.builder.entries import IN_VAIN, opened_by, repeated
from homesmith.builder.kinds import kind_of
from homesmith.builder.literals import ACTING
from homesmith.builder.mentions import Said, mentions

ADDS = re.compile(r"^(?:add|create|save|submit|sign|post|new|insert|log|record)\b")
TOLD_ONCE = re.compile(
    r"(?:^|-)(?:error|message|notice|feedback|warning|alert|problem|trouble)s?(?:-|$)"
)
"""Outputs that say what an action came to; the action writes them."""
FORM = re.compile(r"\bform\b", re.IGNORECASE)
KEEPS_SAYING = re.compile(
    r"\b(?:otherwise (?:it|nothing|is|are|empty|hidden)|as long as|whenever)\b"
)
"""Words that say that a text depends on how things are, not on what was done last."""
PUT_INTO = r"`([\w-]+)` (?:puts?|writes?|shows?)\b[^`.;]* in(?:to)? `%s`"
"""What leads to an output that a button fills: "`random` puts one of them into `pick`"."""
NO_ADDING = re.compile(
    r"(?:^|-)(?:clear|reset|search|find|filter|sort|cancel|undo|delete|remove|show|hide)(?:-|$)"
)
COUNTED = re.compile(r"count|number|total|sum|size|amount")
CHOICE = re.compile(r"filter|show|view|tab|mode|sort|display")
RESERVED = (
    "delete new switch find make load save render name status top length event return default "
    "import export class function this null true false let const var alert confirm prompt redraw "
    "tick onEnter newId location history parent self"
)
TAKEN = frozenset(RESERVED.split())
PLAIN = re.compile(r"[a-z]+")
SUFFIX = re.compile(r"-(?:item|row|line|entry|card|element|li)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Lists that entries are moved between: names that end alike, such as list-open, count-open.

    `holders` is what the names of the lists begin with, `sizes` those of their sizes, or "".
    """

    holders: str = ""
    sizes: str = ""
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptApp:
    """What the script is made of. `calls` maps a data-testid to the function it calls.

    `members` belong to every entry, `acting` are those that are pressed; `opener` is the one that
    turns the entry into the fields and buttons `opened`; `noun` is one entry, `kept` whether
    entries are added and saved; `entered` are the fields that `adding` reads; `families` maps each
    of several alike buttons of an entry, such as day-1 to day-7, to what their names begin with;
    `choices` maps each of several buttons of one kind, such as filter-all, to its choice;
    `outputs` only show something, `holder` is the list that entries stand in.
    """

    page: Page
    told: tuple[Said, ...]
    members: tuple[str, ...]
    acting: tuple[str, ...]
    opener: str
    opened: tuple[str, ...]
    noun: str
    kept: bool
    adding: str
    entered: tuple[str, ...]
    pressed: tuple[str, ...]
    families: Mapping[str, str]
    choices: Mapping[str, str]
    groups: Groups
    chosen: tuple[str, ...]
    outputs: tuple[str, ...]
    holder: str
    calls: Mapping[str, str]

    @property
    def plain(self) -> tuple[str, ...]:
        """The fields that an entry keeps under their own names, such as amount: single words."""
        return tuple(name for name in self.entered if PLAIN.fullmatch(name) and name != self.noun)


def script_app(page: Page, request: str) -> ScriptApp:
    members = tuple(name for name in repeated(request) if name not in page.names)
    controls = [one.testid for one in page.controls]
    outputs = [name for name in sorted(page.names) if name not in controls]
    told = mentions(request, _unique([*controls, *members, *outputs]), outputs)
    buttons = [one for one in page.controls if one.kind == "button"]
    adding = next((one for one in buttons if members and ADDS.match(one.testid)), None)
    adding = adding or (_beside_fields(page, told) if members else None)
    if adding is not None:
        told = tuple(_also_about(adding.testid, said) for said in told)
    entered = tuple(one.testid for one in _entered(page, adding, told))
    acting = tuple(name for name in members if _acts(name, request))
    noun = _noun(members)
    acted = {name for said in told for name in said.acted}
    chosen = tuple(
        one.testid
        for one in page.controls
        if one.kind in ("select", "checkbox") and one.testid in acted and one.testid not in entered
    )
    groups = groups_of(page.order)
    opener, opened = opened_by(members, request)
    pressed = tuple(one.testid for one in buttons)
    calls: dict[str, str] = {}
    families = _families(acting)
    for name in (*pressed, *acting):
        if name in families:
            calls[name] = f"{camel(families[name])}{noun[0].upper()}{noun[1:]}"
            continue
        thing = noun if adding is not None or name in acting else ""
        calls[name] = _call(name, thing, calls.values())
    for name in chosen:
        calls[name] = _call(f"{name}-changed", "", calls.values())
    return ScriptApp(
        page=page,
        told=told,
        members=members,
        acting=acting,
        opener=opener,
        opened=opened,
        noun=noun,
        kept=adding is not None,
        adding=adding.testid if adding else "",
        entered=entered,
        pressed=pressed,
        families=families,
        choices=_choices(pressed),
        groups=groups,
        chosen=chosen,
        outputs=_outputs(page, told, groups, request),
        holder=next((name for name in page.lists if name not in entered), ""),
        calls=calls,
    )


def _beside_fields(page: Page, told: Sequence[Said]) -> Control | None:
    """The button of a form: the only one that is named in a sentence with fields to type in."""
    typed = {one.testid for one in page.controls if one.kind in ("text", "textarea", "number")}
    for said in told:
        named = [one for name in said.names if (one := page.control(name)) is not None]
        buttons = [one for one in named if one.kind == "button"]
        fields = [one for one in named if one.testid in typed and not NO_ADDING.search(one.testid)]
        if fields and len(buttons) == 1 and not NO_ADDING.search(buttons[0].testid):
            return buttons[0]
    return None


def _also_about(adding: str, said: Said) -> Said:
    """A sentence that says what is not added is about the adding, whatever else it calls."""
    return (
        replace(said, about=_unique((*said.about, adding))) if IN_VAIN.search(said.text) else said
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _outputs(page: Page, told: Sequence[Said], groups: Groups, request: str) -> tuple[str, ...]:
    """What only shows something, if the request says what; not what an action tells once."""
    grouped = {f"{start}-{end}" for start in (groups.holders, groups.sizes) for end in groups.ends}
    spoken = {name for said in told for name in said.names}
    away = {one.testid for one in page.controls} | grouped | set(page.lists)
    return tuple(
        name
        for name in page.order
        if name in spoken and name not in away and not _is_told_once(name, told, request)
    )


def _is_told_once(name: str, told: Sequence[Said], request: str) -> bool:
    """Whether an output says what an action came to: then the action writes it."""
    if re.search(PUT_INTO % re.escape(name), request):
        return True
    mine = (said.text for said in told if name in said.names)
    return bool(TOLD_ONCE.search(name)) and not any(map(KEEPS_SAYING.search, mine))


def groups_of(names: Sequence[str]) -> Groups:
    """The groups that names of a page speak of; empty ones where there are none."""
    families: dict[str, list[str]] = {}
    for name in names:
        start, dash, end = name.partition("-")
        if dash:
            families.setdefault(start, []).append(end)
    for ends in families.values():
        alike = [start for start, its in families.items() if sorted(its) == sorted(ends)]
        holders = [start for start in alike if not COUNTED.match(start)]
        if len(ends) > 1 and len(alike) > 1 and holders:
            sizes = next((start for start in alike if COUNTED.match(start)), "")
            return Groups(holders=holders[0], sizes=sizes, ends=tuple(families[holders[0]]))
    return Groups()


def _noun(members: Sequence[str]) -> str:
    """A variable for one entry: "todo-item" is a todo."""
    return camel(SUFFIX.sub("", members[0])) if members else ""


def several(noun: str) -> str:
    """The variable for all entries."""
    return noun[:-1] + "ies" if re.search(r"[^aeiou]y$", noun) else noun + "s"


def camel(name: str) -> str:
    """A data-testid as a name in the script."""
    first, *more = re.split(r"[-_]+", name)
    return first + "".join(word[:1].upper() + word[1:] for word in more)


def _call(name: str, noun: str, taken: Iterable[str]) -> str:
    """The function of a control: "delete" of an expense is deleteExpense."""
    called = camel(name)
    if called == noun:
        return f"{noun}Clicked"
    if noun and "-" not in name:
        called += noun[0].upper() + noun[1:]
    return f"{called}Clicked" if called in TAKEN or called in taken else called


def _acts(name: str, request: str) -> bool:
    kind = kind_of(name, request)
    return kind in ("button", "checkbox") or (kind == "text" and bool(ACTING.match(name)))


def _entered(page: Page, adding: Control | None, told: Sequence[Said]) -> tuple[Control, ...]:
    """The fields that are read when the adding button is pressed, not before."""
    if adding is None:
        return ()
    if adding.form:
        return tuple(
            one for one in page.controls if one.form == adding.form and one.kind != "button"
        )
    fields: list[Control] = []
    for one in reversed(page.controls[: page.controls.index(adding)]):
        if one.kind == "button":
            break
        fields.append(one)
    forms = (said.names for said in told if FORM.search(said.text) and adding.testid in said.names)
    named = next(forms, ())
    inside = [one for one in fields if one.testid in named]
    return tuple(reversed(inside or fields))


def _families(acting: Sequence[str]) -> dict[str, str]:
    """Buttons of an entry that do the same to different parts of it: day-1, day-2, day-3."""
    starts: dict[str, list[str]] = {}
    for name in acting:
        start, dash, _ = name.rpartition("-")
        if dash and not ACTING.match(name):
            starts.setdefault(start, []).append(name)
    return {name: start for start, names in starts.items() if len(names) > 2 for name in names}


def _choices(pressed: Sequence[str]) -> dict[str, str]:
    """Buttons of which one is chosen at a time: filter-all, filter-done. Name to choice."""
    families: dict[str, dict[str, str]] = {}
    for name in pressed:
        start, dash, end = name.partition("-")
        if dash and CHOICE.fullmatch(start):
            families.setdefault(start, {})[name] = end
    return next((family for family in families.values() if len(family) > 1), {})
