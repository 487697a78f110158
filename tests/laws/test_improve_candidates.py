"""What every candidate may begin with, and the imports that a program adds."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.improve.candidates import MODULES, head_of, program, with_imports

STUB = 'from typing import List\n\n\ndef pick(xs: List[int]) -> int:\n    """The largest."""\n'
ANSWER = 'import re\ndef pick(xs):\n    """The largest."""\n    best = max(xs)\n    return best\n'


def test_the_head_is_the_request_s_own_or_that_of_an_answer() -> None:
    assert head_of(ANSWER, entry="pick", before=f"{STUB}\n") == STUB
    assert head_of(ANSWER, entry="pick") == ANSWER.partition("    best")[0]


@pytest.mark.parametrize(
    "code",
    [
        "def other(x):\n    return x\ndef pick(xs):\n    return other(xs)\n",
        "def pick(xs): return max(xs)\n",
        "def pick(xs:\n",
        "x = 1\ndef pick(xs):\n    return x\n",
        "",
    ],
)
def test_no_head_where_more_than_imports_stands_before_or_nothing_is_defined(code: str) -> None:
    assert head_of(code, entry="pick") == ""


def test_a_body_behind_the_head_is_the_whole_program() -> None:
    code = program(f"{STUB}    return max(xs)\n", entry="pick", before=STUB)
    space: dict[str, object] = {}
    exec(code, space)
    assert callable(space["pick"])


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def f(x):\n    return math.floor(x)\n", "import math"),
        ("def f(x):\n    return Counter(x)\n", "from collections import Counter"),
        ("def f(x) -> List[int]:\n    return x\n", "from typing import List"),
    ],
)
def test_an_import_that_is_used_and_missing_is_added(code: str, line: str) -> None:
    assert with_imports(code) == f"{line}\n{code}"
    assert with_imports(with_imports(code)) == with_imports(code)


@pytest.mark.parametrize(
    "code",
    [
        "import math\ndef f(x):\n    return math.floor(x)\n",
        "from collections import Counter as C\ndef f(x):\n    return C(x)\n",
        "def f(string):\n    return string.lower()\n",
        "def f(xs):\n    return [time for time in xs]\n",
        "def f(x):\n    return unknown(x)\n",
        "def f(x:\n",
    ],
)
def test_nothing_is_added_where_nothing_known_is_missing(code: str) -> None:
    assert with_imports(code) == code


@given(st.sampled_from(sorted(MODULES)))
def test_every_module_can_be_imported(name: str) -> None:
    exec(compile(ast.parse(f"import {name}"), "", "exec"), {})


def test_a_whole_function_is_no_beginning_of_one() -> None:
    assert head_of("", entry="f", before="def f(x):\n    return x\n") == ""
    assert head_of("", entry="f", before='def f(x):\n    """Two."""\n    x = 1\n') == ""
    assert head_of("", entry="f", before="def f(x):\n") == "def f(x):\n"


def test_imports_are_added_below_those_of_the_future() -> None:
    code = "from __future__ import annotations\n\n\ndef f(x):\n    return math.floor(x)\n"
    assert with_imports(code).split("\n")[:2] == [*code.split("\n")[:1], "import math"]
