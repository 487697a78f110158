"""How a conversation is written down for a model: pieces of text, each trusted or not.

The markers of a turn come from the profile and may hold special tokens; what people, files and
models wrote may not, whatever it looks like. It does not know tokens or engines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from homesmith.core.messages import Message, Text
from homesmith.core.models import Profile
from homesmith.core.requests import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the prompt. `special`: markers such as <|im_end|> in it are tokens, not text."""

    text: str
    special: bool


def pieces(request: Request, profile: Profile) -> tuple[Piece, ...]:
    """The whole prompt up to where the answer goes on, prefill included."""
    messages = _folded(request.messages) if profile.folds_system else request.messages
    prefill = request.prefill
    if messages and messages[-1].role == "assistant":
        prefill = messages[-1].text + prefill
        messages = messages[:-1]
    parts = [part for message in messages for part in _turn(message, profile)]
    parts.append(Piece(text=profile.extra["answer"], special=True))
    parts.append(Piece(text=prefill, special=False))
    return tuple(_joined(parts))


def _turn(message: Message, profile: Profile) -> Iterator[Piece]:
    before, _, after = profile.extra[message.role].partition("{text}")
    yield Piece(text=before, special=True)
    yield Piece(text=message.text, special=False)
    yield Piece(text=after, special=True)


def _folded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """System texts moved to the head of the first user turn, for families without that role."""
    rules = "\n\n".join(message.text for message in messages if message.role == "system")
    spoken = [message for message in messages if message.role != "system"]
    if not rules:
        return tuple(spoken)
    if spoken and spoken[0].role == "user":
        first = (Text(text=f"{rules}\n\n"), *spoken[0].parts)
        return (Message(role="user", parts=first), *spoken[1:])
    return (Message(role="user", parts=(Text(text=rules),)), *spoken)


def _joined(parts: list[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece: fewer of them, and tokens as the makers' own."""
    current: Piece | None = None
    for part in parts:
        if not part.text:
            continue
        if current is not None and current.special == part.special:
            current = Piece(text=current.text + part.text, special=part.special)
            continue
        if current is not None:
            yield current
        current = part
    if current is not None:
        yield current
