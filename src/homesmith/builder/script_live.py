"""The part of a script's outline that is about a page that answers at once: calculators, clocks.

Each output is a function of what is typed and picked; `render` reads the fields and shows them all.
A small model does a function of two or three values well, and a page full of fields badly.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from homesmith.builder.forms import NUMBERED, graded, number_form, quoted_js
from homesmith.builder.literals import given
from homesmith.builder.live import ALL_SHOW, TROUBLE
from homesmith.builder.mentions import texts_after
from homesmith.builder.outline import Part, comment
from homesmith.builder.script_app import TAKEN, ScriptApp, camel
from homesmith.builder.script_choices import dependent_of
from homesmith.builder.script_clock import Clock, shown
from homesmith.builder.script_units import conversion, units_of

COMPUTES = re.compile(
    r"^(?:calc|comput|convert|generate|roll|draw|check|show|go|guess|submit|find|spin|flip|play)"
)
"""Buttons that are pressed for an answer."""
OWN_WORDS = TAKEN | {"numbers", "fine"}
END = "\n}\n\n"
WRITTEN = re.compile(
    r"\b(?:written|shown|formatted|displayed|look)\b[^.]*\b(?:like|as)\b|\b(?:each|all|both) like\b"
)
EACH_SHOWS = re.compile(
    r"`[\w-]+`(?: and `[\w-]+`)+ (?:(?:are|stay) (?:empty|blank)|show [`\"](?P<text>[^`\"]+))"
)
AT_MOST = re.compile(r"\b(?:at most|up to) (\w+) decimals?\b", re.IGNORECASE)
"""Words that say that examples of a number do not show its only form."""
SEEN_WHEN = re.compile(r"\b(?:only )?(?:visible|shown|hidden|seen)\b|\bdisabled\b")
DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}


def live_outputs(app: ScriptApp, clock: Clock | None = None) -> tuple[str, ...]:
    """The outputs of a page that answers at once, messages of trouble first; () for another."""
    fields = _fields(app) or clock
    if app.kept or app.members or not fields or any(map(COMPUTES.match, app.pressed)):
        return ()
    return tuple(sorted(spoken_outputs(app), key=lambda name: TROUBLE.search(name) is None))


def spoken_outputs(app: ScriptApp) -> list[str]:
    """What only shows something, and what the request speaks of."""
    spoken = {name for said in app.told for name in said.names}
    away = {one.testid for one in app.page.controls} | set(app.page.lists)
    return [name for name in app.page.order if name in spoken and name not in away]


def live_parts(app: ScriptApp, clock: Clock | None = None) -> list[Part]:
    """Functions for the texts and the numbers that are shown, and what draws the page with them."""
    outputs = live_outputs(app, clock)
    values = ", ".join(_value_of(name) for name in _fields(app))
    forms = {name: form for name in outputs if (form := _form(app, name))}
    trouble = next((one for one in outputs if TROUBLE.search(one)), "")
    parts: list[Part] = []
    shows: list[str] = []
    for name in outputs:
        if name not in forms:
            parts += _text(app, name, values, clock)
        shown = forms.get(name, f"{camel(name)}Text({values})")
        wrong = _shown_in_trouble(app, name, trouble, outputs)
        shown = f"fine ? {shown} : {quoted_js(wrong)}" if wrong is not None else shown
        shows.append(f'  say("{name}", {shown});\n')
    reads = [f'  const {_value_of(name)} = read("{name}");\n' for name in _fields(app)]
    if forms:
        first = [part for part in parts if trouble in part.about]
        rest = [part for part in parts if trouble not in part.about]
        known = {clock.counter: camel(clock.counter)} if clock and clock.counter else {}
        parts = [*first, *_numbers(app, tuple(forms), values, known), *rest]
        named = ", ".join(_number_of(name) for name in forms)
        reads.append(f"  const {{ {named} }} = numbers({values});\n")
    if any("fine ?" in line for line in shows):
        reads.append(f'  const fine = {camel(trouble)}Text({values}) === "";\n')
    drawn = "".join(["function render() {\n", *reads, *shows, "}\n\n"])
    handed = "|".join(_value_of(name) for name in _fields(app))
    plain = ((rf"(?<![\w.\"])({handed})\.value\b", r"\1"),)
    parts = [replace(part, mends=plain) for part in parts]
    return [*parts, Part(name="render", opening=drawn)]


def round_parts(app: ScriptApp, clock: Clock | None = None) -> list[Part]:
    """A function for each text of a page that goes through rounds, such as a quiz, and what draws
    it: the texts are a program's, what is hidden or disabled then the model's; [] for another page.
    """
    if app.kept or not app.members or _fields(app):
        return []
    outputs = spoken_outputs(app)
    parts = [_round_text(app, clock, name) for name in outputs]
    shows = "".join(f'  say("{name}", {camel(name)}Text());\n' for name in outputs)
    if clock and clock.laps:
        shows += f'  fill("{app.holder}", {clock.laps}.map({app.noun}Element));\n'
        return [*parts, Part(name="render", opening=f"function render() {{\n{shows}}}\n\n")]
    rest = {*app.members, *app.pressed, *app.page.lists}
    lines = [
        said.text for said in app.told if rest & set(said.names) or SEEN_WHEN.search(said.text)
    ]
    opening = f"{comment(lines)}function render() {{\n{shows}"
    about = tuple(sorted(rest))
    drawn = Part(name="render", opening=opening, ending=END, stop=("\n}",), about=about)
    return [*parts, drawn]


def _round_text(app: ScriptApp, clock: Clock | None, name: str) -> Part:
    lines = [said.text for said in app.told if name in said.about]
    called = f"{camel(name)}Text"
    opening = f"{comment(lines)}function {called}() {{\n"
    if grades := next((found for line in lines if (found := graded(_behind(name, line)))), ""):
        opening += f"  const graded = (count) => {grades};\n"
    known, whole = shown(app, clock, name) if clock else ("", False)
    if whole:
        return Part(name=called, opening=f"{opening}{known}{END}")
    return _function(called, opening, name)


def _behind(name: str, sentence: str) -> str:
    """What a sentence says behind a name, up to the next name that says something; else ""."""
    behind = sentence.partition(f"`{name}` ")[2]
    return re.split(r"`[\w-]+` (?:says|shows|tells|reads|is)\b", behind)[0]


def _numbers(
    app: ScriptApp, names: Sequence[str], values: str, known: Mapping[str, str]
) -> list[Part]:
    """One function for the numbers that are shown: each may be had from those above it.

    `known` are those that a program knows, with their expressions.
    """
    told = [said.text for said in app.told if set(names) & set(said.about)]
    parts = [Part(name="numbers", opening=f"{comment(told)}function numbers({values}) {{\n")]
    for name in names:
        said = next((said.text for said in app.told if name in said.names), "")
        opening = f"  // {_clause(name, said)}\n  const {_number_of(name)} ="
        stop = (";", "\n\n", "\n  //")
        if name in known:
            parts.append(Part(name=_number_of(name), opening=f"{opening} {known[name]};\n"))
            continue
        parts.append(
            Part(
                name=_number_of(name),
                opening=opening,
                ending=";\n",
                stop=stop,
                about=(name,),
                tokens=120,
            )
        )
    named = ", ".join(_number_of(name) for name in names)
    return [*parts, Part(name="counted", opening=f"  return {{ {named} }};{END}")]


def _clause(name: str, sentence: str) -> str:
    """The words of a sentence that lead to a name, or that follow it where it comes first."""
    place = sentence.find(f"`{name}`")
    before = re.split(r"[,;:]|\band\b", sentence[: max(place, 0)])[-1].strip(" (")
    behind = re.split(r"[,;.]|\band\b", sentence[place + len(name) + 2 :])[0].strip(" )")
    return f"{before} (`{name}`)" if len(before.split()) > 1 else f"`{name}` {behind}"


def _number_of(name: str) -> str:
    """What the number in an output is called."""
    return f"{camel(name)}Number"


def _fields(app: ScriptApp) -> list[str]:
    return [one.testid for one in app.page.controls if one.kind != "button"]


def _value_of(name: str) -> str:
    """What a field's value is called."""
    called = camel(name)
    return f"{called}Value" if called in OWN_WORDS else called


