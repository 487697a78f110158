"""The outline of a page's script: its data, a function for each button, entry and output, and the
lines that tie them to the page.

A program writes what follows from the names alone; what a function does is left to the model.
"""

from __future__ import annotations

import re
from dataclasses import replace

from homesmith.builder.controls import Page
from homesmith.builder.forms import quoted_js
from homesmith.builder.outline import Part, comment
from homesmith.builder.pages import label_of
from homesmith.builder.script_app import TOLD_ONCE, ScriptApp, camel, script_app, several
from homesmith.builder.script_choices import choices, dependent_of, follows
from homesmith.builder.script_clock import Clock, clock_of, pressed, ticking
from homesmith.builder.script_entry import (
    element,
    moved,
    one_of_each_family,
    shift,
    ticks,
    toggle,
    told_in_words,
)
from homesmith.builder.script_fields import (
    answer_ties,
    answering,
    answers,
    remembered,
    resets,
    sets,
)
from homesmith.builder.script_functions import answering_for, function
from homesmith.builder.script_live import live_outputs, live_parts, round_parts
from homesmith.builder.script_shown import drawing, shown_parts
from homesmith.builder.script_units import factors, units_of

TICKS = re.compile(
    r"\b(?:count\w* (?:the \w+ )*down|(?:one|each|every|per) second|second by second|stopwatch|"
    r"timer)\b",
    re.IGNORECASE,
)
DARK = re.compile(r"\bdark\b[^.]*\b(?:look|mode|theme|light|colou?rs)\b|\blight\b[^.]*\bdark\b")
QUOTED = re.compile(r"[`\"“]([^`\"“”\n]{3,30})[`\"”]")
STAYS = re.compile(r"\b(?:localStorage|reload\w*|remember\w*|still there)\b")
FACT = re.compile(r"\d|\w: |\w / |:$")
"""A sentence with a figure or a list in it."""
DATA = "// Data that never changes, and what the page remembers.\n"
TYPED = (
    "// Data that never changes. What is typed or picked is handed to the functions below; null\n"
    "// for a number field that is empty.\n"
)
CRITERIA = "It must show:"
"""What leads to the criteria in a request; nothing of it is data."""
AFTER_DATA = ("\n\n", "\nfunction", "\n//", "\nfind(")


def script_outline(page: Page, request: str) -> tuple[Part, ...]:
    """The outline of the script for a page: what stands on it, and what is asked for."""
    app = script_app(page, request)
    clock = clock_of(app, request)
    parts = [*_data(app, clock), *(ticking(app, clock) if clock else _ticking(app, request))]
    for one in app.pressed:
        if _themes(app, one):
            continue
        known = _choice(app, one) if one in app.choices else sets(app, one)
        known = known or resets(app, one, runs=_runs(app), live=bool(live_outputs(app)))
        known = pressed(app, clock, one) if clock and not known else known
        if known:
            parts.append(known)
            continue
        fields = app.entered if one == app.adding else ()
        made = answering_for(app.calls[one], "", app.told, (one, *fields))
        parts.append(replace(made, mends=_none_on(app)) if one == app.adding else made)
    dependent = dependent_of(app)
    for one in app.chosen:
        if dependent and one == dependent.chooser.testid:
            parts.append(follows(app, dependent))
            continue
        lines = [said.text for said in app.told if one in said.acted]
        parts.append(function(app.calls[one], "", lines, (one,)))
    for one in one_of_each_family(app):
        if one == app.opener or one.startswith("cancel"):
            parts.append(_fixed(app, one))
        elif shift(app, one):
            parts.append(moved(app, one))
        else:
            start = app.families.get(one, "")
            if start and ticks(app, one):
                parts.append(toggle(app, one))
                continue
            alike = [name for name in app.families if app.families[name] == start]
            arguments = f"{app.noun}, {camel(start)}" if start else app.noun
            closes = "  editing = null;\n" if _closes(app, one) else ""
            parts.append(
                answering_for(
                    app.calls[one], arguments, app.told, tuple(alike or [one]), first=closes
                )
            )
    drawn = live_parts(app, clock) if live_outputs(app, clock) else round_parts(app, clock)
    if not drawn and answering(app) and not app.outputs:
        drawn = [Part(name="render", opening="function render() {}\n\n")]
    drawn = drawn or [*shown_parts(app), drawing(app)]
    return (*parts, *answers(app), *element(app, request), *drawn, _ties(app))


