"""The form of a text that holds one number, read from the examples that a request gives of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

NUMBERED = re.compile(r"^([^\d]*)(\d+(?:\.\d+)?)([^\d]*)$")
ZERO = re.compile(r"(?:No|Nothing) \w")


def number_form(texts: Sequence[str], variable: str = "number") -> str:
    """The expression for a text with the number `variable` in it, from examples such as "1 item"
    and "2 items"; "" where they show no such form.
    """
    found = {m[2]: (m[1], m[3]) for text in texts if (m := NUMBERED.match(text))}
    if not found or not all(NUMBERED.match(text) or ZERO.match(text) for text in texts):
        return ""
    many = next((number for number in found if number != "1"), "1")
    before, after = found[many]
    decimals = len(many.partition(".")[2])
    if any(other != (before, after) for number, other in found.items() if number != "1"):
        return ""
    if any(len(number.partition(".")[2]) != decimals for number in found if number != "1"):
        return ""
    number = f"{variable}.toFixed({decimals})" if decimals else variable
    ending = quoted_js(after) if after else ""
    plural = re.match(r" ([a-z]{3,})s\b(?<!ss)", after)
    if plural and "1" not in found and not decimals:
        found["1"] = (before, f" {plural[1]}{after[plural.end() :]}")
    if "1" in found and found["1"][1] != after:
        ending = f"({variable} === 1 ? {quoted_js(found['1'][1])} : {quoted_js(after)})"
    pieces = [quoted_js(before) if before else "", number, ending]
    whole = " + ".join(piece for piece in pieces if piece)
    none = next((text for text in texts if ZERO.match(text)), "")
    whole = f"String({whole})" if whole == number else whole
    return f"{variable} === 0 ? {quoted_js(none)} : {whole}" if none else whole


def quoted_js(text: str) -> str:
    """A text as it stands in a script."""
    return json.dumps(text, ensure_ascii=False)
