"""Inputs under a grammar: what a request asks of a function, and what a model may write for it."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.improve.inputs import arguments_of
from homesmith.improve.signatures import Signature, calls, schema, signature


@pytest.mark.parametrize(
    ("request_", "entry", "arguments"),
    [
        ("def f(a: int, b: list[str] = []) -> int:", "f", ("int", "list[str]")),
        ("def g(x): ...\ndef f(a, b):", "f", ("", "")),
        ("Write a function f(words, limit).", "f", ("", "")),
        ("def f(pair: Tuple[int, Tuple[str, ...]]):", "f", ("Tuple[int, Tuple[str, ...]]",)),
        ("Write a function f.", "f", None),
        ("def f(): ...", "f", None),
        ("f(1, 2) is 3", "f", None),
        ("def f(a):", "", None),
    ],
)
def test_the_arguments_are_read_from_the_request(
    request_: str, entry: str, arguments: tuple[str, ...] | None
) -> None:
    found = signature(request_, entry)
    assert (found.arguments if found else None) == arguments


def test_values_have_the_types_that_json_has_not() -> None:
    head = Signature(entry="f", arguments=("set[int]", "tuple[int, list[str]]", "list[tuple]", ""))
    answer = {"inputs": [[[1, 1], [2, ["a"]], [[3]], None], [[], [1, []], [], "x"], ["few"]]}
    assert calls(head, json.dumps(answer)) == (
        "f({1}, (2, ['a']), [(3,)], None)",
        "f(set(), (1, []), [], 'x')",
    )


@pytest.mark.parametrize("answer", ["", "no", "[]", '{"inputs": 3}', '{"inputs": [3]}', "{}"])
def test_what_is_no_inputs_is_none(answer: str) -> None:
    assert calls(Signature(entry="f", arguments=("int",)), answer) == ()


TYPES = st.sampled_from(["int", "float", "str", "bool", "", "list", "set[int]", "Optional[int]"])


@given(st.lists(TYPES, min_size=1, max_size=4), st.data())
def test_each_call_can_be_read_again(types: list[str], data: st.DataObject) -> None:
    head = Signature(entry="f", arguments=tuple(types))
    plain = (
        st.integers() | st.text(max_size=5) | st.booleans() | st.lists(st.integers(), max_size=3)
    )
    rows = data.draw(
        st.lists(st.lists(plain, min_size=len(types), max_size=len(types)), max_size=5)
    )
    for call in calls(head, json.dumps({"inputs": rows})):
        ast.parse(call, mode="eval")
        assert call.startswith("f(")
        if "set()" not in call:
            assert arguments_of(call, "f") is not None
    each = schema(head)["properties"]["inputs"]["items"]
    assert each["minItems"] == each["maxItems"] == len(each["prefixItems"]) == len(types)
