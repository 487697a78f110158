"""What came of one stream so far, wherever it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from homesmith.core.requests import Delta, Ended, Event, Failed, Reading, Started


@dataclass(slots=True, kw_only=True)
class Heard:
    """Tokens of the prompt, those that were known, those written; and the text."""

    pieces: list[str] = field(default_factory=list)
    prompt: int = 0
    cached: int = 0
    written: int = 0
    over: bool = False
    failed: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)

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
