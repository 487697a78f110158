"""What was learned is forgotten with what it rests on, and moves house with its agent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from homesmith.context.compression.handles import handle_of
from homesmith.context.estimate import estimate
from homesmith.core.budgets import Budget
from homesmith.core.errors import InvalidText, UsageError
from homesmith.core.memories import Block
from homesmith.core.runs import Candidate, RunStarted
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.memory.portable import exported, imported
from homesmith.runtime.learning import learn
from homesmith.store.connection import Database
from homesmith.store.database import FILE, Store, open_store
from homesmith.store.driver import driver
from homesmith.store.migrate import SCRIPTS
from homesmith.store.schema import APPLICATION, SCHEMA

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
RUN = RunStarted(kind="build", prompt="a page", root="/tmp/x", model="m")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def agent(store: Store, name: str = "ada") -> Agent:
    return Agent(store, name, count=estimate, clock=lambda: NOW)


def facts(*said: tuple[str, list[int], int]) -> str:
    rows = [{"text": text, "from": lines, "replaces": old} for text, lines, old in said]
    return json.dumps({"facts": rows})


async def work(ada: Agent, *answers: str) -> None:
    await learn(ada.learner, ScriptedEngine(answers), Budget(), settled=True)


async def learned(ada: Agent) -> None:
    """Two stretches with facts, one of them ended, two summaries, proposals of either state."""
    ada.create_block(Block(label="human"))
    place = [{"block": "human", "line": 0, "action": "insert", "text": "Lives in Lyon."}]
    first = facts(
        ("The person lives in Lyon.", [1], 0),
        ("The person likes tea.", [3], 0),
        ("The person likes rain.", [4], 0),
    )
    second = facts(("The person lives in Porto.", [1], 1), ("Tea it is with rain.", [4], 0))
    talk(ada, "Lyon", days=9)
    summary = json.dumps({"summary": "The person lives in Lyon. They like tea."})
    await work(ada, first, json.dumps({"edits": place}), summary)
    talk(ada, "Porto", days=8)
    summary = json.dumps({"summary": "The person lives in Porto."})
    await work(ada, second, '{"edits": []}', summary)
    ada.knowledge.refuse([ada.knowledge.proposals()[-1].id])


def talk(ada: Agent, place: str, days: int) -> None:
    said = [
        ("user", f"I live in {place}."),
        ("assistant", f"So you live in {place}."),
        ("user", "And I like tea."),
        ("assistant", "Tea it is. You like rain too."),
    ]
    ada.record(said, session=place, at=NOW - timedelta(days=days))


async def test_forgetting_a_message_takes_all_that_rests_on_it(store: Store) -> None:
    ada = agent(store)
    await learned(ada)
    before = ada.learner.standing()
    assert (before.facts, before.past, before.summaries, before.proposals) == (2, 1, 2, 1)
    first = ada.messages(8)[0]
    receipt = ada.forget([first.id])
    assert dict(receipt.removed) == {
        "messages": 1,
        "questions in heads": 1,
        "facts": 1,
        "summaries": 1,
        "jobs": 1,
        "pieces in the index": 3,
    }
    assert receipt.remains == ("line 1 of the block human", "the history of the block human")
    after = ada.learner.standing()
    assert (after.facts, after.past, after.waiting, after.done) == (2, 0, 3, 1)
    await work(ada, facts(("The person likes tea.", [2], 0)), '{"edits": []}')
    assert (ada.learner.standing().waiting, ada.learner.standing().facts) == (0, 2)


async def named_the_dog(ada: Agent, line: str) -> int:
    """A short answer, the fact that needs its question, a line after that; the answer's number."""
    ada.create_block(Block(label="human", value="Likes tea."))
    said = [("assistant", "What is your dog called?"), ("user", "Rex.")]
    numbers = ada.record(said, at=NOW - timedelta(days=1))
    place = [{"block": "human", "line": 1, "action": "insert", "text": line}]
    known = facts(("The person has a dog called Rex.", [2], 0))
    await work(ada, known, json.dumps({"edits": place}))
    assert ada.block("human").value == f"Likes tea.\n{line}"
    return numbers[1]


