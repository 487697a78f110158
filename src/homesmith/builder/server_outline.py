"""The outline of a server: its table, its bodies and one function for each route asked for.

What follows from the routes alone is written here; what a route does is left to the model, with
the sentences that speak of it right above.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from homesmith.builder.endpoints import Endpoint, defaults_of, endpoints, words_of
from homesmith.builder.kinds import kind_of
from homesmith.builder.literals import literals, quoted
from homesmith.builder.mentions import named
from homesmith.builder.outline import Part, comment
from homesmith.builder.refusals import refusals
from homesmith.context.relevance import sentences

Thing = TypeVar("Thing", bound=Hashable)
HEAD = """import json
from datetime import UTC, datetime
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
NEXT = ("\n\n\n", "\n@app", "\ndef ", "\nclass ", "\nasync def ", "\n# ")
"""What a model writes after the end of a function."""
DETAIL = re.compile(r"404[^.]*?\"detail\"\s*:\s*\"([^\"]+)\"|404[^.]*?detail [\"“`]([^\"”`]+)")
ALREADY = re.compile(r"\b(?:already|taken|in use|exists)\b", re.IGNORECASE)
TITLE = re.compile(r"app = FastAPI\(title=(.*)\)")
TESTS: dict[str, tuple[str, ...]] = {
    "create": ("test_creating", "test_the_same", "test_wrong"),
    "list": ("test_listing",),
    "replace": ("test_replacing",),
    "change": ("test_changing",),
}
"""What the tests of a route are called, by the first word of its function."""
SORTED = re.compile(
    r"\b(?:newest|latest|oldest|first|sorted|order(?:ed)?|alphabetical\w*|by \w+)\b"
)
PACKED = re.compile(
    r"\blists? of\b|\b(?:true|false|boolean|yes or no|tags|labels)\b|: \[", re.IGNORECASE
)
BOTH = re.compile(r"\b(?:true|false|boolean|yes or no)\b", re.IGNORECASE)
BODY = re.compile(r"422|blank|empty|left out|\bhas\b|\d|\"|\bwith `\w+` and `")
KEYED = re.compile(r"\"\w+\"\s*:|(?<!/)`\w+`")
"""What names a key of a thing, in an example or in backquotes."""
ESCAPED = (r"(?m)^.*(?:&lt;|\bescape\().*\n?", "")
"""Lines that escape what is kept: the page does that when it shows it, and once is enough."""
SENT = re.compile(
    r"\b(?:form|button)s?\b[^.]*\b(?:sends?|sent)\b[^.]*\bPOST\b|\bPOST\b[^.]*\bforms?\b"
)
TICKS = re.compile(r"`([^`]+)`")
FIELDS = re.compile(r"\bfields? ((?:`\w[\w-]*`(?:,? and |, )?)+)")
PAGE_QUERY = re.compile(r"`/\?(\w+)=([^`]*)`")


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


def server_outline(standing: str, request: str, *, page: bool) -> tuple[Part, ...]:
    """The outline of app.py for a request with routes; none without. `standing` is the file now."""
    server = server_of(request, page=page)
    if server is None:
        return ()
    title = TITLE.search(standing)
    head = Part(name="head", opening=HEAD.replace("{title}", title[1] if title else '"App"'))
    api = server.api
    parts = [head, _table(server), *_bodies(server, api), *_helpers(server)]
    parts += [_route(server, one) for one in sorted(api, key=lambda one: "{" in one.path)]
    if page:
        return (*parts, *_pages(server))
    asked = any(one.method == "GET" and one.path == "/" for one in server.routes)
    return tuple(parts) if asked else (*parts, Part(name="index", opening=INDEX))


def server_of(request: str, *, page: bool) -> Server | None:
    """What a request says of its server; None where it names no route for things."""
    found, rest = endpoints(request)
    things = [one for one in found if one.steps]
    if not things:
        return None
    with_key = [one for one in things if one.parameter]
    first = (with_key or things)[0]
    plural = re.sub(r"\W", "_", first.steps[0])
    noun = re.sub(r"ies$", "y", plural) if plural.endswith("ies") else plural.removesuffix("s")
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


def _made_of(server: Server) -> list[str]:
    """General sentences about a thing; where they name nothing, those of its routes that do."""
    facts = [line for line in server.rest if "`" in line or re.search(rf"\b{server.noun}\b", line)]
    if any("`" in line or '"' in line for line in facts):
        return facts
    own = (line for one in server.api if len(one.steps) == 1 for line in one.told)
    return [*facts, *_unique(line for line in own if KEYED.search(line))]


