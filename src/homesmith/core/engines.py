"""What every engine promises, whatever runs behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from homesmith.core.models import ModelId
from homesmith.core.requests import Answer, Delta, Ended, Event, Failed, Request, Usage


class Engine(Protocol):
    """Makes tokens.

    `stream` never raises once iteration began: failure is its last event. Closing the iterator
    (`aclose`, or cancelling the consumer) stops the work within one second, also while the prompt
    is still being read. `count` is exact, from the model's own tokenizer and template.
    """

    @property
    def model(self) -> ModelId: ...

    @property
    def window(self) -> int:
        """Tokens one request may use, prompt and answer together."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[Event, None]: ...

    async def count(self, request: Request) -> int:
        """Tokens of the whole prompt as the engine will read it, prefill included."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Keeper(Protocol):
    """What an engine may offer beside: read a prompt ahead, keep on disk what it has read.

    None of it changes any answer; without it conversations go on, and cost time.
    """

    async def warm(self, request: Request) -> Usage:
        """Read the prompt without answering. Raises EngineError kinds and PromptTooLong."""
        ...

    async def keep(self, conversation: str) -> str:
        """Keep for later processes what was read of a conversation; "" or why that failed."""
        ...

    def drop(self, conversation: str) -> None:
        """Never keep what was read of a conversation up to now: some of it was forgotten."""
        ...


@runtime_checkable
class Wide(Protocol):
    """What an engine may offer beside: several answers at once, for more tokens/s in total.

    An engine that does not offer it, or whose `width` is 1, is asked for one answer at a time.
    """

    @property
    def width(self) -> int:
        """How many requests to have under way at once, on the slots from 0; 1 or more."""
        ...

    async def share(self, requests: Sequence[Request]) -> None:
        """Read what these prompts begin with in common once, for all the slots they name.

        It changes no answer. Raises EngineError kinds and InvalidText.
        """
        ...


async def fold(events: AsyncIterator[Event]) -> Answer:
    """Read a stream to its end. Raises the error that a Failed event carries."""
    pieces: list[str] = []
    async for event in events:
        match event:
            case Delta(text=text):
                pieces.append(text)
            case Ended(reason=reason, usage=usage):
                return Answer(text="".join(pieces), reason=reason, usage=usage)
            case Failed(error=error):
                raise error
            case _:
                continue
    return Answer(text="".join(pieces), reason="stop", usage=Usage())
