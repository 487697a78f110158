"""The routes in the outline of a server: one function for each that programs call.

What follows from a path alone is whole. They do not know the page, nor what its forms send.
"""

from __future__ import annotations

import re

from homesmith.builder.endpoints import Endpoint, counted, words_of
from homesmith.builder.outline import AFTER_PYTHON, Part, comment
from homesmith.builder.server_bodies import body_of
from homesmith.builder.server_facts import Server, asked_of, singular

TESTS: dict[str, tuple[str, ...]] = {
    "create": ("test_creating", "test_the_same", "test_wrong"),
    "list": ("test_listing",),
    "replace": ("test_replacing",),
    "change": ("test_changing",),
}
"""What the tests of a route are called, by the first word of its function."""


def route(server: Server, one: Endpoint) -> Part:
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
    tests += (
        f"test_{name.partition('_')[0]}",
        f"test_counting_{one.does}",
        *(f"test_{query}" for query, _ in one.queries),
    )
    about = (one.path, *tests)
    given = server.key != "id" and not _may_be_left_out(server.key, one)
    if name == f"create_{server.noun}" and given:  # the key comes with the body
        known = f"find_{server.noun}({server.noun}.{server.key})"
        return Part(
            name=name,
            opening=opening,
            ending=f"\n    return {known}\n\n\n",
            stop=("\n    return", *AFTER_PYTHON),
            about=about,
        )
    return Part(name=name, opening=opening, ending="\n\n\n", stop=AFTER_PYTHON, about=about)


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
    thing, words = one.steps == (plural,), words_of(server.request)
    formed = "".join(f"    {noun}.{key} = {key}_of({noun}.{key})\n" for key in words)
    match (one.method, bool(one.parameter), thing):
        case ("GET", True, True):
            return f"get_{noun}", mine, f"    return find_{noun}({variable})", True
        case ("DELETE", True, True):
            gone = f'    run("DELETE FROM {plural} WHERE {server.key} = ?", {variable})'
            return f"delete_{noun}", mine, f"    find_{noun}({variable})\n{gone}", True
        case ("POST", False, True):
            return f"create_{noun}", f"{noun}: {capital}In", formed, False
        case ("PUT", True, True):
            arguments = f"{mine}, {noun}: {capital}In"
            return f"replace_{noun}", arguments, f"    find_{noun}({variable})\n{formed}", False
        case ("PATCH", True, True):
            first = f"    given = change.model_dump(exclude_unset=True)\n{known}"
            first += "".join(
                f'    if "{key}" in given:\n        given["{key}"] = {key}_of(given["{key}"])\n'
                for key in words
            )
            first += f"    {noun} = {{**{noun}, **given}}\n"
            return f"change_{noun}", f"{mine}, change: {capital}Change", first, False
        case ("GET", False, _):
            queries = ", ".join(query(server, name, value) for name, value in one.queries)
            if not thing:
                return f"get_{does}", queries, _counting(server, one), False
            first = _sorting_out(server, one)
            whole = bool(first) and len(one.queries) == 1
            return f"list_{plural}", queries, first + "    return found" * whole, whole
        case _:
            takes = [mine] if one.parameter else []
            takes += [f"body: {body_of(one.keys)}"] if one.keys else []
            return f"{does}_{noun}", ", ".join(takes), known if one.parameter else "", False


def _sorting_out(server: Server, one: Endpoint) -> str:
    """The first lines of a list, where a query asks for one of the words that things hold."""
    noun, words = server.noun, words_of(server.request)
    lines = [
        f"    if {name}:\n        found = [{noun} for {noun} in found "
        f'if {name}.strip().lower() in {noun}["{key}"]]\n'
        for name, _ in one.queries
        if (key := asked_of(name, server.request)) and words[key].lower
    ]
    return "".join([f"    found = all_{server.plural}()\n", *lines]) if lines else ""


def _counting(server: Server, one: Endpoint) -> str:
    """The first line of a route that tells how often each word is there."""
    if one.does not in words_of(server.request) or not counted(one):
        return ""
    noun, word = server.noun, singular(one.does)
    each = f'{word} for {noun} in all_{server.plural}() for {word} in {noun}["{one.does}"]'
    return f"    counts = Counter({each})\n"


def query(server: Server, name: str, value: str) -> str:
    """A parameter of a query: a number where its example is one, and no word is asked for."""
    number = value.isdecimal() and not asked_of(name, server.request)
    return f"{name}: int | None = None" if number else f'{name}: str = ""'
