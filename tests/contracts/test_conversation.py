"""What a conversation promises: both sides remembered, nothing read twice, everything said why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from homesmith.context.estimate import estimate
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Example
from homesmith.context.slices import Slice
from homesmith.core.engines import Engine, fold
from homesmith.core.errors import EngineCrashed, PromptTooLong
from homesmith.core.memories import Block
from homesmith.core.models import Sampling
from homesmith.core.requests import Answer, Delta, Request, Usage
from homesmith.engines.echo import EchoEngine
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.bringing import NO_ROOM
from homesmith.runtime.conversation.conversing import UNKEPT, UNREAD, Conversation
from homesmith.runtime.conversation.planning import WITHHELD, Voice, nothing
from homesmith.runtime.conversation.texts import INSTRUCTIONS, SUMMARISE, text_of
from homesmith.runtime.knowing import Known
from homesmith.store.database import Store, open_store


class KeepingEngine(ScriptedEngine):
    """A scripted engine that reads ahead and keeps, and writes down what it was asked to."""

    def __init__(self, *, window: int = 2000, why_not: str = "") -> None:
        super().__init__(rules=[(text_of(SUMMARISE)[:20], "They like tea."), ("", "Yes.")])
        self._window = window
        self.why_not = why_not
        self.warmed: list[Request] = []
        self.kept: list[str] = []
        self.dropped: list[str] = []

    async def warm(self, request: Request) -> Usage:
        self.warmed.append(request)
        return Usage(prompt_tokens=await self.count(request))

    async def keep(self, conversation: str) -> str:
        self.kept.append(conversation)
        return self.why_not

    def drop(self, conversation: str) -> None:
        self.dropped.append(conversation)


@dataclass
class House:
    """A store, an agent in it, and conversations of that agent."""

    store: Store
    agent: Agent
    gone: list[str] = field(default_factory=list)

    def talk(
        self,
        engine: Engine,
        known: Callable[[str], Known] = nothing,
        day: int = 28,
        agent: Agent | None = None,
        told: bool = True,
    ) -> Conversation:
        voice = Voice(
            engine=engine,
            answer=100,
            sampling=Sampling(),
            known=known,
            today=lambda: date(2026, 11, day),
            told=told,
        )
        return Conversation(agent or self.agent, voice)

    def texts(self, talk: Conversation) -> list[str]:
        return [message.text for message in messages(talk.layout)]


@contextmanager
def housed(folder: Path) -> Iterator[House]:
    """A house whose agent notes whose kept prompts are let go."""
    with open_store(folder) as store:
        gone: list[str] = []

        def let_go(conversation: str) -> int:
            gone.append(conversation)
            return 1

        agent = Agent(store, "ada", count=estimate, let_go=let_go)
        yield House(store=store, agent=agent, gone=gone)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with housed(tmp_path / "store") as one:
        yield one


async def say(talk: Conversation, message: str) -> Answer:
    return await fold(talk.ask(message))


async def test_both_sides_are_remembered_and_the_next_process_goes_on(house: House) -> None:
    engine = EchoEngine(reply="A fine cat.")
    assert (await say(house.talk(engine), "My cat is Tom.")).text == "A fine cat."
    assert [(one.speaker, one.text) for one in house.agent.messages()] == [
        ("user", "My cat is Tom."),
        ("assistant", "A fine cat."),
    ]
    again = house.talk(engine)
    answer = await say(again, "Who is Tom?")
    assert answer.usage.cached_tokens > 0.8 * answer.usage.prompt_tokens
    assert again.seen.reuse.lost == ""
    assert again.seen.unkept == UNKEPT
    head, first, answered, second, _ = house.texts(again)
    assert head == text_of(INSTRUCTIONS)
    assert first == "Today is 2026-11-28.\n\nMy cat is Tom."
    assert (answered, second) == ("A fine cat.", "Who is Tom?")


async def test_an_example_of_the_style_stands_before_the_first_message_that_it_helps(
    house: House,
) -> None:
    tabs = Example(key="python 1", source="your style (python)", asked="Like it:", answer="\tx")

    def known(message: str) -> Known:
        return Known(examples=(tabs,)) if "code" in message else Known()

    engine = EchoEngine(reply="Yes.")
    talk = house.talk(engine, known)
    await say(talk, "Hello.")
    await say(talk, "Write code.")
    assert "your style (python)" in [one.source for one in talk.seen.slices]
    again = house.talk(engine, known)
    answer = await say(again, "More code.")
    assert house.texts(again)[3:7] == ["Like it:", "\tx", "Write code.", "Yes."]
    assert house.texts(again)[7:] == ["More code.", "Yes."]
    assert answer.usage.cached_tokens > 0.8 * answer.usage.prompt_tokens
    assert again.seen.reuse.lost == ""
    assert "Like it:" not in [one.text for one in house.agent.messages()]
    await again.undo()
    await again.undo()
    await say(again, "Other code.")
    assert house.texts(again)[3:] == ["Like it:", "\tx", "Other code.", "Yes."]


async def test_a_stopped_answer_keeps_what_was_written(house: House) -> None:
    talk = house.talk(EchoEngine(reply="one two three four"))
    async with aclosing(talk.ask("Count.")) as events:
        async for event in events:
            if isinstance(event, Delta) and event.text.strip() == "two":
                break
    assert [one.text for one in house.agent.messages()] == ["Count.", "one two"]
    assert house.texts(talk)[-1] == "one two"
    await say(talk, "Go on.")
    assert talk.seen.reuse.lost == ""


async def test_a_cancelled_answer_keeps_what_was_written(house: House) -> None:
    talk = house.talk(EchoEngine(reply="word " * 50, seconds_per_token=0.01))
    begun = asyncio.Event()

    async def listen() -> None:
        async for event in talk.ask("Go."):
            if isinstance(event, Delta):
                begun.set()

    task = asyncio.create_task(listen())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    kept = house.agent.messages()
    assert kept[0].text == "Go."
    assert "word " * 50 != kept[1].text != ""


async def test_words_that_were_not_answered_stay_in_memory_and_out_of_the_prompt(
    house: House,
) -> None:
    house.agent.create_block(Block(label="human", value="Tea."))
    talk = house.talk(EchoEngine(reply="Hello you."))
    await say(talk, "Hello.")
    house.agent.edit("human", lambda _: "Coffee.")
    async with aclosing(talk.ask("Never mind.")) as events:
        async for _ in events:
            break
    assert house.agent.messages(1)[0].text == "Never mind."
    assert house.texts(talk)[-2:] == ["Today is 2026-11-28.\n\nHello.", "Hello you."]
    async with aclosing(talk.ask("This is taken back.")) as events:
        async for _ in events:
            break
    assert await talk.undo() is not None
    assert house.agent.messages(1)[0].text == "Never mind."
    assert house.texts(talk)[-1] == "Hello you."
    await say(talk, "And now?")
    assert "Coffee." in house.texts(talk)[-2], "the note that was never read is said again"


async def test_an_engine_that_fails_leaves_everything_as_it_was(house: House) -> None:
    talk = house.talk(ScriptedEngine([EngineCrashed("it died")]))
    with pytest.raises(EngineCrashed):
        await say(talk, "Hello?")
    assert house.agent.messages() == ()
    assert house.agent.prompt == ""


async def test_a_memory_edit_is_a_note_and_moves_into_the_head_at_a_rebuild(house: House) -> None:
    house.agent.create_block(Block(label="human", description="Who I am", value="Likes tea."))
    talk = house.talk(EchoEngine(window=600, reply="Fine."))
    await say(talk, "Hello.")
    head = house.texts(talk)[0]
    assert "Memory block human (Who I am):\nLikes tea." in head
    house.agent.edit("human", lambda value: f"{value} Hates rain.")
    await say(talk, "How are you?")
    assert house.texts(talk)[0] == head
    told = house.texts(talk)[3]
    assert told == (
        "memory changed: Memory block human (Who I am):\nnow: Hates rain.\n\nHow are you?"
    )
    assert talk.seen.reuse.lost == ""
    while not talk.seen.rebuilt:
        await say(talk, "And then? " + "Tell me more about the garden. " * 4)
    head, *rest = house.texts(talk)
    assert "Likes tea. Hates rain." in head
    assert "memory changed" not in "".join(rest)
    assert "laid out anew" in talk.seen.reuse.why
    assert talk.layout.epoch == 1


async def test_what_leaves_the_prompt_is_recalled_in_the_same_turn(house: House) -> None:
    talk = house.talk(EchoEngine(window=700, reply="Noted."))
    await say(talk, "My sister is called Ruth.")
    while talk.seen.tokens < 0.85 * 600 - 50:
        await say(talk, "What grows in such a garden in spring, under old apple trees?")
    assert talk.layout.epoch == 0
    await say(talk, "How is my sister called? " + "And so it is what it was, now and then. " * 6)
    assert talk.layout.epoch == 1
    assert "My sister is called Ruth." in house.texts(talk)[-2]
    await say(talk, "Thank you.")
    assert talk.seen.reuse.lost == ""


async def test_recalled_pieces_stand_where_they_were_first_used_and_only_there(
    house: House,
) -> None:
    house.agent.archive("The garden gate is painted green.", source="notes")
    house.agent.archive("Trains to Rome leave at nine.")
    talk = house.talk(EchoEngine(reply="Green."))
    await say(talk, "Which colour is the garden gate?")
    assert "The garden gate is painted green." in house.texts(talk)[1]
    assert "Rome" not in house.texts(talk)[1]
    await say(talk, "Is the garden gate really painted green?")
    assert sum(text.count("gate is painted green.") for text in house.texts(talk)) == 1
    dropped = [piece for piece in talk.seen.slices if not piece.kept]
    assert "it stands in the conversation already" in {piece.why for piece in dropped}
    assert talk.seen.reuse.lost == ""


async def test_a_piece_for_which_there_is_no_room_is_shown_with_why(house: House) -> None:
    for colour in ("green", "white"):
        house.agent.archive(f"The garden gate is {colour}. " + "It was oiled. " * 18)
    talk = house.talk(EchoEngine(window=1000, reply="Green."))
    await say(talk, "Was the garden gate oiled?")
    [kept] = [one for one in talk.seen.slices if "garden gate is" in one.text and one.kept]
    [dropped] = [one for one in talk.seen.slices if "garden gate is" in one.text and not one.kept]
    assert kept.source != dropped.source
    assert dropped.why == NO_ROOM


async def test_what_is_said_in_the_window_is_not_recalled_into_it(house: House) -> None:
    talk = house.talk(EchoEngine(reply="I see."))
    await say(talk, "My green gate squeaks badly.")
    await say(talk, "Why does my green gate squeak?")
    assert house.texts(talk)[3] == "Why does my green gate squeak?"


async def test_a_new_day_is_said_once(house: House) -> None:
    engine = EchoEngine(reply="Yes.")
    await say(house.talk(engine), "Hello.")
    talk = house.talk(engine, day=29)
    await say(talk, "Good morning.")
    await say(talk, "Tea?")
    assert "".join(house.texts(talk)).count("2026-11-29") == 1


async def test_what_another_process_said_or_a_crash_left_out_is_caught_up(house: House) -> None:
    engine = EchoEngine()
    talk = house.talk(engine)
    await say(talk, "Hello.")
    before = house.texts(talk)
    house.agent.remember("The key is under the pot.", "Noted.")
    assert house.texts(talk) == [*before, "The key is under the pot.", "Noted."]
    await say(talk, "Where is the key?")
    assert talk.seen.reuse.lost == ""


async def test_two_conversations_of_one_agent_lose_no_turn(house: House) -> None:
    slow, other = house.talk(EchoEngine(reply="slow")), house.talk(EchoEngine(reply="other"))
    async with aclosing(slow.ask("First?")) as events:
        async for event in events:
            if isinstance(event, Delta):
                await say(other, "Second?")
    assert [text for text in house.texts(slow) if text in ("slow", "other")] == ["other", "slow"]


async def test_undo_takes_the_last_turn_back_for_good(house: House) -> None:
    engine = KeepingEngine()
    house.agent.create_block(Block(label="human", value="Tea."))
    talk = house.talk(engine)
    await say(talk, "Hello.")
    house.agent.edit("human", lambda _: "Coffee.")
    await say(talk, "My secret is 4711.")
    receipt = await talk.undo()
    assert receipt is not None
    assert dict(receipt.removed)["messages"] == 2
    assert house.gone == ["ada"], "files of the KV cache go too"
    assert ("files of the KV cache", 1) in receipt.removed
    assert "4711" not in house.agent.prompt
    assert house.agent.recall("secret 4711").found == ()
    assert engine.warmed[-1].messages == messages(talk.layout)
    await say(talk, "And now?")
    assert "Coffee." in house.texts(talk)[3], "its note was taken back with it, and said again"
    assert await talk.undo() is not None
    assert await talk.undo() is not None
    assert await talk.undo() is None


async def test_a_full_window_is_cut_and_what_stays_is_word_for_word(house: House) -> None:
    talk = house.talk(EchoEngine(window=700, reply="Noted."))
    house.agent.create_block(Block(label="human", value="Likes tea."))
    before: list[str] = []
    number = 0
    while talk.layout.epoch == 0:
        before, number = house.texts(talk), number + 1
        await say(talk, f"In garden {number} there are {number * 7} apple trees. " * 3)
    head, *stays, said, _ = house.texts(talk)
    assert before[0] == head
    assert before[-len(stays) :] == stays
    assert 4 < len(stays) < len(before) - 4
    assert said.startswith("What was said before, in short:\n")
    told = said[: -len(f"In garden {number} there are {number * 7} apple trees. " * 3)]
    assert "Person: In garden" in told
    assert talk.seen.rebuilt == "the window was 85% full"
    assert talk.seen.reuse.why == "laid out anew: the window was 85% full"
    assert "summary" in [one.source for one in talk.seen.slices]
    assert await talk.undo() is not None
    assert house.texts(talk)[1].startswith(told.partition("\n\nToday")[0])
    await say(talk, "And now?")
    house.agent.edit("human", lambda _: "Likes coffee.")
    epoch = talk.layout.epoch
    while talk.layout.epoch == epoch:
        await say(talk, "There are many more apple trees in the next garden. " * 3)
    shown = house.texts(talk)
    assert "".join(shown).count("What was said before, in short:") == 1
    while "Likes coffee." not in shown[0]:
        await say(talk, "There are many more apple trees in the next garden. " * 3)
        shown = house.texts(talk)
        assert "Likes coffee." in "".join(shown), "what no head says a note goes on to say"
    assert "memory changed: " not in "".join(shown)


async def test_at_rest_a_long_prompt_gets_a_summary_and_is_read_ahead(house: House) -> None:
    engine = KeepingEngine(window=600)
    talk = house.talk(engine)
    assert await talk.rest() == ""
    while talk.seen.tokens < 0.65 * 500:
        await say(talk, "I like tea and the garden gate is green. " * 3)
    assert not talk.seen.rebuilt
    assert "summary" in await talk.rest()
    assert talk.layout.summary == "They like tea."
    assert engine.warmed[-1].messages == messages(talk.layout)
    assert engine.kept[-1] == "ada"
    await say(talk, "Hello again.")
    assert house.texts(talk)[1].startswith("What was said before, in short:\nThey like tea.\n\n")
    assert not talk.seen.rebuilt
    assert talk.seen.reuse.expected > 0.8 * talk.seen.tokens


async def test_a_prompt_that_was_not_read_to_its_end_is_said(house: House) -> None:
    begun = asyncio.Event()

    class Endless(KeepingEngine):
        """Reads ahead until it is stopped."""

        async def warm(self, request: Request) -> Usage:
            begun.set()
            await asyncio.sleep(60)
            return Usage()

    engine = Endless(window=600)
    talk = house.talk(engine)
    while talk.seen.tokens < 0.65 * 500:
        await say(talk, "I like tea and the garden gate is green. " * 3)
    task = asyncio.create_task(talk.rest())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    await say(talk, "Hello again.")
    reuse = talk.seen.reuse
    assert reuse.expected > 0.8 * talk.seen.tokens
    assert (reuse.lost, reuse.why) == ("engine", UNREAD)


async def test_rest_that_is_cancelled_leaves_everything_as_it_was(house: House) -> None:
    engine = EchoEngine(window=600, seconds_per_token=0.002)
    talk = house.talk(engine)
    while talk.seen.tokens < 0.65 * 500:
        await say(talk, "I like tea and the gate is green. " * 3)
    before = house.agent.prompt
    task = asyncio.create_task(talk.rest())
    await asyncio.sleep(0.02)
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])
    assert house.agent.prompt == before


async def test_what_cannot_be_kept_is_said(house: House) -> None:
    engine = KeepingEngine(why_not="the disk is full")
    talk = house.talk(engine)
    await say(talk, "Hello.")
    assert await talk.keep() == "the disk is full"
    await say(talk, "Again.")
    assert talk.seen.unkept == "the disk is full"


async def test_a_message_larger_than_the_window_is_refused_and_a_large_one_is_not(
    house: House,
) -> None:
    talk = house.talk(EchoEngine(window=600, reply="Long."))
    await say(talk, "Hello.")
    await say(talk, "word " * 380)
    assert talk.seen.rebuilt
    with pytest.raises(PromptTooLong) as caught:
        await say(talk, "word " * 600)
    assert caught.value.remedy
    assert house.agent.messages(1)[0].text == "Long."


async def test_blocks_that_have_no_room_are_left_out_and_said(house: House) -> None:
    for number in range(4):
        value = f"Block {number} says much. " + "It goes on and on. " * 20
        house.agent.create_block(Block(label=f"b{number}", value=value))
    talk = house.talk(EchoEngine(window=1000, reply="Yes."))
    await say(talk, "Hello.")
    dropped = [piece for piece in talk.seen.slices if not piece.kept]
    assert {piece.source for piece in dropped} <= {f"Memory block b{at}" for at in range(4)}
    assert dropped
    assert "no room" in dropped[0].why
    assert "Block 0 says" in house.texts(talk)[0]


async def test_a_block_without_room_is_not_called_empty_and_its_changes_are_told(
    house: House,
) -> None:
    human = house.agent.create_block(Block(label="human", value="Likes tea."))
    house.agent.create_block(Block(label="pets", value="Has a cat. " + "It is a fine one. " * 16))
    talk = house.talk(EchoEngine(window=1000, reply="Yes."))
    await say(talk, "Hello.")
    house.agent.edit("human", lambda value: f"{value} " + "It goes on and on. " * 28)
    await say(talk, "And now?")
    assert [one.source for one in talk.seen.slices if not one.kept] == ["Memory block pets"]
    assert "pets" not in house.texts(talk)[-2]
    house.agent.edit("pets", lambda value: f"{value}Has a dog.")
    await say(talk, "And then?")
    assert house.texts(talk)[-2].startswith("memory changed: Memory block pets:\nnow: Has a dog.")
    house.agent.edit("human", lambda _: human.value)
    await say(talk, "Well?")
    assert "pets" not in house.texts(talk)[-2]


async def test_what_the_person_wrote_down_goes_where_it_may_not_be_told(house: House) -> None:
    note = Slice(source="knowledge/tea.md", text="Green tea at seven.", tokens=5, worth=1.0)
    style = Example(key="python 1", source="your style", asked="Like it:", answer="\tx")

    def known(_: str) -> Known:
        return Known(head="Prefers tabs.", slices=(note,), examples=(style,))

    engine = EchoEngine(reply="Yes.")
    talk = house.talk(engine, known)
    await say(talk, "Hello.")
    silent = house.talk(engine, told=False)
    before = "\n".join(house.texts(talk))
    await say(silent, "Hello again.")
    after = "\n".join(house.texts(silent))
    for text in ("Prefers tabs.", "Green tea at seven.", "Like it:"):
        assert text in before
        assert text not in after
    assert "memory changed: " not in after
    assert silent.seen.rebuilt == WITHHELD
    await say(silent, "And again.")
    assert (silent.seen.rebuilt, silent.seen.reuse.lost) == ("", "")
    await say(talk, "Hello once more.")
    assert "Prefers tabs." in "\n".join(house.texts(talk))


async def test_another_model_is_told_everything_and_nothing_is_compared(house: House) -> None:
    await say(house.talk(EchoEngine()), "My cat is Tom.")
    talk = house.talk(ScriptedEngine(rules=[("", "Yes.")]))
    await say(talk, "Who is Tom?")
    assert house.texts(talk)[1].endswith("My cat is Tom.")
    assert (talk.seen.reuse.lost, talk.seen.reuse.expected) == ("", 0)


async def test_a_prompt_that_cannot_be_read_is_laid_out_anew_from_memory(house: House) -> None:
    engine = EchoEngine(reply="A cat.")
    await say(house.talk(engine), "My cat is Tom.")
    house.agent.keep_prompt(lambda text: text[: len(text) // 2])
    talk = house.talk(engine)
    await say(talk, "Who is Tom?")
    assert house.texts(talk)[1:3] == ["My cat is Tom.", "A cat."]
