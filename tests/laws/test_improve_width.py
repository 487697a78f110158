"""Several answers at once are judged as one after the other, and cost no more than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.budgets import Budget
from homesmith.core.errors import EngineError
from homesmith.core.messages import user
from homesmith.core.requests import Answer, Request, Usage
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.echo import EchoEngine
from homesmith.engines.profiles import profile_for
from homesmith.engines.scripted import ScriptedEngine
from homesmith.improve.asking import kit_for, task_of
from homesmith.improve.drafts import Draw, Drawing, Improved, Kit, Task
from homesmith.improve.examples import Example
from homesmith.improve.execution import Result
from homesmith.improve.selection import VOICES, select
from homesmith.improve.strategies import SAMPLING, STRATEGIES, verify, vote
from homesmith.improve.verification import SAMPLES
from homesmith.lab.ledger import Ledger
from homesmith.lab.remembered import RememberedEngine
from homesmith.runtime.ask import ask

CODE = Task(
    messages=(user("Write f, which doubles."),),
    kind="code",
    max_tokens=20,
    entry="f",
    examples=(Example(call="f(2)", expected="4"), Example(call="f(3)", expected="6")),
)
MANY = replace(task_of("How many?"), max_tokens=20)
BODIES = ("2 * x", "x * x", "nonsense", "x + 2")
WORDS = ("It is 4", "4.0", "5", "so 5", "?", "")
WIDTHS = st.integers(1, 5)


@dataclass(slots=True, kw_only=True)
class Model:
    """Answers by the seed alone, whoever asks first; each takes its own number of moments."""

    answers: Sequence[str]
    moments: Sequence[int] = (0,)
    tokens: Callable[[Task], int] = lambda _: 10
    asked: list[Draw] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    at_once: int = 0
    most: int = 0

    async def __call__(self, task: Task, draw: Draw) -> Answer:
        self.asked.append(draw)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            for _ in range(self.moments[draw.seed % len(self.moments)]):
                await asyncio.sleep(0)
                if draw.enough is not None and draw.enough.is_set():
                    return Answer(text="", reason="enough", usage=Usage(answer_tokens=1))
        finally:
            self.at_once -= 1
        text = self.answers[draw.seed % len(self.answers)].removeprefix(draw.head)
        usage = Usage(answer_tokens=min(self.tokens(task), task.max_tokens))
        return Answer(text=text, reason="stop", usage=usage)

    async def share(self, draws: Sequence[Drawing]) -> None:
        self.shared.append(len(draws))


def body(expression: str) -> str:
    return f"```python\ndef f(x):\n    return {expression}\n```"


async def _evaluate(code: str, calls: Sequence[str]) -> tuple[Result, ...]:
    x = [int(call[2:-1]) for call in calls]
    values = {"2 * x": [2 * n for n in x], "x * x": [n * n for n in x], "x + 2": [n + 2 for n in x]}
    found = next((values[one] for one in values if one in code), None)
    if found is None:
        return tuple(Result(kind="raised", shown="ValueError: no") for _ in x)
    return tuple(Result(kind="value", shown=str(value)) for value in found)


async def _compare(code: str, wanted: Sequence[Example]) -> tuple[Result, ...]:
    seen = await _evaluate(code, [one.call for one in wanted])
    return tuple(
        result if result.kind == "raised" else replace(result, kind="passed" if good else "wrong")
        for result, good in zip(
            seen,
            (r.shown == one.expected for r, one in zip(seen, wanted, strict=True)),
            strict=True,
        )
    )


def used(name: str, task: Task, model: Model, width: int, budget: Budget | None = None) -> Improved:
    kit = Kit(
        ask=model,
        budget=budget or Budget(),
        compare=_compare,
        evaluate=_evaluate,
        width=width,
        share=model.share,
    )
    found = asyncio.run(STRATEGIES[name](task, kit))
    assert model.at_once == 0, "nothing goes on behind the back of who asked"
    return found


def judged(found: Improved) -> list[str]:
    return [one.text for one in found.tried if one.how != "left"]


@given(
    st.lists(st.sampled_from(WORDS), min_size=5, max_size=5),
    st.lists(st.integers(0, 9), min_size=5, max_size=5),
    WIDTHS,
)
def test_a_vote_is_the_same_whoever_is_ready_first(
    answers: list[str], moments: list[int], width: int
) -> None:
    alone = used("vote", MANY, Model(answers=answers), 1)
    together = used("vote", MANY, Model(answers=answers, moments=moments), width)
    assert (together.text, together.stopped) == (alone.text, alone.stopped)
    assert judged(together) == [one.text for one in alone.tried]


@given(
    st.lists(st.sampled_from(BODIES), min_size=9, max_size=9),
    st.lists(st.integers(0, 9), min_size=9, max_size=9),
    WIDTHS,
)
def test_code_is_selected_as_if_it_came_one_by_one(
    bodies: list[str], moments: list[int], width: int
) -> None:
    answers = [body("2 * x"), *map(body, bodies)]
    alone = used("select", CODE, Model(answers=answers), 1)
    together = used("select", CODE, Model(answers=answers, moments=moments), width)
    assert (together.text, judged(together)) == (alone.text, [one.text for one in alone.tried])


@given(
    st.lists(st.sampled_from(BODIES), min_size=5, max_size=5),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    WIDTHS,
)
def test_the_first_by_its_seed_that_holds_is_taken(
    bodies: list[str], moments: list[int], width: int
) -> None:
    model = Model(answers=[body("x + 2"), *map(body, bodies)], moments=moments)
    found = used("verify", CODE, model, width)
    good = [text for text in model.answers if "2 * x" in text]
    assert (found.stopped == "good") == bool(good)
    texts = judged(found)
    assert texts == list(islice(cycle(model.answers), len(texts)))
    if good:
        assert found.text == good[0] == texts[-1]
    assert [draw.seed for draw in model.asked] == list(range(len(model.asked)))


@given(
    st.sampled_from(sorted(SAMPLING)),
    st.lists(st.sampled_from([*map(body, BODIES), *WORDS]), min_size=1, max_size=8),
    st.lists(st.integers(0, 5), min_size=3, max_size=3),
    WIDTHS,
    st.one_of(st.none(), st.integers(1, 120)),
    st.one_of(st.none(), st.integers(1, 6)),
    st.sampled_from([CODE, MANY]),
)
def test_no_width_breaks_the_budget_and_every_token_is_told(
    name: str,
    answers: list[str],
    moments: list[int],
    width: int,
    tokens: int | None,
    steps: int | None,
    task: Task,
) -> None:
    for cost in (lambda _: 10, lambda task: task.max_tokens):
        model = Model(answers=answers, moments=moments, tokens=cost)
        found = used(name, task, model, width, Budget(tokens=tokens, steps=steps))
        assert model.most <= width
        assert tokens is None or found.usage.answer_tokens <= tokens
        assert steps is None or len(model.asked) <= steps
        assert sum(one.tokens for one in found.tried) == found.usage.answer_tokens
        assert found.text in judged(found)
        assert all(1 < number <= width for number in model.shared)
        assert {draw.slot for draw in model.asked} <= set(range(width))


async def test_one_at_a_time_is_asked_as_ever() -> None:
    model = Model(answers=[body("x + 2")] * 9)
    kit = Kit(ask=model, compare=_compare, evaluate=_evaluate, share=model.share)
    await verify(CODE, kit)
    assert [(draw.sampling, draw.seed) for draw in model.asked] == [
        *(("code", seed) for seed in range(3)),
        *(("code_more", seed) for seed in range(3, SAMPLES + 1)),
    ]
    assert {(draw.slot, draw.enough) for draw in model.asked} == {(0, None)}
    assert (model.most, model.shared) == (1, [])


async def test_a_task_that_is_cancelled_leaves_nothing_behind() -> None:
    model = Model(answers=["4", "5"], moments=(0, 10_000, 10_000, 10_000, 10_000))
    work = asyncio.create_task(vote(MANY, Kit(ask=model, width=4)))
    for _ in range(20):
        await asyncio.sleep(0)
    assert model.at_once == 4
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert model.at_once == 0


@pytest.mark.parametrize("failing", [1, 2, 3])
async def test_an_error_counts_only_where_its_answer_is_needed(failing: int) -> None:
    """As one by one: the vote is decided by the voices of the seeds 0 to 2."""
    model = Model(answers=["4"])

    async def fail(task: Task, draw: Draw) -> Answer:
        if draw.seed == failing:
            raise EngineError("no more")
        return await model(task, draw)

    kit = Kit(ask=fail, width=4)
    if failing < 3:
        with pytest.raises(EngineError):
            await vote(MANY, kit)
    else:
        assert (await vote(MANY, kit)).stopped == "agreed"
    assert model.at_once == 0


async def test_an_answer_that_is_not_needed_is_cut_short() -> None:
    engine = ScriptedEngine(rules=[("", "one two three four five " * 100)], seconds_per_token=0.001)
    enough = asyncio.Event()
    request = Request(model=engine.model, messages=(user("Count."),), max_tokens=400)
    asked = asyncio.create_task(ask(engine, request, enough=enough))
    await asyncio.sleep(0.01)
    enough.set()
    answer = await asked
    assert answer.reason == "enough"
    assert answer.usage.answer_tokens < 400


async def test_select_asks_no_more_at_once_than_may_be_needed() -> None:
    model = Model(answers=[body("2 * x"), body("x * x")], moments=(1,))
    await select(CODE, Kit(ask=model, compare=_compare, evaluate=_evaluate, width=8))
    assert (model.most, len(model.asked)) == (VOICES - 1, VOICES)


class WideEngine(ScriptedEngine):
    """An engine with three slots, which remembers what it was to share."""

    width = 3

    def __init__(self) -> None:
        super().__init__(rules=[("", "4")])
        self.shared: list[Sequence[Request]] = []

    async def share(self, requests: Sequence[Request]) -> None:
        self.shared.append(requests)


async def test_a_wide_engine_makes_a_wide_kit_and_no_other_does(tmp_path: Path) -> None:
    profile = load_catalogue().find("smollm2:135m")
    engine = WideEngine()
    kit = kit_for(engine, profile_for(profile), None, Budget(), seed=2)
    await vote(MANY, kit)
    first, second, third = (request.slot for request in engine.shared[0])
    assert (kit.width, first, second, third) == (3, 0, 1, 2)
    assert [request.seed for request in engine.requests] == [0, 2001, 2002, 2003]
    assert list(engine.shared[0]) == engine.requests[1:]
    remembered = RememberedEngine(engine, Ledger(tmp_path / "answers"), identity="w")
    for narrow in (EchoEngine(), ScriptedEngine(), remembered):
        other = kit_for(narrow, profile_for(profile), None, Budget())
        assert (other.width, other.share) == (1, None), "evaluations draw one at a time, too"
