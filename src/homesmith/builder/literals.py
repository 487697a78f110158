"""What a person gave word for word, and must therefore find again in their app.

Pure text; it errs on the side of missing a literal rather than inventing one, because a
false one would send the builder after something nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

NAMED = re.compile(
    r"data-testid\s*(?:=\s*|of\s+|is\s+|:\s*)?[`\"“'\u2018]([A-Za-z][\w-]{0,63})[`\"”'\u2019]"
)
TICKED = re.compile(r"(?<!\bclass )`([a-z][\w]*(?:-[\w]+)*)`(?! (?:attribute|class|property))")
QUOTED = re.compile(r"[\"“]([^\"“”\n]{1,120})[\"”]|`([^`\n]{1,120})`")
SAID_TO = re.compile(
    r"\b(?:says|reads) `[^`\n]+`(?:[^`.;:\n]*(?:,|\bor\b|\band\b) `[^`\n]+`(?! (?:is|are|\w+s)\b))*"
    r"|\blike `[^`\n]+`(?:, `[^`\n]+`)*,? or `[^`\n]+`"
)
"""Words that an output says, one after the other; they are no names."""
GIVEN = re.compile(r"[^\w-]|^\d+$")
"""A text that cannot be a name."""
WORDED = re.compile(r"^[^\w\s]?[A-Z]|\s\w|[.!?]$")
"""A text for people: it begins with a capital, has a blank or ends a sentence."""
FILLED = re.compile(r"[<>{}…\"“”]|^/")
"""A text with a place in it where something else will stand."""
ROUTE = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+`?(/[\w\-./{}:<>]*)")
SHOWN = re.compile(
    r"(?:\b(?:button|heading|title|label|labelled|labeled|message|error|text|placeholder|says?|"
    r"shows?|reads?|headed|called|named|link|option|column|tab)s?\b)[^.\n]{0,60}$",
    re.IGNORECASE,
)
EXAMPLE = re.compile(
    r"(?:e\.g\.|for example|such as|like|enter(?:ing)?|typ(?:e|ing))[^.\n]{0,40}$", re.IGNORECASE
)
ACTING = re.compile(r"^(?:delete|remove|edit|toggle|move)(?:-|$)")
CODE_WORDS = frozenset(
    (
        *("localStorage", "sessionStorage", "true", "false", "null", "JSON", "string", "number"),
        *("integer", "boolean", "GET", "POST", "PUT", "DELETE", "PATCH", "id"),
        *("app", "main", "index", "html", "css", "js", "python", "uvicorn", "fastapi", "sqlite"),
        *("data-testid", "body", "head", "form", "button", "input", "select", "div", "span"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literals:
    """Names and texts of a request, in the order in which they appear."""

    testids: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()

    def as_options(self) -> dict[str, list[str]]:
        """The form that the exactness check reads."""
        return {
            "testids": list(self.testids),
            "texts": list(self.texts),
            "routes": list(self.routes),
        }


def literals(request: str) -> Literals:
    """Everything in `request` that must occur in the app exactly so."""
    return Literals(
        testids=_unique(_testids(request)),
        texts=_unique(_texts(request)),
        routes=_unique(found[1].rstrip(".,;:") for found in ROUTE.finditer(request)),
    )


def _testids(request: str) -> list[str]:
    """Named ones, and, where the request speaks of data-testid at all, every ticked name."""
    if "data-testid" not in request and "testid" not in request.lower():
        return []
    found = {match.start(1): match[1] for match in NAMED.finditer(request)}
    said = [match.span() for match in SAID_TO.finditer(request)]
    for match in TICKED.finditer(request):
        if any(start < match.start() < end for start, end in said):
            continue
        if match[1] not in CODE_WORDS and "_" not in match[1]:
            found.setdefault(match.start(1), match[1])
    return [found[place] for place in sorted(found)]


def quoted(text: str) -> list[str]:
    """What stands in quotation marks, and what stands in backquotes and is plainly no name."""
    return [part for _, part in _quotes(text)]


def given(text: str) -> list[str]:
    """Everything in backquotes or quotation marks that is no name, figures too."""
    found = [(match[1], match[2]) for match in QUOTED.finditer(text)]
    return [one or two for one, two in found if one or GIVEN.search(two)]


def _quotes(text: str) -> list[tuple[int, str]]:
    found = []
    for match in QUOTED.finditer(text):
        part = (match[1] or match[2]).strip()
        if match[1] or (WORDED.search(part) and not ROUTE.search(part)):
            found.append((match.start(), part))
    return found


def _texts(request: str) -> list[str]:
    """Quoted texts that a page shows. Sample input and texts with figures in them are left out."""
    kept = []
    for start, text in _quotes(request):
        before = request[:start]
        if len(text) < 2 or not any(c.isalpha() for c in text) or any(c.isdigit() for c in text):
            continue
        if SHOWN.search(before) and not EXAMPLE.search(before) and not FILLED.search(text):
            kept.append(text)
    return kept


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
