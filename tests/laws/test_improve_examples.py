"""Examples are found however people write them, and inputs made from them stay legal."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.improve.answers import final
from homesmith.improve.candidates import program, python_of
from homesmith.improve.examples import Example, examples
from homesmith.improve.inputs import variations

DOCTEST = '''def near(a: float, b: float) -> bool:
    """ Whether two are near.
    >>> near(1.0,
    ...      2.0)
    False
    >>> near(1.0, 1.01)
    True
    """
'''


@pytest.mark.parametrize(
    ("request_text", "entry", "found"),
    [
        (DOCTEST, "near", [("near(1.0,\n     2.0)", "False"), ("near(1.0, 1.01)", "True")]),
        ("assert near([1], 'a)') == (1, 2)", "near", [("near([1], 'a)')", "(1, 2)")]),
        ("assert not near(1)", "near", [("not near(1)", "True")]),
        ("`near(1, 2) -> 3`, and near(2)=4.", "near", [("near(1, 2)", "3"), ("near(2)", "4")]),
        ("near('x(') should return 'y'; far(1) == 2", "near", [("near('x(')", "'y'")]),
        ("near(1) ➞ [1, {'a': None}] or so", "near", [("near(1)", "[1, {'a': None}]")]),
        ("def near(x) -> int: near(x) = x", "near", []),
        ("nothing at all", "", []),
    ],
)
def test_every_way_to_write_an_example_is_read(
    request_text: str, entry: str, found: list[tuple[str, str]]
) -> None:
    read = [(one.call, one.expected) for one in examples(request_text, entry)]
    assert read == found


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    for one in examples(f"{text}\n>>> f({text[:20]})\n{text[:20]}\nassert f(1) == {text[:9]}"):
        ast.parse(one.call, mode="eval")
        ast.parse(one.expected, mode="eval")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.just(10**400)
    | st.floats(-9, 9)
    | st.text("ab c", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("ab", max_size=2), inner)
        | st.tuples(inner, inner)
        | st.sets(st.text("ab", max_size=2), min_size=1)
    ),
    max_leaves=6,
)


@given(st.lists(st.lists(VALUES, max_size=3), max_size=3))
def test_varied_calls_are_new_legal_and_of_the_same_arity(calls: list[list[object]]) -> None:
    shown = [
        Example(call=f"f({', '.join(map(repr, values))})", expected="None") for values in calls
    ]
    made = variations("f", shown)
    assert len(made) == len(set(made)) <= 49
    assert made == variations("f", shown)
    assert not {one.call for one in shown} & set(made)
    for call in made:
        node = ast.parse(call, mode="eval").body
        assert isinstance(node, ast.Call)
        assert len(node.args) in {len(values) for values in calls}
        for argument in node.args:
            ast.literal_eval(argument)


def test_calls_alike_keep_to_what_the_examples_show() -> None:
    made = variations("f", [Example(call="f([4, 1, 2, 2], 'ab')", expected="1")])[24:]
    assert len(made) > 12
    found = [ast.literal_eval(call.removeprefix("f")) for call in made]
    assert all(set(word) <= set("ab") and min(numbers) >= 1 for numbers, word in found)
    assert sum(len(set(numbers)) < len(numbers) for numbers, _ in found) > len(found) / 3


def test_the_last_call_has_larger_numbers() -> None:
    shown = [Example(call=call, expected="1") for call in ("f(10, 2)", "f(1, 3)", "f('a', 99)")]
    assert variations("f", shown)[-1] == "f(70, 14)"
    assert "396" not in "".join(variations("f", shown))
    for call, last in (("f(100)", "f(400)"), ("f(4)", "f(64)"), ("f(-3, 1)", "f(-66, 22)")):
        assert variations("f", [Example(call=call, expected="1")])[-1] == last


def test_a_whole_number_is_tried_with_fewer_digits() -> None:
    calls = variations("f", [Example(call="f(153)", expected="True")])
    assert {"f(3)", "f(15)"} <= set(calls)
    assert "f(0)" in variations("f", [Example(call="f(7)", expected="True")])


def test_the_same_calls_are_made_in_every_process() -> None:
    made = (
        "from homesmith.improve.inputs import variations; from homesmith.improve.examples import "
        "Example; print(variations('f', [Example(call=\"f({'a', 'b', 'c'}, 1)\", expected='1')]))"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", made],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1
    assert b"{'a'" in shown.pop()


def test_what_cannot_be_varied_gives_no_calls() -> None:
    unknown = (Example(call="f(x)", expected="1"), Example(call="g(1)", expected="1"))
    assert variations("f", unknown) == ()


BEFORE = "import math\n\ndef helper(x):\n    return x\n\n\ndef f(x):\n"


@pytest.mark.parametrize(
    "answer",
    [
        "```python\ndef f(x):\n    return helper(x)\n```\nThis works.",
        "def f(x):\n    return helper(x)\n\nThis works because it does.",
        "Here:\n```\nprint(1)\n```\nand\n```py\ndef f(x):\n    return helper(x)",
        "    return helper(x)\n",
        "return helper(x)",
    ],
)
def test_a_program_is_whole_whatever_surrounds_it(answer: str) -> None:
    space: dict[str, object] = {}
    exec(program(answer, entry="f", before=BEFORE), space)
    assert space["f"](3) == 3  # type: ignore[operator]


@given(st.text(max_size=200))
def test_no_answer_breaks_the_extraction(answer: str) -> None:
    assert python_of(answer, "f").endswith("\n")
    program(answer, entry="f", before="def f():\n")


@pytest.mark.parametrize(
    ("answer", "conclusion"),
    [
        ("First 3, then 4. The answer is 1,200.50 dollars.", "1200.5"),
        ("so \\boxed{42}", "42"),
        ("#### 7", "7"),
        ("Add 3 and 4 to get 7", "7"),
        ("**Answer: B**", "B"),
        ("The answer is **79** jars = all", "79"),
        ("The result is 84 - 5 = 79 jars. So 3 = 3.", "79"),
        ("The result is 7 * 12 - 5 = 79", "79"),
        ("The result is 7*12 = 84.5.", "84.5"),
        ("The answer is 12, because x = 4", "12"),
        ("The answer is 12.\nHere x = 4", "12"),
        (f"The answer is {' + '.join(['1'] * 30)} = 30", "30"),
        ("so \\boxed{84 - 5 = 79}", "79"),
        ("It leaves at 15:05 and arrives at 16:25.", "16:25"),
        ("The answer is 3/4 of it", "3/4"),
        ("So it was on 2026-05-01.", "2026-05-01"),
        ("The answer is 12/4 = 3", "3"),
        ("That is 10-12", "-12"),
        ("(c) because", "C"),
        ("Yes!", "yes"),
        ("A long text " * 20, ""),
        ("", ""),
    ],
)
def test_conclusions_are_compared_in_one_form(answer: str, conclusion: str) -> None:
    assert final(answer) == conclusion


LEET = """def pick(arr, k):
    \"\"\"Pick k of arr.

    Example 1:

        Input: arr = [3, 1], k = 1
        Output: [3] # the larger
    Example 2:
        Input:
            arr : [[0], [2]]
            k : 2
        Output: [[2], [0]]
    \"\"\"