@pytest.mark.parametrize("line", ["Has a dog called Rex.", "Has a dog named Rex."])
async def test_lines_that_a_forgotten_answer_led_to_are_named(store: Store, line: str) -> None:
    ada = agent(store)
    receipt = ada.forget([await named_the_dog(ada, line)])
    assert dict(receipt.removed)["facts"] == 1
    assert receipt.remains == ("line 2 of the block human", "the history of the block human")


async def test_edits_that_a_forgotten_answer_led_to_go(store: Store, tmp_path: Path) -> None:
    ada = agent(store)
    number = await named_the_dog(ada, "Has a dog called Rex.")
    ada.edit("human", lambda _: "Likes tea.")
    receipt = ada.forget([number])
    assert dict(receipt.removed)["edits in histories"] == 2
    assert receipt.remains == ()
    for file in (tmp_path / "store").glob("*.sqlite*"):
        assert b"Rex" not in file.read_bytes(), file


async def test_what_was_said_elsewhere_too_is_learned_from_there_again(store: Store) -> None:
    ada = agent(store)
    summary = json.dumps({"summary": "The person lives in Lyon."})
    for days in (9, 8):
        said = [("user", "I live in Lyon."), ("assistant", "So you live in Lyon.")] * 2
        ada.record(said, session=f"{days} days ago", at=NOW - timedelta(days=days))
        await work(ada, facts(("The person lives in Lyon.", [1], 0)), summary)
    [fact] = ada.knowledge.facts()
    [first, second] = ada.knowledge.sources(fact.id)
    receipt = dict(ada.forget([first.id]).removed)
    assert (receipt["facts"], receipt["summaries"], receipt["jobs"]) == (1, 2, 2)
    assert (ada.knowledge.facts(), ada.learner.standing().waiting) == ((), 7)
    await work(ada, facts(), facts(("The person lives in Lyon.", [1], 0)), summary)
    [again] = ada.knowledge.facts()
    assert (again.text, ada.knowledge.sources(again.id)) == (fact.text, (second,))
    assert ada.learner.standing().summaries == 1, "what is left of the first is too short for one"
    assert "jobs" not in dict(ada.forget([again.id]).removed)
    assert ada.learner.standing().waiting == 0, "a fact that the person let go is not looked for"


async def test_a_fact_holds_again_when_what_ended_it_is_forgotten(store: Store) -> None:
    ada = agent(store)
    places = ("Lyon", "Porto", "Nice")
    for days, place in zip((9, 8, 7), places, strict=True):
        talk(ada, place, days=days)
        ended = int(place != "Lyon")
        said = facts((f"The person lives in {place}.", [1], ended))
        await work(ada, said, json.dumps({"summary": f"The person lives in {place}."}))
    [nice] = ada.knowledge.facts()
    lyon, porto, _ = ada.knowledge.line(nice.id)
    assert (lyon.until, porto.until) == (porto.at, nice.at)
    ada.forget([porto.id])
    assert [one.until for one in ada.knowledge.line(nice.id)] == [nice.at, ""]
    ada.forget([nice.id])
    assert ada.knowledge.facts() == (replace(lyon, until=""),)


def test_forgetting_a_message_takes_the_edits_that_held_it(store: Store, tmp_path: Path) -> None:
    ada = agent(store)
    [lyon, _] = ada.remember("I live in Lyon.", "I see.")
    ada.create_block(Block(label="human", value="Likes tea."))
    ada.edit("human", lambda value: f"{value}\nLives in Lyon.")
    ada.edit("human", lambda value: value.replace("Lyon", "Porto"))
    ada.edit("human", lambda value: f"{value}\nHas a cat.")
    receipt = ada.forget([lyon])
    assert dict(receipt.removed)["edits in histories"] == 2
    assert receipt.remains == ()
    assert [edit.number for edit in ada.history("human")] == [1, 4]
    assert ada.undo("human").value == "Likes tea.\nLives in Porto."
    assert ada.undo("human", 1).value == "Likes tea."
    for file in (tmp_path / "store").glob("*.sqlite*"):
        assert b"Lyon" not in file.read_bytes(), file


