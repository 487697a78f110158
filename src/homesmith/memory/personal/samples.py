"""Small worked answers in the person's own style, for a model to copy.

Told to indent with tabs, a small model goes on with spaces; after an answer that has tabs it
writes tabs (docs/measurements.md, 7). The same preferences give the same text, byte for byte.
It does not know what a prompt is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from homesmith.memory.personal.values import Plain, Preference

TABLE = Path(__file__).with_name("samples.toml")
LANGUAGES, PROSE = ("python", "javascript"), "words"
WORD = re.compile(r"[a-z]+")
NAME = re.compile(r"<([a-z]+(?: [a-z]+)+)>")
QUOTED = re.compile(r"“([^”]*)”")
HINT = re.compile(r"«([^»]*)»")
CHOICE = re.compile(r"\{(\w+): ([^|}]*) \| ([^}]*)\}")
DOCSTRING = re.compile(r"(?m)^¶(.*)\n")
LEADING = re.compile(r"(?m)^\t+")
END = re.compile(r"(?m);$")
NO = frozenset({"no", "none", "never", "false", "off", "without"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A request and its answer as the person would like it. `kind` names the language."""

    kind: str
    asked: str
    answer: str


def samples(preferences: Sequence[Preference]) -> dict[str, Sample]:
    """By kind, those that can show some of the preferences."""
    liked = {item.name or item.section: item.value for item in preferences}
    foreign = not str(liked.get("language", "english")).casefold().startswith("en")
    found = {}
    for kind, table in _kinds().items():
        shown = any(name in liked for name in table["shows"])
        if shown and not (kind == PROSE and foreign):
            found[kind] = Sample(kind=kind, asked=table["asked"], answer=_written(kind, liked))
    return found


def wanted(request: str, preferences: Sequence[Preference]) -> tuple[Sample, ...]:
    """The samples of what a request asks for: the languages that it names, else its own kind."""
    there, words = samples(preferences), set(WORD.findall(request.lower()))
    named = [one for kind, one in there.items() if words.intersection(_kinds()[kind]["words"])]
    if named or any(words.intersection(table["words"]) for table in _kinds().values()):
        return tuple(named)
    if not words.intersection(_table()["code"]["words"]):
        return tuple(one for kind, one in there.items() if kind == PROSE)
    liked = {item.name for item in preferences}
    own = [kind for kind in LANGUAGES if liked.intersection(_kinds()[kind]["keys"])]
    languages = [there[kind] for kind in own or LANGUAGES if kind in there]
    return tuple(languages[:1])


def _written(kind: str, liked: Mapping[str, Plain]) -> str:
    table = _kinds()[kind]
    text = CHOICE.sub(lambda found: found[2 + _second(found[1], liked)], table["answer"].strip())
    text = HINT.sub("" if _refused(liked, "type_hints") else r"\1", text)
    text = DOCSTRING.sub("" if _refused(liked, "docstrings") else r"\1\n", text)
    usual = table.get("naming", "")
    join = _naming(str(liked.get("naming", "")), kind) or _naming(usual, kind) or _snake
    text = NAME.sub(lambda found: join(found[1].split()), text)
    quote = "'" if "single" in str(liked.get("quotes", "")).lower() else '"'
    text = QUOTED.sub(rf"{quote}\1{quote}", text)
    if kind == "javascript" and _refused(liked, "semicolons"):
        text = END.sub("", text)
    level = _level(liked.get("indentation", ""), table.get("indentation", 0))
    return LEADING.sub(lambda found: level * len(found[0]), text)


def _refused(liked: Mapping[str, Plain], name: str) -> bool:
    value = liked.get(name, True)
    return value is False or str(value).strip().lower() in NO


def _second(choice: str, liked: Mapping[str, Plain]) -> bool:
    """Whether the person likes the second of the two."""
    return _table()["choices"][choice][1] in str(liked.get(choice, "")).lower()


def _level(value: Plain, usual: int) -> str:
    """One level of indentation."""
    if "tab" in str(value).lower():
        return "\t"
    number = re.search(r"\b[1-8]\b", str(value))
    return " " * (int(number[0]) if number else usual)


def _naming(value: str, kind: str) -> Callable[[Sequence[str]], str] | None:
    """How words become a name: what is said of this language, else of all; None when neither."""
    parts = [part for part in re.split(r"[,;]| and ", value.lower()) if kind in part]
    for part in (*parts, value.lower()):
        for name, join in (("camel", _camel), ("snake", _snake)):
            if name in part:
                return join
    return None


def _camel(words: Sequence[str]) -> str:
    return "".join([words[0], *(word.capitalize() for word in words[1:])])


def _snake(words: Sequence[str]) -> str:
    return "_".join(words)


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    return {kind: table for kind, table in _table().items() if "answer" in table}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
