"""A check of a preference is green on an answer that keeps to it and red on one that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.lab.obeying import CHECKS, luminance

DARK = "<style>body { background: #111; color: #eee; }</style>"
ANSWERS = [
    ("tabs", "```python\ndef f(x):\n\treturn x\n```", "```python\ndef f(x):\n    return x\n```"),
    ("tabs", "def f(x):\n\tif x:\n\t\treturn (\n\t\t  x)", "x = 1"),
    ("single_quotes", "const a = 'it'; // \"no\"", "const a = 'b' + \"c\";"),
    ("single_quotes", '```js\nconst a = \'say "hi"\'\n```\nIt is "fine".', "const a = `b`"),
    ("no_semicolons", "for (let i = 0; i < 2; i++) {\n  f(i) // a;\n}", "let a = 1;\nlet b = 2"),
    ("no_semicolons", "let a = 1\nlet b = 2", "let a = 1"),
    (
        "type_hints",
        "def f(a: int, *, b: str) -> int:\n    return a",
        "def f(a: int):\n    return a",
    ),
    ("type_hints", "def f() -> None: ...", "def f(a, b: int) -> int:\n    return b"),
    ("docstrings", 'def f():\n    """Say."""', "def f():\n    # say\n    return 1"),
    ("camel_case", "def countWords(text): ...", "def count_words(text): ..."),
    ("camel_case", "def countWords(t): ...\ndef f(): ...", "def count(text): ..."),
    ("british", "They are all colours.", "They are all colors."),
    ("british", "The centre is grey.", "They are all hues."),
    ("metric", "It is 8,849 m high.", "It is 29,032 feet (8,849 m) high."),
    ("metric", "About 8849 metres.", "It is very high."),
    ("sqlite", "import sqlite3\nsqlite3.connect('a.db')", "import json\njson.dump(a, f)"),
    ("sqlite", "```python\nimport sqlite3\n```\nNot MySQL.", "import psycopg"),
    ("dark_page", DARK, DARK.replace("#111", "#fafafa").replace("#eee", "#222")),
    ("dark_page", '<body style="background-color: black; color: white">', "<h1>Hello</h1>"),
    ("dark_page", ":root { color-scheme: dark; }", DARK.replace("#eee", "#333")),
    ("dark_page", "html, body { background: rgb(10, 10, 12); color: whitesmoke }", "black"),
]


@pytest.mark.parametrize(("check", "obeys", "does_not"), ANSWERS)
def test_a_check_is_green_and_red(check: str, obeys: str, does_not: str) -> None:
    assert CHECKS[check](obeys)
    assert not CHECKS[check](does_not)


def test_every_check_is_tried() -> None:
    assert {check for check, _, _ in ANSWERS} == set(CHECKS)


@given(answer=st.text(max_size=200))
def test_no_answer_stops_a_check(answer: str) -> None:
    for check in CHECKS.values():
        assert check(answer) in (True, False)


@pytest.mark.parametrize("check", CHECKS)
def test_an_empty_answer_obeys_nothing(check: str) -> None:
    assert not CHECKS[check]("")


def test_how_light_a_colour_is() -> None:
    assert luminance("#fff") == pytest.approx(1.0)
    assert luminance(" black ") == 0.0
    assert luminance("rgb(255 0 0)") == pytest.approx(0.2126)
    assert luminance("var(--page)") is None
