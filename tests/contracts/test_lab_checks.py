"""What a check in Python says when it fails: the statement, and whether it or the code is to blame.

The sandbox is real.
"""

from __future__ import annotations

import pytest

from homesmith.core.sandboxes import Sandbox
from homesmith.lab import code_judge
from homesmith.lab.code_judge import Judgement
from homesmith.lab.custom_tasks import CustomTask, judge_custom
from homesmith.workspace.sandbox import detect

TWICE = "def twice(x):\n    return 2 * x\n"
FAULT, IN = "its check is at fault: ", ", in the check, line 1: "
CALLED = ", called by the check, line 1: assert twice(2) == 4"
SPLIT = "assert twice(\n    2\n) == 5"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return detect()


async def judged(sandbox: Sandbox, check: str, code: str = "") -> Judgement:
    task = CustomTask(id="t", suite="s", prompt="a", python=check)
    return await judge_custom(sandbox, task, code or "An answer.", code)


@pytest.mark.parametrize(
    ("check", "code", "verdict", "why"),
    [
        (
            '\nassert answer.startswith("zzz")',
            "",
            "wrong",
            'line 2: assert answer.startswith("zzz")',
        ),
        (
            "assert twice(2) == 4\nassert twice(2) == 5",
            TWICE,
            "wrong",
            "line 2: assert twice(2) == 5",
        ),
        (SPLIT, TWICE, "wrong", "line 1: assert twice( 2 ) == 5"),
        (
            "for n in range(3):\n    assert twice(n) < 4",
            TWICE,
            "wrong",
            "line 2: assert twice(n) < 4",
        ),
        ('assert not answer, "too much"', "", "wrong", "too much"),
        (
            "assert twice(2) == 4",
            "def twice(x):\n    assert x > 9\n    return 2 * x\n",
            "wrong",
            f"an assert failed in its code, line 2{CALLED}",
        ),
        # In prose a name that nobody made is the check's own, and nothing was judged.
        (
            "assert anwser",
            "",
            "unjudged",
            f"{FAULT}NameError: name 'anwser' is not defined{IN}assert anwser",
        ),
        (
            "assert twise(2) == 4",
            TWICE,
            "raised",
            f"NameError: name 'twise' is not defined{IN}assert twise(2) == 4",
        ),
        (
            "assert twice(2) == 4",
            "def twice(x):\n    return two * x\n",
            "raised",
            f"NameError: name 'two' is not defined, in its code, line 2{CALLED}",
        ),
        (
            "assert twice(2) == 4",
            "two\n",
            "raised",
            "NameError: name 'two' is not defined, in its code, line 1",
        ),
        (
            "import nowhere\nassert twice(2) == 4",
            TWICE,
            "unjudged",
            f"{FAULT}ModuleNotFoundError: No module named 'nowhere'{IN}import nowhere",
        ),
        (
            "assert answer.has(1)",
            "",
            "unjudged",
            f"{FAULT}AttributeError: 'str' object has no attribute 'has'{IN}assert answer.has(1)",
        ),
        (
            "import ast\n@ast.no\ndef helper(): ...\nassert answer",
            "",
            "raised",
            "AttributeError: module 'ast' has no attribute 'no', in the check, line 2: @ast.no",
        ),
        # What an answer can bring about is the answer's.
        (
            "int(answer)",
            "",
            "raised",
            f"ValueError: invalid literal for int() with base 10: 'An answer.'{IN}int(answer)",
        ),
        (
            "eval('nobody')",
            "",
            "raised",
            f"NameError: name 'nobody' is not defined{IN}eval('nobody')",
        ),
        (
            'raise ValueError("no")',
            "",
            "raised",
            f'ValueError: no{IN}raise ValueError("no")',
        ),
    ],
)
async def test_what_was_found_wrong_is_told_with_its_place(
    sandbox: Sandbox, check: str, code: str, verdict: str, why: str
) -> None:
    found = await judged(sandbox, check, code)
    assert (found.verdict, found.why) == (verdict, why)


async def test_a_check_that_never_ends_is_told_from_code_that_does_not(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_judge, "TEST_SECONDS", 0.5)
    found = await judged(sandbox, "count = 0\nwhile True: count += 1")
    assert (found.verdict, found.why) == (
        "endless",
        "never ended, in the check, line 2: while True: count += 1",
    )
    found = await judged(sandbox, "assert twice(2) == 4", "def twice(x):\n    while True: pass\n")
    assert (found.verdict, found.why) == (
        "endless",
        f"never ended, in its code, line 2{CALLED}",
    )


async def test_an_answer_may_be_any_text_and_is_not_what_its_code_calls_so(
    sandbox: Sandbox,
) -> None:
    code = "answer = 3\n# \\ ' \" \N{SNOWMAN}\n"
    found = await judged(sandbox, f"assert answer == {code!r}", code)
    assert found.verdict == "passed", found
