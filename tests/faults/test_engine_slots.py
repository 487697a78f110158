"""Conversations that share one slot, and what becomes of their files."""

from __future__ import annotations

import asyncio
import sys
from array import array
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homesmith.core.engines import fold
from homesmith.core.errors import PromptTooLong, UsageError
from homesmith.core.messages import assistant, system, user
from homesmith.core.models import Model
from homesmith.core.requests import Delta, Ended, Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.llamacpp_process import Child
from homesmith.engines.machine import EnginePlan
from homesmith.engines.shelf import MAGIC, Shelf, let_go, weights_identity
from homesmith.engines.slots import ASIDE, WORTH_ASIDE, Slot, Slots
from homesmith.runtime.learning import LAST_SLOT

PLAN = EnginePlan(threads=2, window=2048, batch=64, cache_mib=0)
ANA = " ".join(f"Rule {number}: say nothing about the number {number}." for number in range(22))
BOB = " ".join(f"Bob has {number} boats in harbour {number}." for number in range(30))


def held(numbers: list[int]) -> bytes:
    head = MAGIC + (4).to_bytes(4, sys.byteorder) + len(numbers).to_bytes(4, sys.byteorder)
    return head + array("i", numbers).tobytes() + b"state"


def kept(shelf: Shelf, name: str, numbers: list[int]) -> None:
    (shelf.folder / name).write_bytes(held(numbers))


def test_the_tokens_of_a_file_are_read_in_both_forms_and_damage_is_no_tokens(
    tmp_path: Path,
) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights")
    name = shelf.of("ada")
    assert shelf.tokens(name) == []
    kept(shelf, name, [7, 8, 9])
    assert shelf.tokens(name) == [7, 8, 9]
    kept(shelf, name, [-1, 1, 2, 7, 8, 0])
    assert shelf.tokens(name) == [7, 8]
    whole = (tmp_path / name).read_bytes()
    for damaged in (whole[:20], b"GGUF" + whole[4:], whole[:8] + b"\xff" * 8, b""):
        (tmp_path / name).write_bytes(damaged)
        assert shelf.tokens(name) == []


