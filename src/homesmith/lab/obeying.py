"""Whether an answer keeps to a preference, judged by a program: one small function each.

An answer that has nothing to judge (no code, no indented line) does not obey. What is judged is
the code in fences, or the whole answer where there is none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from homesmith.lab.extraction import blocks_in

Check = Callable[[str], bool]

SCRIPT = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<double>"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<single>'(?:\\.|[^'\\\n])*')|(?P<template>`(?:\\.|[^`\\])*`)""",
    re.DOTALL,
)
JAVASCRIPT = re.compile(r"\b(?:const|let|var|function|console)\b|=>|for \(")
AMERICAN = re.compile(
    r"\b(?:colors?|colored|centers?|centered|favorites?|gray|organiz\w+|neighbors?|flavors?"
    r"|behaviors?|theaters?|liters?|meters?|kilometers?)\b",
    re.IGNORECASE,
)
BRITISH = re.compile(
    r"\b(?:colours?|coloured|centres?|centred|favourites?|grey|organis\w+|neighbours?|flavours?"
    r"|behaviours?|theatres?|litres?|metres?|kilometres?)\b",
    re.IGNORECASE,
)
METRIC = re.compile(r"\d\s*(?:m|km|cm|mm)\b|\b(?:kilo|centi|milli)?met(?:re|er)s?\b", re.IGNORECASE)
IMPERIAL = re.compile(r"\b(?:feet|foot|ft|miles?|inch(?:es)?|yards?)\b", re.IGNORECASE)
OTHER_STORES = re.compile(
    r"psycopg|mysql|mongo|postgres|redis|json\.dump|csv\.writer", re.IGNORECASE
)
PAGE_RULE = re.compile(
    r"(?:^|[},>;\s])(?:html|body|:root|\*)\s*(?:,[^{]*)?\{([^}]*)\}", re.IGNORECASE
)
STYLED = re.compile(r"<(?:body|html)[^>]*\sstyle=[\"']([^\"']*)", re.IGNORECASE)
BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;}]+)", re.IGNORECASE)
INK = re.compile(r"(?<![\w-])color\s*:\s*([^;}]+)", re.IGNORECASE)
HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)", re.IGNORECASE)
NAMED = {
    "black": "000000",
    "darkslategray": "2f4f4f",
    "darkslategrey": "2f4f4f",
    "midnightblue": "191970",
    "navy": "000080",
    "darkblue": "00008b",
    "dimgray": "696969",
    "gray": "808080",
    "grey": "808080",
    "lightgray": "d3d3d3",
    "lightgrey": "d3d3d3",
    "silver": "c0c0c0",
    "whitesmoke": "f5f5f5",
    "white": "ffffff",
}


def code(answer: str) -> str:
    """The code of an answer: its fenced blocks, or all of it without any."""
    blocks = [block.text for block in blocks_in(answer)]
    return "\n".join(blocks) if blocks else answer


def tabs(answer: str) -> bool:
    """Every indented line of code begins with a tab."""
    indented = [line for line in code(answer).splitlines() if line[:1] in ("\t", " ")]
    return bool(indented) and all(re.match(r"\t+ {0,3}\S|\s*$", line) for line in indented)


def single_quotes(answer: str) -> bool:
    """JavaScript strings stand in single quotes, at least one of them."""
    found = [match.lastgroup for match in SCRIPT.finditer(code(answer))]
    return "single" in found and "double" not in found


def no_semicolons(answer: str) -> bool:
    """Some JavaScript, and no line of it ends with a semicolon."""
    text = SCRIPT.sub(lambda found: "" if found["comment"] else found[0], code(answer))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (
        bool(JAVASCRIPT.search(text))
        and len(lines) > 1
        and not any(line.endswith(";") for line in lines)
    )


def type_hints(answer: str) -> bool:
    """Every Python function says the types of its parameters and of its result."""
    return _every_function(answer, _hinted)


def docstrings(answer: str) -> bool:
    """Every Python function has a docstring."""
    return _every_function(answer, lambda one: ast.get_docstring(one) is not None)


def camel_case(answer: str) -> bool:
    """Python functions are named likeThis, at least one of two words."""
    names = [one.name for one in _functions(answer)]
    several = [name for name in names if re.search(r"[A-Z]", name)]
    return bool(several) and all(re.fullmatch(r"[a-z]+(?:[A-Z0-9][a-z0-9]*)*", n) for n in names)


def british(answer: str) -> bool:
    """At least one word in British spelling, and none in American."""
    return bool(BRITISH.search(answer)) and not AMERICAN.search(answer)


def metric(answer: str) -> bool:
    """Metric measures, and no others."""
    return bool(METRIC.search(answer)) and not IMPERIAL.search(answer)


def sqlite(answer: str) -> bool:
    """Data goes into SQLite and nowhere else."""
    text = code(answer)
    return "sqlite" in text.lower() and not OTHER_STORES.search(text)


def dark_page(answer: str) -> bool:
    """The page has a dark background and light text, or leaves both to a dark color-scheme."""
    text = code(answer)
    styles = "\n".join([*PAGE_RULE.findall(text), *STYLED.findall(text)])
    ground, ink = _last(BACKGROUND, styles), _last(INK, styles)
    if ground is None and re.search(r"color-scheme\s*:\s*dark", text, re.IGNORECASE):
        return True
    return ground is not None and ground < 0.2 and ink is not None and ink > 0.5


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        tabs,
        single_quotes,
        no_semicolons,
        type_hints,
        docstrings,
        camel_case,
        british,
        metric,
        sqlite,
        dark_page,
    )
}
"""Every check by its name."""


def luminance(colour: str) -> float | None:
    """How light a CSS colour is, 0 to 1 (WCAG 2 relative luminance); None when not known."""
    named = NAMED.get(colour.strip().lower())
    found = HEX.search(f"#{named}" if named else colour)
    if found:
        digits = found[1] if len(found[1]) == 6 else "".join(letter * 2 for letter in found[1])
        parts = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    elif triple := RGB.search(colour):
        parts = [min(255, int(part)) for part in triple.groups()]
    else:
        return None
    linear = [_linear(part / 255) for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _last(pattern: re.Pattern[str], styles: str) -> float | None:
    """How light the colour is that is given last, as CSS has it."""
    known = [light for found in pattern.findall(styles) if (light := luminance(found)) is not None]
    return known[-1] if known else None


def _functions(answer: str) -> Iterator[ast.FunctionDef]:
    try:
        tree = ast.parse(code(answer))
    except (SyntaxError, ValueError):
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _every_function(answer: str, holds: Callable[[ast.FunctionDef], bool]) -> bool:
    found = list(_functions(answer))
    return bool(found) and all(holds(one) for one in found)


def _hinted(function: ast.FunctionDef) -> bool:
    given = function.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    plain = [one for one in parameters if one.arg not in ("self", "cls")]
    return function.returns is not None and all(one.annotation for one in plain)