def test_edits_that_are_older_than_a_message_outlive_it(store: Store) -> None:
    ada = agent(store)
    ada.create_block(Block(label="human", value="Dog: Bo"))
    later = datetime.now(UTC) + timedelta(minutes=1)
    [said, _] = ada.remember("My dog is not called Bo any more but Rex.", "Noted.", at=later)
    ada.edit("human", lambda _: "Dog: Rex")
    receipt = ada.forget([said])
    assert "edits in histories" not in dict(receipt.removed)
    assert ada.undo("human").value == "Dog: Bo"


def test_forgetting_words_takes_no_proposal_for_the_words_that_every_model_has(
    store: Store,
) -> None:
    ada = agent(store)
    for number, origin in enumerate(("the model, by memory_insert", "assistant", "page.html")):
        ada.knowledge.propose(f"Has {number} cats.", at="2026-01-01", session="s", origin=origin)
    ada.forget_words("model")
    ada.forget_words("assistant")
    assert len(ada.knowledge.proposals()) == 3
    ada.forget_words("page.html")
    assert len(ada.knowledge.proposals()) == 2


async def test_forgetting_words_leaves_them_in_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder) as store:
        ada = agent(store)
        ada.record(
            [
                ("user", "My phone is Xylophone99."),
                ("assistant", "Your door opens with xylophone99."),
            ]
        )
        original = "a long letter about xylophone99 " * 50
        named = "another long text " * 50
        shared = "a third long text " * 50
        for text in (original, named, shared):
            store.blobs.put(text.encode())
        ada.remember(f"Short [{handle_of(named)}], xylophone99", f"See [{handle_of(shared)}:1-2]")
        ada.remember(f"Xylophone99 is in {handle_of(shared)}", "Yes")
        said = [
            ("The person's phone is Xylophone99.", [1], 0),
            ("The door opens with xylophone99.", [2], 0),
        ]
        await work(ada, facts(*said), '{"summary": "The phone is Xylophone99."}')
        assert ada.learner.standing().proposals == 1
    with open_store(folder) as store:
        ada = agent(store)
        receipt = ada.forget_words("xylophone99")
        removed = dict(receipt.removed)
        del removed["backups"]
        assert removed == {
            "messages": 4,
            "questions in heads": 2,
            "facts": 1,
            "summaries": 1,
            "proposals": 1,
            "jobs": 1,
            "pieces in the index": 6,
            "originals of shortened texts": 2,
        }
        assert receipt.remains == ()
        assert store.blobs.find(handle_of(shared)) == shared.encode()
        assert [one.text for one in ada.messages()] == [f"See [{handle_of(shared)}:1-2]", "Yes"]
        ada.forget([ada.messages()[0].id])
        packed = {row[0] for row in raw(folder).execute("SELECT sha256 FROM blobs").fetchall()}
        assert packed == set()
    for file in folder.rglob("*"):
        if file.is_file():
            assert b"ylophone99" not in file.read_bytes().lower(), file


def test_a_text_that_the_log_of_a_run_needs_stays_and_the_receipt_says_so(store: Store) -> None:
    ada = agent(store)
    sha256 = store.blobs.put(b"the log says xylophone99")
    run = store.runs.create(RUN)
    store.runs.append(run, candidate(sha256))
    receipt = ada.forget_words("xylophone99")
    assert receipt.removed == ()
    assert receipt.remains == (f"the text {sha256[:10]} of the run {run}",)
    ada.remember(f"Look at {sha256[:10]}", "Yes")
    assert "originals of shortened texts" not in dict(ada.forget([1]).removed)
    assert store.blobs.get(sha256) == b"the log says xylophone99"


