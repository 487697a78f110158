"""What a page with a script shows: which entries are seen, the text of each output, the drawing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from homesmith.builder.forms import number_form, quoted_js
from homesmith.builder.literals import given
from homesmith.builder.mentions import texts_after
from homesmith.builder.outline import Part, comment
from homesmith.builder.pages import NARROWS
from homesmith.builder.script_app import ScriptApp, camel, several
from homesmith.builder.script_functions import function

NEWEST = re.compile(
    r"\b(?:newest|latest|most recent) (?:\w+ )?(?:first|at the top|on top)\b", re.IGNORECASE
)
NONE = re.compile(r"(?:^|-)(?:empty|none|nothing|placeholder)(?:-|$)")
SEEN = re.compile(
    r"\b(?:nothing (?:to show|is shown|is listed)|match\w*|visible|shown now|hides?|found)\b"
)
"""Words that say that an output is about the entries that are seen, not about all."""
HIDES = re.compile(r"(?:^|-)(?:hide|only)(?:-|$)")


def shown_parts(app: ScriptApp) -> list[Part]:
    """What is seen of the entries now, and the text of each output.

    Outputs that are about all entries come first: what a small model has not seen it cannot use.
    """
    if not app.kept:
        return []
    every = several(app.noun)
    choosing = [
        one.testid
        for one in app.page.controls
        if one.testid in app.choices
        or (one.kind == "select" and one.testid not in app.entered)
        or (one.kind != "button" and NARROWS.search(one.testid) and one.testid not in app.entered)
        or (one.kind == "checkbox" and HIDES.search(one.testid) and one.testid not in app.entered)
    ]
    lines = [said.text for said in app.told if set(choosing) & set(said.about)]
    called = f"shown{every[0].upper()}{every[1:]}"
    chosen = _narrowed(app, called, lines, (*choosing, app.members[0])) if lines else []
    outputs = {name: _output(app, name) for name in app.outputs}
    later = [name for name in outputs if SEEN.search(_direct(app, name))]
    whole = ((rf"\b{called}\(\)", every),)
    sooner = [replace(part, mends=whole) for name, part in outputs.items() if name not in later]
    return [*sooner, *chosen, *(outputs[name] for name in later)]


def _narrowed(
    app: ScriptApp, called: str, lines: Sequence[str], about: tuple[str, ...]
) -> list[Part]:
    """The function that gives the entries that are seen; one condition for each choice."""
    if not app.choices:
        return [function(called, "", lines, about)]
    every, state = several(app.noun), next(iter(app.choices)).partition("-")[0]
    others = [name for name in about if name not in app.choices and name not in app.members]
    opening = f"{comment(lines)}function {called}() {{\n  const here = {every}"
    parts = [
        Part(
            name=called, opening=opening, ending=";\n", stop=(";", "\n\n"), about=about, tokens=160
        )
        if others
        else Part(name=called, opening=f"{opening};\n")
    ]
    for name, choice in app.choices.items():
        if choice != "all":
            test = f'  if ({state} === "{choice}") return here.filter(({app.noun}) =>'
            stop = (");", ";", "\n")
            part = Part(name=f"is-{choice}", opening=test, ending=");\n", stop=stop, tokens=60)
            parts.append(replace(part, about=(name, app.members[0])))
    return [*parts, Part(name="seen", opening="  return here;\n}\n\n")]


def _direct(app: ScriptApp, name: str) -> str:
    """The sentences that mention a name."""
    return " ".join(said.text for said in app.told if name in said.names)


def _output(app: ScriptApp, name: str) -> Part:
    """The text of an output. Where examples show its form, only a value is left to be written."""
    mine = [said.text for said in app.told if name in said.about]
    texts = _texts(app, name)
    part = function(f"{camel(name)}Text", "", mine, (name,))
    form = number_form(texts)
    if form:
        first, last = "  const number =", f";\n  return {form};\n}}\n\n"
    elif NONE.search(name) and len(texts) == 1:
        first, last = "  const none =", f';\n  return none ? {quoted_js(texts[0])} : "";\n}}\n\n'
    else:
        return part
    return replace(part, opening=part.opening + first, ending=last, stop=(";", "\n\n"), tokens=120)


def _texts(app: ScriptApp, name: str) -> list[str]:
    """The texts that the request gives for a name: those after it, or else in its sentences."""
    direct = [said for said in app.told if name in said.names]
    texts = [text for said in direct for text in texts_after(name, said.text, said.names)]
    return texts or [text for said in direct for text in given(said.text)]


def drawing(app: ScriptApp) -> Part:
    """Everything that is shown. With entries it follows from their names; else the model's."""
    if not app.kept:
        away = {*app.pressed}
        shown = {name for name in app.page.names if name not in away}
        told = shown | set(app.choices)
        lines = [said.text for said in app.told if told & set(said.about)]
        return replace(function("render", "", lines, tuple(sorted(shown))), tokens=700)
    every = several(app.noun)
    chosen = f"shown{every[0].upper()}{every[1:]}()" if _is_narrowed(app) else every
    newest = "[...{}].reverse()" if any(NEWEST.search(said.text) for said in app.told) else "{}"
    chosen = newest.format(chosen)
    lines = [f'save("{every}", {every});']
    groups = app.groups
    if groups.ends:
        field, constant = groups.holders, several(groups.holders).upper()
        lines += [
            f"for (const {field} of {constant}) {{",
            f"  const here = {chosen}.filter(({app.noun}) => {app.noun}.{field} === {field});",
            f'  fill("{field}-" + {field}, here.map({app.noun}Element));',
        ]
        if groups.sizes:
            all_here = f"{every}.filter(({app.noun}) => {app.noun}.{field} === {field})"
            lines.append(f'  say("{groups.sizes}-" + {field}, {all_here}.length);')
        lines.append("}")
    elif app.holder:
        lines.append(f'fill("{app.holder}", {chosen}.map({app.noun}Element));')
    lines += [f'say("{name}", {camel(name)}Text());' for name in app.outputs]
    body = "".join(f"  {line}\n" for line in lines)
    if not app.holder and not groups.ends:
        return replace(function("render", "", (), (app.members[0],), first=body), tokens=400)
    return Part(name="render", opening=f"function render() {{\n{body}}}\n\n")


def _is_narrowed(app: ScriptApp) -> bool:
    return any(part.name.startswith("shown") for part in shown_parts(app))