def _table(server: Server) -> Part:
    """The table; what a thing is made of stands above it."""
    facts = _made_of(server)
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


def _bodies(server: Server, api: Sequence[Endpoint]) -> list[Part]:
    """The JSON bodies: of the thing, of a change to it, of what is done to it."""
    parts: list[Part] = []
    whole = [one for one in api if one.method in ("POST", "PUT") and _is_thing(server, one)]
    capital = server.noun.title().replace("_", "")
    if whole:
        lines = _unique(line for one in whole for line in one.told)
        named = any('"' in line or "`" in line for line in (*server.rest, *lines))
        made = _class(f"{capital}In", (*(server.rest if named else _made_of(server)), *lines))
        parts.append(replace(made, mends=_with_defaults(lines)))
    changes = [one for one in api if one.method == "PATCH"]
    if changes:
        lines = _unique(line for one in (*changes, *whole) for line in one.told)
        change = _class(f"{capital}Change", (*server.rest, *lines))
        parts.append(replace(change, about=("test_changing",)))
    for keys in _unique(one.keys for one in api if one.keys and not _is_thing(server, one)):
        lines = [line for one in api if one.keys == keys for line in one.told]
        parts.append(_class(_body(keys), lines, f"    {keys[0]}:"))
    return parts


def _with_defaults(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Fields of a body that may be left out, but were written without what they are then."""
    mends: list[tuple[str, str]] = []
    for key, value in defaults_of(lines).items():
        field = rf"(?m)^(\s*{re.escape(key)}: [^=\n]+?)"
        plain = repr(value).replace("\\", r"\\")
        mends.append(
            (rf"{field} = Field\((?:\.\.\.,? ?)?(?!default)", rf"\1 = Field(default={plain}, ")
        )
        mends.append((rf"{field}[ \t]*$", rf"\1 = {plain}"))
    return tuple(mends)


def _is_thing(server: Server, one: Endpoint) -> bool:
    """Whether the path ends with the thing itself, not with something done to it."""
    return len(one.steps) == 1 and one.steps[0] == server.plural and one.method != "PATCH"


def _body(keys: tuple[str, ...]) -> str:
    return f"{keys[0].title().replace('_', '')}In"


def _class(name: str, lines: Iterable[str], first: str = "") -> Part:
    told = [line for line in lines if BODY.search(line)]
    return Part(
        name=name,
        opening=f"{comment(told, '#')}class {name}(BaseModel):\n{first}",
        ending="\n\n\n",
        stop=("\n\n", *NEXT),
        about=("test_wrong", "test_creating"),
        tokens=200,
    )


def _helpers(server: Server) -> list[Part]:
    found = DETAIL.search(server.request)
    detail = (found[1] or found[2]) if found else f"{server.noun.capitalize()} not found"
    noun, plural, variable = server.noun, server.plural, server.variable
    order = [line for one in server.routes for line in one.told if SORTED.search(line)]
    order += [line for line in server.rest if SORTED.search(line)]
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
            opening=f"{comment(_unique(order)[:3], '#')}def all_{plural}() -> list[dict]:\n"
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


def _route(server: Server, one: Endpoint) -> Part:
    """One function for a route; what follows from its path alone is whole."""
    variable = server.variable
    name, arguments, first, whole = _shape(server, one)
    path = one.path.replace(f"{{{one.parameter}}}", f"{{{variable}}}")
    status = f", status_code={one.status}" if one.status not in ("", "200") else ""
    signature = f'@app.{one.method.lower()}("{path}"{status})\ndef {name}({arguments}):\n{first}'
    opening = f"{comment(one.told, '#')}{signature}"
    if whole:
        return Part(name=name, opening=f"{opening}\n\n\n", about=(one.path,))
    tests = TESTS.get(name.partition("_")[0], ())
    tests += (f"test_{name.partition('_')[0]}", *(f"test_{query}" for query, _ in one.queries))
    about = (one.path, *tests)
    given = server.key != "id" and not _may_be_left_out(server.key, one)
    if name == f"create_{server.noun}" and given:  # the key comes with the body
        known = f"find_{server.noun}({server.noun}.{server.key})"
        return Part(
            name=name,
            opening=opening,
            ending=f"\n    return {known}\n\n\n",
            stop=("\n    return", *NEXT),
            about=about,
        )
    return Part(name=name, opening=opening, ending="\n\n\n", stop=NEXT, about=about)


def _may_be_left_out(key: str, one: Endpoint) -> bool:
    """Whether a key may be missing from a body, so that the server makes one."""
    left = rf"\b{re.escape(key)}\b`? (?:may be|can be|is) (?:left out|omitted|missing|optional)"
    return any(re.search(left, told) and "422" not in told for told in one.told)


def _shape(server: Server, one: Endpoint) -> tuple[str, str, str, bool]:
    """Name, arguments, first lines of a route's function, and whether these are all of it."""
    noun, plural, variable = server.noun, server.plural, server.variable
    capital = noun.title().replace("_", "")
    mine, does = f"{variable}: {server.kept}", one.does.replace("-", "_")
    known = f"    {noun} = find_{noun}({variable})\n"
    thing = one.steps == (plural,)
    match (one.method, bool(one.parameter), thing):
        case ("GET", True, True):
            return f"get_{noun}", mine, f"    return find_{noun}({variable})", True
        case ("DELETE", True, True):
            gone = f'    run("DELETE FROM {plural} WHERE {server.key} = ?", {variable})'
            return f"delete_{noun}", mine, f"    find_{noun}({variable})\n{gone}", True
        case ("POST", False, True):
            keys = words_of(server.request)
            first = "".join(f"    {noun}.{key} = {key}_of({noun}.{key})\n" for key in keys)
            return f"create_{noun}", f"{noun}: {capital}In", first, False
        case ("PUT", True, True):
            arguments = f"{mine}, {noun}: {capital}In"
            return f"replace_{noun}", arguments, f"    find_{noun}({variable})\n", False
        case ("PATCH", True, True):
            first = f"    given = change.model_dump(exclude_unset=True)\n{known}"
            first += f"    {noun} = {{**{noun}, **given}}\n"
            return f"change_{noun}", f"{mine}, change: {capital}Change", first, False
        case ("GET", False, _):
            queries = ", ".join(_query(name, value) for name, value in one.queries)
            name = f"list_{plural}" if thing else f"get_{does}"
            return name, queries, "", False
        case _:
            takes = [mine] if one.parameter else []
            takes += [f"body: {_body(one.keys)}"] if one.keys else []
            return f"{does}_{noun}", ", ".join(takes), known if one.parameter else "", False


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
    return tuple(_unique(found))


def _query(name: str, value: str) -> str:
    return f"{name}: int | None = None" if value.isdecimal() else f'{name}: str = ""'


def _pages(server: Server) -> list[Part]:
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
    if queries and _lists_by(server, queries):
        arguments = "".join(f", {_query(name, value)}" for name, value in queries)
        handed = ", ".join(f"{name}={name}" for name, _ in queries)
        found = f"{plural}=list_{plural}({handed})"
        opening = f"{index}{arguments}):\n    return page(request, {found}, {handed})\n\n\n"
        parts.append(Part(name="index", opening=opening))
    elif queries:
        arguments = "".join(f", {_query(name, value)}" for name, value in queries)
        parts.append(
            Part(
                name="index",
                opening=f"{index}{arguments}):\n",
                ending="\n\n\n",
                stop=NEXT,
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
    """The field that no two things may have alike, and what a form then says; "" and ""."""
    said = [text for line in told for text in quoted(line) if ALREADY.search(text)]
    refused = [line for one in server.api for line in one.told if "409" in line]
    # Behind the words of the refusal stands what is answered, with names of its own.
    heads = [line.split("409")[0] for line in refused]
    field = next(
        (n for line in heads for n in names if re.search(rf"\b{re.escape(n)}\b", line)), ""
    )
    return (field, said[0]) if field and said else ("", "")


def _sent(server: Server, target: Endpoint, names: tuple[str, ...], *, several: bool) -> Part:
    """What a form sends: values are trimmed, and what is refused is said; keeping is left."""
    fields = [re.sub(r"\W", "_", name) for name in names]
    told = target.told if several else _unique((*target.told, *server.rest))
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
        stop=NEXT,
        about=(*names, "test_form"),
        mends=(ESCAPED,),
    )


def _unique(items: Iterable[Thing]) -> list[Thing]:
    return list(dict.fromkeys(items))
