"""A model that sees only the last tokens in most of its layers, and knows no system role: Gemma.

The weights are chance (`tests/gemma.py`), so nothing here depends on what is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from homesmith.context.estimate import estimate
from homesmith.context.prompt.ledger import Reuse, Sent, compare, segments
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Layout, Standing, Turn, begun
from homesmith.core.engines import fold
from homesmith.core.models import Model, Sampling
from homesmith.core.requests import Request
from homesmith.engines.gguf import read_header
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.machine import EnginePlan
from homesmith.engines.profiles import profile_for
from homesmith.engines.shelf import Shelf
from homesmith.engines.templates import pieces
from tests.gemma import HEAD, LAYERS, WINDOW

pytestmark = pytest.mark.model

PLAN = EnginePlan(threads=1, window=8192, batch=64, cache_mib=0, talks=True)
RULES = "Say nothing about the number of things. " * 8
DIGITS = {"type": "string", "pattern": "^[0-9]{300}$"}
"""Far longer than the window, and always read in the tokens in which it was written."""
ACCENTS = {"type": "string", "pattern": "^[à-ÿ]{280}$"}
"""The same, of characters that take two tokens each."""
NEW = 150
"""More than the tokens of a message and its markers."""
LOST = 8
"""The server goes on where it made a checkpoint, up to five tokens before the end of a prompt."""


@dataclass(slots=True)
class Talk:
    """A conversation as the runtime has it, with the ledger of its last turn."""

    engine: LlamaCppEngine
    model: Model
    layout: Layout
    sent: Sent = field(default_factory=Sent)
    said: str = ""

    async def say(self, text: str, schema: dict[str, Any] | None = DIGITS) -> Reuse:
        opening = Turn(said=text)
        request = Request(
            model=self.model.id,
            messages=messages(self.layout, opening),
            max_tokens=900 if schema else 100,
            json_schema=schema,
            sampling=Sampling(temperature=0.0 if schema else 1.0),
            conversation=self.layout.standing[0].text,
        )
        before = self.said
        self.said = "".join(piece.text for piece in pieces(request, profile_for(self.model)))
        assert self.said.startswith(before.removesuffix("<start_of_turn>model\n"))
        answer = await fold(self.engine.stream(request))
        now = Sent(
            segments=segments(self.layout, opening, estimate), tokens=answer.usage.prompt_tokens
        )
        reuse = compare(self.sent, now, answer.usage.cached_tokens)
        turns = (*self.layout.turns, replace(opening, answered=answer.text))
        self.layout = replace(self.layout, turns=turns)
        self.sent = Sent(
            segments=segments(self.layout, None, estimate),
            tokens=now.tokens,
            answer=answer.usage.answer_tokens,
        )
        return reuse


def talk(engine: LlamaCppEngine, model: Model, name: str = "ana") -> Talk:
    return Talk(engine, model, begun(RULES, (Standing(label="person", text=name),)))


async def test_each_turn_reads_only_what_is_new_however_long_the_answer(
    tiny_gemma: Model, gemma_path: Path
) -> None:
    assert read_header(gemma_path).metadata["gemma3.attention.sliding_window"] == WINDOW
    for plan in (PLAN, replace(PLAN, talks=False)):
        engine = LlamaCppEngine(tiny_gemma, gemma_path, plan)
        ana = talk(engine, tiny_gemma)
        try:
            assert (await ana.say("Message 0 of mine.")).reported == 0
            for number in range(1, 5):
                known = ana.sent.tokens + ana.sent.answer
                reuse = await ana.say(f"Message {number} of mine.")
                assert reuse.lost == ""
                assert known - 2 <= reuse.reported <= known
                assert reuse.tokens - reuse.reported < NEW
        finally:
            await engine.close()
        assert ana.sent.tokens > 20 * WINDOW


async def test_the_head_stands_in_the_first_message_and_no_role_is_called_system(
    tiny_gemma: Model, gemma_path: Path
) -> None:
    engine = LlamaCppEngine(tiny_gemma, gemma_path, PLAN)
    ana = talk(engine, tiny_gemma)
    try:
        await ana.say("Hello.")
        await ana.say("Again.")
    finally:
        await engine.close()
    head = f"<start_of_turn>user\n{RULES}\n\nperson:\nana\n\nHello.<end_of_turn>\n"
    assert ana.said.startswith(f"{head}<start_of_turn>model\n")
    assert ana.said.count("<start_of_turn>") == 4
    assert "system" not in ana.said


async def test_an_answer_that_is_no_text_is_read_again_and_nothing_before_it(
    tiny_gemma: Model, gemma_path: Path
) -> None:
    engine = LlamaCppEngine(tiny_gemma, gemma_path, PLAN)
    ana = talk(engine, tiny_gemma)
    try:
        await ana.say("Message 0 of mine.", schema=None)
        for number in range(1, 4):
            known = ana.sent
            reuse = await ana.say(f"Message {number} of mine.", schema=None)
            assert reuse.why == "the answer was read again, in other tokens"
            assert reuse.lost == f"answer {number}"
            assert reuse.reported >= known.tokens - LOST
    finally:
        await engine.close()


async def test_an_answer_of_long_characters_is_not_read_again(
    tiny_gemma: Model, gemma_path: Path
) -> None:
    engine = LlamaCppEngine(tiny_gemma, gemma_path, PLAN)
    ana = talk(engine, tiny_gemma)
    try:
        for number in range(2):
            known = ana.sent.tokens + ana.sent.answer
            reuse = await ana.say(f"Message {number} of mine.", schema=ACCENTS)
            assert reuse.lost == ""
            assert reuse.reported >= known - 2
    finally:
        await engine.close()


async def test_a_change_further_back_costs_the_cache_and_the_ledger_says_so(
    tiny_gemma: Model, gemma_path: Path
) -> None:
    engine = LlamaCppEngine(tiny_gemma, gemma_path, PLAN)
    ana = talk(engine, tiny_gemma)
    try:
        for number in range(12):
            await ana.say(f"Message {number} of mine.")
        first, second, *others = ana.layout.turns
        changed = replace(second, said="Something else.")
        ana.layout, ana.said = replace(ana.layout, turns=(first, changed, *others)), ""
        reuse = await ana.say("And now?")
    finally:
        await engine.close()
    assert reuse.lost == "message 2"
    assert reuse.why.endswith("the engine dropped more than that: a sliding window does")
    assert reuse.reported < reuse.expected


async def test_two_agents_take_turns_in_one_slot_and_go_on_after_a_restart(
    tmp_path: Path, tiny_gemma: Model, gemma_path: Path
) -> None:
    shelf = Shelf(folder=tmp_path / "read", identity="gemma")
    engine = LlamaCppEngine(tiny_gemma, gemma_path, PLAN, shelf=shelf)
    ana, bob = talk(engine, tiny_gemma), talk(engine, tiny_gemma, "bob")
    try:
        for _ in range(2):
            for one in (ana, bob):
                known = one.sent.tokens + one.sent.answer
                reuse = await one.say("Message of mine.")
                assert reuse.lost == ""
                assert reuse.reported >= known - 2
        assert await engine.keep("bob") == ""
    finally:
        await engine.close()

    again = LlamaCppEngine(tiny_gemma, gemma_path, PLAN, shelf=shelf)
    try:
        for one in (bob, ana):
            one.engine, known = again, one.sent.tokens + one.sent.answer
            reuse = await one.say("Message of mine.")
            assert reuse.lost == ""
            assert reuse.reported >= known - 2
    finally:
        await again.close()


async def test_what_the_server_keeps_to_go_back_to_is_bounded(
    tmp_path: Path, tiny_gemma: Model, gemma_path: Path
) -> None:
    shelf = Shelf(folder=tmp_path / "read", identity="gemma")
    engine = LlamaCppEngine(tiny_gemma, gemma_path, PLAN, shelf=shelf)
    ana = talk(engine, tiny_gemma)
    try:
        for number in range(12):
            await ana.say(f"Message {number} of mine.", schema=None)
        assert await engine.keep("ana") == ""
    finally:
        await engine.close()
    [kept] = shelf.folder.iterdir()
    layer = 2 * 2 * HEAD  # bytes a token takes in one of them: a key and a value, in 16 bits
    everywhere = len(shelf.tokens(kept.name)) * (layer + 64)
    window = WINDOW * (layer + 16) * (LAYERS - 1)
    assert kept.stat().st_size < everywhere + 10 * window, "its own window and eight others"
