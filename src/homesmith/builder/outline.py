"""The outline of a file: what a program can know of it stands, a model writes what lies between.

For a script of a page: its data, one function for each button and list, `render`, and the lines
that tie them to the page. Above each function stand the sentences of the request that it answers,
because a small model does well what stands right before it, and loses what stands far away.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from homesmith.builder.controls import Control, Page, read_page
from homesmith.builder.literals import ACTING, literals
from homesmith.builder.mentions import Said, is_number, kind_of, mentions, opened_by, repeated
from homesmith.builder.pages import label_of
from homesmith.builder.template import Fill

COLUMNS = 100
BODY = 420
"""Tokens that one part may have."""
ADDS = re.compile(r"^(?:add|create|save|submit|sign|post|new|insert|log|record)\b")
TOLD_ONCE = re.compile(r"(?:^|-)(?:error|message|notice|feedback|warning|alert)s?(?:-|$)")
"""Outputs that say what an action came to; the action writes them."""
TICKS = re.compile(
    r"\b(?:count\w* (?:the \w+ )*down|(?:one|each|every|per) second|second by second|stopwatch)\b",
    re.IGNORECASE,
)
FACT = re.compile(r"\d|\w: |\w / |:$")
"""A sentence with a figure or a list in it."""
ITEM = re.compile(r"[-*+•]\s|\d+[.)]\s")
COUNTED = re.compile(r"count|number|total|sum|size|amount")
STYLED = re.compile(
    r"\b(?:crossed|struck|strike|highlight\w*|grey|gray|red|green|bold|colou?r\w*|faded|dimmed)\b"
)
"""Words that say that some entries look different."""
AFTER_DATA = ("\n\n", "\nfunction", "\n//", "\nfind(")
RESERVED = (
    "delete new switch find make load save render name status top length event return default "
    "import export class function this null true false let const var alert confirm prompt redraw "
    "tick onEnter newId location history parent self"
)
TAKEN = frozenset(RESERVED.split())
SUFFIX = re.compile(r"-(?:item|row|line|entry|card|element|li)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a file. The model writes between `opening` and `ending`, until one of `stop`.

    `stop` is empty where nothing is left to write. `about` are the names it answers for.
    """

    name: str
    opening: str
    ending: str = ""
    stop: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    tokens: int = BODY


def outline_of(unit: Fill, files: Mapping[str, str], request: str) -> tuple[Part, ...]:
    """The outline of a file that its template wants written so; else none."""
    if unit.outline != "script":
        return ()
    html = "\n".join(files.get(path, "") for path in unit.sees)
    return script_outline(read_page(html, "", literals(request).testids), request)


def written(parts: Sequence[Part], bodies: Mapping[str, str]) -> str:
    """The file of an outline, with the bodies that are there."""
    return "".join(part.opening + bodies.get(part.name, "") + part.ending for part in parts)


def bodies_of(parts: Sequence[Part], text: str) -> dict[str, str] | None:
    """The bodies in a file that was written along the outline; None if it was not."""
    found: dict[str, str] = {}
    at = 0
    for part in parts:
        if not text.startswith(part.opening, at):
            return None
        at += len(part.opening)
        if part.stop:
            end = text.find(part.ending, at) if part.ending else at
            if end < 0:
                return None
            found[part.name] = text[at:end]
            at = end
        at += len(part.ending)
    return found


def script_outline(page: Page, request: str) -> tuple[Part, ...]:
    """The outline of the script for a page: what stands on it, and what is asked for."""
    app = _seen(page, request)
    parts = [*_data(app), *_ticking(app, request)]
    for one in app.pressed:
        fields = app.entered if one == app.adding else ()
        parts.append(_part(app.calls[one], "", app.told, (one, *fields)))
    for one in app.chosen:
        lines = [said.text for said in app.told if one in said.acted]
        parts.append(_function(app.calls[one], "", lines, (one,)))
    for one in app.acting:
        if one == app.opener or one.startswith("cancel"):
            parts.append(_fixed(app, one))
        else:
            parts.append(_part(app.calls[one], app.noun, app.told, (one,)))
    return (*parts, *_element(app, request), _render(app), _ties(app))


