"""The form of a text that holds one number, read from the examples that a request gives of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

NUMBERED = re.compile(r"^([^\d]*)(\d+(?:\.\d+)?)([^\d]*)$")
ZERO = re.compile(r"(?:No|Nothing) \w")
GRADE = re.compile(
    r"[`\"“]([^`\"”]+)[`\"”] (?:for|with|from|at) "
    r"(?:(\d+)(?: ?(?:-|to|or|and) (?:\d+|more|above|over))?|"
    r"(less|fewer|below|otherwise|anything else|everything else|the rest|all others|more))\b"
)
"""A text, and the numbers it is for: "`Well done!` for 3 or 4", "`Try again` for less"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands before and after a number, after a single one, and instead of none; "" where
    nothing does. `decimals` are digits behind the point.
    """

    before: str
    after: str
    single: str
    none: str
    decimals: int


def form_of(texts: Sequence[str]) -> Form | None:
    """The form that examples such as "1 item" and "2 items" show; None where they show no one."""
    found = {m[2]: (m[1], m[3]) for text in texts if (m := NUMBERED.match(text))}
    if not found or not all(NUMBERED.match(text) or ZERO.match(text) for text in texts):
        return None
    many = next((number for number in found if number != "1"), "1")
    before, after = found[many]
    decimals = len(many.partition(".")[2])
    others = {number: other for number, other in found.items() if number != "1"}
    if any(other != (before, after) for other in others.values()):
        return None
    if any(len(number.partition(".")[2]) != decimals for number in others):
        return None
    single = found["1"][1] if "1" in found else after
    plural = re.match(r" ([a-z]{3,})s\b(?<!ss)", after)
    if plural and "1" not in found and not decimals:
        single = f" {plural[1]}{after[plural.end() :]}"
    none = next((text for text in texts if ZERO.match(text)), "")
    return Form(before=before, after=after, single=single, none=none, decimals=decimals)


def number_form(texts: Sequence[str], variable: str = "number") -> str:
    """The expression of a script for a text with the number `variable` in it; "" without form."""
    form = form_of(texts)
    if form is None:
        return ""
    number = f"{variable}.toFixed({form.decimals})" if form.decimals else variable
    ending = quoted_js(form.after) if form.after else ""
    if form.single != form.after:
        ending = f"({variable} === 1 ? {quoted_js(form.single)} : {quoted_js(form.after)})"
    pieces = [quoted_js(form.before) if form.before else "", number, ending]
    whole = " + ".join(piece for piece in pieces if piece)
    whole = f"String({whole})" if whole == number else whole
    return f"{variable} === 0 ? {quoted_js(form.none)} : {whole}" if form.none else whole


def number_template(texts: Sequence[str], number: str) -> str:
    """The same as a Jinja template, for a `number` of its own words; "" without form."""
    form = form_of(texts)
    if form is None or form.decimals:
        return ""
    many, one = f"{form.before}{{{{ {number} }}}}{form.after}", f"{form.before}1{form.single}"
    text = many
    if form.single != form.after:
        text = f"{{% if {number} == 1 %}}{one}{{% else %}}{many}{{% endif %}}"
    return (
        f"{{% if not {number} %}}{form.none}{{% else %}}{text}{{% endif %}}" if form.none else text
    )


def graded(told: str, variable: str = "count") -> str:
    """The expression of a script for a text that depends on a number, as "`Perfect!` for 5, `Well
    done!` for 3 or 4 and `Try again` for less" has it; "" where a sentence has no two of them.
    """
    found = GRADE.findall(told)
    least = {text: int(number) for text, number, _ in found if number}
    more = [text for text, _, words in found if words == "more"]
    rest = [text for text, _, words in found if words not in ("", "more")]
    if len(found) < 2 or not least or len(more) + len(rest) > 1:
        return ""
    if len(set(least.values())) < len(least):
        return ""
    ordered = sorted(least, key=lambda text: -least[text])
    steps = [f"{variable} > {least[ordered[0]]} ? {quoted_js(text)} : " for text in more]
    end = rest[0] if rest else ordered.pop()
    steps += [f"{variable} >= {least[text]} ? {quoted_js(text)} : " for text in ordered]
    return f"{''.join(steps)}{quoted_js(end)}"


def quoted_js(text: str) -> str:
    """A text as it stands in a script."""
    return json.dumps(text, ensure_ascii=False)
