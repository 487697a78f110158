"""What is said: a Message is a role and typed parts.

It does not know how a model's template writes it down; that is the profile's and the engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Plain text, exactly as the model shall read it or wrote it."""

    text: str


Part = Text
"""The closed union of parts; images join it with the engines that carry them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """All text of the message, joined without a separator."""
        return "".join(part.text for part in self.parts)


def system(text: str) -> Message:
    """A message that sets the rules."""
    return Message(role="system", parts=(Text(text=text),))


def user(text: str) -> Message:
    """A message from the person, or from the harness in their place."""
    return Message(role="user", parts=(Text(text=text),))


def assistant(text: str) -> Message:
    """A message from the model; as the last one of a request it is the start of its answer."""
    return Message(role="assistant", parts=(Text(text=text),))


def tool(text: str) -> Message:
    """What came of the calls in the model's message before, in the family's own layout."""
    return Message(role="tool", parts=(Text(text=text),))
