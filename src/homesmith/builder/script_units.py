"""Conversions between units that a request lists: factors from its figures, formulas one by one.

"- Length: m, km, mi (1 mi = 1609.344 m)" gives factors; metric prefixes are known. For a list
without figures, such as temperatures, the model writes two short formulas for each unit: to the
first one, and back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from homesmith.builder.forms import quoted_js
from homesmith.builder.outline import Part
from homesmith.builder.script_app import ScriptApp, camel
from homesmith.builder.script_choices import Dependent, dependent_of, item_of, key

EQUAL = re.compile(r"\b1 ([A-Za-z]+) = (\d+(?:\.\d+)?) ([A-Za-z]+)\b")
PREFIXES = {"k": 1000.0, "h": 100.0, "d": 0.1, "c": 0.01, "m": 0.001}


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Kinds of units by the dropdown `chooser`, converted from one of `pair` to the other.

    `factors` are how many of the first unit one of each is, for the kinds that have figures.
    """

    dependent: Dependent
    amount: str
    pair: tuple[str, str]
    factors: Mapping[str, Mapping[str, float]]


def units_of(app: ScriptApp) -> Units | None:
    """The units of a page that converts them; None where its lists give no figures."""
    dependent = dependent_of(app)
    numbers = [one.testid for one in app.page.controls if one.kind == "number"]
    if dependent is None or len(dependent.followers) != 2 or len(numbers) != 1:
        return None
    found = {kind: _factors(units, item_of(app, kind)) for kind, units in dependent.options.items()}
    factors = {kind: one for kind, one in found.items() if one}
    if not factors:
        return None
    first, second = dependent.followers
    return Units(dependent=dependent, amount=numbers[0], pair=(first, second), factors=factors)


def _factors(units: Sequence[str], item: str) -> dict[str, float]:
    """The factor of each unit to the one that the figures of a list item lead to; {} without."""
    figures = {one: (float(number), base) for one, number, base in EQUAL.findall(item)}
    bases = {base for _, base in figures.values()}
    if len(bases) != 1:
        return {}
    base = bases.pop()
    known = {base: 1.0} | {one: number for one, (number, _) in figures.items()}
    for unit in units:
        if unit not in known and unit.endswith(base) and unit[: -len(base)] in PREFIXES:
            known[unit] = PREFIXES[unit[: -len(base)]]
        if unit not in known and base.endswith(unit) and base[: -len(unit)] in PREFIXES:
            known[unit] = round(1 / PREFIXES[base[: -len(unit)]], 9)
    return {unit: known[unit] for unit in units} if set(units) <= set(known) else {}


def factors(units: Units) -> str:
    """The constant with the factors."""
    lines = []
    for kind, known in units.factors.items():
        listed = ", ".join(f"{key(unit)}: {number:.15g}" for unit, number in known.items())
        lines.append(f"  {key(kind)}: {{ {listed} }},\n")
    return f"// How many of one unit each is.\nconst FACTORS = {{\n{''.join(lines)}}};\n"


def conversion(units: Units, called: str, values: str, about: tuple[str, ...]) -> list[Part]:
    """The function that converts: by factors, else to the first unit and from it to the other."""
    kind, amount = camel(units.dependent.chooser.testid), camel(units.amount)
    source, target = (camel(name) for name in units.pair)
    head = f"function {called}({values}) {{\n"
    by_factor = f"{amount} * FACTORS[{kind}][{source}] / FACTORS[{kind}][{target}]"
    parts = [Part(name=called, opening=f"{head}  if (FACTORS[{kind}]) return {by_factor};\n")]
    for one, options in units.dependent.options.items():
        if one not in units.factors:
            parts += _formulas(one, options, (kind, amount, source, target))
    ended = [replace(part, about=about) for part in parts]
    return [*ended, Part(name=f"{called}-end", opening=f"  return {amount};\n}}\n\n")]


def _formulas(one: str, options: Sequence[str], names: tuple[str, str, str, str]) -> list[Part]:
    """Formulas of a kind without figures: each of its units as the first one, and back."""
    kind, amount, source, target = names
    first, *others = options
    inside = f"in{re.sub(r'[^A-Za-z0-9]', '', first)}"
    parts = [
        Part(
            name=f"{one}-begin",
            opening=f"  if ({kind} === {quoted_js(one)}) {{\n    let {inside} = {amount};\n",
        )
    ]
    for unit in others:
        lead = f"    // {one}: {unit} to {first}\n    if ({source} === {quoted_js(unit)})"
        parts.append(_formula(f"{one}-{unit}-to-{first}", f"{lead} {inside} ="))
    for unit in others:
        lead = f"    // {one}: {first} to {unit}\n    if ({target} === {quoted_js(unit)})"
        parts.append(_formula(f"{one}-{first}-to-{unit}", f"{lead} return {inside}"))
    return [*parts, Part(name=f"{one}-end", opening=f"    return {inside};\n  }}\n")]


def _formula(name: str, opening: str) -> Part:
    return Part(name=name, opening=opening, ending=";\n", stop=(";", "\n"), tokens=40)
