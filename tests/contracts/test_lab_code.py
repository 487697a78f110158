"""Function suites: read as published, judged in the sandbox, tried once, compared in pairs."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.errors import EngineCrashed, InvalidSettings
from homesmith.core.models import Profile
from homesmith.core.requests import Answer, Usage
from homesmith.core.sandboxes import Sandbox
from homesmith.doors.cli.measured import sentence
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import profile_for
from homesmith.improve.drafts import Draw, Kit, Task
from homesmith.lab import codebase
from homesmith.lab.attempts import Attempt, attempts, scores
from homesmith.lab.code_judge import judge
from homesmith.lab.code_tasks import CodeTask, load_code_tasks
from homesmith.lab.comparison import compare, compared
from homesmith.lab.evaluation import Plan, evaluate
from homesmith.lab.ledger import Ledger
from homesmith.lab.measurement import measurement
from homesmith.lab.page import page
from homesmith.lab.problems import question
from homesmith.lab.statistics import chance, difference, mcnemar, wilson
from homesmith.workspace.sandbox import detect

OPENAI = {
    "task_id": "T/1",
    "prompt": 'def twice(x):\n    """Twice as much.\n    >>> twice(2)\n    4\n    """\n',
    "entry_point": "twice",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(3) == 6\n",
}
PLUS = {
    "task_id": "M/1",
    "prompt": '"""\nSwap a pair.\nassert swap((1.0, 2.0)) == (2.0, 1.0)\n"""\n',
    "entry_point": "swap",
    "canonical_solution": (
        "def swap(pair):\n    assert type(pair) is tuple\n    return pair[::-1]\n"
    ),
    "base_input": [[[1.5, 2.5]]],
    "plus_input": [[[3.0, 4.5]], [[0.0, 0.1]]],
    "atol": 0,
}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return detect()


def put(folder: Path, name: str, *lines: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / name).write_text("\n".join(texts) + "\n")
    return folder


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    put(tmp_path, "HumanEval.jsonl", OPENAI)
    put(tmp_path / "mbppplus", "MbppPlus.jsonl", PLUS)
    return tmp_path


@pytest.fixture
def tasks(suites: Path) -> list[CodeTask]:
    return [load_code_tasks(suite, suites)[0][0] for suite in ("humaneval", "mbppplus")]


async def test_the_references_pass_and_see_the_types_that_json_lost(
    tasks: list[CodeTask], sandbox: Sandbox
) -> None:
    for task in tasks:
        judged = await judge(sandbox, task, task.reference)
        assert judged.verdict == "passed", judged


@pytest.mark.parametrize(
    ("program", "verdict"),
    [
        ("", "empty"),
        ("just words about it", "raised"),
        ("def swap(pair):\n    return pair", "wrong"),
        ("def swap(pair):\n    while True: pass", "endless"),
        ("def swap(pair):\n    return [0] * (1 << 40)", "memory"),
        ("import os\ndef swap(pair): os._exit(0)", "crashed"),
        ("import os\ndef swap(pair):\n    while True: os.fork()", "raised"),
        ("def swap(pair):\n    pair = list(pair)\n    return (pair[1] + 1e-12, pair[0])", "passed"),
    ],
)
async def test_whatever_a_candidate_does_is_counted_as_what_it_is(
    tasks: list[CodeTask], sandbox: Sandbox, program: str, verdict: str
) -> None:
    assert (await judge(sandbox, tasks[1], program)).verdict == verdict


def test_broken_lines_are_told_and_the_others_read(tmp_path: Path) -> None:
    put(
        tmp_path,
        "HumanEval.jsonl",
        OPENAI,
        "{half",
        {"task_id": "T/2"},
        {**OPENAI, "task_id": "T/3"},
    )
    read, broken = load_code_tasks("humaneval", tmp_path)
    assert [task.id for task in read] == ["T/1", "T/3"]
    assert [":2 " in broken[0], ":3 " in broken[1], len(broken)] == [True, True, 2]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([["1"], ["(1+2j)"], ["3j"], [4]], [[1 + 0j], [1 + 2j], [3j], [4]]),
        ([["ab"], ["1"], ["j"]], [["ab"], ["1"], ["j"]]),
        ([[1], [-0.0], [True]], [[1], [-0.0], [True]]),
        ([[2], ["3j"], [[1, "b"]]], [[2], ["3j"], [[1, "b"]]]),
    ],
)
def test_complex_numbers_are_told_from_texts_among_numbers(
    tmp_path: Path, given: list[Any], read: list[Any]
) -> None:
    prompt = '"""Twice.\nassert twice(2) == 4\n"""\n'
    code = "def twice(x):\n    return x * 2\n"
    task = {**PLUS, "prompt": prompt, "entry_point": "twice", "canonical_solution": code}
    put(tmp_path, "MbppPlus.jsonl", {**task, "base_input": given, "plus_input": []})
    (found,), broken = load_code_tasks("mbppplus", tmp_path)
    assert (repr(list(found.inputs)), broken) == (repr(read), ())


def test_what_cannot_be_read_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_code_tasks("humaneval", tmp_path / "empty")
    assert caught.value.remedy
    (tmp_path / "HumanEval.jsonl.gz").write_bytes(gzip.compress(bytes(range(256)))[:40])
    with pytest.raises(InvalidSettings, match="cannot be read"):
        load_code_tasks("humaneval", tmp_path)
    put(tmp_path / "none", "HumanEval.jsonl", "[]")
    with pytest.raises(InvalidSettings, match="no task"):
        load_code_tasks("humaneval", tmp_path / "none")


@pytest.fixture
def profile() -> Profile:
    return profile_for(load_catalogue().find("qwen2.5-coder:1.5b"))


def test_a_task_is_asked_as_the_makers_ask_it(tasks: list[CodeTask], profile: Profile) -> None:
    asked = question(tasks[0], profile)
    assert asked.messages[0].text.startswith("You are an intelligent programming assistant")
    assert asked.said.startswith("Can you complete the following Python function?\n```python\n")
    assert (asked.prefill, asked.stop) == ("```python\n", ("\n```",))
    assert "assert candidate" not in "".join(message.text for message in asked.messages)
    assert [one.call for one in asked.examples] == ["twice(2)"]


def model(*answers: str | Exception) -> Callable[[int], Kit]:
    """A kit whose model gives these answers in turn, over all trials."""
    left = list(answers)

    async def ask(task: Task, draw: Draw) -> Answer:
        del task, draw
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Answer(text=answer, reason="stop", usage=Usage(answer_tokens=7))

    return lambda _seed: Kit(ask=ask)


async def test_an_evaluation_that_was_stopped_goes_on_where_it_stood(
    tasks: list[CodeTask], profile: Profile, sandbox: Sandbox, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "eval" / "trials.jsonl")
    right, wrong = "    return 2 * x", "def swap(p):\n    return p"
    plan = Plan(
        problems=tasks,
        strategies=["direct"],
        model="m",
        profile=profile,
        kit=model(right, wrong),
        ledger=ledger,
    )
    assert plan.unmade() == 2
    first = evaluate(plan, sandbox=sandbox)
    assert [(turn.attempt.verdict, turn.known) async for turn in first] == [
        ("passed", False),
        ("wrong", False),
    ]
    with ledger.path.open("ab") as file:
        file.write(b'{"suite": "humaneval", "ta')
    longer = replace(plan, kit=model(wrong, wrong), seeds=[0, 1])
    assert (plan.unmade(), longer.unmade()) == (0, 2)
    again = evaluate(longer, sandbox=sandbox)
    seen = [(one.attempt.seed, one.attempt.passed, one.known) async for one in again]
    assert seen == [(0, True, True), (0, False, True), (1, False, False), (1, False, False)]
    assert len(attempts(ledger)) == 4


async def test_a_crashed_engine_costs_one_trial(
    tasks: list[CodeTask], profile: Profile, sandbox: Sandbox, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "trials.jsonl")
    kit = model(EngineCrashed("gone", remedy="x"), "def swap(p):\n    return p[::-1]")
    plan = Plan(
        problems=tasks, strategies=["direct"], model="m", profile=profile, kit=kit, ledger=ledger
    )
    made = [turn.attempt async for turn in evaluate(plan, sandbox=sandbox)]
    # An engine that died says nothing of the model: it is not a wrong answer for good.
    assert [(one.verdict, one.why) for one in made] == [("unjudged", "gone"), ("passed", "")]
    assert len(attempts(ledger)) == 2


def attempt(task: str, strategy: str, passed: bool, **more: Any) -> Attempt:
    return Attempt(
        **{
            "suite": "s",
            "task": task,
            "strategy": strategy,
            "model": "m",
            "seed": 0,
            "verdict": "passed" if passed else "wrong",
            "answer_tokens": 10,
            **more,
        }
    )


def test_strategies_are_compared_on_the_tasks_both_tried() -> None:
    one = [attempt("a", "x", True), attempt("b", "x", False), attempt("c", "x", True)]
    two = [attempt("a", "y", True), attempt("b", "y", True), attempt("d", "y", True)]
    pair = compare(one, two, ("x", "y"))
    assert (pair.tasks, pair.only_first, pair.only_second) == (2, (), ("s b",))
    assert (pair.both, pair.neither, pair.p, pair.difference) == (("s a",), (), 1.0, 0.5)
    assert (pair.first_tokens, pair.second_tokens) == (20, 20)
    assert [(score.passed, score.total) for score in scores([*one, *two])] == [(2, 3), (3, 3)]


def test_what_could_not_be_judged_counts_for_nobody() -> None:
    one = [attempt("a", "x", True), attempt("b", "x", False, verdict="unjudged")]
    two = [attempt("a", "y", False), attempt("b", "y", True)]
    assert compare(one, two, ("x", "y")).tasks == 1
    (score,) = scores(one)
    assert (score.passed, score.total, score.unjudged) == (1, 1, 1)


def test_a_score_says_how_many_versions_of_the_code_made_it() -> None:
    one = [attempt("a", "x", True, code="1"), attempt("b", "x", True, code="2")]
    (score,) = scores([*one, attempt("c", "x", True)])
    assert score.codes == ("1", "2")


def test_only_the_same_task_is_compared_and_other_means_are_told() -> None:
    old = attempt("a", "x", True)
    one = [attempt("a", "x", True, task_digest="1", means="m", code="c")]
    two = [attempt("a", "y", True, task_digest="2", means="m", code="c")]
    assert compare(one, two, ("x", "y")).tasks == 0
    assert compare([old], two, ("x", "y")).tasks == 1  # of an older ledger nobody knows
    pair = compare(one, [attempt("a", "y", True, means="n", code="d")], ("x", "y"))
    assert (pair.tasks, pair.codes, pair.means) == (1, 2, 2)
    pair = compare(one, [attempt("a", "x", True, means="n", model="other")], ("x", "y"))
    assert (pair.codes, pair.means) == (1, 1)
    (score,) = scores([*one, attempt("b", "x", True, means="n")])
    assert score.means == ("m", "n")


def test_the_name_of_the_code_changes_with_every_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "homesmith"
    (ours / "improve").mkdir(parents=True)
    (ours / "lab").mkdir()
    monkeypatch.setattr(codebase, "__file__", str(ours / "lab" / "codebase.py"))
    names = set[str]()
    for text in ("one", "two"):
        (ours / "improve" / "strategies.py").write_text(text)
        (ours / "improve" / "README.md").write_text(f"{len(names)}")
        codebase.code_name.cache_clear()
        names.add(codebase.code_name("improve"))
    (ours / "improve" / "README.md").write_text("other words")
    codebase.code_name.cache_clear()
    assert len(names) == 2
    assert codebase.code_name("improve") in names
    assert len(codebase.code_name("improve")) == 12
    codebase.code_name.cache_clear()


def test_a_task_counts_once_however_many_seeds_it_had() -> None:
    one = [attempt("a", "x", seed < 1, seed=seed) for seed in range(3)]
    two = [attempt("a", "y", seed < 2, seed=seed) for seed in range(3)]
    pair = compare(one, two, ("x", "y"))
    assert (pair.tasks, pair.only_second, pair.seeds) == (1, ("s a",), 3)
    (score,) = scores(one)
    assert (score.tasks, score.total) == (1, 3)
    assert score.high - score.low > wilson(10, 30)[1] - wilson(10, 30)[0]


def test_what_seeds_gain_is_the_share_that_the_table_tells() -> None:
    one = [attempt(f"t{task}", "x", False, seed=seed) for task in range(30) for seed in range(10)]
    two = [
        replace(each, strategy="y", verdict="passed" if each.seed < 1 else "wrong") for each in one
    ]
    pair = compare(one, two, ("x", "y"))
    assert (pair.first_share, round(pair.second_share, 9)) == (0, 0.1)
    assert (round(pair.difference, 9), len(pair.only_second)) == (0.1, 30)
    assert 0 < pair.low < 0.1 < pair.high < 0.2
    assert "solves more often on 30 tasks, less often on 0; +10.0 points" in sentence(pair)
    text = page(measurement([("x", one), ("y", two)], model="m", at="now", version="1"))
    assert "solves more often on 30, less often on 0: +10.0 points" in text


def test_several_suites_are_compared_apart_and_together() -> None:
    one = [attempt("a", "x", False), attempt("b", "x", True, suite="t")]
    two = [attempt("a", "y", True), attempt("b", "y", True, suite="t")]
    found = compared(one, two, ("x", "y"))
    assert [(pair.suite, pair.tasks) for pair in found] == [("s", 1), ("t", 1), ("all", 2)]


def test_the_statistics_agree_with_known_values() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert round(mcnemar(1, 9), 4) == 0.0215
    assert 0 < mcnemar(900, 1300) < 1e-6
    # 32 pairs of which 9 and 2 differ: by hand after Agresti and Min.
    assert [round(one, 3) for one in difference(gains(2, 9, 32))] == [0.219, 0.019, 0.393]
    assert difference([]) == (0.0, -1.0, 1.0)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 200), st.integers(0, 200))
def test_statistics_stay_within_their_bounds(one: int, two: int) -> None:
    low, high = wilson(min(one, two), max(one, two))
    assert 0 <= low <= high <= 1
    assert mcnemar(one, two) == mcnemar(two, one)
    assert 0 < mcnemar(one, two) <= 1
    assert not math.isnan(low)
    gain, least, most = difference(gains(one, two, one + two))
    assert -1 <= least <= gain <= most <= 1
    assert difference(gains(two, one, one + two))[0] == -gain


def gains(lost: int, won: int, total: int) -> list[float]:
    return [-1.0] * lost + [1.0] * won + [0.0] * (total - lost - won)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_the_interval_of_whole_tasks_is_that_of_agresti_and_min(
    lost: int, won: int, same: int
) -> None:
    total = lost + won + same
    one, two, count = lost + 0.5, won + 0.5, total + 2
    spread = math.sqrt(one + two - (two - one) ** 2 / count) / count
    middle, half = (two - one) / count, 1.959964 * spread
    found = difference(gains(lost, won, total))
    if total:
        assert found[0] == (won - lost) / total
        assert math.isclose(found[1], max(-1.0, middle - half), abs_tol=1e-12)
        assert math.isclose(found[2], min(1.0, middle + half), abs_tol=1e-12)


@pytest.mark.parametrize(
    ("p", "told"),
    [(1.0, "p = 1.000"), (0.0344, "p = 0.034"), (0.00099, "p < 0.001"), (0, "p < 0.001")],
)
def test_a_small_p_is_never_told_as_none(p: float, told: str) -> None:
    assert chance(p) == told
