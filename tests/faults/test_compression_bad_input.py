"""Broken, binary, huge and hostile texts are shortened like any other, and kept whole behind."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from homesmith.context.compression.compress import compress
from homesmith.context.compression.handles import content
from homesmith.context.compression.kinds import detect
from homesmith.context.compression.values import Kind

MILLION = 1_000_000
BAD = {
    "nothing": "",
    "a line of ten million": "x" * (10 * MILLION),
    "words on one line": "word and word " * (MILLION // 14),
    "broken JSON": '{"rows": [' + '{"a": 1}, ' * 20_000,
    "deep JSON": "[" * 100_000,
    "closed deep JSON": "[" * 20_000 + "]" * 20_000,
    "JSON of one long string": f'["{"y" * MILLION}"]',
    "no end to a tag": "<html><body><p " + "a" * MILLION,
    "declarations nobody knows": "<html><![x" * 50_000,
    "a thousand comments": "<!-- a -->\n" * 1000 + "and no page",
    "tags without an end": "<html>" + "<a " * 60_000,
    "processing without an end": "<html>" + "<?" * 90_000,
    "spaces in a large page": "<html>a" + " " * MILLION + "b",
    "a log of one line of numbers": "2026-01-02 03:04:05 ERROR a\n" * 5 + "1 " * (MILLION // 2),
    "open comments": "<html>" + "<!--" * 100_000,
    "unclosed brackets": "def f(" * 20_000,
    "braces": "function f() {\n" * 5_000,
    "nested classes": "\n".join(f"{' ' * depth}class A{depth}:" for depth in range(500)),
    "binary": "\x89PNG\r\n\x1a\n" + "\x00\x01\x02" * 10_000,
    "half a character": "\udcff\udc80" * 10_000,
    "carriage returns": "2026-01-02 03:04:05 INFO a\r" * 5_000,
    "empty lines": "\n" * MILLION,
    "spaces": "a" + " " * MILLION + "b",
    "full stops": ". " * (MILLION // 2),
    "wide": "港" * (MILLION // 4),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_shortened_and_nothing_of_it_is_lost(name: str) -> None:
    text = BAD[name]
    made = compress(text, "what is this about?", 100)
    assert made.tokens <= 100
    assert made.original == text
    assert content(made.original).decode("utf-8", "surrogatepass") == text
    if text:
        assert made.text


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("name", ["broken JSON", "binary", "half a character", "nested classes"])
def test_a_kind_that_is_wrong_does_no_harm(name: str, kind: Any) -> None:
    made = compress(BAD[name], "what?", 60, kind)
    assert made.tokens <= 60
    assert made.handle in made.text


def test_what_is_no_text_is_never_shown() -> None:
    made = compress("a\x00b", "", 1000)
    assert made.kind == "binary"
    assert "\x00" not in made.text
    assert made.handle in made.text
    assert detect(BAD["broken JSON"]) == "prose"
