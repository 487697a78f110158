"""What the prompt of a conversation keeps: bytes, room, order, and what the model was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count as numbers
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.context.estimate import estimate
from homesmith.context.prompt.ledger import Segment, Sent, compare, segments
from homesmith.context.prompt.notes import changes
from homesmith.context.prompt.rebuilding import extract, part, rebuilt
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Layout, Passage, Standing, Turn
from homesmith.core.memories import Block
from homesmith.core.models import Profile, Sampling
from homesmith.core.requests import Delta, Failed, Request
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import profile_for
from homesmith.engines.scripted import ScriptedEngine
from homesmith.engines.templates import pieces
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.keeping import Kept, read, written
from homesmith.runtime.conversation.planning import Voice
from homesmith.store.database import Store, open_store

NAMES = (f"agent {number}" for number in numbers())
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)
WORDS = ["tea", "cat", "rain", "sea", "book", "day"]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)
SENTENCES = st.lists(SENTENCE.map(lambda words: " ".join(words).capitalize() + "."), max_size=5)
STANDING = st.dictionaries(
    st.sampled_from(["human", "house", "work"]), SENTENCES.map(" ".join), max_size=3
).map(lambda texts: tuple(Standing(label=label, text=text) for label, text in texts.items()))
PASSAGES = st.builds(Passage, key=TEXT, source=TEXT, text=TEXT)
TURNS = st.builds(
    Turn,
    said=TEXT,
    answered=TEXT,
    day=st.sampled_from(["", "2026-11-28"]),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    passages=st.lists(PASSAGES, max_size=2).map(tuple),
    memories=st.lists(st.integers(1, 99), max_size=2).map(tuple),
)
LAYOUTS = st.builds(
    Layout,
    instructions=TEXT,
    standing=STANDING,
    told=STANDING,
    summary=TEXT,
    turns=st.lists(TURNS, max_size=6).map(tuple),
    day=st.sampled_from(["", "2026-11-28"]),
    last=st.integers(0, 99),
    epoch=st.integers(0, 9),
)


def profiles() -> tuple[Profile, ...]:
    """One family of full attention, and one without a system role, of a sliding window."""
    models = load_catalogue()
    found = [profile_for(models.find(name)) for name in ("qwen2.5-coder:1.5b", "gemma3:1b")]
    assert [profile.folds_system for profile in found] == [False, True]
    return tuple(found)


def rendered(request: Request, profile: Profile) -> str:
    return "".join(piece.text for piece in pieces(request, profile))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("laws") / "store") as opened:
        yield opened


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(20, 90), st.integers(1, 60)),
        st.tuples(st.just("edit"), st.integers(0, 30), st.just(0)),
        st.tuples(st.just("restart"), st.just(0), st.just(0)),
        st.tuples(st.just("tomorrow"), st.just(0), st.just(0)),
        st.tuples(st.just("stop"), st.integers(1, 20), st.integers(2, 20)),
    ),
    min_size=4,
    max_size=25,
)


def always(value: str) -> Callable[[str], str]:
    return lambda _: value


class Talk:
    """Plays steps; holds every request with the answer it got and whether it was laid out anew."""

    def __init__(self, store: Store, window: int) -> None:
        self.agent = Agent(store, next(NAMES), count=estimate)
        self.agent.create_block(Block(label="human", value="Has a cat."))
        self.engine = ScriptedEngine(rules=[("", self._answer)], window=window)
        self.day = 1
        self.words = 0
        self.sent: list[tuple[Request, str, str]] = []
        self.conversation = self._open()

    def _open(self) -> Conversation:
        voice = Voice(
            engine=self.engine,
            answer=60,
            sampling=Sampling(),
            today=lambda: date(2026, 11, self.day),
        )
        return Conversation(self.agent, voice)

    def _answer(self, _: Request) -> str:
        return " ".join(f"answer{number}" for number in range(self.words))

    async def play(self, steps: Sequence[tuple[str, int, int]]) -> None:
        for place, (kind, size, words) in enumerate(steps):
            match kind:
                case "edit":
                    self.agent.edit("human", always(f"Edit {place}. {'so ' * size}"))
                case "restart":
                    self.conversation = self._open()
                case "tomorrow":
                    self.day = min(30, self.day + 1)
                case _:
                    self.words = words
                    await self._say(f"message {place} " + "word " * size, stop=kind == "stop")

    async def _say(self, said: str, *, stop: bool) -> None:
        text = ""
        stream = self.conversation.ask(said)
        async for event in stream:
            assert not isinstance(event, Failed), event.error
            text += event.text if isinstance(event, Delta) else ""
            if stop and text:
                break
        await stream.aclose()
        request = self.engine.requests[-1]
        assert request.messages[-1].text.endswith(said)
        self.sent.append((request, text, self.conversation.seen.rebuilt))


@given(steps=STEPS, window=st.integers(330, 500))
def test_prompts_extend_each_other_fit_and_tell_every_change(
    store: Store, steps: list[tuple[str, int, int]], window: int
) -> None:
    talk = Talk(store, window)
    asyncio.run(talk.play(steps))
    for (before, answer, _), (after, _, rebuilt_why) in pairwise(talk.sent):
        for profile in profiles():
            grown = rendered(after, profile).startswith(rendered(before, profile) + answer)
            assert grown or rebuilt_why
    for request, _, _ in talk.sent:
        fits = asyncio.run(talk.engine.count(request)) + request.max_tokens
        assert fits <= window
    if talk.sent and steps[-1][0] in ("say", "stop"):
        whole = "\n".join(message.text for message in talk.sent[-1][0].messages)
        for sentence in talk.agent.block("human").value.split(". "):
            assert sentence.strip() in whole


@given(told=STANDING, now=STANDING)
def test_notes_tell_every_sentence_that_is_new_and_nothing_when_nothing_is(
    told: tuple[Standing, ...], now: tuple[Standing, ...]
) -> None:
    assert changes(told, told) == ()
    notes = "\n".join(changes(told, now))
    before = {one.label: one.text for one in told}
    for one in now:
        for sentence in one.text.split(". "):
            assert sentence in notes or sentence in before.get(one.label, "")
    gone = before.keys() - {one.label for one in now}
    assert all(f"{label} is empty now" in notes for label in gone)


@given(layout=LAYOUTS, standing=STANDING, room=st.integers(0, 400))
def test_a_rebuild_keeps_the_tail_word_for_word_and_what_goes_within_its_room(
    layout: Layout, standing: tuple[Standing, ...], room: int
) -> None:
    parting = part(layout, room, estimate)
    summary = extract(parting, estimate)
    assert (*parting.gone, *parting.kept) == layout.turns
    assert estimate(summary) <= parting.room
    after = rebuilt(layout, parting, summary, "rules", standing)
    assert (after.standing, after.told, after.epoch) == (standing, standing, layout.epoch + 1)
    assert after.turns == tuple(replace(turn, notes=()) for turn in parting.kept)
    assert sum(estimate(turn.said + turn.answered) for turn in after.turns) <= room
    assert rebuilt(layout, parting, summary, "rules", standing) == after


@given(layout=LAYOUTS, opening=TURNS)
def test_the_same_layout_gives_the_same_bytes_in_the_order_of_a_talk(
    layout: Layout, opening: Turn
) -> None:
    prompt = messages(layout, opening)
    assert messages(layout, opening) == prompt
    roles = [message.role for message in prompt if message.role != "system"]
    assert roles == ["user", "assistant"] * len(layout.turns) + ["user"]
    assert [message.role for message in prompt].count("system") <= 1
    spoken = [message for message in prompt if message.role == "user"]
    for turn, message in zip((*layout.turns, opening), spoken, strict=True):
        assert message.text.endswith(turn.said)


@given(layout=LAYOUTS, tokens=st.integers(0, 9999), name=TEXT)
def test_a_kept_prompt_comes_back_as_it_was(layout: Layout, tokens: int, name: str) -> None:
    sent = Sent(segments=segments(layout, None, estimate), tokens=tokens, answer=7)
    kept = Kept(layout=layout, sent=sent, model=name)
    assert read(written(kept)) == kept


@given(
    text=st.text(max_size=40) | st.sampled_from(['{"form":1}', "[]", "1", '{"form":1,"layout":[]}'])
)
def test_what_is_no_kept_prompt_is_none(text: str) -> None:
    assert read(text) is None


@given(layout=LAYOUTS, turn=TURNS, tokens=st.integers(100, 5000), at=st.integers(0, 20))
def test_the_ledger_names_what_broke_the_cache(
    layout: Layout, turn: Turn, tokens: int, at: int
) -> None:
    before = Sent(segments=segments(layout, None, estimate), tokens=tokens, answer=50)
    after = Sent(segments=segments(layout, turn, estimate), tokens=tokens + 150)
    held = compare(before, after, tokens + 50)
    assert (held.expected, held.lost, held.why) == (tokens + 50, "", "")
    dropped = compare(before, after, 0, "it was started anew")
    assert (dropped.lost, dropped.why) == ("engine", "it was started anew")
    place = at % len(before.segments)
    other = Segment(name="changed", sha="other", tokens=1)
    broken = replace(after, segments=(*after.segments[:place], other, *after.segments[place + 1 :]))
    found = compare(before, broken, 0)
    assert found.lost == "changed"
    assert found.expected <= tokens + 50


def test_a_profile_that_folds_rules_reads_the_head_once() -> None:
    """The law above would hold for any rendering that drops the head; this one would not."""
    qwen, gemma = profiles()
    layout = Layout(instructions="Rules.", standing=(Standing(label="human", text="Tea."),))
    request = Request(
        model=load_catalogue().find("gemma3:1b").id,
        messages=messages(layout, Turn(said="Hello")),
        max_tokens=8,
    )
    for profile in (qwen, gemma):
        assert rendered(request, profile).count("Rules.\n\nhuman:\nTea.") == 1
    assert "system" not in rendered(request, gemma)
