"""Each strategy keeps the best it has seen, stops early, and never spends more than it may."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.budgets import Budget
from homesmith.core.errors import BudgetSpent, PromptTooLong
from homesmith.core.messages import user
from homesmith.core.models import Demonstration
from homesmith.core.requests import Answer, Usage
from homesmith.improve.answers import final
from homesmith.improve.asking import task_of
from homesmith.improve.drafts import Draw, Improved, Kit, Task, Tried
from homesmith.improve.examples import Example
from homesmith.improve.execution import Kind, Result
from homesmith.improve.selection import select
from homesmith.improve.strategies import (
    STRATEGIES,
    auto,
    direct,
    plan,
    refine,
    usual,
    verify,
    vote,
)
from homesmith.improve.ways import TERSE

TWICE = Task(
    messages=(user("Write f, which doubles."),),
    kind="code",
    entry="f",
    examples=(Example(call="f(2)", expected="4"), Example(call="f(3)", expected="6")),
)
ONLY_TWO = Task(messages=TWICE.messages, kind="code", entry="f", examples=TWICE.examples[:1])
RIGHT, SQUARE, BROKEN, ALMOST = "2 * x", "x * x", "nonsense", "2 * x if x else 9"
PARTLY = "2*x if x else nothing"
SLOW = "x+x if x < 10 else f(x-1) + f(x-2)"


class Model:
    """Answers from a list, and remembers how it was asked. Each answer costs ten tokens."""

    def __init__(self, answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Task, Draw]] = []

    async def __call__(self, task: Task, draw: Draw) -> Answer:
        self.asked.append((task, draw))
        text = (self.answers.pop(0) if self.answers else "").removeprefix(draw.head)
        return Answer(text=text, reason="stop", usage=Usage(answer_tokens=min(10, task.max_tokens)))


def _value(code: str, call: str) -> Result:
    """What a sandbox would say of a body of `f`; real ones are tested beside it."""
    x = int(call[2:-1])
    values = {ALMOST: 2 * x if x else 9, RIGHT: 2 * x, SQUARE: x * x}
    if x:
        values[PARTLY] = 2 * x
    if SLOW in code:
        return Result(kind="value" if x < 10 else "endless", shown=str(2 * x) if x < 10 else "")
    known = next((values[body] for body in values if body in code), None)
    if known is None:
        return Result(kind="raised", shown="NameError: nonsense")
    return Result(kind="value", shown=str(known))


async def _evaluate(code: str, calls: Sequence[str]) -> tuple[Result, ...]:
    loads = Result(kind="value", shown="True")
    return tuple(_value(code, call) if call.startswith("f(") else loads for call in calls)


async def _compare(code: str, wanted: Sequence[Example]) -> tuple[Result, ...]:
    results = []
    for one in wanted:
        seen = _value(code, one.call)
        kind: Kind = "passed" if seen.shown == one.expected else "wrong"
        results.append(Result(kind="raised" if seen.kind == "raised" else kind, shown=seen.shown))
    return tuple(results)


def kit(model: Model, budget: Budget | None = None) -> Kit:
    return Kit(ask=model, budget=budget or Budget(), compare=_compare, evaluate=_evaluate)


def body(expression: str) -> str:
    return f"```python\ndef f(x):\n    return {expression}\n```"


async def test_a_first_answer_that_holds_is_the_only_one() -> None:
    model = Model([body(RIGHT)])
    found = await verify(TWICE, kit(model))
    assert (found.text, found.stopped, len(model.asked)) == (body(RIGHT), "good", 1)


async def test_a_wrong_value_is_sampled_anew_and_a_missing_name_is_told() -> None:
    model = Model([body(SQUARE), body(BROKEN), body(RIGHT)])
    found = await verify(TWICE, kit(model))
    assert found.text == body(RIGHT)
    assert [tried.how for tried in found.tried] == ["greedy", "greedy", "greedy"]
    assert [tried.score for tried in found.tried] == [0.5, 0.0, 1.0]
    model = Model([body(BROKEN), body(RIGHT)])
    found = await verify(TWICE, kit(model))
    assert [tried.how for tried in found.tried] == ["greedy", "repair"]
    assert "NameError" in model.asked[1][0].said
    assert model.asked[1][1].sampling == "code_more"  # without dice it would be the same again


async def test_an_answer_that_no_example_confirms_is_doubted_aloud() -> None:
    found = await verify(TWICE, kit(Model([body(SQUARE)] * 20)))
    assert found.doubt == "1 of 2 examples; 9"
    assert (await verify(TWICE, kit(Model([body(RIGHT)])))).doubt == ""
    assert (await vote(task_of("How many?"), kit(Model(["4", "5"])))).doubt == ""


async def test_code_alone_is_asked_for_after_the_worked_example_first() -> None:
    """Where code is begun, or words may be wanted beside it, the request comes as it stands."""
    shown = Demonstration(request="Write g.", answer="def g(): ...")
    for task, asked in (
        (replace(TWICE, prefill="```python\n"), [3, 1, 1]),
        (replace(TWICE, prefill="```python\n", before="def f(x):\n"), [1, 1, 3]),
        (TWICE, [1, 1, 3]),
    ):
        model = Model([body(SQUARE)] * 3 + [body(RIGHT)])
        await verify(task, replace(kit(model), few_shot=(shown,)))
        assert [len(one.messages) for one, _ in model.asked[:3]] == asked
        assert [draw.sampling for _, draw in model.asked[:4]] == ["code"] * 3 + ["code_more"]
    model = Model([body(RIGHT)])
    await verify(replace(TWICE, prefill="```python\n"), kit(model))
    assert len(model.asked[0][0].messages) == 1


async def test_samples_of_code_that_is_begun_come_from_two_prompts() -> None:
    shown = Demonstration(request="Write g.", answer="def g(): ...")
    begun = replace(TWICE, before="def f(x):\n")
    for task, asked in ((begun, [1, 1, 3, 1, 3, 1]), (TWICE, [1, 1, 3, 3, 3, 3])):
        model = Model([body(SQUARE)] * 20)
        await verify(task, replace(kit(model), few_shot=(shown,)))
        assert [len(one.messages) for one, _ in model.asked[:6]] == asked
        longest = [one.max_tokens for one, draw in model.asked if draw.sampling == "code_more"]
        assert max(longest) < task.max_tokens
        often = Counter(one.messages for one, _ in model.asked)
        assert all(draw.recurs for one, draw in model.asked if often[one.messages] > 1)
        assert not any(draw.recurs for one, draw in model.asked if TERSE in one.said)


async def test_where_the_example_fails_it_is_spoken_of_before_the_code() -> None:
    """In every other sample, too; not where there is none, nor as a further opinion."""
    shown = Demonstration(request="Write g.", answer=body("x"), traced=body("x  # why"))
    alone = replace(TWICE, prefill="```python\n")

    async def said(task: Task, answers: list[str]) -> list[str]:
        model = Model(answers)
        await select(task, replace(kit(model), few_shot=(shown,)))
        return [one.messages[1].text if one.messages[1:] else one.said for one, _ in model.asked]

    plainly, asked, spoken = shown.answer, TWICE.said, shown.traced
    assert (await said(alone, [body(SQUARE)] * 20))[:6] == [
        *(plainly, asked, spoken),
        *(plainly, spoken, plainly),
    ]
    found = await said(alone, [body(RIGHT), body(ALMOST), body(PARTLY), body(RIGHT)] * 3)
    assert spoken not in found
    assert spoken not in await said(replace(alone, before="def f(x):\n"), [body(SQUARE)] * 20)
    assert spoken not in await said(replace(alone, examples=()), [body(BROKEN)] * 20)


async def test_the_second_opinion_comes_from_another_prompt() -> None:
    shown = Demonstration(request="Write g.", answer="def g(): ...")
    alone = replace(TWICE, prefill="```python\n")
    model = Model([body(RIGHT), body(PARTLY), body(RIGHT)])
    found = await select(alone, replace(kit(model), few_shot=(shown,)))
    assert [len(one.messages) for one, _ in model.asked] == [3, 1]
    assert [tried.how for tried in found.tried] == ["greedy", "greedy"]
    model = Model([body(RIGHT), body(ALMOST), body(RIGHT)])
    found = await select(alone, replace(kit(model), few_shot=(shown,)))
    assert [len(one.messages) for one, _ in model.asked] == [3, 1, 3]
    assert [tried.how for tried in found.tried] == ["greedy", "greedy", "sample"]
    model = Model([body(RIGHT), body(RIGHT)])
    await select(TWICE, replace(kit(model), few_shot=(shown,)))
    assert [len(one.messages) for one, _ in model.asked] == [1, 3]


async def test_two_that_leave_calls_unanswered_are_not_enough() -> None:
    """The first two agree where they answer; the third answers one call more, and is right."""
    model = Model([body(PARTLY), body(PARTLY), body(RIGHT), body(RIGHT)])
    found = await select(TWICE, kit(model))
    assert (found.text, found.stopped) == (body(RIGHT), "agreed")
    model = Model([body(PARTLY)] * 9)
    assert len((await select(TWICE, kit(model))).tried) == 4


async def test_a_wrong_answer_is_asked_for_otherwise_before_it_is_sampled() -> None:
    model = Model([body(SQUARE)] * 4 + [body(RIGHT)])
    await verify(
        TWICE, replace(kit(model), few_shot=(Demonstration(request="Write g.", answer=body("x")),))
    )
    drawn = [draw.sampling for _, draw in model.asked]
    assert drawn == ["code", "code", "code", "code_more", "code_more"]
    first, terse, shown, *rest = [task for task, _ in model.asked]
    assert terse.said == f"{first.said}\n{TERSE}\n"
    assert shown.messages[-1] == first.messages[-1]
    assert [one.role for one in shown.messages] == ["user", "assistant", "user"]
    assert all(one.messages == shown.messages for one in rest)  # read once


async def test_a_model_without_a_worked_example_is_asked_tersely() -> None:
    model = Model([body(SQUARE)] * 9)
    await verify(TWICE, kit(model))
    assert {task.said for task, _ in model.asked[1:]} == {f"{TWICE.said}\n{TERSE}\n"}


async def test_further_candidates_cost_a_few_answers_and_each_is_no_longer_than_two() -> None:
    async def long(task: Task, _draw: Draw) -> Answer:
        spent = min(300, task.max_tokens)
        return Answer(text=body(SQUARE), reason="length", usage=Usage(answer_tokens=spent))

    found = await verify(TWICE, Kit(ask=long, compare=_compare, evaluate=_evaluate))
    assert [tried.tokens for tried in found.tried] == [300, 160, 160]


async def test_the_best_stays_when_nothing_holds() -> None:
    found = await verify(TWICE, kit(Model([body(SQUARE)] + [body(BROKEN)] * 9)))
    assert found.text == body(SQUARE)
    assert found.stopped == "tried"
    assert sum(tried.how == "repair" for tried in found.tried) <= 2


async def test_the_largest_group_that_behaves_alike_wins() -> None:
    model = Model([body(SQUARE), body(RIGHT), body(RIGHT), body(RIGHT)])
    found = await select(ONLY_TWO, kit(model))
    assert (found.text, found.stopped) == (body(RIGHT), "agreed")


async def test_two_that_agree_end_the_sampling_unless_two_others_do() -> None:
    model = Model([body(RIGHT), body(RIGHT), body(SQUARE), body(SQUARE)])
    await select(ONLY_TWO, kit(model))
    assert len(model.asked) == 2
    model = Model([body(RIGHT), body(SQUARE), body(SQUARE), body(RIGHT)])
    assert (await select(ONLY_TWO, kit(model))).text == body(SQUARE)
    assert len(model.asked) == 3


async def test_one_that_ends_on_larger_numbers_wins_over_two_that_do_not() -> None:
    model = Model([body(SLOW), body(SLOW), body(RIGHT), body(SLOW)])
    found = await select(TWICE, kit(model))
    assert (found.text, found.stopped) == (body(RIGHT), "agreed")


async def test_a_sample_goes_on_from_what_every_answer_begins_with() -> None:
    model = Model([body(SQUARE)] * 3 + [body(RIGHT)])
    await verify(TWICE, kit(model))
    assert [draw.head for _, draw in model.asked] == ["", "", "", "```python\ndef f(x):\n"]
    stub = 'def f(x):\n    """Double x."""\n'
    model = Model([body(SQUARE), body(RIGHT)])
    await verify(replace(TWICE, before=stub, prefill="```python\n"), kit(model))
    assert [draw.head for _, draw in model.asked] == [stub, stub]


async def test_the_code_that_a_person_began_is_gone_on_with() -> None:
    stub = 'def f(x):\n    """Double x.\n\n    >>> f(2)\n    4\n    """\n'
    task = task_of(f"Complete this:\n```python\n{stub}```\nBe quick.")
    assert (task.before, task.entry, len(task.examples)) == (stub, "f", 1)
    whole = task_of("Make this faster:\n```python\ndef f(x):\n    return x + x\n```")
    assert (whole.before, whole.entry) == ("", "f")
    assert task_of(f"Rename f to g:\n```python\n{stub}```").before == ""
    assert task_of("Finish this:\n```\nNaN 3 4\n```").before == ""


async def test_a_missing_import_is_added_without_asking() -> None:
    def run(code: str, call: str) -> Result:
        space: dict[str, Any] = {}
        try:
            exec(code, space)
            return Result(kind="value", shown=str(eval(call, space)))
        except NameError as error:
            return Result(kind="raised", shown=f"NameError: {error}")

    async def compare(code: str, wanted: Sequence[Example]) -> tuple[Result, ...]:
        seen = [run(code, one.call) for one in wanted]
        return tuple(
            replace(one, kind="passed") if one.shown == example.expected else one
            for one, example in zip(seen, wanted, strict=True)
        )

    model = Model([body("math.floor(2.5 * x) - x // 2")])
    means = Kit(ask=model, compare=compare, evaluate=_evaluate)
    found = await verify(ONLY_TWO, means)
    assert (found.stopped, len(model.asked)) == ("good", 1)
    assert [tried.how for tried in found.tried] == ["greedy", "import"]


async def test_votes_are_counted_by_conclusion() -> None:
    model = Model(["It is 4", "The answer is 5", "4.0", "so 5", "5"])
    found = await vote(task_of("What is the sum of 2 and 2?"), kit(model))
    assert found.text == "The answer is 5"
    model = Model(["7", "7", "7", "8", "8"])
    found = await vote(task_of("How many?"), kit(model))
    assert (found.stopped, len(model.asked)) == ("agreed", 3)


async def test_a_critique_that_finds_nothing_leaves_the_draft() -> None:
    model = Model(["A draft", "None."])
    assert (await refine(task_of("Describe it."), kit(model))).text == "A draft"
    model = Model(["A draft", "Too short", "A longer draft", "NONE"])
    found = await refine(task_of("Describe it."), kit(model))
    assert (found.text, found.stopped) == ("A longer draft", "good")


async def test_only_a_critique_that_names_no_problem_ends_the_revising() -> None:
    for found in ("**NONE.**", "No problems found.", "nothing"):
        assert (await refine(task_of("Describe it."), kit(Model(["A", found])))).stopped == "good"
    model = Model(["A draft", "None of the dates is right.", "Another", "NONE"])
    assert (await refine(task_of("Describe it."), kit(model))).text == "Another"


class Narrow(Model):
    """Its window holds so many messages; answers that end with "-" were ended by a limit."""

    most = 9

    async def __call__(self, task: Task, draw: Draw) -> Answer:
        if len(task.messages) > self.most:
            raise PromptTooLong("The prompt does not fit")
        answer = await super().__call__(task, draw)
        return replace(answer, reason="length" if answer.text.endswith("-") else "stop")


async def test_an_answer_that_is_not_whole_says_so_and_what_cut_it() -> None:
    steps = '{"steps": ["Write"]}'
    found = await plan(
        task_of("Describe it."), kit(Narrow([steps, "The sea and -"]), Budget(tokens=15))
    )
    assert (found.text, found.stopped, found.cut) == ("The sea and -", "tokens", True)
    found = await direct(task_of("Describe it."), kit(Narrow(["The sea and -"])))
    assert (found.stopped, found.cut) == ("tried", True)
    found = await refine(task_of("Describe it."), kit(Narrow(["Whole", "It is short", "And -"])))
    assert (found.text, found.cut) == ("Whole", False)
    assert [one.cut for one in found.tried] == [False, False, True]
    found = await plan(task_of("Describe it."), kit(Narrow([steps, "Sea."]), Budget(tokens=15)))
    assert (found.stopped, found.cut) == ("tried", False)


async def test_what_was_written_outlives_a_prompt_that_no_longer_fits() -> None:
    model = Narrow(["A draft", "Too short", "A longer draft"])
    model.most = 3
    found = await refine(task_of("Describe it."), kit(model))
    assert (found.text, found.stopped) == ("A draft", "window")
    model = Narrow(['{"steps": ["Look", "Write"]}', "seen", "written"])
    model.most = 2
    found = await plan(task_of("Describe it."), kit(model))
    assert (found.text, found.stopped) == ("seen", "window")
    model.most = 0
    with pytest.raises(PromptTooLong):
        await refine(task_of("Describe it."), kit(model))


async def test_a_whole_answer_is_not_replaced_by_one_that_was_cut() -> None:
    model = Narrow(["A draft", "Too short", "A longer dr-"])
    assert (await refine(task_of("Describe it."), kit(model))).text == "A draft"
    model = Narrow(['{"steps": ["Look", "Write"]}', "seen", "writ-"])
    assert (await plan(task_of("Describe it."), kit(model))).text == "seen"
    model = Narrow(["A dra-", "Too short", "A longer draft", "NONE"])
    assert (await refine(task_of("Describe it."), kit(model))).text == "A longer draft"


async def test_a_plan_leaves_two_thirds_of_the_tokens_to_its_steps() -> None:
    model = Model(['{"steps": ["Look"]}', "seen"])
    found = await plan(task_of("Describe it."), kit(model, Budget(tokens=30)))
    assert (model.asked[0][0].max_tokens, found.text) == (10, "seen")
    none = await plan(task_of("Describe it."), kit(Model(['{"steps": ["Look"]}']), Budget(steps=1)))
    assert (none.text, none.stopped) == ("Look", "steps")


async def test_what_could_not_be_run_is_not_called_good() -> None:
    for strategy in (verify, select):
        found = await strategy(TWICE, Kit(ask=Model([body(RIGHT)])))
        assert (found.stopped, found.text, found.doubt) == ("unchecked", body(RIGHT), "")
    assert (await verify(FREE, kit(Model([body(RIGHT)])))).tried[0].why == "it loads"


async def test_whoever_waits_is_told_each_try_as_it_is_made() -> None:
    told: list[str] = []
    model = Model([body(SQUARE), body(RIGHT)])

    def progress(tried: Tried) -> None:
        told.append(f"{len(model.asked)} {tried.line}")

    await verify(TWICE, replace(kit(model), progress=progress))
    assert told[0].startswith("1 greedy: 10 tokens, 1 of 2 examples")
    assert told[1].startswith("2 greedy: 10 tokens, 2 of 2 examples")


async def test_a_plan_is_followed_step_by_step() -> None:
    model = Model(['{"steps": ["Look", "Write"]}', "seen", "written"])
    found = await plan(task_of("Describe it."), kit(model))
    assert found.text == "written"
    assert model.asked[0][1].json_schema is not None
    assert "Step 2: Write" in model.asked[2][0].said
    assert (await plan(task_of("Describe it."), kit(Model(["no plan", "done"])))).text == "done"


async def test_auto_follows_the_scoreboard_and_knows_the_usual_ways() -> None:
    model = Model([body(SQUARE)] * 9)
    assert len((await auto(TWICE, replace(kit(model), scoreboard={"code": "direct"}))).tried) == 1
    assert len((await auto(task_of("Describe it."), kit(Model(["x"])))).tried) == 1
    assert (await auto(TWICE, kit(Model([body(RIGHT)] * 3)))).stopped == "agreed"


FREE = Task(messages=(user("Write f(x: int) -> int, which doubles."),), kind="code", entry="f")
GIVEN = '{"inputs": [[5], [7], [1]]}'


async def test_without_examples_inputs_are_asked_under_a_grammar() -> None:
    model = Model([body(SQUARE), GIVEN, body(RIGHT), body(RIGHT), body(RIGHT)])
    found = await select(FREE, kit(model))
    assert (found.text, found.stopped) == (body(RIGHT), "agreed")
    asked, draw = model.asked[1]
    assert draw.json_schema is not None
    assert (asked.prefill, asked.stop, found.tried[1].how) == ("", (), "inputs")
    assert body(SQUARE) not in "".join(message.text for message in asked.messages)


async def test_inputs_that_cannot_be_read_leave_the_first_answer() -> None:
    for answer in ("no", '{"inputs": []}', '{"inputs": [[1, 2]]}', ""):
        model = Model([body(SQUARE), answer, body(RIGHT)])
        found = await select(FREE, kit(model))
        assert (found.text, found.stopped, len(model.asked)) == (body(SQUARE), "good", 2)


async def test_failing_alike_is_no_agreement() -> None:
    model = Model([body(SQUARE), GIVEN, body("x +"), body("x +"), body("x +"), body("x +")])
    assert (await select(FREE, kit(model))).text == body(SQUARE)


async def test_where_two_are_equal_the_others_side_with_one_of_them() -> None:
    """f(0) and f(2) tell nothing of SQUARE and RIGHT; the third sides where they differ."""
    model = Model([body(SQUARE), body(RIGHT), body(ALMOST), body(BROKEN)])
    assert (await select(ONLY_TWO, kit(model))).text == body(RIGHT)


@given(st.lists(st.sampled_from([RIGHT, SQUARE, BROKEN, ALMOST]), min_size=8, max_size=8))
@pytest.mark.parametrize("task", [TWICE, ONLY_TWO])
def test_auto_gives_the_direct_answer_unless_evidence_speaks_against_it(
    task: Task, answers: list[str]
) -> None:
    """Another answer satisfies more examples, or as many, and has strictly more on its side."""
    texts = [body(answer) for answer in answers]
    first = asyncio.run(direct(task, kit(Model(texts)))).text
    found = asyncio.run(auto(task, kit(Model(texts))))
    if found.text == first:
        return
    held = {tried.text: tried.score for tried in found.tried}
    assert held[found.text] >= held[first]
    if held[found.text] == held[first]:
        drawn = [tried.text for tried in found.tried]
        others = [text for text in drawn if held[text] == held[first] and text != first]
        assert len(others) > drawn.count(first)


@given(st.lists(st.sampled_from(["It is 4", "4.0", "5", "so 5", "?", ""]), min_size=1, max_size=6))
def test_a_vote_gives_the_direct_answer_unless_more_say_something_else(answers: list[str]) -> None:
    task = task_of("How many?")
    first = asyncio.run(direct(task, kit(Model(answers)))).text
    found = asyncio.run(auto(task, kit(Model(answers))))
    voices = [final(tried.text) for tried in found.tried]
    if final(first):
        said = final(found.text)
        assert said == final(first) or voices.count(said) > voices.count(final(first))


@pytest.mark.parametrize(
    ("task", "means", "name"),
    [
        (TWICE, {}, "select"),
        (TWICE, {"tier": "tiny"}, "select"),
        (TWICE, {"tier": "large"}, "verify"),
        (FREE, {"tier": "large"}, "select"),
        (TWICE, {"evaluate": None, "compare": None}, "direct"),
        (TWICE, {"scoreboard": {"code": "verify", "answer": "plan"}}, "verify"),
        (TWICE, {"scoreboard": {"code": "auto"}}, "select"),
        (TWICE, {"scoreboard": {"code": "gone"}}, "select"),
        (task_of("How many?"), {"scoreboard": {"code": "verify"}}, "vote"),
        (task_of("Describe it."), {"tier": "large"}, "direct"),
    ],
)
def test_auto_chooses_by_task_means_tier_and_scoreboard(
    task: Task, means: dict[str, Any], name: str
) -> None:
    assert usual(task, replace(kit(Model([])), **means)) == name


@given(
    st.sampled_from(sorted(STRATEGIES)),
    st.lists(st.sampled_from([body(RIGHT), body(SQUARE), body(BROKEN), "4", "", "NONE"])),
    st.integers(1, 60),
    st.sampled_from([TWICE, ONLY_TWO, FREE, task_of("How many?"), task_of("Describe it.")]),
)
def test_no_strategy_writes_more_than_its_budget(
    name: str, answers: list[str], tokens: int, task: Task
) -> None:
    model = Model(answers)
    budget = Budget(tokens=tokens)
    found: Improved = asyncio.run(STRATEGIES[name](task, kit(model, budget)))
    assert found.usage.answer_tokens <= tokens
    assert sum(tried.tokens for tried in found.tried) == found.usage.answer_tokens
    assert found.text in {tried.text for tried in found.tried}


@pytest.mark.parametrize("name", sorted(STRATEGIES))
async def test_no_budget_at_all_is_an_error_and_no_sandbox_is_none(name: str) -> None:
    with pytest.raises(BudgetSpent):
        await STRATEGIES[name](TWICE, kit(Model(["x"]), Budget(steps=0)))
    unsafe = Kit(ask=Model([body(RIGHT)] * 9))
    assert (await STRATEGIES[name](TWICE, unsafe)).text


@pytest.mark.parametrize(
    ("prompt", "kind", "entry"),
    [
        ("def f(x):\n    return", "code", "f"),
        ("Write a function.\nassert set(g(1)) == {1}", "code", "g"),
        ("How many apples are left?", "answer", ""),
        ("Tell me about Rome.", "prose", ""),
        ("Write a Python function slug(title).", "code", "slug"),
        ("Write a function called median for a list.", "code", "median"),
        ("Write a function `mean` for a list.", "code", "mean"),
    ],
)
def test_words_tell_what_kind_of_task_it_is(prompt: str, kind: str, entry: str) -> None:
    task = task_of(prompt)
    assert (task.kind, task.entry) == (kind, entry)