"""


@pytest.mark.parametrize(
    ("request_text", "entry", "found"),
    [
        (LEET, "pick", [("pick([3, 1], 1)", "[3]"), ("pick([[0], [2]], 2)", "[[2], [0]]")]),
        ("def near(s): ...\nInput: 'a b'\nOutput: 2", "near", [("near('a b')", "2")]),
        ("def near(s): ...\nInput: a text\nOutput: 2", "near", []),
        (
            "def near(a: dict[str, int], b=(1, 2)): ...\nInput: a = {}, b = (3, 4)\nOutput: 2",
            "near",
            [("near({}, (3, 4))", "2")],
        ),
        (
            'For s = "ab", c = "a" the result should be ("b", False)',
            "near",
            [
                ("near('ab', 'a')", '("b", False)'),
            ],
        ),
        (
            'For N = 150, the sum will be 6 and the output should be "110".',
            "near",
            [("near(150)", '"110"')],
        ),
        (
            ">>> near([1]) == 2\n>>> near([]) == None",
            "near",
            [
                ("near([1])", "2"),
                ("near([])", "None"),
            ],
        ),
        ("near(15)   # returns 'db'", "near", [("near(15)", "'db'")]),
        ("near(3, 1) => false", "near", [("near(3, 1)", "False")]),
        ("near(2) = 1 + 2 * 2 = 5", "near", [("near(2)", "5")]),
        ("near(2) = n * 2", "near", []),
        ("near(n) = 1 if n is even", "near", []),
        ("other([1]) ==> 2\nother([]) ==> 0", "near", [("near([1])", "2"), ("near([])", "0")]),
        ("other(1) ==> 2\nthird(2) ==> 0", "near", []),
    ],
)
def test_examples_are_read_as_people_write_them(
    request_text: str, entry: str, found: list[tuple[str, str]]
) -> None:
    assert [(one.call, one.expected) for one in examples(request_text, entry)] == found
