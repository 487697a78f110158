"""What was forgotten comes back in no prompt and in no file of what a model has read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from homesmith.context.estimate import estimate
from homesmith.core.memories import Block, Memory
from homesmith.core.requests import Delta
from homesmith.memory.agent import Agent
from homesmith.store.database import open_store
from tests.contracts.test_conversation import House, KeepingEngine, housed, say


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with housed(tmp_path / "store") as one:
        yield one


async def test_forgetting_drops_the_prompt_and_what_was_read_of_it(house: House) -> None:
    engine = KeepingEngine()
    talk = house.talk(engine)
    await say(talk, "My secret is 4711.")
    await say(talk, "Something else.")
    assert await talk.keep() == ""
    assert engine.kept == ["ada"]
    house.agent.forget_words("4711")
    assert house.gone == ["ada"]
    assert "4711" not in house.agent.prompt
    assert engine.dropped == []
    assert await talk.keep() == ""
    assert engine.dropped == ["ada"], "nobody else keeps it when they take its slot"
    assert engine.kept == ["ada"], "it would come back with the file"
    await say(talk, "Go on.")
    assert "4711" not in house.agent.prompt
    assert "Something else." in house.agent.prompt
    await talk.keep()
    assert engine.kept == ["ada", "ada"]


async def test_what_is_forgotten_while_the_first_answer_is_written_stays_forgotten(
    house: House,
) -> None:
    house.agent.create_block(Block(label="human", value="My secret is 4711."))
    engine = KeepingEngine()
    talk = house.talk(engine)
    async with aclosing(talk.ask("Hello.")) as events:
        async for event in events:
            if isinstance(event, Delta) and "4711" in house.agent.block("human").value:
                assert house.agent.prompt == "", "no prompt is kept before the first turn"
                house.agent.forget_words("4711")
    assert "4711" not in house.agent.prompt
    assert engine.dropped == ["ada"], "the model has read it"
    assert "4711" not in "".join(house.texts(talk))
    await say(talk, "And now?")
    assert "4711" not in house.agent.prompt
    assert await talk.keep() == ""
    assert engine.kept == ["ada"]


async def test_what_is_forgotten_while_a_turn_is_taken_back_stays_forgotten(house: House) -> None:
    class Meanwhile(Agent):
        def messages(self, limit: int = 20) -> tuple[Memory, ...]:
            if limit == 1 and found(self):
                house.agent.forget_words("4711")
            return super().messages(limit)

    def found(agent: Agent) -> bool:
        return any("4711" in one.text for one in agent.messages(9))

    engine = KeepingEngine()
    talk = house.talk(engine)
    await say(talk, "My secret is 4711.")
    await say(talk, "Hello.")
    other = house.talk(engine, agent=Meanwhile(house.store, "ada", count=estimate))
    assert await other.undo() is not None
    assert "4711" not in house.agent.prompt
    assert "4711" not in "".join(house.texts(talk))


async def test_a_turn_that_was_taken_back_is_not_kept_with_the_slot(house: House) -> None:
    engine = KeepingEngine()
    talk = house.talk(engine)
    await say(talk, "Hello.")
    await say(talk, "My secret is 4711.")
    await talk.undo()
    assert (engine.dropped, len(engine.warmed)) == ([], 1), "it was read anew without the turn"
    assert await talk.keep() == ""
    assert engine.kept == ["ada"]
    await talk.undo()
    assert (engine.dropped, len(engine.warmed)) == (["ada"], 1), "nothing is left to read"
    await talk.keep()
    assert engine.kept == ["ada"]


async def test_what_is_forgotten_while_it_is_kept_is_dropped(house: House) -> None:
    class Forgetting(KeepingEngine):
        async def keep(self, conversation: str) -> str:
            house.agent.forget_words("4711")
            return await super().keep(conversation)

    engine = Forgetting()
    talk = house.talk(engine)
    await say(talk, "My secret is 4711.")
    await talk.keep()
    assert (engine.kept, engine.dropped) == (["ada"], ["ada"])


async def test_what_nothing_contains_leaves_all_as_it_is(house: House) -> None:
    engine = KeepingEngine()
    talk = house.talk(engine)
    await say(talk, "My secret is 4711.")
    with open_store(house.store.folder):  # makes today's backup
        pass
    before = house.agent.prompt, sorted((house.store.folder / "backups").iterdir())
    receipt = house.agent.forget_words("no such text")
    assert (receipt.removed, receipt.remains, house.gone) == ((), (), [])
    assert (house.agent.prompt, sorted((house.store.folder / "backups").iterdir())) == before
    await talk.keep()
    assert (engine.kept, engine.dropped) == (["ada"], [])
    again = dict(house.agent.forget_words("4711").removed)
    assert (again["prompts"], again["backups"], house.gone) == (1, 1, ["ada"])
    assert house.agent.forget_words("forgotten").removed == (), "it stands in place of a prompt"


async def test_what_stands_in_the_prompt_alone_is_forgotten_too(house: House) -> None:
    house.agent.create_block(Block(label="human", value="Tea.", description="Code É 4711"))
    await say(house.talk(KeepingEngine()), "Hello.")
    house.agent.describe("human", description="Who they are")
    assert house.store.memories.containing(1, "é 4711") == ()
    assert dict(house.agent.forget_words("é 4711").removed)["prompts"] == 1
    assert (house.gone, "4711" in house.agent.prompt) == (["ada"], False)


async def test_prompts_go_of_those_alone_who_may_have_read_it(house: House) -> None:
    others = {name: Agent(house.store, name, count=estimate) for name in ("bob", "eve")}
    others["bob"].archive("Milk.")
    house.agent.create_block(Block(label="house", value="The door opens with 4711."))
    house.agent.share("house", "bob")
    for name in ("ada", *others):
        talk = house.talk(KeepingEngine(), agent=others.get(name, house.agent))
        await say(talk, f"My secret is {name}1.")
    prompts = {name: one.prompt for name, one in others.items()}
    house.agent.forget_words("ada1")
    assert house.gone == ["ada"], "a message stands in no other prompt"
    assert {name: one.prompt for name, one in others.items()} == prompts
    house.agent.forget_words("4711")
    assert house.gone == ["ada", "ada", "bob"]
    assert "4711" not in others["bob"].prompt
    assert others["eve"].prompt == prompts["eve"]
    await say(house.talk(KeepingEngine(), agent=others["bob"]), "Hello.")
    prompts = {name: one.prompt for name, one in others.items()}
    house.agent.forget_block("house")
    house.agent.forget_all()
    assert house.gone == ["ada", "ada", "bob", "ada", "ada"]
    assert {name: one.prompt for name, one in others.items()} == prompts