@dataclass(frozen=True, slots=True, kw_only=True)
class _App:
    """What the outline is made of. `calls` maps a data-testid to the function it calls.

    `members` belong to every entry, `acting` are those that are pressed; `opener` is the one that
    turns the entry into the fields and buttons `opened`; `noun` is one entry,
    `kept` whether entries are added and saved; `entered` are the fields that `adding` reads.
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
    chosen: tuple[str, ...]
    calls: Mapping[str, str]


def _seen(page: Page, request: str) -> _App:
    members = tuple(name for name in repeated(request) if name not in page.names)
    controls = [one.testid for one in page.controls]
    outputs = [name for name in sorted(page.names) if name not in controls]
    told = mentions(request, _unique([*controls, *members, *outputs]), outputs)
    buttons = [one for one in page.controls if one.kind == "button"]
    adding = next((one for one in buttons if members and ADDS.match(one.testid)), None)
    entered = tuple(one.testid for one in _entered(page, adding))
    acting = tuple(name for name in members if _acts(name, request))
    noun = _noun(members)
    acted = {name for said in told for name in said.acted}
    chosen = tuple(
        one.testid
        for one in page.controls
        if one.kind in ("select", "checkbox") and one.testid in acted and one.testid not in entered
    )
    opener, opened = opened_by(members, request)
    pressed = tuple(one.testid for one in buttons)
    calls: dict[str, str] = {}
    for name in (*pressed, *acting):
        thing = noun if adding is not None or name in acting else ""
        calls[name] = _call(name, thing, calls.values())
    for name in chosen:
        calls[name] = _call(f"{name}-changed", "", calls.values())
    return _App(
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
        chosen=chosen,
        calls=calls,
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _noun(members: Sequence[str]) -> str:
    """A variable for one entry: "todo-item" is a todo."""
    return _camel(SUFFIX.sub("", members[0])) if members else ""


def several(noun: str) -> str:
    """The variable for all entries."""
    return noun[:-1] + "ies" if re.search(r"[^aeiou]y$", noun) else noun + "s"


def _camel(name: str) -> str:
    first, *more = re.split(r"[-_]+", name)
    return first + "".join(word[:1].upper() + word[1:] for word in more)


def _call(name: str, noun: str, taken: Iterable[str]) -> str:
    """The function of a control: "delete" of an expense is deleteExpense."""
    called = _camel(name)
    if called == noun:
        return f"{noun}Clicked"
    if noun and "-" not in name:
        called += noun[0].upper() + noun[1:]
    return f"{called}Clicked" if called in TAKEN or called in taken else called


def _acts(name: str, request: str) -> bool:
    kind = kind_of(name, request)
    return kind in ("button", "checkbox") or (kind == "text" and bool(ACTING.match(name)))


def _entered(page: Page, adding: Control | None) -> tuple[Control, ...]:
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
    return tuple(reversed(fields))


def _data(app: _App) -> list[Part]:
    """What the page knows and remembers; facts of the request that speak of no name stand here."""
    facts = [said.text for said in app.told if not said.about and FACT.search(said.text)]
    data = Part(
        name="data",
        opening=f"{_comment(facts)}// Data that never changes, and what the page remembers.\n",
        ending="\n\n",
        stop=AFTER_DATA,
        tokens=900,
    )
    if not app.kept:
        return [data]
    every = several(app.noun)
    shape = f"{_groups(app.page)}// Each {app.noun} is an object with"
    opening = f'{_comment(facts)}let {every} = load("{every}", []);'
    if app.opener:
        opening += "\nlet editing = null;"
    return [
        Part(name="shape", opening=shape, ending="\n", stop=("\n",), tokens=60),
        replace(data, opening=opening),
    ]


def _groups(page: Page) -> str:
    """A constant for what several names of the page end with alike: list-open and count-open."""
    ends: dict[str, list[str]] = {}
    for name in page.order:
        start, dash, end = name.partition("-")
        if dash:
            ends.setdefault(start, []).append(end)
    for group in ends.values():
        alike = [start for start, its in ends.items() if its == group]
        if len(group) > 1 and len(alike) > 1:
            alike.sort(key=lambda start: bool(COUNTED.match(start)))
            listed = ", ".join(f'"{end}"' for end in group)
            told = ", ".join(f"{start}-{group[0]}" for start in alike)
            return f"const {several(alike[0]).upper()} = [{listed}]; // {told} …\n"
    return ""


def _ticking(app: _App, request: str) -> list[Part]:
    """A function for each second, where something runs by itself."""
    if not TICKS.search(request):
        return []
    lines = [said.text for said in app.told if TICKS.search(said.text) or "end" in said.text]
    return [_function("tick", "", ["Called once a second while it runs.", *lines], ())]


def _part(called: str, argument: str, told: Sequence[Said], about: tuple[str, ...]) -> Part:
    """A function that answers for the names `about`."""
    lines = [said.text for said in told if set(about) & set(said.about)]
    return _function(called, argument, lines, about)


def _function(
    called: str, argument: str, lines: Iterable[str], about: tuple[str, ...], *, first: str = ""
) -> Part:
    return Part(
        name=called,
        opening=f"{_comment(lines)}function {called}({argument}) {{\n{first}",
        ending="\n}\n\n",
        stop=("\n}",),
        about=about,
    )


def _fixed(app: _App, name: str) -> Part:
    """A function that a program can write: what begins or ends the editing of an entry."""
    noun = app.noun
    value = noun if name == app.opener else "null"
    text = f"function {app.calls[name]}({noun}) {{\n  editing = {value};\n}}\n\n"
    return Part(name=app.calls[name], opening=text)


def _element(app: _App, request: str) -> list[Part]:
    """The function that makes one entry: every name of it stands, the model says what it shows."""
    if not app.noun:
        return []
    lines = [said.text for said in app.told if set(app.members) & set(said.about)]
    entry, *members = app.members
    if entry in app.acting:
        tag, first = "button", f"onclick: () => {app.calls[entry]}({app.noun}), text:"
    else:
        tag, first = "li", "class:" if STYLED.search(" ".join(lines)) else ""
    made = f'  return make("{tag}", {{ testid: "{entry}"'
    opening = f"{_comment(lines)}function {app.noun}Element({app.noun}) {{\n{made}"
    parts: list[Part] = []
    if first:
        parts.append(_value(f"{app.noun}Element", f"{opening}, {first}", " }, [\n", (entry,)))
    else:
        parts.append(Part(name=f"{app.noun}Element", opening=f"{opening} }}, [\n"))
    standing = [name for name in members if name not in app.opened]
    if tag == "li" and all(name in app.acting for name in standing):
        parts.append(_value("shows", '    make("span", { text:', " }),\n", (entry,)))
    parts += [_member(app, name, request, "    ") for name in standing]
    if app.opened:
        parts.append(Part(name="open", opening=f"    ...(editing !== {app.noun} ? [] : [\n"))
        parts += [_member(app, name, request, "      ") for name in app.opened]
        parts.append(Part(name="opened", opening="    ]),\n"))
    return [*parts, Part(name="made", opening="  ]);\n}\n\n")]


def _member(app: _App, name: str, request: str, margin: str) -> Part:
    """One element inside an entry, up to what it shows."""
    kind = kind_of(name, request)
    call = f"() => {app.calls[name]}({app.noun})" if name in app.calls else ""
    if name in app.acting and kind == "checkbox":
        rest = f'"input", {{ type: "checkbox", testid: "{name}", onchange: {call}, checked:'
    elif name in app.acting:
        label = label_of(name, request, "")
        told = f' "{label}"' if label else ""
        rest = f'"button", {{ testid: "{name}", onclick: {call}, text:{told}'
    elif kind == "field":
        number = "number" if is_number(name, request) else "text"
        rest = f'"input", {{ type: "{number}", testid: "{name}", value:'
    else:
        rest = f'"span", {{ testid: "{name}", text:'
    part = _value(name, f"{margin}make({rest}", " }),\n", (name,))
    hides = app.opened and name not in app.opened and name not in app.acting
    return replace(part, ending=f", hidden: editing === {app.noun}{part.ending}") if hides else part


def _value(name: str, opening: str, ending: str, about: tuple[str, ...]) -> Part:
    """A value that ends where its object ends."""
    stop = (" }),", "}),", " }, [", " })", "\n")
    return Part(name=name, opening=opening, ending=ending, stop=stop, about=about, tokens=90)


def _render(app: _App) -> Part:
    """Everything that is shown: outputs, lists, and what fields decide that are no form."""
    away = {*app.pressed, *app.entered}
    shown = {name for name in app.page.names if name not in away}
    if app.kept:
        shown = {name for name in shown if not TOLD_ONCE.search(name)}
    every = several(app.noun) if app.kept else ""
    lines = [said.text for said in app.told if shown & set(said.about)]
    first = f'  save("{every}", {every});\n' if every else ""
    part = _function("render", "", lines, tuple(sorted(shown)), first=first)
    return replace(part, tokens=700)


def _ties(app: _App) -> Part:
    """The lines that call the functions; helpers.js draws the page anew after each event."""
    lines = [f'find("{one}").addEventListener("click", {app.calls[one]});' for one in app.pressed]
    lines += [f'find("{one}").addEventListener("change", {app.calls[one]});' for one in app.chosen]
    for one in app.page.controls:
        if one.kind not in ("button", "select", "checkbox") and one.testid not in app.entered:
            lines.append(f'find("{one.testid}").addEventListener("input", render);')
    adding = app.page.control(app.adding)
    if adding is not None and not adding.form:
        typed = [one for one in app.page.controls if one.testid in app.entered]
        lines += [
            f'onEnter("{one.testid}", {app.calls[app.adding]});'
            for one in typed
            if one.kind not in ("select", "checkbox", "textarea")
        ]
    starting = [f"{app.calls[one]}();" for one in app.chosen]
    return Part(name="ties", opening="\n".join([*lines, "", *starting, "render();", ""]))


def _comment(lines: Iterable[str]) -> str:
    """The sentences as a comment; items of a list begin new lines."""
    blocks: list[str] = []
    for line in lines:
        if blocks and not ITEM.match(line) and not ITEM.match(blocks[-1]):
            blocks[-1] += f" {line}"
        else:
            blocks.append(line)
    return "".join(
        f"// {part}\n"
        for block in blocks
        for part in textwrap.wrap(
            block, COLUMNS - 3, break_long_words=False, break_on_hyphens=False
        )
    )