async def test_forgetting_an_agent_leaves_no_row_of_it(store: Store, tmp_path: Path) -> None:
    ada, bob = agent(store), agent(store, "bob")
    await learned(ada)
    await learned(bob)
    kept = bob.learner.standing()
    receipt = dict(ada.forget_all().removed)
    assert (receipt["facts"], receipt["summaries"], receipt["proposals"]) == (3, 2, 2)
    assert receipt["jobs"] == 2
    assert bob.learner.standing() == kept
    bob.forget_all()
    connection = raw(tmp_path / "store")
    for table in ("memories", "jobs", "sources", "proposals", "proposal_sources", "blocks"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


async def test_an_agent_moves_house_with_all_it_learned(store: Store, tmp_path: Path) -> None:
    agent(store, "eve").remember("takes the first", "numbers")
    ada = agent(store)
    await learned(ada)
    ada.remember("Not consolidated yet.", "No.", session="new")
    lines = list(exported(store, "ada"))
    with open_store(tmp_path / "other") as other:
        assert imported(other, lines) == ("ada", 1, 15)
        again = agent(other)
        for query in ("where do I live?", "Lyon", "tea", "what did I like last week?"):
            first, second = ada.recall(query, 20), again.recall(query, 20)
            assert first.text == second.text
            assert [(one.worth, one.why) for one in first.found] == [
                (one.worth, one.why) for one in second.found
            ]
        assert again.learner.standing() == ada.learner.standing()
        [old, new] = again.knowledge.line(again.knowledge.facts()[-1].id)
        assert (old.text, new.text) == ("The person lives in Lyon.", "The person lives in Porto.")
        for one in (old, new):
            assert [source.text for source in again.knowledge.sources(one.id)] == [
                one.text.replace("The person lives", "I live")
            ]
        assert [one.text for one in again.knowledge.proposals()] == [
            one.text for one in ada.knowledge.proposals()
        ]
        twice = list(exported(other, "ada"))
        with open_store(tmp_path / "third") as third:
            imported(third, twice)
            assert list(exported(third, "ada")) == twice
        for broken in ('{"job": {"id": 1}}', '{"song": 1}', '{"proposal": {"state": "sung"}}'):
            with pytest.raises(InvalidText, match=f"Line {len(lines) + 1}"):
                imported(other, [*lines, broken], "x")


async def test_what_says_a_fact_once_more_moves_house_too(store: Store, tmp_path: Path) -> None:
    ada = agent(store)
    for days in (9, 8):
        ada.record([("user", "I live in Lyon.")], session=str(days), at=NOW - timedelta(days=days))
        await work(ada, facts(("The person lives in Lyon.", [1], 0)))
    [fact] = ada.knowledge.facts()
    assert len(ada.knowledge.sources(fact.id)) == 2
    with open_store(tmp_path / "other") as other:
        imported(other, exported(store, "ada"))
        again = agent(other)
        [fact] = again.knowledge.facts()
        assert again.knowledge.sources(fact.id) == again.messages()
        assert dict(again.forget([again.messages()[-1].id]).removed)["facts"] == 1


@pytest.mark.parametrize("name", [" bob", "", "b\tob", "b" * 61])
def test_nothing_comes_in_under_a_name_that_cannot_be_typed(store: Store, name: str) -> None:
    ada = agent(store)
    ada.create_block(Block(label="human"))
    lines = list(exported(store, "ada"))
    with pytest.raises(UsageError, match="cannot be a name"):
        imported(store, lines, name)
    for before in ('"agent": "ada"', '"label": "human"'):
        wrong = [line.replace(before, f"{before[:9]} {json.dumps(name)}") for line in lines]
        given = None if "agent" in before else "eve"
        with pytest.raises(UsageError, match="cannot be a name"):
            imported(store, wrong, given)
    assert [one.name for one in store.memories.summaries()] == ["ada"]


def of_version_1(at: object) -> list[str]:
    """The lines of an agent with one message of this time."""
    chunk = {"start": 0, "stop": 3, "head": "user, Friday 20 March 2026"}
    memory = {
        "id": 7,
        "kind": "message",
        "session": "a",
        "speaker": "user",
        "text": "tea",
        "at": at,
        "tags": [],
        "source": "",
        "trust": "person",
        "chunks": [chunk],
    }
    head = {"form": "homesmith-memory", "version": 1, "agent": "ada"}
    return [json.dumps(head), json.dumps({"memory": memory})]


@pytest.mark.parametrize(
    "at",
    [
        "2026-03-20T12:00:00.000+00:00",
        "2026-03-20T12:00Z",
        "2026-03-20 12:00",
        "2026-03-20T14:00:00+02:00",
    ],
)
def test_an_export_of_the_first_version_still_comes_in(store: Store, at: str) -> None:
    assert imported(store, of_version_1(at)) == ("ada", 0, 1)
    ada = agent(store)
    assert ada.learner.standing().waiting == 1
    assert ada.messages()[0].at == "2026-03-20T12:00:00.000+00:00"
    ada.remember("And rain.", "Noted.")
    assert {one.session for one in ada.messages()} == {"a"}


@pytest.mark.parametrize("at", ["yesterday", "", 7, "0001-01-01T00:00:00+14:00"])
def test_what_is_of_no_time_does_not_come_in(store: Store, at: object) -> None:
    with pytest.raises(InvalidText, match="Line 2") as refused:
        imported(store, of_version_1(at))
    assert repr(at) in refused.value.why
    assert "correct this line" in refused.value.remedy
    proposal = {"id": 1, "text": "t", "at": at, "session": "", "origin": "", "state": "open"}
    lines = of_version_1("2026-03-20")
    with pytest.raises(InvalidText, match="Line 3"):
        imported(store, [*lines, json.dumps({"proposal": proposal | {"sources": []}})])
    ended = json.loads(lines[1])["memory"] | {"kind": "fact", "until": at or "never"}
    with pytest.raises(InvalidText, match="Line 3"):
        imported(store, [*lines, json.dumps({"memory": ended})])
    assert store.memories.summaries() == ()


@pytest.mark.parametrize("at", ["yesterday", "2026-03-20T11:59:00"])
def test_a_turn_is_kept_after_a_message_of_no_time(store: Store, at: str) -> None:
    ada = agent(store)
    ada.remember("I like tea.", "Noted.")
    store.memories.add(1, [(replace(ada.messages(1)[0], at=at), ())])
    ada.remember("And rain.", "Noted.")
    assert [one.text for one in ada.messages(2)] == ["And rain.", "Noted."]


def test_a_store_of_schema_2_becomes_what_a_fresh_one_is(tmp_path: Path) -> None:
    older, fresh = tmp_path / "older", tmp_path / "fresh"
    _of_schema_2(older)
    with open_store(older) as store:
        ada = agent(store)
        assert [(one.text, one.until, one.line) for one in ada.messages()] == [
            ("I like tea.", "", 0)
        ]
        assert ada.learner.standing().waiting == 1
        assert ada.keep_prompt(lambda body: f"{body}as it was read") == "as it was read"
        ada.forget_all()
        assert store.memories.agent("bob", create=True) == 2, "no number is given twice"
    open_store(fresh).close()
    assert _tables(older) == _tables(fresh)
    for folder in (older, fresh):
        assert raw(folder).execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        assert raw(folder).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _of_schema_2(folder: Path) -> None:
    """A store as it was when only messages were remembered."""
    folder.mkdir()
    driver().connect(folder / FILE).close()
    database = Database(folder / FILE)
    with database.writing() as opened:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = opened
        command.upgrade(config, "memory")
        opened.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
        opened.exec_driver_sql("PRAGMA user_version = 2")
        opened.exec_driver_sql("INSERT INTO agents VALUES (1, 'ada', '2026-01-01')")
        opened.exec_driver_sql(
            "INSERT INTO memories VALUES (1, 1, 'message', 's', 'user', 'I like tea.',"
            " '2026-01-01T00:00:00.000+00:00', '[]', '', 'person')"
        )
    database.close()


def _tables(folder: Path) -> list[tuple[str, ...]]:
    query = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    return list(raw(folder).execute(query))


def candidate(sha256: str) -> Candidate:
    return Candidate(
        step=1,
        attempt=1,
        how="greedy",
        sha256=sha256,
        prompt_tokens=1,
        cached_tokens=0,
        answer_tokens=1,
        seconds=1.0,
    )


def raw(folder: Path) -> Any:
    return driver().connect(folder / FILE)