def _text(app: ScriptApp, name: str, values: str, clock: Clock | None) -> list[Part]:
    """The function for the text of one output; where it is a number that is rounded, that of the
    number stands before it.
    """
    lines = [said.text for said in app.told if name in said.about]
    called, told = f"{camel(name)}Text", comment(lines)
    opening = f"function {called}({values}) {{\n"
    for field in _fields(app):
        if text := _while_empty(app, field, name):
            opening += f"  if ({_value_of(field)} === null) return {quoted_js(text)};\n"
    if rounding := _rounded(app, name, f"{_number_of(name)}({values})"):
        ended = Part(name=called, opening=f"{opening}  return {rounding};{END}")
        if units := units_of(app):
            return [*conversion(units, _number_of(name), values, (name,)), ended]
        counted = f"{told}// Here the number alone.\nfunction {_number_of(name)}({values}) {{\n"
        return [_function(_number_of(name), counted, name), ended]
    known, whole = shown(app, clock, name) if clock else ("", False)
    if whole:
        return [Part(name=called, opening=f"{told}{opening}{known}{END}")]
    return [_function(called, f"{told}{opening}{known}", name)]


def _function(called: str, opening: str, name: str) -> Part:
    return Part(name=called, opening=opening, ending=END, stop=("\n}",), about=(name,))


