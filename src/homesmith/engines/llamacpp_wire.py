"""What is said to llama.cpp's server, and what its answer says of reading and writing.

It does not know how the server is reached.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from homesmith.core.errors import InvalidText, TokenCountMismatch
from homesmith.core.requests import Delta, Ended, Event, Reading, Request, Usage

_FIELDS = ["content", "stop", "stop_type", "timings", "tokens", "truncated"]
READ_ONLY = {"n_predict": 0, "cache_prompt": True, "response_fields": _FIELDS}


def body(request: Request, prompt: list[int], stop: tuple[str, ...]) -> dict[str, Any]:
    """The request in the server's own words; everything that shapes the answer is explicit."""
    sampling = request.sampling
    said: dict[str, Any] = {
        "prompt": prompt,
        "stream": True,
        "cache_prompt": True,
        "return_progress": True,
        "return_tokens": True,
        "n_predict": request.max_tokens,
        "stop": [*request.stop, *stop],
        "seed": request.seed,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
        "response_fields": _FIELDS,
    }
    if request.json_schema is not None:
        said["json_schema"] = request.json_schema
    return said


@dataclass(slots=True, kw_only=True)
class Counted:
    """What one answer has cost so far. `cached`: tokens that were there before it began.

    `written` are its tokens as far as they are known: of a character that takes several, the server
    tells only the last one.
    """

    prompt_tokens: int
    began: float
    over: bool = False
    cached: int | None = None
    done: int = 0
    read_seconds: float = 0.0
    answer_tokens: int = 0
    first_token: float = 0.0
    written: list[int] = field(default_factory=list)

    def read(self, timings: dict[str, Any]) -> Reading:
        """A stretch of the prompt was read."""
        self.cached = timings["cache_n"] if self.cached is None else self.cached
        self.done = timings["cache_n"] + timings["prompt_n"]
        self.read_seconds += timings["prompt_ms"] / 1000
        return Reading(done=self.done, total=self.prompt_tokens, cached=self.cached)

    def event(self, chunk: dict[str, Any]) -> Event | None:
        """What a chunk before the last tells, None when it is nothing that anyone waits for."""
        reading = chunk.get("prompt_progress")
        if reading is not None:
            self.cached = reading["cache"] if self.cached is None else self.cached
            self.done = max(self.done, reading["processed"])
            return Reading(done=self.done, total=self.prompt_tokens, cached=self.cached)
        self.first_token = self.first_token or monotonic()
        if chunk["tokens_predicted"] == len(self.written) + 1:
            self.written += chunk["tokens"]
        self.answer_tokens = chunk["tokens_predicted"]
        return Delta(text=chunk["content"]) if chunk["content"] else None

    def usage(self) -> Usage:
        """By our own clock, for an answer that was stopped."""
        return Usage(
            prompt_tokens=self.prompt_tokens,
            cached_tokens=self.cached or 0,
            answer_tokens=self.answer_tokens,
            prompt_seconds=self.first_token - self.began,
            answer_seconds=monotonic() - self.first_token,
        )

    def ended(self, chunk: dict[str, Any]) -> Ended:
        """The last chunk. Raises TokenCountMismatch when the engine read another prompt."""
        timings = chunk["timings"]
        read = timings["cache_n"] + timings["prompt_n"]
        if read != self.prompt_tokens or chunk["truncated"]:
            raise TokenCountMismatch(
                f"the engine read {read} tokens of a prompt of {self.prompt_tokens}",
                why="part of the prompt was lost or something was added to it",
                remedy="please report this: it is a defect",
            )
        self.answer_tokens = timings["predicted_n"]
        usage = Usage(
            prompt_tokens=read,
            cached_tokens=timings["cache_n"] if self.cached is None else self.cached,
            answer_tokens=self.answer_tokens,
            prompt_seconds=self.read_seconds + timings["prompt_ms"] / 1000,
            answer_seconds=timings["predicted_ms"] / 1000,
        )
        return Ended(reason="length" if chunk["stop_type"] == "limit" else "stop", usage=usage)


def refuse_invalid(text: str) -> None:
    """Raises InvalidText where a text could not be said in UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidText(
            "the prompt holds characters that are not valid Unicode",
            why=f"a lone surrogate at position {error.start}",
            remedy="remove it",
        ) from error
