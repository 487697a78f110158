"""What is asked of an engine, and the events that come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homesmith.core.errors import HomesmithError
from homesmith.core.messages import Message
from homesmith.core.models import ModelId, Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to one model.

    `max_tokens` bounds the answer and is always set. `prefill` is text the answer must begin with;
    it is not repeated in the deltas. `json_schema` constrains the answer by a grammar and cannot
    be combined with `prefill`. `repeat_limit`: stop when the same stretch is written this often.
    `stable`: how many of the first messages many requests share; an engine may keep on disk what it
    read of them. `conversation`: the name of the conversation that this request goes on with; an
    engine may keep what it has read of it apart from all others. `slot`: where one of no
    conversation is read; below 0 it counts from the last. `recurs`: the same prompt comes again
    after others, and an engine that reads those in its place may set aside what it read.
    """

    model: ModelId
    messages: tuple[Message, ...]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    prefill: str = ""
    stop: tuple[str, ...] = ()
    json_schema: Mapping[str, Any] | None = None
    seed: int = 0
    slot: int = 0
    stable: int = 0
    conversation: str = ""
    recurs: bool = False
    repeat_limit: int = 6

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ValueError("max_tokens must be at least 1")
        if self.json_schema is not None and self.prefill:
            raise ValueError("a request has a json_schema or a prefill, not both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The engine took the request; `prompt_tokens` is our own exact count."""

    model: ModelId
    prompt_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The prompt is being read: `done` of `total` tokens, `cached` of them from the KV cache."""

    done: int
    total: int
    cached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """More text of the answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer cost. Tokens and seconds as the engine measured them."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    answer_tokens: int = 0
    prompt_seconds: float = 0.0
    answer_seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            answer_tokens=self.answer_tokens + other.answer_tokens,
            prompt_seconds=self.prompt_seconds + other.prompt_seconds,
            answer_seconds=self.answer_seconds + other.answer_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The answer is whole. `reason`: "stop", "length" (max_tokens) or "repetition"."""

    reason: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The answer broke off; what had come before stands. Always the last event."""

    error: HomesmithError


Event = Started | Reading | Delta | Ended | Failed
"""A stream is Started, then any Reading and Delta, then exactly one Ended or Failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A stream folded into one value."""

    text: str
    reason: str
    usage: Usage
