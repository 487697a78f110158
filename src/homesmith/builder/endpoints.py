"""The routes a request asks for, each with the words that say what it does. Pure text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from homesmith.context.relevance import sentences

ENDPOINT = re.compile(
    r"\b(GET|POST|PUT|PATCH|DELETE)\s+(?:to\s+)?`?(/[\w\-./{}:<>]*)(?:\?[^\s`]*)?"
)
QUERY = re.compile(r"[?&](\w+)=([^\s`&,;)]+)")
BODY = re.compile(r"\{\s*\"(\w+)\"[^}]*\}")
KEY = re.compile(r"\"(\w+)\"\s*:")
PARAGRAPH = re.compile(r"\n\s*\n")
PARAMETER = re.compile(r"\{(\w+)\}")
LEFT_OUT = re.compile(
    r"\b(\w+)\b`? (?:may be|can be|is) (?:left out|omitted|missing|optional),? (?:and|it)\s+"
    r"(?:is then|then is|is|then|defaults to|becomes) (?:then )?"
    r"(an empty (?:text|string|list)|empty|-?\d+(?:\.\d+)?|true|false|`[^`\n]+`|\"[^\"\n]+\")"
)
"""What a key is when it is left out: "The `quantity` may be left out and is then 0"."""
COUNTED = re.compile(r"\[\s*\{\s*\"(\w+)\":\s*\"[^\"]*\",\s*\"(\w+)\":\s*\d+\s*\}")
"""An answer that lists words, each with a number: how often it is there."""
WORDS = re.compile(r"`(\w+)` \((?:a )?list of (?:words|texts|strings|names|tags)\b([^)]*)\)")
"""A key that holds words, and how they are kept: "in lower case, without doubles, sorted"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One route: `queries` map a name to its sample value, `keys` are those of its JSON body."""

    method: str
    path: str
    told: tuple[str, ...]
    queries: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]

    @property
    def parameter(self) -> str:
        """The name of what stands in the path; "" without."""
        found = PARAMETER.search(self.path)
        return found[1] if found else ""

    @property
    def steps(self) -> tuple[str, ...]:
        """The words of the path, parameters and a leading api left out."""
        parts = [part for part in self.path.split("/") if part and "{" not in part]
        return tuple(part for part in parts if part != "api")

    @property
    def does(self) -> str:
        """The last word of the path; "open" where a path is a thing's name alone."""
        return self.steps[-1] if self.steps else "open"

    @property
    def leads(self) -> bool:
        """Whether a browser is sent on from one thing, as a short link does."""
        return self.method == "GET" and bool(self.parameter) and "redirect" in " ".join(self.told)

    @property
    def status(self) -> str:
        """The status it answers with when all is well, if the request says another than 200."""
        usual = {"POST": r"\b(20[12])\b", "DELETE": r"\b(204)\b"}.get(self.method)
        found = re.search(usual, " ".join(self.told)) if usual else None
        return found[1] if found else ""


def endpoints(request: str) -> tuple[tuple[Endpoint, ...], tuple[str, ...]]:
    """The routes in the order of the request, and the sentences that speak of none of them."""
    told: dict[tuple[str, str], list[str]] = {}
    rest: list[str] = []
    for paragraph in PARAGRAPH.split(request):
        current: list[tuple[str, str]] = []
        for sentence in sentences(paragraph):
            here = [(found[1], _path(found[2])) for found in ENDPOINT.finditer(sentence)]
            if here:
                current = list(dict.fromkeys(here))
            elif re.match(r"[-*+•]\s", sentence):
                current = []
            for one in current:
                told.setdefault(one, []).append(sentence)
            if not current:
                rest.append(sentence)
    found = tuple(_endpoint(method, path, lines) for (method, path), lines in told.items())
    return found, tuple(rest)


def _path(text: str) -> str:
    plain = text.rstrip(".,;:") or "/"
    return re.sub(r"<(?:\w+:)?(\w+)>|:(\w+)", lambda found: f"{{{found[1] or found[2]}}}", plain)


def _endpoint(method: str, path: str, told: Sequence[str]) -> Endpoint:
    text = " ".join(told)
    bodies = [found[0] for found in BODY.finditer(text)]
    body = next((one for one in bodies if "detail" not in KEY.findall(one)), "")
    writes = method in ("POST", "PUT", "PATCH")
    return Endpoint(
        method=method,
        path=path,
        told=tuple(told),
        queries=tuple(dict(QUERY.findall(text)).items()) if method == "GET" else (),
        keys=tuple(dict.fromkeys(KEY.findall(body))) if writes else (),
    )


def defaults_of(told: Iterable[str]) -> dict[str, Any]:
    """What sentences say that keys are when they are left out of a body."""
    return {key: _value(text) for line in told for key, text in LEFT_OUT.findall(line)}


def counted(one: Endpoint) -> tuple[str, str] | None:
    """What a word and its number are called, where a route answers with a list of such pairs."""
    found = COUNTED.search(" ".join(one.told))
    return (found[1], found[2]) if found else None


def _value(text: str) -> Any:
    if text.endswith("list"):
        return []
    if text.startswith(("an empty", "empty")):
        return ""
    if text in ("true", "false"):
        return text == "true"
    if text[0] in '`"':
        return text[1:-1]
    return float(text) if "." in text else int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a list of words is kept."""

    lower: bool
    once: bool
    ordered: bool

    @property
    def expression(self) -> str:
        """The Python expression that brings an iterable `words` into this form."""
        each = f"word.strip(){'.lower()' * self.lower} for word in words if word.strip()"
        if self.ordered:
            return f"sorted({{{each}}})" if self.once else f"sorted({each})"
        return f"list(dict.fromkeys({each}))" if self.once else f"[{each}]"

    def of(self, words: Iterable[str]) -> list[str]:
        """The words in this form."""
        kept = [word.strip().lower() if self.lower else word.strip() for word in words]
        kept = [word for word in kept if word]
        kept = list(dict.fromkeys(kept)) if self.once else kept
        return sorted(kept) if self.ordered else kept


def words_of(request: str) -> dict[str, Words]:
    """Keys that hold lists of words which are brought into a form: how they are kept."""
    found = {key: _words(told) for key, told in WORDS.findall(request)}
    return {key: one for key, one in found.items() if one.lower or one.once or one.ordered}


def _words(told: str) -> Words:
    once = re.search(r"\b(?:without|no) (?:doubles|duplicates)\b|\bunique\b|\bdistinct\b", told)
    return Words(
        lower=re.search(r"\blower[ -]?case", told) is not None,
        once=once is not None,
        ordered=re.search(r"\bsorted\b|\balphabetical", told) is not None,
    )
