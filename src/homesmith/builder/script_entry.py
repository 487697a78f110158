"""The part of a script's outline that is about one entry: its element, and what its buttons do."""

from __future__ import annotations

import re
from dataclasses import replace

from homesmith.builder.forms import number_form
from homesmith.builder.kinds import is_number, kind_of
from homesmith.builder.mentions import calls, texts_after
from homesmith.builder.outline import Part, comment
from homesmith.builder.pages import label_of
from homesmith.builder.script_app import ScriptApp, camel, several

TICKED = re.compile(r"\b(?:un)?(?:tick|check|mark|toggle)s?\b", re.IGNORECASE)
FORWARD = re.compile(r"(?:^|-)(?:right|next|forward|later|advance)(?:-|$)")
BACKWARD = re.compile(r"(?:^|-)(?:left|previous|prev|back|earlier)(?:-|$)")
STYLED = re.compile(
    r"\b(?:crossed|struck|strike|highlight\w*|grey|gray|red|green|bold|colou?r\w*|faded|dimmed)\b"
)
"""Words that say that some entries look different."""

DISABLED = re.compile(r"\bbuttons? (?:are|is) (?:then |all |also )*disabled\b")


def element(app: ScriptApp, request: str) -> list[Part]:
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
    opening = f"{comment(lines)}function {app.noun}Element({app.noun}) {{\n{made}"
    parts: list[Part] = []
    if entry in app.acting and DISABLED.search(" ".join(lines)):
        opening = f"{opening}, onclick: () => {app.calls[entry]}({app.noun}), disabled:"
        stop = (", ", " }", "\n")
        parts.append(replace(_value("disabled", opening, ", text:", (entry,)), stop=stop))
        parts.append(_value(f"{app.noun}Element", "", " }, [\n", (entry,)))
    elif first:
        parts.append(_value(f"{app.noun}Element", f"{opening}, {first}", " }, [\n", (entry,)))
    else:
        parts.append(Part(name=f"{app.noun}Element", opening=f"{opening} }}, [\n"))
    standing = [name for name in members if name not in app.opened]
    if tag == "li" and told_in_words(app):
        parts += _in_words(app, " ".join(lines))
    once = {*one_of_each_family(app)}
    standing = [name for name in standing if name in once or name not in app.acting]
    parts += [_member(app, name, request, "    ") for name in standing]
    if app.opened:
        parts.append(Part(name="open", opening=f"    ...(editing !== {app.noun} ? [] : [\n"))
        parts += [_member(app, name, request, "      ") for name in app.opened]
        parts.append(Part(name="opened", opening="    ]),\n"))
    return [*parts, Part(name="made", opening="  ]);\n}\n\n")]


def shift(app: ScriptApp, name: str) -> int:
    """Where a button of an entry moves it among the lists: 1 forward, -1 back, 0 nowhere."""
    if not app.groups.ends:
        return 0
    return 1 if FORWARD.search(name) else -1 if BACKWARD.search(name) else 0


def moved(app: ScriptApp, name: str) -> Part:
    """The function of such a button: the entry goes to the end of the neighbouring list."""
    noun, every, field = app.noun, several(app.noun), app.groups.holders
    constant = several(field).upper()
    lines = (
        f"function {app.calls[name]}({noun}) {{",
        f"  const next = {constant}[{constant}.indexOf({noun}.{field}) + {shift(app, name)}];",
        "  if (next === undefined) return;",
        f"  {noun}.{field} = next;",
        f"  {every} = [...{every}.filter((other) => other !== {noun}), {noun}];",
        "}",
    )
    return Part(name=app.calls[name], opening="\n".join([*lines, "", ""]))


def told_in_words(app: ScriptApp) -> bool:
    """Whether the request names no elements for what an entry shows, only for its buttons."""
    entry, *members = app.members or ("",)
    shown = [name for name in members if name not in app.opened]
    return bool(entry) and entry not in app.acting and all(name in app.acting for name in shown)


def _in_words(app: ScriptApp, told: str) -> list[Part]:
    """What an entry shows then: one span for each field, known where it is kept under its name."""
    fields = [name for name in app.entered if calls(name, told)] or [""]
    return [
        _known(app, name, told)
        if name in app.plain
        else _value(
            f"shows-{name}" if name else "shows",
            f'    make("span", {{ class: "{name}", text:' if name else '    make("span", { text:',
            " }),\n",
            (app.members[0],),
        )
        for name in fields
    ]


