"""One answer with the calls of tools that it takes: ask, run what is called, append, ask on.

What a model wrote and what it was told are appended as they were, so that nothing is read twice.
The person sees one stream, without the calls. It records nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Exchange
from homesmith.core.errors import HomesmithError, PromptTooLong
from homesmith.core.models import Calling
from homesmith.core.requests import Delta, Ended, Event, Failed, Reading, Started, Usage
from homesmith.memory.agent import Agent
from homesmith.memory.calling import perform
from homesmith.memory.tools import Done
from homesmith.runtime.conversation.calls import Call, Listening, Misread
from homesmith.runtime.conversation.hearing import Heard
from homesmith.runtime.conversation.laying import Laid
from homesmith.runtime.conversation.planning import SHARE, Plan, Voice, fitted, request

ROUNDS = 4
"""So often tools are called in one turn; then the model has to answer."""
CALLS = 6
"""So many of the calls of one round are run."""
RESULT = 600
"""Tokens of what one round of calls tells the model: all of it must be read."""
ENOUGH = "No more calls in this turn: answer the person now."
NO_ROOM = f"Error: there is no room for what came of it. {ENOUGH}"
CUT = "\n[…the rest has no room: ask for less]"


async def answering(
    agent: Agent, voice: Voice, made: Plan, heard: Heard
) -> AsyncGenerator[Event, None]:
    """The answer to what was planned, as one stream; `heard` holds all of it, wherever it ends."""
    if voice.tools is None:
        async with aclosing(voice.engine.stream(made.laid.request)) as events:
            async for event in events:
                heard.hear(event)
                yield event
        return
    async with aclosing(_Rounds(agent, voice, voice.tools, made, heard).events()) as events:
        async for event in events:
            yield event


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """A call that was run, and how people are told of it."""

    done: Done
    told: str


class _Rounds:
    """The rounds of one turn."""

    def __init__(
        self, agent: Agent, voice: Voice, style: Calling, made: Plan, heard: Heard
    ) -> None:
        self._agent = agent
        self._voice = voice
        self._style = style
        self._made = made
        self._heard = heard
        self._spent = Usage()
        self._reason = "stop"

    async def events(self) -> AsyncGenerator[Event, None]:
        heard = self._heard
        for number in range(ROUNDS + 1):
            listening = Listening(self._style)
            async with aclosing(self._round(number, listening)) as events:
                async for event in events:
                    yield event
            if heard.failed:
                return
            if not listening.calls or number == ROUNDS:
                break
            heard.exchanges.append(await self._exchange(listening, last=number == ROUNDS - 1))
            try:
                heard.laid = await self._again(heard.laid or self._made.laid)
            except HomesmithError as error:  # the stream has begun: it ends with this
                heard.over = heard.failed = True
                yield Failed(error=error)
                return
        heard.over = True
        yield Ended(reason=self._reason, usage=self._spent)

    async def _round(self, number: int, listening: Listening) -> AsyncGenerator[Event, None]:
        """One stream of the engine, of which the person sees neither calls nor its ends."""
        heard = self._heard
        heard.begin_round()
        usage: Usage | None = None
        cached = 0
        laid = heard.laid or self._made.laid
        async with aclosing(self._voice.engine.stream(laid.request)) as events:
            async for event in events:
                match event:
                    case Delta(text=text):
                        heard.written += 1
                        if shown := listening.feed(text):
                            yield heard.show(shown)
                    case Ended(reason=reason):
                        usage, self._reason = event.usage, reason
                    case Reading():
                        cached = event.cached
                        heard.cached = heard.cached if number else cached
                        yield event
                    case Started(prompt_tokens=tokens):
                        heard.prompt = tokens
                        if not number:
                            yield event
                    case Failed():
                        heard.hear(event)
                        yield event
                        return
                if listening.over:
                    break
        if shown := listening.end():
            yield heard.show(shown)
        if usage is None:
            usage = Usage(
                prompt_tokens=heard.prompt, cached_tokens=cached, answer_tokens=heard.written
            )
        heard.written = usage.answer_tokens
        if not number:
            heard.cached = usage.cached_tokens
        self._spent += usage

    async def _exchange(self, listening: Listening, *, last: bool) -> Exchange:
        """Run what was called; what the model is told of it."""
        ran = [await self._run(call) for call in listening.calls[:CALLS]]
        if len(listening.calls) > CALLS:
            why = f"only the first {CALLS} calls were run"
            ran.append(_Ran(done=Done(text=f"Error: {why}", refused=True), told=why))
        most = min(RESULT, self._voice.room.prompt // SHARE) // len(ran)
        texts = [self._guarded(_shortened(one.done.text, most)) for one in ran]
        for one, text in zip(ran, texts, strict=True):
            self._heard.learn(one.done, whole=not text.endswith(CUT))
        result = self._style.between.join(
            [*texts[:-1], texts[-1] + (f"\n{ENOUGH}" if last else "")]
        )
        return Exchange(said=listening.raw, result=result, told=tuple(one.told for one in ran))

    async def _run(self, call: Call | Misread) -> _Ran:
        if isinstance(call, Misread):
            why = f"the call cannot be read: {call.why}"
            return _Ran(done=Done(text=f"Error: {why}", refused=True), told=why)
        said = self._made.laid.opening.said
        try:
            done = await asyncio.to_thread(perform, self._agent, call.name, call.arguments, [said])
        except HomesmithError as error:
            text = "; ".join(part for part in (error.message, error.why) if part)
            done = Done(text=f"Error: {text}", refused=True)
        told = done.text.splitlines()[0] if done.refused else "done"
        return _Ran(done=done, told=f"{call.name}: {told}")

    def _guarded(self, text: str) -> str:
        """A result that cannot end itself: a page may say what the family's markers say."""
        for marker in self._style.guarded:
            text = text.replace(marker, marker.replace("<", "< "))
        return text

    async def _again(self, laid: Laid) -> Laid:
        """The prompt with what was called behind it; laid out anew only where it must be.

        Raises PromptTooLong, EngineError.
        """
        voice, opening = self._voice, replace(laid.opening, calls=tuple(self._heard.exchanges))
        longer = request(self._agent, voice, messages(laid.layout, opening))
        tokens = await voice.engine.count(longer)
        if tokens <= voice.room.prompt:
            return replace(laid, opening=opening, request=longer, tokens=tokens)
        try:
            return await fitted(self._agent, voice, self._made, laid.layout, opening)
        except PromptTooLong:
            self._heard.exchanges[-1] = replace(self._heard.exchanges[-1], result=NO_ROOM)
            self._heard.blocks.clear()  # what it was told of them is among what has no room
            opening = replace(opening, calls=tuple(self._heard.exchanges))
            return await fitted(self._agent, voice, self._made, laid.layout, opening)


def _shortened(text: str, tokens: int) -> str:
    """The text in about so many tokens, and a word where it was cut."""
    most = 4 * tokens
    return text if len(text) <= most else text[: most - len(CUT)] + CUT