def _rounded(app: ScriptApp, name: str, number: str) -> str:
    """The expression for a number with at most so many decimals, and with its unit if the examples
    have the options of a dropdown as units: the last dropdown that has them; "" for another text.
    """
    told = [said for said in app.told if name in said.about]
    found = next((place for said in told if (place := AT_MOST.search(said.text))), None)
    texts = [text for said in told for text in texts_after(name, said.text, said.names)]
    texts += [text for said in told if not said.names for text in given(said.text)]
    examples = [place for text in texts if (place := NUMBERED.match(text))]
    units = {place[3].strip() for place in examples}
    if not found or not examples or any(place[1] not in ("", "-") for place in examples):
        return ""
    text = f"rounded({number}, {DIGITS.get(found[1].lower(), found[1])})"
    if chosen := _dropdowns_of(app, units):
        return f'{text} + " " + {_value_of(chosen[-1])}'
    return f"{text} + {quoted_js(examples[0][3])}" if len(units) == 1 and examples[0][3] else text


def _dropdowns_of(app: ScriptApp, units: Collection[str]) -> list[str]:
    """The dropdowns that have all these options, those of any choice where they depend on one."""
    listed = {one.testid: set(one.options) for one in app.page.controls if any(one.options)}
    if dependent := dependent_of(app):
        every = {option for options in dependent.options.values() for option in options}
        listed |= dict.fromkeys(dependent.followers, every)
    return [name for name, options in listed.items() if units and options >= set(units)]


def _form(app: ScriptApp, name: str) -> str:
    """The expression for a text with one number in it, from what is said of an output; else ""."""
    mine = [said for said in app.told if name in said.about]
    if TROUBLE.search(name) or any(AT_MOST.search(said.text) for said in mine):
        return ""
    texts = [text for said in mine for text in texts_after(name, said.text, said.names)]
    alike = [text for said in mine if WRITTEN.search(said.text) for text in given(said.text)]
    called = _number_of(name)
    return number_form(texts, called) or number_form(alike, called)


def _while_empty(app: ScriptApp, field: str, name: str) -> str:
    """What an output says while a number field is empty, if the request says so."""
    control = app.page.control(field)
    called = rf"\b(?:the )?`?{re.escape(field)}`? (?:field )?is (?:empty|blank|missing)\b"
    for said in app.told:
        texts = texts_after(name, said.text, said.names)
        if control and control.kind == "number" and texts and re.search(called, said.text):
            return texts[0]
    return ""


def _shown_in_trouble(
    app: ScriptApp, name: str, trouble: str, outputs: Sequence[str]
) -> str | None:
    """What an output shows while `trouble` has a message; None if nothing is said of that."""
    if trouble in ("", name):
        return None
    for said in app.told:
        if trouble not in said.names:
            continue
        found = ALL_SHOW.search(said.text)
        many = found is not None and (found["many"] != "both" or len(outputs) == 3)
        if found and many:
            return found["text"] or ""
        if name in said.names and (own := EACH_SHOWS.search(said.text)):
            return own["text"] or ""
    return None
