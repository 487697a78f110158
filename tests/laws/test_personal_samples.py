"""Samples of a person's style keep to what the person prefers, and are shown where they help."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.lab.obeying import CHECKS
from homesmith.memory.personal.samples import samples, wanted
from homesmith.memory.personal.values import Plain, Preference

MARKS = re.compile(r"[“”«»¶]|\{\w+: |<[a-z]+ [a-z ]+>")
TABS, SINGLE, BARE = ("indentation", "tabs"), ("quotes", "single"), ("semicolons", "no")


def style(*pairs: tuple[str, Plain]) -> tuple[Preference, ...]:
    return tuple(
        Preference(section="coding_style", name=name, value=value) for name, value in pairs
    )


def alone(section: str, value: Plain) -> tuple[Preference, ...]:
    return (Preference(section=section, name="", value=value),)


DARK = (Preference(section="design", name="theme", value="dark"),)


@pytest.mark.parametrize(
    ("kind", "liked", "check"),
    [
        ("python", style(TABS), "tabs"),
        ("javascript", style(TABS), "tabs"),
        ("javascript", style(SINGLE), "single_quotes"),
        ("javascript", style(BARE), "no_semicolons"),
        ("python", style(("type_hints", True)), "type_hints"),
        ("python", style(("docstrings", "yes")), "docstrings"),
        ("python", style(("naming", "camelCase, in Python too")), "camel_case"),
        ("page", DARK, "dark_page"),
        ("words", alone("spelling", "British"), "british"),
        ("words", alone("units", "metric"), "metric"),
    ],
)
def test_a_sample_shows_what_is_preferred(
    kind: str, liked: tuple[Preference, ...], check: str
) -> None:
    shown = samples(liked)[kind].answer
    assert CHECKS[check](shown)
    assert not MARKS.search(shown)


def test_what_is_refused_is_not_shown() -> None:
    refused = style(("type_hints", False), ("docstrings", "never"), ("quotes", "double"))
    text = samples(refused)["python"].answer
    assert not CHECKS["type_hints"](text)
    assert not CHECKS["docstrings"](text)
    assert "'" not in text
    assert "price_with_tax(" in text
    imperial = samples(alone("units", "imperial"))["words"].answer
    assert "5 feet" in imperial
    assert "center" in imperial


def test_a_name_follows_what_is_said_of_its_language() -> None:
    both = samples(style(("naming", "snake_case in Python, camelCase in JavaScript")))
    assert "price_with_tax" in both["python"].answer
    assert "fullName" in both["javascript"].answer


VALUES = st.one_of(st.booleans(), st.integers(-9, 99), st.text(max_size=12), st.just(()))
NAMES = st.sampled_from(
    ["indentation", "quotes", "naming", "type_hints", "docstrings", "semicolons"]
)


@given(liked=st.dictionaries(NAMES, VALUES))
def test_whatever_is_written_down_the_code_stays_code(liked: dict[str, Plain]) -> None:
    found = samples(style(*liked.items()))
    for one in found.values():
        assert not MARKS.search(one.answer)
    if "python" in found:
        ast.parse(found["python"].answer.removeprefix("```python\n").removesuffix("\n```"))


EVERYTHING = (
    *style(TABS, SINGLE, BARE, ("docstrings", True)),
    *DARK,
    *alone("spelling", "British"),
)


@pytest.mark.parametrize(
    ("request_", "kinds"),
    [
        ("Write a Python function that adds", ["python"]),
        ("what does app.py do?", ["python"]),
        ("a page with JavaScript", ["javascript", "page"]),
        ("write a function that adds", ["python"]),
        ("Why is the sky blue?", ["words"]),
        ("", ["words"]),
    ],
)
def test_a_request_gets_the_samples_of_what_it_asks_for(request_: str, kinds: list[str]) -> None:
    assert [one.kind for one in wanted(request_, EVERYTHING)] == kinds


def test_code_without_a_language_is_in_the_one_that_the_person_has_a_style_for() -> None:
    assert [one.kind for one in wanted("write a loop", style(BARE, TABS))] == ["javascript"]
    assert [one.kind for one in wanted("write a loop", style(TABS))] == ["python"]


def test_nothing_is_shown_of_what_nobody_prefers() -> None:
    assert samples(()) == {} == samples(alone("tone", "dry"))
    assert wanted("a page", style(("type_hints", True))) == ()
    german = (*alone("units", "metric"), *alone("language", "German"))
    assert "words" not in samples(german)
