"""Play a known text as if a model wrote it: the events, limits and counts of a real engine.

A token here is a word with the white space before it. Pure but for the pauses between tokens.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from time import monotonic

from homesmith.core.errors import InvalidText, PromptTooLong
from homesmith.core.models import ModelId
from homesmith.core.requests import Delta, Ended, Event, Failed, Reading, Request, Started, Usage
from homesmith.engines.pace import common_prefix
from homesmith.engines.repetition import Repetition

_TOKEN = re.compile(r"\s*\S+|\s+")


def tokens(text: str) -> list[str]:
    """The text cut into words with the white space before them; joined they are the text."""
    return _TOKEN.findall(text)


def count(request: Request) -> int:
    """Tokens of the prompt: of each message, one for its role, and of the prefill."""
    said = sum(len(tokens(message.text)) + 1 for message in request.messages)
    return said + len(tokens(request.prefill))


def refuse_unfit(request: Request, model: ModelId, window: int) -> None:
    """Raise PromptTooLong or InvalidText for what no engine would take."""
    prompt = count(request)
    if prompt + request.max_tokens > window:
        raise PromptTooLong(
            f"the prompt has {prompt} tokens and the answer may have {request.max_tokens}; "
            f"{model} has a window of {window}",
            remedy="shorten the prompt or allow a shorter answer",
        )
    for message in request.messages:
        try:
            message.text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InvalidText("the prompt holds characters that are not valid Unicode") from error


class Heard:
    """What was read so far, as the KV cache of an engine with one slot would hold it."""

    def __init__(self) -> None:
        self._tokens: list[str] = []

    def read(self, request: Request) -> int:
        """Take the prompt in; how many of its tokens were there already."""
        prompt = [
            token
            for message in request.messages
            for token in (f"<{message.role}>", *tokens(message.text))
        ]
        known = common_prefix(prompt, self._tokens)
        self._tokens = [*prompt, "<assistant>"]
        return known

    def write(self, token: str) -> None:
        """Take in one token of the answer."""
        self._tokens.append(token)


async def play(
    request: Request,
    answer: str,
    *,
    model: ModelId,
    window: int,
    seconds_per_token: float,
    heard: Heard,
) -> AsyncGenerator[Event, None]:
    """The stream a model would give that wanted to say `answer`."""
    try:
        refuse_unfit(request, model, window)
    except (PromptTooLong, InvalidText) as error:
        yield Failed(error=error)
        return
    prompt = count(request)
    yield Started(model=model, prompt_tokens=prompt)
    cached = min(heard.read(request), prompt)
    yield Reading(done=prompt, total=prompt, cached=cached)
    began = monotonic()
    written, reason = limited(request, answer.removeprefix(request.prefill))
    watch = Repetition(request.repeat_limit)
    spent = 0
    for token in tokens(written):
        await asyncio.sleep(seconds_per_token)
        spent += 1
        heard.write(token)
        yield Delta(text=token)
        if watch.add(token):
            reason = "repetition"
            break
    usage = Usage(
        prompt_tokens=prompt,
        cached_tokens=cached,
        answer_tokens=spent,
        answer_seconds=monotonic() - began,
    )
    yield Ended(reason=reason, usage=usage)


def limited(request: Request, answer: str) -> tuple[str, str]:
    """The part of `answer` that stop strings and max_tokens leave, and why it ends there."""
    ends = [place for stop in request.stop if stop and (place := answer.find(stop)) >= 0]
    said = answer[: min(ends)] if ends else answer
    kept = tokens(said)
    if len(kept) > request.max_tokens:
        return "".join(kept[: request.max_tokens]), "length"
    return said, "stop"
