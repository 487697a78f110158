"""What a person gave word for word, and must therefore find again in their app.

Pure text; it errs on the side of missing a literal rather than inventing one, because a
false one would send the builder after something nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from homesmith.context.relevance import sentences

NAMED = re.compile(
    r"data-testid\s*(?:=\s*|of\s+|is\s+|:\s*)?[`\"“'\u2018]([A-Za-z][\w-]{0,63})[`\"”'\u2019]"
)
TICKED = re.compile(r"`([A-Za-z][\w]*(?:-[\w]+)*)`")
QUOTED = re.compile(r"[\"“]([^\"“”\n]{1,120})[\"”]")
ROUTE = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+`?(/[\w\-./{}:<>]*)")
SHOWN = re.compile(
    r"(?:\b(?:button|heading|title|label|labelled|labeled|message|error|text|placeholder|says?|"
    r"shows?|reads?|headed|called|named|link|option|column|tab)s?\b)[^.\n]{0,60}$",
    re.IGNORECASE,
)
EXAMPLE = re.compile(
    r"(?:e\.g\.|for example|such as|like|enter(?:ing)?|typ(?:e|ing))[^.\n]{0,40}$", re.IGNORECASE
)
EACH = re.compile(r"\b(?:each|every)\b", re.IGNORECASE)
AROUND = re.compile(
    r"^(?:list|column|lane|count|total|number|filter|search|sort|show|error|message|empty|add|new)\b"
    r"|(?:list|count|total|error|message|progress|score|all)$"
)
"""Names of what stands around the entries."""
ACTING = re.compile(r"^(?:delete|remove|edit|toggle|move)(?:-|$)")
CODE_WORDS = frozenset(
    (
        *("localStorage", "sessionStorage", "true", "false", "null", "JSON", "string", "number"),
        *("integer", "boolean", "GET", "POST", "PUT", "DELETE", "PATCH", "id"),
        *("app", "main", "index", "html", "css", "js", "python", "uvicorn", "fastapi", "sqlite"),
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


def repeated(request: str) -> tuple[str, ...]:
    """The names that belong to every entry of a list, where the request says so.

    They stand behind "each" or "every" in one sentence, or are the buttons that act on one entry.
    """
    names = literals(request).testids
    for sentence in sentences(request):
        each = EACH.search(sentence)
        behind = [name for name in names if each and f"`{name}`" in sentence[each.end() :]]
        mine = [name for name in behind if not AROUND.search(name)]
        if mine and mine[0] == behind[0]:
            acting = [name for name in names if ACTING.search(name) and not AROUND.search(name)]
            acting = [name for name in acting if name not in mine]
            return (*mine, *acting)
    return ()


def _testids(request: str) -> list[str]:
    """Named ones, and, where the request speaks of data-testid at all, every ticked name."""
    if "data-testid" not in request and "testid" not in request.lower():
        return []
    found = {match.start(1): match[1] for match in NAMED.finditer(request)}
    for match in TICKED.finditer(request):
        if match[1] not in CODE_WORDS and "_" not in match[1]:
            found.setdefault(match.start(1), match[1])
    return [found[place] for place in sorted(found)]


def _texts(request: str) -> list[str]:
    """Quoted texts that a page shows. Sample input and texts with figures in them are left out."""
    kept = []
    for match in QUOTED.finditer(request):
        before, text = request[: match.start()], match[1].strip()
        if len(text) < 2 or not any(c.isalpha() for c in text) or any(c.isdigit() for c in text):
            continue
        if SHOWN.search(before) and not EXAMPLE.search(before) and not re.search(r"[<>{}…]", text):
            kept.append(text)
    return kept


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
