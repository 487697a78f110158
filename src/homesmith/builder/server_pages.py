"""A page that a server renders, completed: what follows from the request alone is a program's.

The template of a page knows the entries, the fields of its form and a message of what is wrong.
"""

from __future__ import annotations

import re

from homesmith.builder.controls import LOOP, TESTID
from homesmith.builder.endpoints import words_of
from homesmith.builder.forms import form_of, number_template
from homesmith.builder.literals import literals
from homesmith.builder.mentions import named, texts_after
from homesmith.builder.pages import unnested
from homesmith.builder.server_facts import server_of
from homesmith.context.relevance import sentences

ELEMENT = r"(<(\w+)\b[^>]*\bdata-testid=\"%s\"[^>]*>)(.*?)(</\2>)"

ALONE = (
    r"\{%%-?\s*if [^%%]*%%\}\s*(<(\w+)\b[^>]*\bdata-testid=\"%s\"[^>]*>(?:(?!</\2>).)*</\2>)"
    r"\s*\{%%-?\s*endif\s*-?%%\}"
)
"""An element that is shown on a condition alone."""


def completed_template(page: str, request: str) -> str:
    """The page in which every count of the entries is the count of the entries, always shown.

    No word is brought into the form that it has already, and no name stands inside itself.
    """
    server = server_of(request, page=True)
    if server is None:
        return page
    for key in words_of(request):
        page = re.sub(rf"\b{key}_of\(([^()]+)\)", r"\1", page)
    page = unnested(page, literals(request).testids, request)
    looped = {name for part in LOOP.findall(page) for name in TESTID.findall(part)}
    for name in set(TESTID.findall(page)) - looped:
        texts = _texts(name, request)
        counted = number_template(texts, f"{server.plural}|length")
        found = re.search(ELEMENT % re.escape(name), page, re.DOTALL)
        if found and counted and len(texts) > 1 and _counts(texts):
            page = page[: found.start(3)] + counted + page[found.end(3) :]
            page = re.sub(ALONE % re.escape(name), r"\1", page, count=1, flags=re.DOTALL)
    return page


def _texts(name: str, request: str) -> list[str]:
    names = literals(request).testids
    told = (one for one in sentences(request) if name in named(one, names))
    return [text for one in told for text in texts_after(name, one, named(one, names))]


def _counts(texts: list[str]) -> bool:
    """Whether the examples count: one and several, or none and several."""
    form = form_of(texts)
    return form is not None and (form.single != form.after or bool(form.none))
