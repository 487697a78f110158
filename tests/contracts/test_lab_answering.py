"""What counts as a right answer, and that what was answered is not asked for again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homesmith.core.messages import user
from homesmith.engines.echo import EchoEngine
from homesmith.lab.answering import Answered, Asked, measure, table
from homesmith.lab.ledger import Ledger
from homesmith.lab.longmemeval import Question


def question(answer: str, kind: str = "multi-session") -> Question:
    return Question(
        id="q",
        kind=kind,
        text="How many?",
        answer=answer,
        at=datetime(2023, 5, 28, tzinfo=UTC),
        sessions=frozenset(),
    )


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ("five", "You bought 5 of them."),
        ("3", "Three."),
        ("$1,300", "It was $1300 in all."),
        ("The Glass Menagerie", "You saw 'Glass Menagerie'."),
        ("6 days. 7 days (including the last day) is also acceptable.", "Seven days"),
        ("6 days. 7 days (including the last day) is also acceptable.", "It was 6 days."),
        ("7:30 am", "At 7:30 AM."),
    ],
)
def test_an_answer_is_right_when_it_holds_the_right_one(gold: str, said: str) -> None:
    assert question(gold).answered_by(said)
    assert question(gold).short


@pytest.mark.parametrize(
    ("gold", "said"),
    [("3", "13 of them"), ("five", "fifty"), ("Denver", ""), ("6 days", "6 or 7"), ("()", "()")],
)
def test_another_answer_is_not(gold: str, said: str) -> None:
    assert not question(gold).answered_by(said)


def test_what_no_answer_can_hold_as_it_is_is_not_short() -> None:
    assert not question("I went to the park, then to the lake, then home.").short
    assert not question("Tea", "single-session-preference").short


def asked(way: str, says: str) -> Asked:
    return Asked(
        id="q",
        kind="kind",
        way=way,
        messages=(user(says),),
        read=says,
        holds=question("Denver").answered_by,
    )


async def answers(engine: EchoEngine, ledger: Ledger) -> list[Answered]:
    ways = (asked("whole", "She lives in Denver now."), asked("cut", "She lives in …"))
    return [one async for one in measure(ways, engine, ledger)]


def test_answers_are_kept_and_told_side_by_side(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "answers.jsonl")
    first = asyncio.run(answers(EchoEngine(), ledger))
    assert [(one.right, one.there) for one in first] == [(True, True), (False, False)]
    assert asyncio.run(answers(EchoEngine(reply="Denver"), ledger)) == first
    told = table(first)
    assert "| whole | 1 of 1 |" in told
    assert "| cut | 0 of 1 |" in told
    assert "Right only whole: 1; only cut: 0; p = 1.000." in told
    assert "| kind | 1 | 1 | 0 |" in told


def test_another_prompt_is_asked_anew(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "answers.jsonl")

    async def right(says: str) -> list[bool]:
        return [one.right async for one in measure([asked("way", says)], EchoEngine(), ledger)]

    assert asyncio.run(right("She lives in Rome.")) == [False]
    assert asyncio.run(right("She lives in Denver.")) == [True]


def test_other_weights_are_asked_anew(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "answers.jsonl")

    async def right(reply: str, identity: str) -> list[bool]:
        one, engine = asked("way", "She lives somewhere."), EchoEngine(reply=reply)
        return [found.right async for found in measure([one], engine, ledger, identity)]

    assert asyncio.run(right("nowhere", "old")) == [False]
    assert asyncio.run(right("Denver", "old")) == [False]
    assert asyncio.run(right("Denver", "new")) == [True]


def test_only_questions_that_every_way_answered_are_told(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "answers.jsonl")
    [whole, cut] = asyncio.run(answers(EchoEngine(), ledger))
    other = replace(whole, id="other")
    assert "1 of 1" in table([whole, cut, other])
    assert table([])
