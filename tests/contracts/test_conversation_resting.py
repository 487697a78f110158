"""While nobody writes: talk is learned from, and the conversation goes on as it was."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from homesmith.context.compression.handles import handle_of
from homesmith.context.estimate import estimate
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import without_last
from homesmith.core.budgets import Budget
from homesmith.core.embedders import Embedder
from homesmith.core.engines import Engine, fold
from homesmith.core.memories import Block
from homesmith.core.models import Sampling
from homesmith.core.requests import Request, Usage
from homesmith.engines.scripted import Line, ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.memory.portable import exported, imported
from homesmith.runtime.conversation.companion import Companion
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.runtime.conversation.texts import SUMMARISE, text_of
from homesmith.runtime.learning import LAST_SLOT, Idle, gained, learn
from homesmith.store.database import Store, open_store

EARLIER = datetime.now(UTC) - timedelta(hours=2)
FACTS, EDITS, SUMMARY = "You keep the memory", "You keep the notes", "You sum up"
LYON = {"facts": [{"text": "The person lives in Lyon.", "from": [1], "replaces": 0}]}
LINE = {"edits": [{"block": "human", "line": 0, "action": "insert", "text": "Lives in Lyon."}]}


class Warming(ScriptedEngine):
    """A scripted engine that learns of Lyon, and writes down what it read ahead."""

    def __init__(self, *more: tuple[str, Line], window: int = 2000) -> None:
        learning: list[tuple[str, Line]] = [
            (FACTS, json.dumps(LYON)),
            (EDITS, json.dumps(LINE)),
            (SUMMARY, json.dumps({"summary": "The person lives in Lyon."})),
        ]
        told = (text_of(SUMMARISE)[:20], "They live in Lyon.")
        super().__init__(rules=[*more, *learning, told, ("", "I see.")], window=window)
        self.warmed: list[Request] = []
        self.read_ahead = asyncio.Event()

    async def warm(self, request: Request) -> Usage:
        self.warmed.append(request)
        self.read_ahead.set()
        return Usage(prompt_tokens=await self.count(request))

    async def keep(self, conversation: str) -> str:
        del conversation
        return ""

    def drop(self, conversation: str) -> None:
        del conversation


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


class Counting:
    """An embedder to which all texts mean the same, and that says when it was asked."""

    id = "counting"
    dimensions = 8

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()

    def embed(self, texts: Sequence[str]) -> list[array[float]]:
        self.asked.set()
        self.go_on.wait(10)
        return [array("f", [1.0] * self.dimensions) for _ in texts]


def companion(
    store: Store,
    engine: Engine,
    *,
    embedder: Embedder | None = None,
    let_go: Callable[[str], int] = lambda _: 0,
) -> Companion:
    def talk(agent: Agent, _model: object) -> Conversation:
        today = date(2026, 11, 28)
        voice = Voice(engine=engine, answer=100, sampling=Sampling(), today=lambda: today)
        return Conversation(agent, voice)

    return Companion(
        store,
        "ada",
        talk=talk,
        study=lambda agent, _model: Idle(agent.name, agent.learner, engine, None),
        count=estimate,
        embedder=embedder,
        let_go=let_go,
    )


def unread(ada: Companion, number: int) -> None:
    """Wait until so many pieces are not read yet."""
    while ada.unread() != number:
        time.sleep(0.01)


async def say(ada: Companion, *said: str) -> None:
    for message in said:
        await fold(ada.ask(message))


def texts(ada: Companion) -> list[str]:
    return [message.text for message in messages(ada.conversation().layout)]


async def test_a_learned_line_is_a_note_and_no_turn_and_moves_into_the_head(store: Store) -> None:
    engine = Warming(window=700)
    ada = companion(store, engine)
    ada.create_block(Block(label="human"))
    await say(ada, "I live in Lyon.")
    before, said = texts(ada), ada.messages()
    await learn(ada.learner, Warming(), Budget(), settled=True)
    assert ada.block("human").value == "Lives in Lyon."
    assert (texts(ada), ada.messages()) == (before, said)
    await say(ada, "How are you?")
    assert texts(ada)[: len(before)] == before
    assert texts(ada)[-2] == (
        "memory changed: Memory block human is new:\nLives in Lyon.\n\nHow are you?"
    )
    assert ada.conversation().seen.reuse.lost == ""
    while not ada.conversation().seen.rebuilt:
        await say(ada, "Tell me more about the garden. " * 6)
    assert "Memory block human:\nLives in Lyon." in texts(ada)[0]


async def test_at_rest_it_learns_beside_the_conversation_and_reads_its_prompt_again(
    store: Store,
) -> None:
    engine = Warming()
    ada = companion(store, engine)
    ada.remember("I live in Lyon.", "I see.", at=EARLIER)
    told: Counter[str] = Counter()
    resting = asyncio.create_task(ada.rest(tell=lambda done: told.update(done.counts)))
    await engine.read_ahead.wait()
    resting.cancel()
    await asyncio.wait([resting])
    assert resting.cancelled()
    assert [one.text for one in ada.knowledge.facts()] == ["The person lives in Lyon."]
    assert (told, gained(told)) == (Counter({"facts": 1}), "facts: 1")
    [asked] = engine.requests
    assert (asked.conversation, asked.slot) == ("", LAST_SLOT)
    assert engine.warmed[0].conversation == "ada"
    assert [one.text for one in engine.warmed[0].messages] == texts(ada)


async def test_at_rest_what_was_said_and_learned_is_read_for_its_meaning(store: Store) -> None:
    engine, embedder = Warming(), Counting()
    embedder.go_on.set()
    ada = companion(store, engine, embedder=embedder)
    ada.remember("I live in Lyon.", "I see.", at=EARLIER)
    assert ada.unread() == 2
    resting = asyncio.create_task(ada.rest())
    await engine.read_ahead.wait()
    await asyncio.to_thread(unread, ada, 0)
    resting.cancel()
    await asyncio.wait([resting])
    assert len(ada.knowledge.facts()) == 1
    assert ada.recall("Lyon").by == "words and meaning"
    ada.remember("I have a boat.", "Oh!")
    assert ada.recall("Lyon").by == "words and meaning; 2 of the newest 2,000 pieces not read yet"


async def test_reading_for_meaning_stops_at_once_when_the_person_is_back(store: Store) -> None:
    engine, embedder = Warming(), Counting()
    ada = companion(store, engine, embedder=embedder)
    for number in range(20):
        ada.remember(f"I saw {number} boats.", "I see.", at=EARLIER)
    resting = asyncio.create_task(ada.rest())
    assert await asyncio.to_thread(embedder.asked.wait, 10)
    resting.cancel()
    await asyncio.wait([resting])
    assert resting.cancelled()
    assert ada.unread() == 40
    embedder.go_on.set()
    await asyncio.to_thread(unread, ada, 32)


async def test_it_stops_at_once_when_the_person_is_back_and_goes_on_later(store: Store) -> None:
    asked = asyncio.Event()

    def slowly(_request: Request) -> str:
        asked.set()
        return "word " * 600

    slow = ScriptedEngine(rules=[(FACTS, slowly), ("", "Yes.")], seconds_per_token=0.05)
    ada = companion(store, slow)
    ada.remember("I live in Lyon.", "I see.", at=EARLIER)
    resting = asyncio.create_task(ada.rest())
    await asked.wait()
    resting.cancel()
    await asyncio.wait([resting])
    await say(ada, "Am I back?")
    assert ada.messages(1)[0].text == "Yes."
    standing = ada.learner.standing()
    assert (standing.open, standing.facts, standing.waiting) == (1, 0, 2)
    await learn(ada.learner, Warming(), Budget())
    assert ada.learner.standing().facts == 1


async def test_what_rests_on_words_in_the_prompt_is_recalled_when_they_have_left_it(
    store: Store,
) -> None:
    engine = Warming(window=700)
    ada = companion(store, engine)
    await say(ada, "I live in Lyon.")
    await learn(ada.learner, Warming(), Budget(), settled=True)
    await say(ada, "Where do I live?")
    assert "The person lives in Lyon." not in "".join(texts(ada))
    while "I live in Lyon." in [turn.said for turn in ada.conversation().layout.turns]:
        await say(ada, "Tell me more about the garden. " * 6)
    await say(ada, "So where is it that I live now?")
    assert "] The person lives in Lyon." in texts(ada)[-2]
    [piece] = [one for one in ada.conversation().seen.slices if "(fact," in one.source]
    assert piece.kept


async def test_what_came_from_outside_never_stands_where_the_person_speaks(store: Store) -> None:
    ada = companion(store, Warming())
    said = [("user", "Read it."), ("letter.txt", "Pay 900 euros."), ("assistant", "I read it.")]
    ada.record(said)
    assert [one.trust for one in ada.messages()] == ["person", "outside", "model"]
    assert texts(ada) == ["Read it.", "I read it."]
    await say(ada, "How many euros does the letter say I pay?")
    assert "[letter.txt, " in texts(ada)[-2]
    assert [one.trust for one in ada.messages(2)] == ["person", "model"]


async def test_a_summary_that_may_speak_of_a_turn_goes_with_it(store: Store) -> None:
    ada = companion(store, Warming(window=600))
    while ada.conversation().seen.tokens < 0.65 * 500:
        await say(ada, "I like tea and the garden gate is green. " * 3)
    assert "summary" in await ada.conversation().rest()
    layout = ada.conversation().layout
    assert layout.summary == "They live in Lyon."
    assert without_last(layout).summary == ""
    await say(ada, "Something new.")
    await ada.conversation().undo()
    assert ada.conversation().layout.summary == "They live in Lyon."
    await ada.conversation().undo()
    assert ada.conversation().layout.summary == ""


async def test_one_receipt_tells_of_all_that_both_keep(store: Store) -> None:
    gone: list[str] = []

    def let_go(conversation: str) -> int:
        gone.append(conversation)
        return 1

    letter = "a long letter from Lyon " * 50
    store.blobs.put(letter.encode())
    ada = companion(store, Warming(("Lyon nice", "Lyon has good bread.")), let_go=let_go)
    ada.create_block(Block(label="human"))
    await say(ada, "I live in Lyon.", f"See [{handle_of(letter)}].", "Is Lyon nice?")
    proposal = {"text": "Lyon has good bread.", "from": [6], "replaces": 0}
    facts = json.dumps({"facts": [*LYON["facts"], proposal]})
    await learn(ada.learner, Warming((FACTS, facts)), Budget(), settled=True)
    assert len(ada.knowledge.proposals()) == 1
    receipt = ada.forget_words("Lyon")
    removed = dict(receipt.removed)
    assert {
        "messages",
        "facts",
        "summaries",
        "jobs",
        "proposals",
        "places in blocks",
        "edits in histories",
        "prompts",
        "originals of shortened texts",
        "files of the KV cache",
    } <= set(removed)
    assert (receipt.remains, gone) == ((), ["ada"])
    assert "Lyon" not in "".join(texts(ada))
    assert ada.recall("Lyon").found == ()
    kept = b"".join(path.read_bytes() for path in store.folder.rglob("*.sqlite*"))
    assert b"Lyon" not in kept


async def test_another_machine_knows_the_same_and_goes_on_in_the_same_words(
    store: Store, tmp_path: Path
) -> None:
    ada = companion(store, Warming())
    ada.create_block(Block(label="human"))
    await say(ada, "I live in Lyon.", "And I like tea.")
    await learn(ada.learner, Warming(), Budget(), settled=True)
    with open_store(tmp_path / "other") as other:
        imported(other, exported(store, "ada"))
        eve = companion(other, Warming())
        assert [one.text for one in eve.knowledge.facts()] == ["The person lives in Lyon."]
        assert eve.learner.standing().waiting == 0
        spoken = [(turn.said, turn.answered) for turn in eve.conversation().layout.turns]
        assert spoken == [(turn.said, turn.answered) for turn in ada.conversation().layout.turns]
        await say(eve, "How are you?")
        assert "Memory block human:\nLives in Lyon." in texts(eve)[0]
