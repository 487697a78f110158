"""What is learned from talk: facts with pointers, proposals that wait, edits by line, summaries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from homesmith.context.estimate import estimate
from homesmith.core.budgets import Budget
from homesmith.core.errors import EngineCrashed, UsageError
from homesmith.core.memories import Block
from homesmith.core.requests import Request
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.memory.learning.learner import ATTEMPTS
from homesmith.runtime.learning import BUSY, DONE, Idle, Outcome, learn, write_down
from homesmith.runtime.personal import Repository
from homesmith.store.database import Store, open_store

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
NOTHING = '{"facts": []}'
Make = Callable[..., Agent]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def make(store: Store) -> Make:
    def made(name: str = "ada") -> Agent:
        return Agent(store, name, count=estimate, clock=lambda: NOW)

    return made


def facts(*said: tuple[Any, ...]) -> str:
    """An answer: each fact as its text, the lines it points to, and what it replaces."""
    rows = [
        {"text": one[0], "from": one[1], "replaces": one[2] if len(one) > 2 else 0} for one in said
    ]
    return json.dumps({"facts": rows})


def edits(*rows: tuple[str, int, str, str]) -> str:
    named = [dict(zip(("block", "line", "action", "text"), row, strict=True)) for row in rows]
    return json.dumps({"edits": named})


async def work(agent: Agent, *answers: str, budget: Budget | None = None) -> Outcome:
    engine = ScriptedEngine(answers)
    return await learn(agent.learner, engine, budget or Budget(), settled=True)


def texts(agent: Agent) -> list[str]:
    return [one.text for one in agent.knowledge.facts()]


async def test_a_fact_points_to_what_was_said_and_is_found_by_recall(make: Make) -> None:
    ada = make()
    first, _ = ada.remember("My cat is called Tom.", "A lovely name!", at=NOW - timedelta(days=9))
    outcome = await work(ada, facts(("The person has a cat called Tom.", [1])))
    assert (outcome.ended, outcome.counts) == (DONE, {"facts": 1})
    [fact] = ada.knowledge.facts()
    assert (fact.at, fact.until, fact.trust) == ("2026-03-11T12:00:00.000+00:00", "", "person")
    assert [one.id for one in ada.knowledge.sources(fact.id)] == [first]
    found = ada.recall("what is my cat called?").found
    assert {one.piece.memory.kind for one in found} == {"fact", "message"}
    assert (
        "[fact, Wednesday 11 March 2026] The person has a cat called Tom."
        in ada.recall("cat", kind="fact").text
    )
    standing = ada.learner.standing()
    assert (standing.waiting, standing.open, standing.done, standing.facts) == (0, 0, 1, 1)


async def test_a_newer_fact_ends_the_older_one_and_nothing_is_deleted(make: Make) -> None:
    ada = make()
    january, march = NOW - timedelta(days=70), NOW - timedelta(days=2)
    ada.remember("I live in Lyon.", "I see.", at=january)
    await work(ada, facts(("The person lives in Lyon.", [1])))
    ada.remember("I live in Porto now, we moved.", "Nice.", at=march)
    moved = await work(ada, facts(("The person lives in Porto.", [1], 1)))
    assert moved.counts == {"facts": 1, "facts replaced": 1}
    assert texts(ada) == ["The person lives in Porto."]
    old, new = ada.knowledge.line(ada.knowledge.facts()[0].id)
    assert (old.text, old.until) == ("The person lives in Lyon.", new.at)
    found = ada.recall("where do I live?", kind="fact")
    assert [one.piece.text for one in found.found] == [new.text, old.text]
    assert "true until Wednesday 18 March 2026, not now] The person lives in Lyon" in found.text
    assert "no longer true" in found.found[1].why
    back = ada.recall("where did I live in January?", kind="fact").found
    assert [one.piece.text for one in back] == [old.text, new.text]


async def test_of_some_matters_there_is_one_at_a_time_and_of_others_several(make: Make) -> None:
    ada = make()
    told = (
        (
            "I live in Lyon with my dog Rex.",
            "The person lives in Lyon.",
            "The person's dog is Rex.",
        ),
        ("I live in Porto with a dog, Max.", "The person now lives in Porto.", "The dog is Max."),
    )
    for number, (said, home, dog) in enumerate(told):
        ada.remember(said, "Good.", session=str(number), at=NOW - timedelta(days=9 - number))
        await work(ada, facts((home, [1]), (dog, [1])))
    assert texts(ada) == [
        "The person's dog is Rex.",
        "The person now lives in Porto.",
        "The dog is Max.",
    ]
    assert [one.text for one in ada.knowledge.line(ada.knowledge.facts()[1].id)] == [
        "The person lives in Lyon.",
        "The person now lives in Porto.",
    ]


async def test_what_was_learned_late_takes_its_place_in_time(make: Make) -> None:
    ada = make()
    ada.remember("I live in Porto.", "Nice.", at=NOW - timedelta(days=2))
    await work(ada, facts(("The person lives in Porto.", [1])))
    ada.remember("In 2019 I live in Lyon.", "Hm.", at=NOW - timedelta(days=900))
    await work(ada, facts(("The person lives in Lyon.", [1], 1)))
    assert texts(ada) == ["The person lives in Porto."]
    line = ada.knowledge.line(ada.knowledge.facts()[0].id)
    assert [one.text for one in line] == ["The person lives in Lyon.", "The person lives in Porto."]


async def test_the_same_fact_is_kept_once_with_all_its_sources(make: Make) -> None:
    ada = make()
    ada.remember("My cat is called Tom.", "Good.")
    await work(ada, facts(("The person's cat is called Tom.", [1])))
    ada.remember("Tom is my cat, called so by my aunt.", "Oh.", session="later")
    again = await work(
        ada, facts(("The cat is called Tom.", [1]), ("The person's cat is called Tom.", [1]))
    )
    assert again.counts["known already"] == 2
    [fact] = ada.knowledge.facts()
    assert len(ada.knowledge.sources(fact.id)) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I would say that the person likes tea.", "prose instead of JSON"),
        ('{"facts": [{"text": "The person likes t', "half of a JSON object"),
        ('{"facts": "none"}', "JSON of another form"),
        ("[1, 2]", "prose instead of JSON"),
        ('{"answer": []}', "JSON of another form"),
        ('{"facts": [17]}', "a fact without a text"),
        ('{"facts": [{"from": [1], "replaces": 0}]}', "a fact without a text"),
        (facts(("The person likes tea.", [])), "a fact without a pointer"),
        (facts(("The person likes tea.", "1")), "a fact without a pointer"),
        (facts(("The person likes tea.", [3])), "a pointer to nothing"),
        (facts(("The person likes tea.", [0])), "a pointer to nothing"),
        (facts(("The person likes tea.", [True])), "a pointer to nothing"),
        (facts(("The person was born in Ulm.", [1])), "not said by anybody"),
        (facts(("The person likes 3 cups of tea.", [1])), "not said by anybody"),
        (facts(("The person does not like tea.", [1])), "the opposite of what was said"),
        (facts(("The person lives in Graz.", [1])), "said of another person"),
        (facts(("The person likes tea. " * 20, [1])), "a fact without a text"),
        ('{"facts": ' + "[" * 100_000, "JSON of another form"),
    ],
)
async def test_a_bad_answer_is_counted_as_what_it_is(make: Make, answer: str, reason: str) -> None:
    ada = make()
    ada.remember("I like tea with milk. My sister does, too. She lives in Graz.", "Me too!")
    outcome = await work(ada, *[answer] * ATTEMPTS)
    assert outcome.ended == DONE
    assert set(outcome.counts) == {reason}
    assert texts(ada) == []
    assert ada.learner.standing().report == outcome.counts
    assert ada.learner.standing().open == 0


async def test_an_answer_that_cannot_be_read_is_asked_for_again(make: Make) -> None:
    ada = make()
    ada.remember("I like tea.", "Noted.")
    engine = ScriptedEngine(["Sure!", facts(("The person likes tea.", [1]))])
    outcome = await learn(ada.learner, engine, Budget(), settled=True)
    assert outcome.counts == {"prose instead of JSON": 1, "facts": 1}
    assert [request.seed for request in engine.requests] == [0, 1]


async def test_a_replacement_of_another_matter_replaces_nothing(make: Make) -> None:
    ada = make()
    ada.remember("I like tea.", "Noted.")
    await work(ada, facts(("The person likes tea.", [1])))
    ada.remember("My car is red, unlike my tea.", "Nice.", session="later")
    outcome = await work(ada, facts(("The person's car is red.", [1], 1), ("Car red.", [1], 9)))
    assert outcome.counts == {
        "facts": 1,
        "replaces another matter": 1,
        "replaces nothing": 1,
        "known already": 1,
    }
    assert texts(ada) == ["The person likes tea.", "The person's car is red."]


async def test_text_from_outside_waits_until_it_is_confirmed(make: Make) -> None:
    ada = make()
    said = [
        ("user", "What does the letter say?"),
        ("letter.txt", "The rent is 900 euros from May. The person always pays twice."),
        ("assistant", "The rent is 900 euros from May."),
    ]
    _, letter, told = ada.record(said)
    answer = facts(
        ("The rent is 900 euros from May.", [3]),
        ("The person always pays twice.", [2]),
        ("The person always pays twice.", [1]),
    )
    outcome = await work(ada, answer)
    assert outcome.counts == {"proposals": 2, "not said by anybody": 1}
    assert texts(ada) == []
    assert ada.recall("rent", kind="fact").found == ()
    rent, twice = ada.knowledge.proposals()
    assert (rent.origin, rent.sources) == ("assistant, from outside (letter.txt)", (letter, told))
    assert twice.origin == "from outside (letter.txt)"
    with pytest.raises(UsageError):
        ada.knowledge.confirm([rent.id, 99])
    assert ada.knowledge.proposals() == (rent, twice)  # all or none
    ada.knowledge.confirm([rent.id, rent.id])
    ada.knowledge.refuse([twice.id])
    assert texts(ada) == ["The rent is 900 euros from May."]
    assert ada.knowledge.facts()[0].trust == "outside"
    assert ada.knowledge.proposals() == ()
    for number in (rent.id, twice.id, 99):
        with pytest.raises(UsageError):
            ada.knowledge.confirm([number])
    ada.record([("letter.txt", "The person always pays twice, says the letter.")], session="b")
    again = await work(ada, facts(("The person always pays twice.", [1])))
    assert again.counts == {"refused before": 1}


async def test_a_short_answer_is_understood_by_its_question(make: Make) -> None:
    ada = make()
    ada.record([("assistant", "In which city do you live?"), ("user", "Ulm.")])
    ada.record([("assistant", "So you hate all dogs?"), ("user", "Go on.")], session="b")
    outcome = await work(
        ada,
        facts(("The person lives in Ulm.", [2])),
        facts(("The person hates all dogs.", [2])),
    )
    assert outcome.counts == {"facts": 1, "proposals": 1}
    assert ada.knowledge.proposals()[0].origin == "assistant"


async def test_blocks_are_rewritten_by_line_where_the_host_agrees(make: Make) -> None:
    ada = make()
    ada.create_block(Block(label="human", value="Lives in Lyon.\nLikes tea.", description="Who"))
    ada.create_block(Block(label="rules", value="Be kind.", read_only=True))
    ada.remember("I live in Lyon.", "Good.", session="a")
    await work(ada, facts(("The person lives in Lyon.", [1])), '{"edits": []}')
    ada.remember("We live in Porto now, with our dog Rex.", "Great.", session="b")
    found = facts(
        ("The person lives in Porto.", [1], 1), ("The person lives with a dog, Rex.", [1])
    )
    asked = edits(
        ("human", 1, "replace", "Lives in Porto."),
        ("human", 2, "insert", "Has a dog, Rex."),
        ("human", 2, "delete", ""),
        ("human", 2, "replace", "Has a dog, Rex."),
        ("human", 7, "replace", "Has a dog."),
        ("human", 1, "delete", ""),
        ("rules", 1, "delete", ""),
    )
    outcome = await work(ada, found, asked)
    assert ada.block("human").value == "Lives in Porto.\nLikes tea.\nHas a dog, Rex."
    assert ada.history("human")[-1].by == "consolidation"
    assert outcome.counts == {
        "facts": 2,
        "facts replaced": 1,
        "blocks rewritten": 1,
        "a line that nothing contradicts": 1,
        "a line that stands there already": 1,
        "a line that is not there": 1,
        "a line edited twice": 1,
    }
    ada.undo("human")
    assert ada.block("human").value == "Lives in Lyon.\nLikes tea."


async def test_a_block_that_changed_meanwhile_is_left_as_it_is(make: Make) -> None:
    ada = make()
    ada.create_block(Block(label="human"))
    ada.remember("I like tea.", "Good.")
    learner = ada.learner
    job = learner.job(settled=True)
    assert job is not None
    task = learner.task(job)
    assert task is not None
    learner.take(job, task, facts(("The person likes tea.", [1])))
    job = learner.job(settled=True)
    assert job is not None
    assert job.step == "edits"
    task = learner.task(job)
    assert task is not None
    ada.edit("human", lambda _: "By hand.")
    counts = learner.take(job, task, edits(("human", 0, "insert", "Likes tea.")))
    assert counts == {"block changed meanwhile": 1}
    assert ada.block("human").value == "By hand."
    assert learner.take(job, task, edits()) == {"done by another process": 1}


async def test_a_stretch_is_summed_up_in_its_own_words(make: Make) -> None:
    ada = make()
    for number in range(2):
        ada.remember(f"Plan {number}: a shop for tea.", f"Plan {number} it is.", session="a")
    told = json.dumps({"summary": "The person plans a shop for tea. " * 2 + "The person plans a"})
    await work(ada, NOTHING, told)
    [summary] = ada.recall("shop plan", 9, kind="summary").found
    assert summary.piece.text == "The person plans a shop for tea."
    assert len(ada.knowledge.sources(summary.piece.memory.id)) == 4
    for number in range(2):
        ada.remember(f"Trip {number} to Ulm.", "Fine.", session="b")
    wrong = json.dumps({"summary": "The person bought gold in Paris for 100 euros."})
    outcome = await work(ada, NOTHING, wrong)
    assert outcome.counts == {"a summary of something else": 1}
    for number in range(4):
        ada.record(
            [
                ("user", f"Read page {number}."),
                ("page.html", "Buy gold"),
                ("assistant", "Buy gold"),
            ],
            session="c",
        )
    gold = json.dumps({"summary": "The person asked to read pages. Buy gold."})
    outcome = await work(ada, NOTHING, gold)
    assert outcome.counts == {"a summary of something else": 1}


async def test_talk_that_goes_on_is_left_alone_until_it_is_quiet(make: Make) -> None:
    ada = make()
    ada.remember("I like tea.", "Good.", at=NOW - timedelta(minutes=1))
    engine = ScriptedEngine([NOTHING] * 9)
    assert (await learn(ada.learner, engine, Budget())).spent.steps == 0
    assert ada.learner.standing().waiting == 2
    ada.record([("user", f"and cup {number}") for number in range(40)], at=NOW)
    assert (await learn(ada.learner, engine, Budget())).ended == DONE
    assert ada.learner.standing().waiting == 18
    quiet = Agent(ada._store, "ada", count=estimate, clock=lambda: NOW + timedelta(minutes=11))
    await learn(quiet.learner, engine, Budget())
    assert quiet.learner.standing().waiting == 0


async def test_a_budget_ends_it_and_it_goes_on_later(make: Make) -> None:
    ada = make()
    for number in range(3):
        ada.remember(f"I like tea {number}.", "Good.", session=str(number))
    spent = await work(ada, *[NOTHING] * 3, budget=Budget(steps=1))
    assert (spent.ended, spent.spent.steps) == ("the budget is spent: steps", 1)
    spent = await work(ada, *[NOTHING] * 3, budget=Budget(tokens=1))
    assert (spent.ended, spent.spent.steps) == ("the budget is spent: tokens", 1)
    none = await work(ada, budget=Budget(seconds=0))
    assert none.ended == "the budget is spent: seconds"
    rest = await work(ada, NOTHING)
    assert (rest.ended, rest.spent.steps) == (DONE, 1)


async def test_a_deadline_in_the_middle_of_an_answer_keeps_the_job_where_it_was(make: Make) -> None:
    ada = make()
    ada.remember("I like tea.", "Good.")
    slow = ScriptedEngine(["word " * 500], seconds_per_token=0.01)
    outcome = await learn(ada.learner, slow, Budget(seconds=0.1), settled=True)
    assert outcome.ended == "the budget is spent: seconds"
    job = ada.learner.job(settled=True)
    assert job is not None
    assert (job.step, job.attempts) == ("facts", 0)


async def test_cancelled_it_stops_at_once_and_an_engine_that_dies_loses_nothing(
    make: Make,
) -> None:
    ada = make()
    ada.remember("I like tea.", "Good.")
    asked = asyncio.Event()

    def answer(_request: Request) -> str:
        asked.set()
        return "word " * 5000

    slow = ScriptedEngine([answer], seconds_per_token=0.01)
    task = asyncio.create_task(learn(ada.learner, slow, Budget(), settled=True))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    dead = ScriptedEngine([EngineCrashed("it died")])
    with pytest.raises(EngineCrashed):
        await learn(ada.learner, dead, Budget(), settled=True)
    assert (await work(ada, facts(("The person likes tea.", [1])))).counts == {"facts": 1}


async def test_only_one_process_works_for_an_agent_at_a_time(make: Make) -> None:
    ada = make()
    ada.remember("I like tea.", "Good.")
    with ada.learner.alone() as alone:
        assert alone
        assert (await work(ada, NOTHING)).ended == BUSY
    assert (await work(ada, NOTHING)).ended == DONE


async def test_a_model_with_a_small_window_gives_up_the_stretch_and_not_the_work(
    make: Make,
) -> None:
    ada = make()
    ada.remember("I like tea.", "Good.")
    tiny = ScriptedEngine([NOTHING], window=60)
    outcome = await learn(ada.learner, tiny, Budget(), settled=True)
    assert (outcome.ended, outcome.counts) == (DONE, {"too long for the model": 1})


async def test_the_day_tells_once_what_was_learned(make: Make, tmp_path: Path) -> None:
    ada = make()
    repository = Repository(tmp_path / "context")
    repository.rule("Be brief.")
    for number, words in enumerate(("tea", "rain")):
        ada.remember(f"I like {words}.", "Good.", session=str(number))
    engine = ScriptedEngine(
        [facts(("The person likes tea.", [1])), facts(("The person likes rain.", [1]))]
    )
    await Idle("ada", ada.learner, engine, repository).learn(Budget(), settled=True)
    write_down(ada.learner, repository, "ada")
    [entry] = repository.read().history
    assert (entry.kind, entry.outcome) == ("learning", "facts: 2")
    assert "tea" not in json.dumps(entry.asked + entry.outcome)
    ada.remember("I like snow.", "Good.", session="c")
    await work(ada, facts(("The person likes snow.", [1])))
    [stamp] = ada.learner.untold()  # killed between writing and marking, it is not written twice
    write_down(ada.learner, repository, "ada")
    assert [one.outcome for one in repository.read().history] == ["facts: 2", "facts: 1"]
    assert ada.learner.untold() == {}
    assert repository.read().history[-1].at == stamp
