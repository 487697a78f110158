"""Candidates run in the real sandbox: whatever they do is a result, never an accident of ours."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from homesmith.core.sandboxes import Sandbox
from homesmith.improve.examples import Example
from homesmith.improve.execution import compare, evaluate
from homesmith.workspace.sandbox import detect

GOOD = "def f(x):\n    print('noise')\n    return x / 3"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return detect()


async def test_examples_are_compared_and_calls_evaluated(sandbox: Sandbox) -> None:
    wanted = (
        Example(call="f(1)", expected="0.333333333"),
        Example(call="f(3)", expected="2"),
        Example(call="f('a')", expected="1"),
        Example(call="[f(1)]", expected="[0.3333333]"),
        Example(call="(f(3),)", expected="[1.0]"),
    )
    kinds = [result.kind for result in await compare(sandbox, GOOD, wanted)]
    assert kinds == ["passed", "wrong", "raised", "passed", "wrong"]
    (value,) = await evaluate(sandbox, GOOD, ["f(6)"])
    assert (value.kind, value.shown) == ("value", "2.0")
    assert await evaluate(sandbox, GOOD, []) == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("def f(x) return x", "raised"),
        ("raise SystemExit", "raised"),
        ("def f(x):\n    while True: pass", "endless"),
        ("def f(x):\n    return [0] * 10**10", "raised"),
        ("import time\ndef f(x): time.sleep(10**6)", "endless"),
        ("import os\ndef f(x): os._exit(0)", "crashed"),
        ("import os\ndef f(x): os.kill(os.getpid(), 9)", "crashed"),
        ("def f(x): return f(x)", "raised"),
        ("import os\ndef f(x):\n    while True: os.fork()", "raised"),
    ],
)
async def test_bad_code_is_counted_as_what_it_is(sandbox: Sandbox, code: str, kind: str) -> None:
    (result,) = await evaluate(sandbox, code, ["f(1)"])
    assert result.kind == kind, result


async def test_what_does_not_matter_is_left_out_of_a_comparison(sandbox: Sandbox) -> None:
    code = """
def f(x):
    return [{"b": {8, 0}, "a": 0.1 + 0.2}, {"a": 0.3, "b": {0, 8}}, object(), object()][x]
"""
    one, two, three, four = await evaluate(sandbox, code, [f"f({n})" for n in range(4)])
    assert one.same(two)
    assert three.same(four)
    assert not one.same(three)
    assert one.shown != two.shown


REFUSES = """def f(x):
    if x < 0:
        raise ValueError("below 0")
    assert x < 9
    return max([0] * x)
"""


async def test_an_error_on_purpose_is_told_from_an_accident(sandbox: Sandbox) -> None:
    results = await evaluate(sandbox, REFUSES, ["f(-1)", "f(9)", "f(0)", "f('a')", "f(1)"])
    assert [one.kind for one in results] == ["refused", "refused", "raised", "raised", "value"]
    assert results[0].shown == "ValueError: below 0"


async def test_after_two_that_never_end_no_other_call_is_waited_for(sandbox: Sandbox) -> None:
    endless = "def f(x):\n    while x: pass\n    return 1"
    results = await evaluate(sandbox, endless, ["f(0)", "f(1)", "f(2)", *["f(0)"] * 20])
    # f(0) has a value, so those that have none were not evaluated at all.
    assert [one.kind for one in results] == ["value"] + ["endless"] * 22


async def test_a_candidate_cannot_read_what_lies_outside(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mine")
    code = f"def f(x):\n    return open({str(secret)!r}).read()"
    (result,) = await evaluate(sandbox, code, ["f(1)"])
    assert result.kind == "raised"
    assert "mine" not in result.shown


async def test_nothing_runs_when_no_seconds_are_left(sandbox: Sandbox) -> None:
    spent = time.monotonic() - 1
    (result,) = await evaluate(sandbox, GOOD, ["f(6)"], deadline=spent)
    assert (result.kind, "no seconds" in result.shown) == ("crashed", True)
    endless = "def f(x):\n    while True: pass"
    soon = time.monotonic() + 1.5
    results = await compare(
        sandbox, endless, [Example(call=f"f({n})", expected="0") for n in range(9)], deadline=soon
    )
    assert {result.kind for result in results} <= {"crashed", "endless"}
    assert results[-1].shown == "ended by time"
