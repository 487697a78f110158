"""Whatever a model, a candidate, a disk or a file does: counted as what it is, and on it goes."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from homesmith.core.budgets import Budget
from homesmith.core.errors import (
    BudgetSpent,
    DiskFull,
    EngineCrashed,
    EngineTimeout,
    EngineUnavailable,
    HomesmithError,
    InvalidText,
    PromptTooLong,
    SandboxUnavailable,
    UnsafePath,
    UsageError,
    WorkspaceBusy,
)
from homesmith.core.models import Profile
from homesmith.core.requests import Answer, Usage
from homesmith.core.runs import Entry, RunFailed, RunId
from homesmith.core.sandboxes import Command, Execution, Sandbox, Serving
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import profile_for
from homesmith.engines.scripted import ScriptedEngine
from homesmith.improve.asking import kit_for
from homesmith.improve.drafts import Draw, Kit, Task
from homesmith.lab.app_tests import hidden_tests
from homesmith.lab.apps import AppPlan, constructed, evaluate_apps
from homesmith.lab.attempts import attempts, scores
from homesmith.lab.bare import build_bare
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.custom_tasks import CustomTask, judge_custom, load_custom_tasks
from homesmith.lab.evaluation import Plan, Turn, evaluate
from homesmith.lab.ledger import Ledger
from homesmith.lab.problems import Problem
from homesmith.lab.suite import App, load_suite
from homesmith.lab.trial import Construction
from homesmith.workspace.sandbox import detect

TASK = CodeTask(
    id="T/1",
    suite="t",
    prompt="def twice(x):\n",
    entry="twice",
    reference="",
    test="assert twice(3) == 6\n",
)
LONG = "the capital moved from the old town by the sea to the new one in the hills"
UNRELATED = "Nobody can say what a text as long as this one concludes, for it says all and nothing."
RIGHT = "def twice(x):\n    return 2 * x"
LOOP = "def twice(x):\n" + "    x = x + 1\n" * 4000 + "    return x"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return detect()


@pytest.fixture(scope="module")
def profile() -> Profile:
    return profile_for(load_catalogue().find("qwen2.5-coder:1.5b"))


def says(*lines: str | HomesmithError) -> Callable[[int], Kit]:
    left = list(lines)

    async def ask(task: Task, draw: Draw) -> Answer:
        del task, draw
        line = left.pop(0)
        if isinstance(line, HomesmithError):
            raise line
        return Answer(text=line, reason="stop", usage=Usage(answer_tokens=len(line) // 4))

    return lambda _seed: Kit(ask=ask)


async def run(
    ledger: Ledger, profile: Profile, sandbox: Sandbox, kit: Callable[[int], Kit], tasks: int = 2
) -> list[Turn]:
    problems = [TASK, *(_named(f"T/{number}") for number in range(2, tasks + 1))]
    plan = plan_of(problems, kit, ledger, profile)
    return [turn async for turn in evaluate(plan, sandbox=sandbox)]


def plan_of(
    problems: Sequence[Problem],
    kit: Callable[[int], Kit],
    ledger: Ledger,
    profile: Profile,
    *,
    strategy: str = "direct",
) -> Plan:
    return Plan(
        problems=problems,
        strategies=[strategy],
        model="m",
        profile=profile,
        kit=kit,
        ledger=ledger,
    )


def _named(name: str) -> CodeTask:
    return replace(TASK, id=name)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("I am sorry, I cannot do that.", "raised"),
        (f"First:\n```python\nprint('no')\n```\nThen:\n```python\n{RIGHT}\n```\n", "passed"),
        (f"```python\n{RIGHT}\n```\n```python\nassert twice(1) == 3\n```\n", "passed"),
        (LOOP, "wrong"),
        ("(" * 4000, "raised"),
        ("def twice(x):\n    while True: pass", "endless"),
        ("def twice(x):\n    return [0] * (1 << 40)", "memory"),
        ("import os\ndef twice(x):\n    while True: os.fork()", "raised"),
        ("import os\ndef twice(x): os._exit(0)", "crashed"),
        (
            "def twice(x):\n    f = open('f', 'wb')\n    while True: f.write(b'0' * (1 << 22))",
            "disk",
        ),
        # The engine's end, or its silence, is not the answer's fault: it is tried again.
        (EngineCrashed("gone"), "unjudged"),
        (EngineTimeout("no token"), "unjudged"),
        (InvalidText("a lone surrogate"), "empty"),
        (UsageError("the engine cannot do what was asked"), "empty"),
    ],
)
async def test_one_bad_answer_costs_one_task(
    tmp_path: Path,
    profile: Profile,
    sandbox: Sandbox,
    answer: str | HomesmithError,
    verdict: str,
) -> None:
    turns = await run(Ledger(tmp_path / "l.jsonl"), profile, sandbox, says(answer, RIGHT))
    assert [turn.attempt.verdict for turn in turns] == [verdict, "passed"]


async def test_an_engine_that_is_not_there_ends_it(
    tmp_path: Path, profile: Profile, sandbox: Sandbox
) -> None:
    with pytest.raises(EngineUnavailable):
        await run(Ledger(tmp_path / "l"), profile, sandbox, says(EngineUnavailable("no")))


def failed(error: HomesmithError) -> list[Entry]:
    event = RunFailed(code=error.code, message=error.message, why=error.why)
    return [Entry(run=RunId("r"), number=1, at="", event=event)]


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (EngineCrashed("gone", why="it broke"), "unjudged"),
        (DiskFull("no room"), "unjudged"),
        (BudgetSpent("no seconds left"), "wrong"),
        (UnsafePath("../secret"), "wrong"),
    ],
)
async def test_an_app_that_this_machine_could_not_build_is_not_a_wrong_one(
    tmp_path: Path, sandbox: Sandbox, error: HomesmithError, verdict: str
) -> None:
    suite = load_suite(apps_in(tmp_path / "suite"))

    async def build(app: App, folder: Path, seed: int) -> Construction:
        del app, folder, seed
        return constructed(failed(error), 1.0)

    plan = AppPlan(suite=suite, ways=["build"], model="m", ledger=Ledger(tmp_path / "l.jsonl"))
    assert plan.unmade() == 1
    running = evaluate_apps(plan, {"build": build}, sandbox=sandbox, place=tmp_path / "built")
    (attempt,) = [turn.attempt async for turn in running]
    assert (attempt.verdict, error.message in attempt.why) == (verdict, True)
    assert plan.unmade() == (verdict == "unjudged")


async def test_what_an_app_cannot_be_tried_without_ends_it(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    (app,) = load_suite(apps_in(tmp_path / "suite")).apps
    with pytest.raises(EngineUnavailable):
        constructed(failed(EngineUnavailable("no")), 1.0)
    engine = ScriptedEngine([EngineCrashed("gone"), PromptTooLong("it is too long")])
    with pytest.raises(EngineCrashed):
        await build_bare(app, engine, tmp_path / "one", tmp_path / "log")
    assert (await build_bare(app, engine, tmp_path / "two", tmp_path / "log")).note
    built = tmp_path / "built"
    built.mkdir()
    server = replace(app, template="fastapi")
    with pytest.raises(SandboxUnavailable):
        await hidden_tests(server, built, NoSandbox(sandbox))


class NoSandbox:
    """One that this machine cannot put up, as it shows when it is needed."""

    def __init__(self, inner: Sandbox) -> None:
        self.layers = inner.layers
        self.run = inner.run

    def serve(self, command: Command, port: int) -> AbstractAsyncContextManager[Serving]:
        raise SandboxUnavailable(f"no room for {command.argv[0]} on {port}")


def apps_in(folder: Path) -> Path:
    facts = 'title = "T"\ntemplate = "static"\nkind = "page"\ndifficulty = "easy"\n'
    files = {"app.toml": facts, "prompt.md": "A page", "test_app.py": "def test_it():\n    pass\n"}
    (folder / "app").mkdir(parents=True)
    (folder / "conftest.py").touch()
    for name, text in files.items():
        (folder / "app" / name).write_text(text)
    return folder


async def test_two_at_once_on_one_ledger_are_refused(
    tmp_path: Path, profile: Profile, sandbox: Sandbox
) -> None:
    ledger = Ledger(tmp_path / "l.jsonl")
    async with aclosing(_running(ledger, profile, sandbox)) as first:
        await anext(first)
        with pytest.raises(WorkspaceBusy) as refused:
            await run(Ledger(ledger.path), profile, sandbox, says(RIGHT, RIGHT))
        assert str(os.getpid()) in refused.value.why
        await run(Ledger(tmp_path / "other.jsonl"), profile, sandbox, says(RIGHT, RIGHT))
    turns = await run(ledger, profile, sandbox, says(RIGHT))
    assert [turn.known for turn in turns] == [True, False]
    assert len(list(ledger.entries())) == 2


def _running(ledger: Ledger, profile: Profile, sandbox: Sandbox) -> AsyncGenerator[Turn, None]:
    plan = plan_of([TASK, _named("T/2")], says(RIGHT, RIGHT), ledger, profile)
    return evaluate(plan, sandbox=sandbox)


async def test_where_no_ledger_can_be_it_goes_on_without(
    tmp_path: Path, profile: Profile, sandbox: Sandbox
) -> None:
    (tmp_path / "file").write_text("in the way")
    ledger = Ledger(tmp_path / "file" / "l.jsonl")
    turns = await run(ledger, profile, sandbox, says(RIGHT, RIGHT))
    assert [(turn.attempt.passed, bool(turn.unkept)) for turn in turns] == [(True, True)] * 2


class FullLedger(Ledger):
    """A ledger on a disk that is full, as the kernel says it."""

    def add(self, entry: object) -> None:
        del entry
        with Path("/dev/full").open("w") as file:
            file.write("x" * 100_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
async def test_a_full_disk_keeps_nothing_and_stops_nothing(
    tmp_path: Path, profile: Profile, sandbox: Sandbox
) -> None:
    ledger = FullLedger(tmp_path / "l.jsonl")
    turns = await run(ledger, profile, sandbox, says(RIGHT, RIGHT))
    assert [turn.attempt.passed for turn in turns] == [True, True]
    assert all("No space left" in turn.unkept for turn in turns)
    assert attempts(ledger) == ()


class FullSandbox:
    """A sandbox on a machine whose disk is full when the first program is to run."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner
        self.layers = inner.layers
        self.serve = inner.serve
        self._full = True

    async def run(self, command: Command) -> Execution:
        if self._full:
            self._full = False
            raise OSError(28, "No space left on device")
        return await self._inner.run(command)


