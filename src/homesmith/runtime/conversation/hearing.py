"""What came of one answer so far, wherever it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from homesmith.context.prompt.values import Exchange
from homesmith.core.memories import Block
from homesmith.core.requests import Delta, Ended, Event, Failed, Reading, Started
from homesmith.memory.tools import Done
from homesmith.runtime.conversation.laying import Laid

APART = "\n\n"
"""Between what was said before tools were called, and after."""


@dataclass(slots=True, kw_only=True)
class Heard:
    """Tokens of the prompt, those that were known, those written; and the text people saw.

    Where tools were called, prompt and written are those of the last round, `cached` that of the
    first; `laid` is what the last one was asked. `kept` and `blocks` are what the calls wrote,
    `proposed` the numbers of what they let wait. `at` is when the message came.
    """

    at: datetime | None = None
    pieces: list[str] = field(default_factory=list)
    prompt: int = 0
    cached: int = 0
    written: int = 0
    over: bool = False
    failed: bool = False
    laid: Laid | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    proposed: list[int] = field(default_factory=list)
    blocks: dict[str, Block] = field(default_factory=dict)
    begun: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def last(self) -> str:
        """What people saw of the last round."""
        return "".join(self.pieces[self.begun :])

    def hear(self, event: Event) -> None:
        """Take in the next event."""
        match event:
            case Started(prompt_tokens=tokens):
                self.prompt = tokens
            case Reading(cached=cached):
                self.cached = cached
            case Delta(text=text):
                self.pieces.append(text)
                self.written += 1
            case Ended(usage=usage):
                self.cached, self.written = usage.cached_tokens, usage.answer_tokens
                self.over = True
            case Failed():
                self.over = self.failed = True

    def begin_round(self) -> None:
        """What comes now is asked for after the calls of the round before."""
        self.written = 0
        self.begun = len(self.pieces)

    def show(self, text: str) -> Delta:
        """Take in what people see of an answer; set apart from what they saw before the calls."""
        first = 0 < self.begun == len(self.pieces)
        if first:
            self.pieces.append(APART)
            self.begun = len(self.pieces)
        self.pieces.append(text)
        return Delta(text=APART + text if first else text)

    def learn(self, done: Done, *, whole: bool) -> None:
        """Take in what a call wrote. `whole`: the model is told all of it."""
        if done.kept is not None:
            self.kept.append(done.kept)
        self.proposed += done.proposed
        if done.block is not None:
            self.blocks.pop(done.block.label, None)
            if whole:
                self.blocks[done.block.label] = done.block
