"""The page in the outline of a server: what opens it, and a function for each form on it.

It does not know what the page looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from homesmith.builder.endpoints import Endpoint, words_of
from homesmith.builder.literals import quoted
from homesmith.builder.outline import AFTER_PYTHON, Part, comment
from homesmith.builder.refusals import refusals
from homesmith.builder.server_facts import Server, forms_of
from homesmith.builder.server_routes import query

ALREADY = re.compile(r"\b(?:already|taken|in use|exists)\b", re.IGNORECASE)
ESCAPED = (r"(?m)^.*(?:&lt;|\bescape\().*\n?", "")
"""Lines that escape what is kept: the page does that when it shows it, and once is enough."""
PAGE_QUERY = re.compile(r"`/\?(\w+)=([^`]*)`")


def page_parts(server: Server) -> list[Part]:
    """The page, and what its form sends."""
    plural = server.plural
    opened = [one for one in server.routes if one.method == "GET" and one.path == "/"]
    queries = [pair for one in opened for pair in one.queries] + PAGE_QUERY.findall(server.request)
    first = (
        'def page(request: Request, error: str = "", status_code: int = 200, **values):\n'
        f'    values = {{"{plural}": all_{plural}(), "error": error, **values}}\n'
        '    return templates.TemplateResponse(request, "index.html", values, '
        "status_code=status_code)\n\n\n"
    )
    index = '@app.get("/", response_class=HTMLResponse)\ndef index(request: Request'
    parts = [Part(name="page", opening=first)]
    arguments = "".join(f", {query(server, name, value)}" for name, value in queries)
    if queries and _lists_by(server, queries):
        handed = ", ".join(f"{name}={name}" for name, _ in queries)
        found = f"{plural}=list_{plural}({handed})"
        opening = f"{index}{arguments}):\n    return page(request, {found}, {handed})\n\n\n"
        parts.append(Part(name="index", opening=opening))
    elif queries:
        parts.append(
            Part(
                name="index",
                opening=f"{index}{arguments}):\n",
                ending="\n\n\n",
                stop=AFTER_PYTHON,
                about=("/",),
            )
        )
    else:
        parts.append(Part(name="index", opening=f"{index}):\n    return page(request)\n\n\n"))
    sent = forms_of(server)
    several = len(sent) > 1
    sent = [(one, names) for one, names in sent if names or (several and one.parameter)]
    added = [_sent(server, one, names, several=several) for one, names in sent]
    return [*parts, *(replace(one, ending="\n\n\n") for one in added[:-1]), *added[-1:]]


def _lists_by(server: Server, queries: Iterable[tuple[str, str]]) -> bool:
    """Whether a route for programs lists the things by the same queries as the page."""
    names = {name for name, _ in queries}
    return any(
        one.method == "GET"
        and not one.parameter
        and one.steps == (server.plural,)
        and names <= {name for name, _ in one.queries}
        for one in server.api
    )


def _taken(server: Server, names: Sequence[str], told: Iterable[str]) -> tuple[str, str]:
    """What holds the field that no two things may have alike, and what a form then says; "" and ""
    where nothing is said of that.
    """
    said = [text for line in told for text in quoted(line) if ALREADY.search(text)]
    refused = [line for one in server.api for line in one.told if "409" in line]
    # Behind the words of the refusal stands what is answered, with names of its own.
    heads = [line.split("409")[0] for line in refused]
    field = next(
        (n for line in heads for n in names if re.search(rf"\b{re.escape(n)}\b", line)), ""
    )
    return (re.sub(r"\W", "_", field), said[0]) if field and said else ("", "")


def _sent(server: Server, target: Endpoint, names: tuple[str, ...], *, several: bool) -> Part:
    """What a form sends: values are trimmed, and what is refused is said; keeping is left."""
    fields = [re.sub(r"\W", "_", name) for name in names]
    told = target.told if several else tuple(dict.fromkeys((*target.told, *server.rest)))
    arguments = f", {target.parameter}: {server.kept}" if target.parameter else ""
    arguments += "".join(f', {field}: str = Form("")' for field in fields)
    trimmed = f"    {', '.join(fields)} = {', '.join(f'{field}.strip()' for field in fields)}\n"
    lines = [trimmed] if fields else []
    values = ", ".join(f"{field}={field}" for field in fields)
    for one in refusals(names, told):
        message = json.dumps(one.message, ensure_ascii=False)
        lines.append(
            f"    if {one.condition}:\n        return page(request, {message}, 400, {values})\n"
        )
    field, message = _taken(server, names, told)
    if field:
        same = f'row("SELECT 1 FROM {server.plural} WHERE {field} = ?", {field})'
        shown = json.dumps(message, ensure_ascii=False)
        lines.append(f"    if {same}:\n        return page(request, {shown}, 400, {values})\n")
    for key in words_of(server.request):
        lines += [f'    {key} = {key}_of({key}.split(","))\n'] if key in fields else []
    adds = not several or not target.steps or target.steps == (server.plural,)
    called = "add" if adds else target.does.replace("-", "_")
    return Part(
        name=called,
        opening=f'{comment(told, "#")}@app.post("{target.path}", response_class=HTMLResponse)\n'
        f"def {called}_{server.noun}(request: Request{arguments}):\n{''.join(lines)}",
        ending="\n",
        stop=AFTER_PYTHON,
        about=(*names, "test_form"),
        mends=(ESCAPED,),
    )