async def test_what_this_machine_cannot_judge_is_not_counted_and_tried_again(
    tmp_path: Path, profile: Profile, sandbox: Sandbox
) -> None:
    ledger = Ledger(tmp_path / "l.jsonl")
    turns = await run(ledger, profile, FullSandbox(sandbox), says(RIGHT, RIGHT))
    assert [turn.attempt.verdict for turn in turns] == ["unjudged", "passed"]
    (score,) = scores(attempts(ledger))
    assert (score.passed, score.total, score.unjudged) == (1, 1, 1)
    again = await run(ledger, profile, sandbox, says(RIGHT))
    assert [(turn.attempt.verdict, turn.known) for turn in again] == [
        ("passed", False),
        ("passed", True),
    ]


async def test_a_disk_that_is_full_while_candidates_run_stops_nothing(
    tmp_path: Path, profile: Profile, sandbox: Sandbox
) -> None:
    full = FullSandbox(sandbox)
    shown = "def twice(x):\n    >>> twice(2)\n    4\n"
    plan = plan_of(
        [replace(TASK, prompt=shown), replace(TASK, id="T/2", prompt=shown)],
        lambda _seed: kit_for(ScriptedEngine([RIGHT, RIGHT]), profile, full, Budget()),
        Ledger(tmp_path / "l.jsonl"),
        profile,
        strategy="verify",
    )
    made = [turn.attempt async for turn in evaluate(plan, sandbox=full)]
    assert [one.verdict for one in made] == ["unjudged", "passed"]
    assert "No space left" in made[0].why


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        ("import time\ntime.sleep(0)\nassert answer", "passed"),
        ("more = [0] * (1 << 40)", "memory"),
        ("import os\nwhile True: os.fork()", "raised"),
        ("import os\nos._exit(0)", "crashed"),
        ("raise SystemExit", "raised"),
    ],
)
async def test_a_check_of_ones_own_that_goes_astray_costs_one_task(
    sandbox: Sandbox, check: str, verdict: str
) -> None:
    task = CustomTask(id="t", suite="s", prompt="a", python=check)
    assert (await judge_custom(sandbox, task, "An answer.", "")).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "wanted", "right"),
    [
        ("It arrives at 16:25.", "16:25", True),
        ("It arrives at 15:25.", "16:25", False),
        ("The share is 3/4", "3/4", True),
        ("The share is 1/4", "3/4", False),
        ("On 2026-11-22", "2026-11-22", True),
        ("On 2025-11-22", "2026-11-22", False),
        ("So 79 jars are left.", "79", True),
        ("So 79 jars are left.", "79 jars", True),
        ("It costs $1,250.00", "1250", True),
        ("The answer is B) Jupiter.", "B", True),
        ("The answer is C) Venus.", "B", False),
        ("It is Canberra.", "Canberra", True),
        ("It is not Sydney.", "Canberra", False),
        ("The result is 84 - 5 = 79 jars.", "79", True),
        ("The result is 84 - 5 = 79 jars.", "84", False),
        (UNRELATED, LONG, False),
        (f"So it is: {LONG}", LONG, True),
    ],
)
async def test_a_conclusion_is_compared_as_a_whole(
    sandbox: Sandbox, answer: str, wanted: str, right: bool
) -> None:
    task = CustomTask(id="t", suite="s", prompt="a", answer=wanted)
    verdict = (await judge_custom(sandbox, task, answer, "")).verdict
    assert verdict == ("passed" if right else "wrong")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("prompt =", "Invalid value"),
        ('prompt = "a"', "no [check]"),
        ('[check]\nanswer = "1"', "prompt is empty"),
        ('prompt = "a"\nkind = "poem"\n[check]\nanswer = "1"', "kind must be one of"),
        ('prompt = "a"\n[check]\nanswer = 1', "answer must be a text"),
        ('prompt = "a"\n[check]\nanswer = ""', "every answer would pass"),
        ('prompt = "a"\n[check]\ncontains = "b"', "contains must be a list"),
        ('prompt = "a"\n[check]\nwords = [9, 1]', "words are [least, most]"),
        ('prompt = "a"\n[check]\npython = "assert ("', "python, line 1"),
        ('prompt = "a"\nanswer = "1"\n[check]\nlacks = ["b"]', "answer is not known"),
    ],
)
def test_a_task_that_is_none_says_why_and_the_others_are_read(
    tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "bad.toml").write_text(text)
    (tmp_path / "good.toml").write_text('prompt = "a"\n[check]\nanswer = "1"\n')
    tasks, broken = load_custom_tasks(tmp_path, "s")
    assert [task.id for task in tasks] == ["good"]
    assert ["bad.toml" in broken[0], why in broken[0]] == [True, True]
