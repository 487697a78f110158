"""The bodies in the outline of a server: of a thing, of a change to it, of what is done to it.

They do not know which route takes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from homesmith.builder.endpoints import Endpoint, defaults_of
from homesmith.builder.outline import AFTER_PYTHON, Part, comment
from homesmith.builder.server_facts import Server, made_of

BODY = re.compile(r"422|blank|empty|left out|\bhas\b|\d|\"|\bwith `\w+` and `")


def bodies(server: Server, api: Sequence[Endpoint]) -> list[Part]:
    """The JSON bodies: of the thing, of a change to it, of what is done to it."""
    parts: list[Part] = []
    whole = [one for one in api if one.method in ("POST", "PUT") and _is_thing(server, one)]
    capital = server.noun.title().replace("_", "")
    if whole:
        lines = list(dict.fromkeys(line for one in whole for line in one.told))
        named = any('"' in line or "`" in line for line in (*server.rest, *lines))
        made = _class(f"{capital}In", (*(server.rest if named else made_of(server)), *lines))
        parts.append(replace(made, mends=_with_defaults(lines)))
    changes = [one for one in api if one.method == "PATCH"]
    if changes:
        lines = list(dict.fromkeys(line for one in (*changes, *whole) for line in one.told))
        change = _class(f"{capital}Change", (*server.rest, *lines))
        parts.append(replace(change, about=("test_changing",)))
    for keys in dict.fromkeys(one.keys for one in api if one.keys and not _is_thing(server, one)):
        lines = [line for one in api if one.keys == keys for line in one.told]
        parts.append(_class(body_of(keys), lines, f"    {keys[0]}:"))
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


def body_of(keys: tuple[str, ...]) -> str:
    """What a body with these keys is called."""
    return f"{keys[0].title().replace('_', '')}In"


def _class(name: str, lines: Iterable[str], first: str = "") -> Part:
    told = [line for line in lines if BODY.search(line)]
    return Part(
        name=name,
        opening=f"{comment(told, '#')}class {name}(BaseModel):\n{first}",
        ending="\n\n\n",
        stop=("\n\n", *AFTER_PYTHON),
        about=("test_wrong", "test_creating"),
        tokens=200,
    )
