"""The server that a request asks for: the things it keeps, their key, its routes and forms.

It reads words; of the file that is written from them it knows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from homesmith.builder.endpoints import Endpoint, endpoints, words_of
from homesmith.builder.kinds import kind_of
from homesmith.builder.literals import literals
from homesmith.builder.mentions import named
from homesmith.context.relevance import sentences

KEYED = re.compile(r"\"\w+\"\s*:|(?<!/)`\w+`")
"""What names a key of a thing, in an example or in backquotes."""
SENT = re.compile(
    r"\b(?:form|button)s?\b[^.]*\b(?:sends?|sent)\b[^.]*\bPOST\b|\bPOST\b[^.]*\bforms?\b"
)
TICKS = re.compile(r"`([^`]+)`")
FIELDS = re.compile(r"\bfields? ((?:`\w[\w-]*`(?:,? and |, )?)+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What the outline is made of: the things kept, their key, their routes."""

    noun: str
    plural: str
    key: str
    variable: str
    routes: tuple[Endpoint, ...]
    rest: tuple[str, ...]
    request: str
    page: bool

    @property
    def api(self) -> tuple[Endpoint, ...]:
        """The routes for programs, and those that lead from one thing to elsewhere."""
        api = any("/api/" in one.path for one in self.routes)
        forms = {one for one in self.routes if api and "/api/" not in one.path and not one.leads}
        forms |= {one for one in self.routes if self.page and _is_sent_by_a_form(one)}
        return tuple(one for one in self.routes if one.path != "/" and one not in forms)

    @property
    def kept(self) -> str:
        """The type of the key in a path."""
        return "int" if self.key == "id" or self.key.endswith("_id") else "str"


def _is_sent_by_a_form(one: Endpoint) -> bool:
    return one.method == "POST" and any(map(SENT.search, one.told))


def server_of(request: str, *, page: bool) -> Server | None:
    """What a request says of its server; None where it names no route for things."""
    found, rest = endpoints(request)
    things = [one for one in found if one.steps]
    if not things:
        return None
    with_key = [one for one in things if one.parameter]
    first = (with_key or things)[0]
    plural = re.sub(r"\W", "_", first.steps[0])
    noun = singular(plural)
    keys = [one.parameter for one in (*with_key, *found) if one in with_key or one.leads]
    key = keys[0] if keys else "id"
    variable = f"{noun}_id" if key == "id" else key
    return Server(
        noun=noun,
        plural=plural if plural != noun else f"{noun}s",
        key="id" if key.endswith("_id") else key,
        variable=variable,
        routes=found,
        rest=rest,
        request=request,
        page=page,
    )


def singular(plural: str) -> str:
    """The name of one of several: "category" of "categories"."""
    return f"{plural.removesuffix('ies')}y" if plural.endswith("ies") else plural.removesuffix("s")


def asked_of(name: str, request: str) -> str:
    """The key of the words of which a query asks for one: "tags" for `?tag=a`, "" for none."""
    return next((key for key in words_of(request) if singular(key) == name), "")


def made_of(server: Server) -> list[str]:
    """General sentences about a thing; where they name nothing, those of its routes that do."""
    facts = [line for line in server.rest if "`" in line or re.search(rf"\b{server.noun}\b", line)]
    if any("`" in line or '"' in line for line in facts):
        return facts
    own = (line for one in server.api if len(one.steps) == 1 for line in one.told)
    return [*facts, *dict.fromkeys(line for line in own if KEYED.search(line))]


def forms_of(server: Server) -> list[tuple[Endpoint, tuple[str, ...]]]:
    """What the forms of the page send, each with its fields."""
    routes = [one for one in server.routes if one.method == "POST" and one not in server.api]
    if len(routes) == 1:
        return [(routes[0], form_fields(server.request))]
    return [(one, _fields_in(one.told, server.request)) for one in routes]


def form_fields(request: str) -> tuple[str, ...]:
    """The fields of the first form on the page."""
    told = (one for one in sentences(request) if re.search(r"\bform\b", one))
    return next((fields for one in told if (fields := _fields_in([one], request))), ())


def _fields_in(told: Iterable[str], request: str) -> tuple[str, ...]:
    """The fields that sentences name: as elements of the page, or as what is sent."""
    names, found = literals(request).testids, list[str]()
    for sentence in told:
        typed = ("field", "dropdown", "select")
        found += [name for name in named(sentence, names) if kind_of(name, sentence) in typed]
        found += [name for listed in FIELDS.findall(sentence) for name in TICKS.findall(listed)]
    return tuple(dict.fromkeys(found))
