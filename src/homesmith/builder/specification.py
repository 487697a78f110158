"""What will be built, small enough for a small model to write: JSON under a grammar.

Never code inside the JSON, and never instead of the request: the request itself stays in front
of the model word for word, the specification only names the app and what must be shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homesmith.builder.literals import Literals
from homesmith.context.relevance import sentences

FEWEST_CRITERIA, MOST_CRITERIA = 2, 6
SERVER_WORDS = re.compile(
    r"\b(api|fastapi|server|backend|database|sqlite|rest|endpoint|http status|status code)\b"
    r"|\b(?:GET|POST|PUT|PATCH|DELETE)\s+/",
    re.IGNORECASE,
)
UNSERVED = re.compile(
    r"\b(?:no|not?|without|never|any)\s+(?:(?:a|an|any|need|for|real)\s+)*"
    r"(?:server|backend|database|api)s?\b(?:\s*(?:,|or|and)\s*(?:no\s+)?(?:server|backend|database|api)s?)*",
    re.IGNORECASE,
)
"""Words that say that there is no server."""
PAGE_WORDS = re.compile(
    r"data-testid|\b(page|form|button|click|browser|html|link|heading)\b", re.IGNORECASE
)
HAPPENING = re.compile(
    r"\b(?:shows?|says?|adds?|removes?|deletes?|moves?|clears?|marks?|counts?|changes?|limits?|saves?|"
    r"saved|kept|keeps?|survives?|reload(?:ing|ed)?|click(?:s|ing|ed)?|press(?:es|ing|ed)?|enters?|"
    r"when(?:ever)?|if|unless|after|otherwise|empty|invalid|not|only|must|disabled|starts?|stops?)\b",
    re.IGNORECASE,
)

ENDING = re.compile(r"[.:;,(\n]| (?:with|that|where|which|for|as) ")
NAMED = re.compile(r"`[^`\n]*`")
ASKING = re.compile(
    r"^(?:please |i want |i would like |i need |i'd like |can you |could you |let's |"
    r"(?:build|make|create|write|develop|give)\b(?: me)? |a |an |the |small |simple |little )+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """The frame of an app. `criteria` are sentences that can be shown to hold; `details` say more
    of a short request, with names, where the person gave none.
    """

    name: str
    title: str
    template: str
    summary: str
    criteria: tuple[str, ...]
    literals: Literals
    page: bool = True
    details: str = ""

    def as_json(self) -> dict[str, Any]:
        """The plain form kept in the log and in homesmith.toml."""
        return {
            "name": self.name,
            "title": self.title,
            "template": self.template,
            "summary": self.summary,
            "criteria": list(self.criteria),
            "page": self.page,
            "details": self.details,
            "testids": list(self.literals.testids),
            "texts": list(self.literals.texts),
            "routes": list(self.literals.routes),
        }


def specification_from(value: Mapping[str, Any]) -> Specification:
    """The specification that `as_json` wrote."""
    return Specification(
        name=str(value.get("name", "app")),
        title=str(value.get("title", "App")),
        template=str(value.get("template", "static")),
        summary=str(value.get("summary", "")),
        criteria=_strings(value.get("criteria")),
        page=bool(value.get("page", True)),
        details=str(value.get("details", "")),
        literals=Literals(
            testids=_strings(value.get("testids")),
            texts=_strings(value.get("texts")),
            routes=_strings(value.get("routes")),
        ),
    )


def schema(templates: Sequence[str]) -> dict[str, Any]:
    """The grammar of the model's part: title, summary, template and criteria."""
    text = {"type": "string", "minLength": 3, "maxLength": 160}
    properties: dict[str, Any] = {
        "title": {"type": "string", "minLength": 2, "maxLength": 50},
        "summary": text,
        "criteria": {"type": "array", "items": text, "minItems": 2, "maxItems": MOST_CRITERIA},
    }
    if len(templates) > 1:
        properties["template"] = {"enum": list(templates)}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def specify(answer: str, *, request: str, template: str, found: Literals) -> Specification:
    """A specification from the model's answer; what it left out comes from the request itself."""
    try:
        value = json.loads(answer)
    except ValueError:
        value = {}
    if not isinstance(value, dict):
        value = {}
    title = " ".join(str(value.get("title", "")).split()) or titled(request)
    return Specification(
        name=slug(title),
        title=title,
        template=str(value.get("template") or template),
        summary=" ".join(str(value.get("summary", "")).split()) or first_words(request, 20),
        criteria=_strings(value.get("criteria"))[:MOST_CRITERIA] or behaviours(request),
        literals=found,
        page=template != "fastapi" or PAGE_WORDS.search(request) is not None,
    )


def likely_template(request: str, templates: Sequence[str]) -> str:
    """The template the words of the request speak for, "" when they are silent."""
    if "fastapi" in templates and SERVER_WORDS.search(UNSERVED.sub("", request)):
        return "fastapi"
    return "static" if "static" in templates else ""


def behaviours(request: str) -> tuple[str, ...]:
    """The sentences of a request that tell what happens, in their order: criteria of last resort.

    Sentences that only list what is there make way where there are too many.
    """
    plain = (" ".join(sentence.split()) for sentence in sentences(request))
    found = [sentence for sentence in plain if len(sentence) > 12]
    happening = {one: len(HAPPENING.findall(NAMED.sub("", one))) for one in found}
    telling = [sentence for sentence in found if happening[sentence]]
    if len(telling) < FEWEST_CRITERIA:
        telling = found
    most = sorted(telling, key=lambda sentence: -happening[sentence])[:MOST_CRITERIA]
    return tuple(sentence for sentence in found if sentence in most)


def titled(request: str) -> str:
    """A title from the words themselves: a heading, or what is asked for, at most five words."""
    heading = re.match(r"\s*#+\s*(.+)", request)
    if heading:
        return first_words(heading[1])
    first = ENDING.split(request.strip(), maxsplit=1)[0]
    return first_words(ASKING.sub("", first) or request)


def first_words(text: str, count: int = 5) -> str:
    """The first words of a text, without marks."""
    words = re.findall(r"[\w'-]+", text)
    return " ".join(words[:count]).capitalize() or "App"


def slug(title: str) -> str:
    """A short name for folders and files: lower case, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "app"


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    texts = (" ".join(str(item).split()) for item in value)
    return tuple(text for text in texts if text)