def test_letting_go_removes_conversations_and_no_heads(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights")
    names = [shelf.of("ada"), shelf.of("bob"), shelf.name([1, 2])]
    assert len(set(names)) == 3
    for name in names:
        kept(shelf, name, [1])
    (tmp_path / shelf.draft(names[0])).write_bytes(b"half")
    assert let_go(tmp_path, "bob") == 1
    assert let_go(tmp_path) == 2
    assert [file.name for file in tmp_path.iterdir()] == [names[2]]
    assert let_go(tmp_path / "missing") == 0


def test_a_conversation_stays_in_its_slot_and_others_take_the_oldest() -> None:
    slots = Slots(2, None)
    for name in ("ada", "bob"):
        slots[slots.choose(0, name)].owner = name
    assert (slots.holding("ada"), slots.holding("bob")) == (0, 1)
    assert slots.choose(1, "ada") == 0
    assert slots.choose(0, "eve") == 1, "bob was unused for longer"
    assert slots.choose(5, "") == 1
    assert slots.choose(LAST_SLOT, "") == 1
    slots.clear()
    assert slots.holding("ada") is None


def test_what_is_learned_beside_a_conversation_leaves_its_slot_alone() -> None:
    slots = Slots(3, None)
    for name in ("ada", "", "bob", ""):
        slots[slots.choose(LAST_SLOT, name)].owner = name
    assert (slots.holding("ada"), slots.holding("bob"), slots.holding("")) == (0, 1, 2)


class Saving(Child):
    """A child that runs nothing, and writes the files it is told to: of the tokens it has read.

    As in the real one, the last token of an answer is none of them: nothing was asked after it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tokens: list[int] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def answer(self, slot: Slot, tokens: list[int]) -> None:
        slot.hold(tokens)
        slot.unsaved, self.tokens = True, tokens[:-1]

    async def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.tokens = body["prompt"]
        return {}

    async def save(self, slot: int, name: str) -> None:
        (self._folder / name).write_bytes(held(self.tokens))
        await asyncio.sleep(0)
        self.meanwhile()

    async def restore(self, slot: int, name: str) -> int:
        await asyncio.sleep(0)
        self.meanwhile()
        return len(Shelf(folder=self._folder, identity="weights").tokens(name))


class Full(Saving):
    """Its window is full: it cannot read one token more."""

    async def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        raise PromptTooLong("the prompt does not fit the window")


async def test_what_was_dropped_is_not_kept_by_whoever_takes_its_slot(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights")
    slots, child = Slots(1, shelf), Saving(tmp_path)
    for dropped in (False, True):
        await slots.take(child, 0, "ada", [])
        child.answer(slots[0], [1] * 300)
        if dropped:
            slots.drop("ada")
        await slots.take(child, 0, "", [])
        assert [file.name for file in tmp_path.iterdir()] == ([] if dropped else [shelf.of("ada")])
        let_go(tmp_path)
    for child in (Saving(tmp_path), Full(tmp_path)):
        await slots.take(child, 0, "ada", [])
        child.answer(slots[0], [1] * 300)
        assert await slots.keep(child, "ada") == ""
        child.answer(slots[0], [1] * 400)
        assert shelf.holds(shelf.of("ada"))
        slots.drop("ada")
        assert not shelf.holds(shelf.of("ada")), "it was forgotten after it was kept"
    slots.drop("nobody")


async def test_only_a_file_of_what_the_slot_read_is_dropped_with_it(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights")
    slots, child = Slots(1, shelf), Saving(tmp_path)
    await slots.take(child, 0, "ada", [])
    child.answer(slots[0], [1] * 300)
    assert await slots.keep(child, "ada") == ""
    kept(shelf, shelf.of("ada"), [1] * 310)
    slots.drop("ada")
    assert shelf.holds(shelf.of("ada")), "another process has gone on with it"
    await slots.take(child, 0, "ada", [])
    child.answer(slots[0], [1] * 320)
    child.meanwhile = lambda: slots.drop("ada")
    assert await slots.keep(child, "ada") == ""
    assert not shelf.holds(shelf.of("ada")), "it was forgotten while it was written"


async def turn(engine: LlamaCppEngine, name: str, said: list[str]) -> Ended:
    """Say the last of the texts in a conversation that has the others behind it."""
    spoken = [user(text) if at % 2 == 0 else assistant(text) for at, text in enumerate(said[1:])]
    request = Request(
        model=engine.model,
        messages=(system(said[0]), *spoken),
        max_tokens=4,
        conversation=name,
    )
    ended, text = None, ""
    async for event in engine.stream(request):
        text += event.text if isinstance(event, Delta) else ""
        ended = event
    assert isinstance(ended, Ended), ended
    said.append(text)
    return ended


@pytest.mark.model
@pytest.mark.parametrize("talks", [False, True])
async def test_conversations_that_share_a_slot_come_back_from_the_disk(
    tmp_path: Path, smollm2: Model, smollm2_path: Path, talks: bool
) -> None:
    identity, plan = weights_identity(smollm2_path, "1", talks=talks), replace(PLAN, talks=talks)
    shelf = Shelf(folder=tmp_path / "read", identity=identity)
    engine = LlamaCppEngine(smollm2, smollm2_path, plan, shelf=shelf)
    ana, bob = [ANA, "Which number do you like?"], [BOB, "How many boats are there?"]
    try:
        assert (await turn(engine, "ana", ana)).usage.cached_tokens == 0
        await turn(engine, "bob", bob)
        await turn(engine, "", ["Be brief.", "Say yes."])
        ana.append("And which one do you not like?")
        usage = (await turn(engine, "ana", ana)).usage
        assert usage.prompt_tokens - usage.cached_tokens < 40
        assert await engine.keep("ana") == ""
        warmed = await engine.warm(
            Request(
                model=smollm2.id,
                messages=(system(ANA), user(ana[1]), assistant(ana[2])),
                max_tokens=1,
                conversation="ana",
            )
        )
        assert warmed.prompt_tokens - warmed.cached_tokens < 40
    finally:
        await engine.close()
    assert {len(shelf.tokens(file.name)) > 256 for file in shelf.folder.iterdir()} == {True}

    (shelf.folder / shelf.of("bob")).write_bytes(b"qsgg broken")
    again = LlamaCppEngine(smollm2, smollm2_path, plan, shelf=shelf)
    try:
        bob.append("Are you sure?")
        assert (await turn(again, "bob", bob)).usage.cached_tokens == 0
        ana.append("Why?")
        usage = (await turn(again, "ana", ana)).usage
        assert usage.prompt_tokens - usage.cached_tokens < 60
    finally:
        await again.close()


@pytest.mark.model
async def test_turns_that_stay_when_older_ones_go_are_moved_and_not_read_again(
    smollm2: Model, smollm2_path: Path
) -> None:
    engine = LlamaCppEngine(smollm2, smollm2_path, PLAN)
    said = [BOB, *(f"At {hour} o'clock {hour + 7} grey boats came in." for hour in range(24))]

    def request(turns: list[str], conversation: str = "bob") -> Request:
        talk = [one for text in turns for one in (user(text), assistant("I see."))]
        messages = (system(ANA), *talk, user("How many?"))
        return Request(model=smollm2.id, messages=messages, max_tokens=2, conversation=conversation)

    async def lacking(asked: Request) -> int:
        usage = (await fold(engine.stream(asked))).usage
        return usage.prompt_tokens - usage.cached_tokens

    try:
        assert await lacking(request(said)) > 600
        assert await lacking(request(said[12:])) < 40
        assert await lacking(request([*said[12:], "Six more came."])) < 40
        assert await lacking(request(["Never mind them.", *said[18:]])) > 100, "something is new"
        assert await lacking(request(said[20:], conversation="")) > 100, "no conversation"
    finally:
        await engine.close()


@pytest.mark.model
@pytest.mark.parametrize(("name", "said"), [("smollm2", ANA), ("tiny_gemma", ANA[:600])])
async def test_what_was_read_of_a_forgotten_conversation_is_gone_from_the_disk(
    tmp_path: Path, name: str, said: str, request: pytest.FixtureRequest
) -> None:
    model: Model = request.getfixturevalue(name)
    path: Path = request.getfixturevalue(f"{name.removeprefix('tiny_')}_path")
    shelf = Shelf(folder=tmp_path / "read", identity=weights_identity(path, "1"))
    engine = LlamaCppEngine(model, path, PLAN, shelf=shelf)
    ana = [said, "Which number do you like?"]
    try:
        for asked in ("And which one do you not like?", "Why?"):
            await turn(engine, "ana", ana)
            assert await engine.keep("ana") == ""
            assert shelf.holds(shelf.of("ana"))
            engine.drop("ana")
            assert list(shelf.folder.iterdir()) == []
            ana.append(asked)
    finally:
        await engine.close()


@pytest.mark.model
async def test_what_several_requests_begin_with_is_read_once(
    tmp_path: Path, smollm2: Model, smollm2_path: Path
) -> None:
    shelf = Shelf(folder=tmp_path / "read", identity=weights_identity(smollm2_path, "1", 3))
    engine = LlamaCppEngine(smollm2, smollm2_path, replace(PLAN, parallel=3), shelf=shelf)
    requests = [
        Request(
            model=smollm2.id,
            messages=(system(ANA), user(f"Which of {number + 3} numbers do you like?")),
            max_tokens=2,
            slot=number,
        )
        for number in range(3)
    ]
    try:
        await turn(engine, "bob", [BOB, "How many boats are there?"])
        await engine.share(requests)
        answers = await asyncio.gather(*(fold(engine.stream(one)) for one in requests))
        for usage in (answer.usage for answer in answers):
            assert usage.prompt_tokens - usage.cached_tokens < 40
        await engine.share(requests[:1])
        pid = engine.pid
    finally:
        await engine.close()
    assert pid, "it still runs"
    names = [file.name for file in shelf.folder.iterdir()]
    assert names == [shelf.of("bob")], "the copy is gone, and bob's conversation was kept"


@pytest.mark.model
async def test_without_a_place_for_files_every_slot_reads_for_itself(
    smollm2: Model, smollm2_path: Path
) -> None:
    engine = LlamaCppEngine(smollm2, smollm2_path, replace(PLAN, parallel=2))
    requests = [
        Request(model=smollm2.id, messages=(system(ANA), user("Hi.")), max_tokens=1, slot=slot)
        for slot in range(2)
    ]
    try:
        await engine.share(requests)
        cached = [(await fold(engine.stream(one))).usage.cached_tokens for one in requests]
    finally:
        await engine.close()
    assert cached[0] > 256
    assert cached[1] == 0


@pytest.mark.model
async def test_prompts_that_take_turns_in_one_slot_are_read_once_each(
    tmp_path: Path, smollm2: Model, smollm2_path: Path
) -> None:
    shelf = Shelf(folder=tmp_path / "read", identity=weights_identity(smollm2_path, "1"))
    engine = LlamaCppEngine(smollm2, smollm2_path, PLAN, shelf=shelf)
    requests = [
        Request(model=smollm2.id, messages=(user(text),), max_tokens=4, recurs=True)
        for text in (ANA, BOB)
    ]
    try:
        first = [await fold(engine.stream(one)) for one in requests]
        again = [await fold(engine.stream(one)) for one in requests * 2]
        files = list(shelf.folder.iterdir())
        for file in files:
            file.unlink()
        unaided = await fold(engine.stream(requests[0]))
        await fold(engine.stream(replace(requests[1], recurs=False)))
        await fold(engine.stream(requests[0]))
        afterwards = await fold(engine.stream(requests[1]))
    finally:
        await engine.close()
    assert [one.usage.cached_tokens < 40 for one in first] == [True, True]
    for one, known in zip(again, first * 2, strict=True):
        assert one.text == known.text
        assert one.usage.prompt_tokens - one.usage.cached_tokens <= 1
    assert len(files) == 2, "each was kept once"
    assert unaided.text == first[0].text, "a file that is gone costs time, nothing else"
    assert unaided.usage.cached_tokens < 40
    assert afterwards.usage.cached_tokens < 40, "it was not said that it comes again"
    assert list(shelf.folder.iterdir()) == [], "nothing of it outlives the engine"


async def test_few_prompts_are_set_aside_and_short_ones_never(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights")
    slots, child = Slots(1, shelf), Saving(tmp_path)
    for number in range(ASIDE + 3):
        prompt = [number] * (WORTH_ASIDE if number else WORTH_ASIDE - 1)
        await slots.take(child, 0, "", prompt)
        child.answer(slots[0], [*prompt, 100, 101])
        slots[0].recurs = len(prompt)
    assert len(list(tmp_path.iterdir())) == ASIDE
    last = shelf.aside([ASIDE + 1] * WORTH_ASIDE)
    assert shelf.tokens(last) == [*[ASIDE + 1] * WORTH_ASIDE, 100]
    await slots.take(child, 0, "ada", [])
    assert slots[0].recurs == 0
    assert let_go(tmp_path) == ASIDE, "whatever ends all conversations ends these, too"
    slots.clear()


async def take_turns(slots: Slots, child: Saving, number: int, prompt: list[int]) -> int:
    """Ask for a prompt that comes again in a slot; how many of its tokens the slot knew."""
    await slots.take(child, number, "", prompt)
    known = slots[number].known(prompt)
    child.answer(slots[number], [*prompt, 100, 101])
    slots[number].recurs = len(prompt)
    return known


async def test_what_is_fetched_is_not_let_go_for_what_it_displaces(tmp_path: Path) -> None:
    slots, child = Slots(1, Shelf(folder=tmp_path, identity="weights")), Saving(tmp_path)
    prompts = [[number] * WORTH_ASIDE for number in range(ASIDE + 1)]
    for prompt in prompts:
        assert await take_turns(slots, child, 0, prompt) == 0
    assert await take_turns(slots, child, 0, prompts[0]) == WORTH_ASIDE
    assert len(list(tmp_path.iterdir())) == ASIDE
    slots.clear()
    assert list(tmp_path.iterdir()) == []


async def test_what_two_slots_set_aside_or_fetch_at_once_is_done_once(tmp_path: Path) -> None:
    slots, child = Slots(2, Shelf(folder=tmp_path, identity="weights")), Saving(tmp_path)
    one, other = [1] * WORTH_ASIDE, [2] * WORTH_ASIDE
    written: list[None] = []
    child.meanwhile = lambda: written.append(None)
    for prompt in (one, other):
        await asyncio.gather(*(take_turns(slots, child, at, prompt) for at in (0, 1)))
    assert len(written) == 1

    def broken() -> None:
        raise UsageError("the engine cannot do what was asked")

    child.meanwhile = broken
    await asyncio.gather(*(take_turns(slots, child, at, one) for at in (0, 1)))
    assert list(tmp_path.iterdir()) == []
    child.meanwhile = lambda: None
    assert await take_turns(slots, child, 0, other) == 0
    child.meanwhile = slots.clear
    assert await take_turns(slots, child, 0, one) == 0, "the child ended while it was fetched"


async def test_a_prompt_whose_setting_aside_was_cancelled_is_set_aside_later(
    tmp_path: Path,
) -> None:
    slots, child = Slots(1, Shelf(folder=tmp_path, identity="weights")), Saving(tmp_path)
    await take_turns(slots, child, 0, [1] * WORTH_ASIDE)

    def cancelled() -> None:
        raise asyncio.CancelledError

    child.meanwhile = cancelled
    with pytest.raises(asyncio.CancelledError):
        await slots.take(child, 0, "", [2])
    assert list(tmp_path.iterdir()) == []
    child.meanwhile = lambda: None
    await slots.take(child, 0, "", [2])
    assert len(list(tmp_path.iterdir())) == 1


async def test_a_forgotten_conversation_is_not_set_aside(tmp_path: Path) -> None:
    slots, child = Slots(1, Shelf(folder=tmp_path, identity="weights")), Saving(tmp_path)
    await slots.take(child, 0, "ada", [])
    child.answer(slots[0], [1] * 300)
    slots[0].recurs = 300
    slots.drop("ada")
    await slots.take(child, 0, "", [2])
    assert list(tmp_path.iterdir()) == []