def _data(app: ScriptApp, clock: Clock | None) -> list[Part]:
    """What the page knows and remembers; facts of the request that speak of no name stand here."""
    facts = [
        said.text
        for said in app.told
        if not said.about and _is_fact(app, said.text) and said.text != CRITERIA
    ]
    dependent = dependent_of(app)
    state = (choices(dependent) if dependent else "") + _chosen_first(app) + remembered(app)
    data = Part(
        name="data",
        opening=f"{comment(facts)}{state}{clock.state if clock else ''}{DATA}",
        ending="\n\n",
        stop=AFTER_DATA,
        tokens=900,
    )
    if units := units_of(app):
        return [Part(name="data", opening=f"{comment(facts)}{state}{factors(units)}\n")]
    if not app.kept:
        typed = any(one.kind not in ("button", "select") for one in app.page.controls)
        if typed and not _runs(app) and (live_outputs(app) or answering(app)):
            opening, stop = data.opening.replace(DATA, TYPED), (*AFTER_DATA, "\nlet ", "\nvar ")
            data = replace(data, opening=opening, stop=stop)
        return [data]
    every = several(app.noun)
    ticked = dict.fromkeys(app.families[n] for n in app.families if ticks(app, n))
    known = [app.groups.holders] if app.groups.ends else []
    known += [several(camel(start)) for start in ticked]
    known += app.plain if told_in_words(app) else ()
    first = "".join([" {", *(f" {name}," for name in known)])
    shape = f"{_groups(app)}// Each {app.noun} is an object with{first}"
    opening = f'{comment(facts)}{state}let {every} = load("{every}", []);'
    if app.opener:
        opening += "\nlet editing = null;"
    return [
        Part(name="shape", opening=shape, ending="\n", stop=("\n",), tokens=60),
        replace(data, opening=opening),
    ]


def _is_fact(app: ScriptApp, text: str) -> bool:
    """Whether a sentence tells data, or, where no entries are kept for the model, what stays."""
    return bool(FACT.search(text) or (not app.kept and STAYS.search(text)))


def _runs(app: ScriptApp) -> bool:
    """Whether something on the page runs by itself."""
    return any(TICKS.search(said.text) for said in app.told)


def _chosen_first(app: ScriptApp) -> str:
    """The state of buttons of which one is chosen: the first at the beginning."""
    if not app.choices:
        return ""
    name, value = next(iter(app.choices.items()))
    others = ", ".join(f'"{other}"' for other in app.choices.values())
    return f'let {name.partition("-")[0]} = "{value}"; // one of {others}\n'


def _groups(app: ScriptApp) -> str:
    """The constant for the lists that entries are moved between."""
    groups = app.groups
    if not groups.ends:
        return ""
    listed = ", ".join(f'"{end}"' for end in groups.ends)
    return f"const {several(groups.holders).upper()} = [{listed}];\n"


def _ticking(app: ScriptApp, request: str) -> list[Part]:
    """A function for each second, where something runs by itself."""
    if not TICKS.search(request):
        return []
    lines = [said.text for said in app.told if TICKS.search(said.text) or "end" in said.text]
    return [function("tick", "", ["Called once a second while it runs.", *lines], ())]


def _none_on(app: ScriptApp) -> tuple[tuple[str, str], ...]:
    """A new entry lists none of its parts as on, whatever is said of how many there are."""
    ticked = dict.fromkeys(several(camel(app.families[n])) for n in app.families if ticks(app, n))
    return tuple((rf"\b{field}:\s*(?:\[[^\]]*\]|[^,}}\n]+)", f"{field}: []") for field in ticked)


def _closes(app: ScriptApp, name: str) -> bool:
    """Whether a button of an entry ends its editing whatever stands in the fields."""
    refuses = any(TOLD_ONCE.search(other) for other in app.opened)
    return name in app.opened and name in app.acting and not refuses


def _choice(app: ScriptApp, name: str) -> Part:
    """The function of one of these buttons."""
    state = name.partition("-")[0]
    text = f'function {app.calls[name]}() {{\n  {state} = "{app.choices[name]}";\n}}\n\n'
    return Part(name=app.calls[name], opening=text)


def _themes(app: ScriptApp, name: str) -> tuple[str, str] | None:
    """The texts of a button that turns the page dark and light again; None for another button.

    Both are empty where it keeps the text it has.
    """
    told = " ".join(said.text for said in app.told if name in said.about)
    if not DARK.search(told):
        return None
    texts = [text for text in QUOTED.findall(told) if text != name]
    dark = next((text for text in texts if re.search(r"\bdark\b", text, re.IGNORECASE)), "")
    light = next((text for text in texts if re.search(r"\blight\b", text, re.IGNORECASE)), "")
    labelled = label_of(name, told, "")
    if dark and light:
        return dark, light
    return ("", "") if labelled else ("Dark mode", "Light mode")


def _fixed(app: ScriptApp, name: str) -> Part:
    """A function that a program can write: what begins or ends the editing of an entry."""
    noun = app.noun
    value = noun if name == app.opener else "null"
    text = f"function {app.calls[name]}({noun}) {{\n  editing = {value};\n}}\n\n"
    return Part(name=app.calls[name], opening=text)


def _ties(app: ScriptApp) -> Part:
    """The lines that call the functions; helpers.js draws the page anew after each event."""
    switches = {one: texts for one in app.pressed if (texts := _themes(app, one))}
    lines = [
        f'find("{one}").addEventListener("click", {app.calls[one]});'
        for one in app.pressed
        if one not in switches
    ]
    lines += [
        f'themeSwitch("{one}", {quoted_js(dark)}, {quoted_js(light)});'
        for one, (dark, light) in switches.items()
    ]
    lines += [f'find("{one}").addEventListener("change", {app.calls[one]});' for one in app.chosen]
    ties, first = answer_ties(app)
    lines += ties
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
    starting = [*(f"{app.calls[one]}();" for one in app.chosen), *first]
    return Part(name="ties", opening="\n".join([*lines, "", *starting, "render();", ""]))
