"""Samples of what a server keeps: a body for a new thing, and others that differ from it.

Read from the words of the request. What a server answers to them it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homesmith.builder.endpoints import Endpoint
from homesmith.builder.server_facts import Server

HAS = re.compile(r"`(\w+)`(?:\s*\(([^)]*)\))?")
FIXED = re.compile(r"(?=.*\d)[\dTZ:./+ -]+")
"""A text that is a number, a date or a time."""
LAST_SURE_DAY = 26
URL, EMAIL, DATE = "https://example.com/one", "one@example.com", "2026-03-14"
TEXT = re.compile(r"\b(?:text|characters?|letters?|words?)\b")
LEAST = re.compile(r"\b(?:from|between|at least) (\d+)\b|^(\d+) ?(?:to|-|\u2013) ?\d")
EITHER = re.compile(r"^`?(\w+)`?(?:, `?\w+`?)*,? or `?\w+`?$")
GIVEN = re.compile(r"^(?:id|.*_at|created|updated|date)$")
NUMBER = re.compile(
    r"number|whole|euro|dollar|price|amount|quantity|integer|at least", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the tests know: the server, how a thing is made, and what it is made of."""

    server: Server
    create: Endpoint | None
    one: str
    sample: Mapping[str, Any]

    def made(self, number: int = 1) -> dict[str, Any]:
        """The body of the thing with this number."""
        return {
            key: value + number - 1 if self._is_alone(key, value) else _numbered(value, number)
            for key, value in self.sample.items()
        }

    def _is_alone(self, key: str, value: Any) -> bool:
        """Whether no two things may have the same number under this key."""
        told = self.create.told if self.create else ()
        number = isinstance(value, int) and not isinstance(value, bool)
        return number and any(speaks(key, line) and "409" in line for line in told)

    def at(self, path: str = "") -> str:
        """The path of what was made, for an f-string: the thing's own without a `path`."""
        shown = f"{{made['{self.server.key}']}}"
        return re.sub(r"\{\w+\}", lambda _: shown, path or self.one, count=1)


def sample_of(server: Server, create: Endpoint | None) -> dict[str, Any]:
    """A body for a new thing: its example's keys, else what the request says a thing has."""
    if create is None:
        return {}
    text = " ".join(create.told)
    found = re.search(r"\{\s*\"[^}]*\}", text)
    if found and "detail" not in found[0]:
        try:
            body = json.loads(found[0].replace("...", "Sample"))
        except ValueError:
            body = {}
        others = re.sub(r"\{[^}]*\}", "", server.request)
        return {
            key: value if _is_choice(value, others) else example(key, value)
            for key, value in body.items()
        }
    has = next((line for line in server.rest if re.search(r"\bhas\b", line)), "")
    return {
        name: _told_of(name, about, text)
        for name, about in HAS.findall(has)
        if not GIVEN.match(name)
    }


def _is_choice(value: Any, others: str) -> bool:
    """Whether a value of an example is one of those that the request allows."""
    if not isinstance(value, str) or not re.fullmatch(r"\w[\w -]*", value):
        return False
    word = re.escape(value)
    return re.search(rf"[`\"]{word}[`\"]|\b{word}(?:, \w+)* or \w", others) is not None


def _told_of(name: str, about: str, told: str) -> Any:
    """A value for what a thing has, from the words behind its name and what is refused of it."""
    if found := EITHER.match(about):
        return found[1] == "true" if found[1] in ("true", "false") else found[1]
    if re.search(r"\bdate\b", about):
        return DATE
    if TEXT.search(about):
        return example(name, "Sample")
    below = rf"\b{re.escape(name)}\b`? (?:is |must not be )?(?:below|under|less than) (\d+)"
    if least := re.search(below, told) or LEAST.search(about):
        return int(next(filter(None, least.groups())))
    return example(name, 5 if NUMBER.search(f"{name} {about}") else "Sample")


def example(key: str, value: Any) -> Any:
    """A value that the tests may change, in place of the one that a request gives."""
    if not isinstance(value, str) or FIXED.fullmatch(value):
        return value
    if "url" in key or value.startswith("http"):
        return URL
    if "email" in key or "@" in value:
        return EMAIL
    return f"Sample {key} one"


def _numbered(value: Any, number: int) -> Any:
    words = {1: "one", 2: "two", 3: "three"}
    if isinstance(value, str) and FIXED.fullmatch(value):
        return re.sub(r"\d+(?=\D*$)", lambda last: _later(last[0], number - 1), value)
    return re.sub(r"\bone\b", words[number], value) if isinstance(value, str) else value


def _later(digits: str, more: int) -> str:
    """Digits that are so many more, those at the end of a month or an hour among them."""
    first = int(digits) - (2 if len(digits) == 2 and int(digits) > LAST_SURE_DAY else 0)
    return str(first + more).zfill(len(digits))


def speaks(key: str, text: str) -> bool:
    """Whether a text mentions a key."""
    return re.search(rf"\b{re.escape(key)}\b", text) is not None