def _known(app: ScriptApp, name: str, told: str) -> Part:
    """The span of a field; a number in the form of its example, "an amount like `€4.50`"."""
    value = f"{app.noun}.{name}"
    example = re.search(rf"\b{name}\b[^.,;`\"]*?\blike [`\"“]([^`\"”]+)[`\"”]", told)
    control = app.page.control(name)
    if control is not None and control.kind == "number" and example:
        value = number_form([example[1]], f"Number({value})") or value
    text = f'    make("span", {{ class: "{name}", text: {value} }}),\n'
    return Part(name=f"shows-{name}", opening=text)


def one_of_each_family(app: ScriptApp) -> tuple[str, ...]:
    """The acting names, of alike ones only the first."""
    first = {start: name for name, start in reversed(list(app.families.items()))}
    alone = (name for name in app.acting if first.get(app.families.get(name, ""), name) == name)
    return tuple(alone)


def _counted(app: ScriptApp, name: str) -> str:
    """The text of a member that tells how many of an entry's parts are on; "" for another."""
    texts = [text for said in app.told for text in texts_after(name, said.text, said.names)]
    told = " ".join(said.text for said in app.told if name in said.names)
    form = number_form(texts)
    starts = {
        s
        for n, s in app.families.items()
        if ticks(app, n) and re.search(rf"\b{re.escape(s)}s?\b", told)
    }
    if not form or len(starts) != 1 or not re.search(r"how many", told):
        return ""
    return f"((number) => {form})(({app.noun}.{several(camel(starts.pop()))} ?? []).length)"


def ticks(app: ScriptApp, name: str) -> bool:
    """Whether one of several alike buttons turns its part of the entry on and off."""
    return any(TICKED.search(said.text) for said in app.told if name in said.about)


def toggle(app: ScriptApp, name: str) -> Part:
    """The function of buttons that turn parts of an entry on and off: the entry lists those on."""
    one = camel(app.families[name])
    field = f"{app.noun}.{several(one)}"
    head = f"function {app.calls[name]}({app.noun}, {one}) {{\n"
    text = f"{head}  {field} = toggled({field}, {one});\n}}\n\n"
    return Part(name=app.calls[name], opening=text)


def _toggles(app: ScriptApp, name: str, margin: str) -> Part:
    """Those buttons, each with the end of its name as its text."""
    start = app.families[name]
    one, names = camel(start), [n for n in app.families if app.families[n] == start]
    listed = ", ".join(f'["{n}", "{n[len(start) + 1 :].capitalize()}"]' for n in names)
    on = f"({app.noun}.{several(one)} ?? []).includes({one})"
    call = f"() => {app.calls[name]}({app.noun}, {one})"
    first = f"{margin}...[{listed}].map(([{one}, text]) =>"
    shown = f"testid: {one}, text: text, ariaPressed: String({on}), onclick: {call}"
    lines = (first, f'{margin}  make("button", {{ {shown} }})),')
    return Part(name=name, opening="\n".join([*lines, ""]))


def _alike(app: ScriptApp, name: str, margin: str) -> Part:
    """Several buttons that do the same to different parts of an entry."""
    start = app.families[name]
    one = camel(start)
    names = ", ".join(f'"{other}"' for other in app.families if app.families[other] == start)
    opening = (
        f"{margin}...[{names}].map(({one}) =>\n{margin}  "
        f'make("button", {{ testid: {one}, onclick: () => {app.calls[name]}({app.noun}, {one}), '
        "text:"
    )
    return _value(name, opening, " })),\n", (name,))


def _member(app: ScriptApp, name: str, request: str, margin: str) -> Part:
    """One element inside an entry, up to what it shows."""
    if name in app.families:
        made = _toggles if ticks(app, name) else _alike
        return made(app, name, margin)
    counted = _counted(app, name)
    if counted:
        text = f'{margin}make("span", {{ testid: "{name}", text: {counted} }}),\n'
        return Part(name=name, opening=text)
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
    if shift(app, name):
        field, end = app.groups.holders, app.groups.ends[-1 if shift(app, name) > 0 else 0]
        ending = f', disabled: {app.noun}.{field} === "{end}"{part.ending}'
        part = replace(part, ending=ending, mends=((r",?\s*disabled:.*", ""),))
    hides = app.opened and name not in app.opened and name not in app.acting
    return replace(part, ending=f", hidden: editing === {app.noun}{part.ending}") if hides else part


def _value(name: str, opening: str, ending: str, about: tuple[str, ...]) -> Part:
    """A value that ends where its object ends."""
    stop = (" }),", "}),", " }, [", " })", "\n")
    return Part(
        name=name, opening=opening, ending=ending, stop=stop, about=about, tokens=90, value=True
    )
