"""The part of a script's outline that is about what sets a field: a preset, a reset, another field.

A button such as tip-10 sets the field tip, or, where there is no such field, what the script
remembers as the tip. In a converter that works both ways each field is an answer to the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from homesmith.builder.controls import Control
from homesmith.builder.forms import quoted_js
from homesmith.builder.outline import Part, comment
from homesmith.builder.script_app import TAKEN, ScriptApp, camel
from homesmith.builder.script_live import DIGITS

BACK = re.compile(r"\bback to (?:the )?(?:start|beginning|default|initial)", re.IGNORECASE)
EMPTIES = re.compile(
    r"\b(?:empties|clears) (?:everything|both|all|all (?:the )?(?:fields|inputs))\b"
)
CHOOSES = re.compile(r"\b(?:choos|chose|set|pick|select)\w*\b")
CHOSEN = re.compile(
    r"\b(\d+)(?: ?%| percent)? is (?:chosen|selected|set|active|the default)\b"
    r"|\bstarts? (?:at|with) (\d+)\b"
)
ONE_THE_OTHER = re.compile(
    r"\b(?:typ|enter|chang|convert)\w*\b[^.]*\b(?:one|either)\b[^.]*\bthe other\b", re.IGNORECASE
)
ANSWERS = re.compile(
    r"\b(?:typing|type|entering|enter|changing|change)\b[^`.]*`(?P<source>[\w-]+)`"
    r"[^`.]*\b(?:sets?|changes?|updates?|fills?|converts?|shows?|gives?)\b[^`.]*`(?P<target>[\w-]+)`",
    re.IGNORECASE,
)
ROUNDED = re.compile(r"\brounded to (?:at most )?(\w+) (?:decimals?|digits?|places?)\b")
END = "\n}\n\n"


def sets(app: ScriptApp, name: str) -> Part | None:
    """The function of a button such as tip-10, which sets the field tip, or what is remembered as
    the tip, to 10.
    """
    start, _, number = name.rpartition("-")
    field = app.page.control(start)
    if number.isdecimal() and field is not None and field.kind not in ("button", "checkbox"):
        line = f'find("{start}").value = "{number}";'
    elif name in presets(app):
        line = f"{camel(start)} = {number};"
    else:
        return None
    text = f"function {app.calls[name]}() {{\n  {line}\n}}\n\n"
    return Part(name=app.calls[name], opening=text)


def presets(app: ScriptApp) -> Mapping[str, str]:
    """Buttons that choose a number that no field has: tip-10, tip-15. Name to what they set."""
    starts: dict[str, list[str]] = {}
    for name in app.pressed:
        start, _, number = name.rpartition("-")
        if number.isdecimal():
            starts.setdefault(start, []).append(name)
    return {
        name: start
        for start, names in starts.items()
        if len(names) > 1 and _is_free(app, start)
        for name in names
        if _is_chosen(start, _told(app, name))
    }


def _is_chosen(start: str, told: str) -> bool:
    """Whether the sentences of a button say that it chooses what its name begins with."""
    return bool(CHOOSES.search(told) and re.search(rf"\bthe {re.escape(start)}\b", told))


def _is_free(app: ScriptApp, start: str) -> bool:
    """Whether no field and no function has to do with what the buttons set."""
    fields = (one.testid for one in app.page.controls if one.kind != "button")
    taken = camel(start) in TAKEN or camel(start) in app.calls.values() or start == app.noun
    return not taken and all(start not in name.split("-") for name in fields)


def remembered(app: ScriptApp) -> str:
    """The lines that remember what such buttons choose."""
    found = presets(app)
    return "".join(_preset(app, start) for start in dict.fromkeys(found.values()))


def _preset(app: ScriptApp, start: str) -> str:
    names = [name for name, other in presets(app).items() if other == start]
    numbers = [name.rpartition("-")[2] for name in names]
    first = _first(app, names[0], numbers)
    known = f"one of {', '.join(numbers)}" if first else f"later {', '.join(numbers)}"
    return f"let {camel(start)} = {first or 0}; // {known}\n"


def _first(app: ScriptApp, name: str, numbers: list[str]) -> str:
    found = CHOSEN.search(_told(app, name))
    number = (found[1] or found[2]) if found else ""
    return number if number in numbers else ""


def _told(app: ScriptApp, name: str) -> str:
    return " ".join(said.text for said in app.told if name in said.names)


def resets(app: ScriptApp, name: str, *, runs: bool, live: bool) -> Part | None:
    """The function of a button that brings every field back or empties it; None for another one,
    and where something `runs` by itself. Fields are emptied on a page that is `live`.
    """
    told = _told(app, name)
    fields = [one for one in app.page.controls if one.kind in ("number", "text", "range")]
    back = BACK.search(told) is not None
    if app.kept or runs or not fields or not (back or (live and EMPTIES.search(told))):
        return None
    lines = "".join(_first_value(one, back=back) for one in fields)
    if back:
        for start in dict.fromkeys(presets(app).values()):
            lines += "  " + _preset(app, start).removeprefix("let ").partition(" //")[0] + "\n"
    return Part(name=app.calls[name], opening=f"function {app.calls[name]}() {{\n{lines}}}\n\n")


def _first_value(field: Control, *, back: bool) -> str:
    return f'  find("{field.testid}").value = {quoted_js(field.value if back else "")};\n'


def answering(app: ScriptApp) -> Mapping[str, tuple[str, ...]]:
    """The fields that are set by what is typed in another one: that one to those it sets."""
    typed = [one.testid for one in app.page.controls if one.kind in ("number", "text")]
    found: dict[str, list[str]] = {}
    for said in () if app.kept or app.members else app.told:
        pairs = [(place["source"], place["target"]) for place in ANSWERS.finditer(said.text)]
        if len(typed) == 2 and ONE_THE_OTHER.search(said.text):
            pairs += [(typed[0], typed[1]), (typed[1], typed[0])]
        for source, target in pairs:
            if {source, target} <= {*typed} and source != target:
                found.setdefault(source, []).append(target)
    return {source: tuple(dict.fromkeys(targets)) for source, targets in found.items()}


def answers(app: ScriptApp) -> list[Part]:
    """A function for each field that is an answer, and for each one that is typed in."""
    parts: list[Part] = []
    for source, targets in answering(app).items():
        given = camel(source)
        lines = ""
        for target in targets:
            called = f"{camel(target)}From{given[0].upper()}{given[1:]}"
            told = [said.text for said in app.told if {source, target} <= {*said.names}]
            opening = f"{comment(told)}// Here the number alone.\nfunction {called}({given}) {{\n"
            parts.append(
                Part(name=called, opening=opening, ending=END, stop=("\n}",), about=(target,))
            )
            number = f"{called}({given})"
            if digits := _digits(app):
                number = f"rounded({number}, {digits})"
            lines += f'  find("{target}").value = {_unset(app, source)} ? "" : {number};\n'
        head = f'function {given}Typed() {{\n  const {given} = read("{source}");\n'
        parts.append(Part(name=f"{given}Typed", opening=f"{head}{lines}}}\n\n"))
    return parts


def _unset(app: ScriptApp, source: str) -> str:
    control = app.page.control(source)
    nothing = "null" if control is not None and control.kind == "number" else '""'
    return f"{camel(source)} === {nothing}"


def _digits(app: ScriptApp) -> str:
    found = next((place for said in app.told if (place := ROUNDED.search(said.text))), None)
    digits = DIGITS.get(found[1], found[1]) if found else ""
    return digits if digits.isdecimal() else ""


def answer_ties(app: ScriptApp) -> tuple[list[str], list[str]]:
    """The lines that listen to those fields, and those that set an answer at the beginning."""
    pairs = answering(app)
    ties = [f'find("{one}").addEventListener("input", {camel(one)}Typed);' for one in pairs]
    values = {one.testid: one.value for one in app.page.controls}
    first = [
        f"{camel(one)}Typed();"
        for one, targets in pairs.items()
        if values[one] and not any(values[target] for target in targets)
    ]
    return ties, first
