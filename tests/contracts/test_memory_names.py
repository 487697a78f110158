"""How an agent comes to be: under a name that can be typed, and with the first thing written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homesmith.context.estimate import estimate
from homesmith.core.errors import UsageError
from homesmith.core.memories import Block
from homesmith.memory.agent import Agent
from homesmith.memory.portable import exported, imported
from homesmith.store.database import Store, open_store

ODD = ("", " ", "\n", "a\nb", "bell\a", " ada", "ada ", "x" * 61)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def named(store: Store, name: str) -> Agent:
    return Agent(store, name, count=estimate)


def names(store: Store) -> list[str]:
    return [one.name for one in store.memories.summaries()]


@pytest.mark.parametrize("name", ODD)
def test_no_agent_is_made_under_an_odd_name(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a name"):
        named(store, name)
    named(store, "ada").remember("I like tea.", "Noted.")
    with pytest.raises(UsageError, match="cannot be a name") as refused:
        imported(store, exported(store, "ada"), name)
    assert "--as NAME" in refused.value.remedy
    assert names(store) == ["ada"]


@pytest.mark.parametrize("name", ODD)
def test_one_that_has_an_odd_name_already_is_reached(store: Store, name: str) -> None:
    store.memories.agent(name, create=True)
    named(store, name).remember("I like tea.", "Noted.")
    agent = Agent(store, name, count=estimate, create=False)
    assert [one.text for one in agent.messages()] == ["I like tea.", "Noted."]
    assert imported(store, exported(store, name), "ada") == ("ada", 0, 2)
    agent.forget_all()
    assert names(store) == ["ada"]


@pytest.mark.parametrize("name", ["Zo\u00eb", "\u0410\u043d\u044f", "\u5c0f\u660e", "My cat/.."])
def test_spaces_and_other_alphabets_are_names(store: Store, name: str) -> None:
    named(store, name).remember("I like tea.", "Noted.")
    assert names(store) == [name]


def test_to_look_makes_no_agent(store: Store) -> None:
    ada = named(store, "ada")
    assert (ada.blocks, ada.messages(), ada.passages(), ada.prompt) == ((), (), (), "")
    assert (ada.recall("tea").found, ada.recall("tea").by) == ((), "words only")
    assert (ada.knowledge.facts(), ada.knowledge.proposals()) == ((), ())
    assert (ada.learner.job(settled=True), ada.learner.standing().waiting) == (None, 0)
    assert (ada.unread(), list(ada.index())) == (0, [])
    refusals: tuple[Callable[[], object], ...] = (
        lambda: ada.block("human"),
        lambda: ada.history("human"),
        lambda: ada.edit("human", str.upper),
        lambda: ada.memory(1),
        lambda: ada.archive(" "),
        lambda: ada.create_block(Block(label="\n")),
        lambda: ada.create_block(Block(label="human", value="Ann", limit=2)),
        lambda: ada.knowledge.confirm([1]),
    )
    for refused in refusals:
        with pytest.raises(UsageError):
            refused()
    for receipt in (ada.forget([1]), ada.forget_words("tea"), ada.forget_all()):
        assert receipt.removed == ()
    assert names(store) == []


def test_the_first_thing_that_is_written_makes_it(store: Store) -> None:
    def propose(agent: Agent) -> object:
        return agent.knowledge.propose("Ada likes tea.", at="2026", session="one", origin="a page")

    writes: tuple[Callable[[Agent], object], ...] = (
        lambda agent: agent.remember("I like tea.", "Noted."),
        lambda agent: agent.archive("Tea at four."),
        lambda agent: agent.create_block(Block(label="human")),
        lambda agent: agent.keep_prompt(lambda _: "read"),
        propose,
    )
    for number, write in enumerate(writes):
        agent = named(store, f"agent {number}")
        assert agent.recall("tea").found == ()
        write(agent)
        assert names(store) == [f"agent {one}" for one in range(number + 1)]
    assert named(store, "agent 4").knowledge.proposals() != ()


def test_who_looked_first_sees_what_is_written_afterwards(store: Store) -> None:
    looking, writing = named(store, "ada"), named(store, "ada")
    assert (looking.blocks, looking.recall("tea").found) == ((), ())
    writing.remember("I like tea.", "Noted.")
    writing.create_block(Block(label="human", value="Ann"))
    assert [one.value for one in looking.blocks] == ["Ann"]
    assert [one.piece.text for one in looking.recall("tea").found] == ["I like tea.", "Noted."]
    assert looking.learner.standing().waiting == 2
    looking.archive("Tea at four.")
    assert names(store) == ["ada"]
    assert [one.text for one in writing.passages()] == ["Tea at four."]
