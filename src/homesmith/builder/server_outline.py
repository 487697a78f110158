"""The outline of a server: its table, its bodies and one function for each route asked for.

What follows from the routes alone is written here; what a route does is left to the model, with
the sentences that speak of it right above.
"""

from __future__ import annotations

import re

from homesmith.builder.endpoints import counted, words_of
from homesmith.builder.outline import Part, comment
from homesmith.builder.server_bodies import bodies
from homesmith.builder.server_facts import Server, made_of, server_of
from homesmith.builder.server_forms import page_parts
from homesmith.builder.server_routes import route

HEAD = """import json
{counting}from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field, StringConstraints

from database import row, rows, run, setup

HERE = Path(__file__).parent
app = FastAPI(title={title})
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(directory=HERE / "templates")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def now() -> str:
    return datetime.now(UTC).isoformat()


"""
INDEX = """@app.get("/")
def index():
    return {"app": app.title, "docs": "/docs"}
"""
"""What stands at the root of an app without a page: a word for who opens it in a browser."""
DETAIL = re.compile(r"404[^.]*?\"detail\"\s*:\s*\"([^\"]+)\"|404[^.]*?detail [\"“`]([^\"”`]+)")
TITLE = re.compile(r"app = FastAPI\(title=(.*)\)")
SORTED = re.compile(
    r"\b(?:newest|latest|oldest|first|sorted|order(?:ed)?|alphabetical\w*|by \w+)\b"
)
PACKED = re.compile(
    r"\blists? of\b|\b(?:true|false|boolean|yes or no|tags|labels)\b|: \[", re.IGNORECASE
)
BOTH = re.compile(r"\b(?:true|false|boolean|yes or no)\b", re.IGNORECASE)


def server_outline(standing: str, request: str, *, page: bool) -> tuple[Part, ...]:
    """The outline of app.py for a request with routes; none without. `standing` is the file now."""
    server = server_of(request, page=page)
    if server is None:
        return ()
    title = TITLE.search(standing)
    api = server.api
    routes = [route(server, one) for one in sorted(api, key=lambda one: "{" in one.path)]
    counting = any("Counter(" in one.opening for one in routes)
    opening = HEAD.replace("{title}", title[1] if title else '"App"')
    opening = opening.replace("{counting}", "from collections import Counter\n" * counting)
    head = Part(name="head", opening=opening)
    parts = [head, _table(server), *bodies(server, api), *_helpers(server), *routes]
    if page:
        return (*parts, *page_parts(server))
    asked = any(one.method == "GET" and one.path == "/" for one in server.routes)
    return tuple(parts) if asked else (*parts, Part(name="index", opening=INDEX))


def _table(server: Server) -> Part:
    """The table; what a thing is made of stands above it."""
    facts = made_of(server)
    columns = "    id INTEGER PRIMARY KEY,\n" if server.key == "id" else ""
    return Part(
        name="table",
        opening=f'{comment(facts, "#")}setup("""\n'
        f"CREATE TABLE IF NOT EXISTS {server.plural} (\n{columns}",
        ending='\n);\n""")\n\n\n',
        stop=("\n)", '"""'),
        about=("OperationalError", "IntegrityError"),
        tokens=250,
    )


def _helpers(server: Server) -> list[Part]:
    found = DETAIL.search(server.request)
    spoken = server.noun.replace("_", " ").capitalize()
    detail = (found[1] or found[2]) if found else f"{spoken} not found"
    noun, plural, variable = server.noun, server.plural, server.variable
    listing = [one for one in server.routes if one.method == "GET" and one.steps == (plural,)]
    order = [line for one in listing for line in one.told if SORTED.search(line)]
    if not order:
        others = [one for one in server.routes if not counted(one)]
        order = [line for one in others for line in one.told if SORTED.search(line)]
        order += [line for line in server.rest if SORTED.search(line)]
    order = list(dict.fromkeys(order))[:3]
    words = "".join(
        f"def {key}_of(words: list[str]) -> list[str]:\n    return {kept.expression}\n\n\n"
        for key, kept in words_of(server.request).items()
    )
    return [
        *([Part(name="words", opening=words)] if words else []),
        _shown(server),
        Part(
            name="find",
            opening=f"def find_{noun}({variable}: {server.kept}) -> dict:\n"
            f'    {noun} = row("SELECT * FROM {plural} WHERE {server.key} = ?", {variable})\n'
            f"    if {noun} is None:\n"
            f'        raise HTTPException(404, "{detail}")\n'
            f"    return shown({noun})\n\n\n",
        ),
        Part(
            name="all",
            opening=f"{comment(order, '#')}def all_{plural}() -> list[dict]:\n"
            f'    found = rows("SELECT * FROM {plural} ORDER BY',
            ending=f'")\n    return [shown({noun}) for {noun} in found]\n\n\n',
            stop=('")', "\n"),
            about=("test_listing",),
            tokens=40,
        ),
    ]


def _shown(server: Server) -> Part:
    """The function that turns a row into what is answered: left to the model where columns hold
    what SQLite has no type for.
    """
    noun = server.noun
    opening = f"def shown({noun}: dict) -> dict:\n    return {{**{noun}"
    words = words_of(server.request)
    opening += "".join(f', "{key}": json.loads({noun}["{key}"])' for key in words)
    if words and not BOTH.search(server.request):
        return Part(name="shown", opening=f"{opening}}}\n\n\n")
    if not PACKED.search(" ".join((*server.rest, *(t for r in server.routes for t in r.told)))):
        return Part(name="shown", opening=f"{opening}}}\n\n\n")
    about = ("test_creating", "test_listing")
    return Part(
        name="shown", opening=opening, ending="\n\n\n", stop=("\n",), about=about, tokens=120
    )
