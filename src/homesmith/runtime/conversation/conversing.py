"""One conversation: recall, fit, stream, record, turn after turn; and rest, when nobody waits.

Nothing is held between two turns but what stands in the agent's memory, so that any process may
go on. It does not know where the agent is kept, nor who reads the answer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from homesmith.context.estimate import estimate
from homesmith.context.prompt.ledger import Sent, compare, segments
from homesmith.context.prompt.rebuilding import ENOUGH, KEPT, MOST_SUMMARY
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Layout, Turn, without_last
from homesmith.core.engines import Keeper
from homesmith.core.errors import PromptTooLong
from homesmith.core.memories import Receipt
from homesmith.core.requests import Event
from homesmith.memory.agent import Agent
from homesmith.runtime.ask import ask
from homesmith.runtime.conversation.calling import answering
from homesmith.runtime.conversation.calls import without_calls
from homesmith.runtime.conversation.hearing import Heard
from homesmith.runtime.conversation.keeping import Kept, read, with_turn, written
from homesmith.runtime.conversation.laying import anew
from homesmith.runtime.conversation.measuring import measure
from homesmith.runtime.conversation.planning import Plan, Voice, head_now, loaded, plan, request
from homesmith.runtime.conversation.seeing import Seen, sources
from homesmith.runtime.conversation.standing import told_by
from homesmith.runtime.conversation.texts import SUMMARISE, text_of
from homesmith.runtime.indenting import indenting

UNKEPT = "this engine keeps no prompts on disk"
UNREAD = "it was laid out anew, and was not read to its end yet"
ANEW = "nothing was read yet since the engine started, and nothing of it was kept"


class Conversation:
    """An agent that talks with a voice. `seen` is the newest prompt as people are shown it.

    `_mine` is the text of the prompt that the engine has read; None when some of what it has read
    may stand in no prompt any more.
    """

    def __init__(self, agent: Agent, voice: Voice) -> None:
        self._agent = agent
        self._voice = voice
        self._turns = 0
        self._mine: str | None = None
        self._unkept = "" if isinstance(voice.engine, Keeper) else UNKEPT
        self.seen = Seen(window=voice.engine.window, unkept=self._unkept)

    @property
    def layout(self) -> Layout:
        """The conversation as its model will read it before the next message."""
        return loaded(self._agent, self._voice).kept.layout

    async def ask(self, message: str) -> AsyncGenerator[Event, None]:
        """The answer as it is written. Both sides are remembered, however the stream ends.

        An answer that is stopped keeps the part that was written; one that was not begun leaves
        the message in memory alone. Nothing is kept where the engine fails before
        the first word or call. Raises PromptTooLong, StoreError before the first event.
        """
        made = await plan(self._agent, self._voice, message)
        heard = Heard(at=self._agent.now())
        try:
            answer = answering(self._agent, self._voice, made, heard)
            answer = indenting(answer, made.indentation, (message,))
            async with aclosing(answer) as events:
                async for event in events:
                    if heard.over:  # before the last event is seen: it says that all is kept
                        self._record(made, heard)
                    yield event
        finally:
            if not heard.over:
                self._record(made, heard)

    async def rest(self) -> str:
        """What is best done while nobody waits; says what it did, "" when there was nothing.

        A prompt that grew long is laid out anew with a summary by the model, and read ahead; what
        was read is kept on disk. Cancelled at any moment, nothing is lost. Raises EngineError.
        """
        before = loaded(self._agent, self._voice)
        used = before.kept.sent.tokens + before.kept.sent.answer
        done = ""
        asked = before.kept.sent.answer  # what was only read ahead is as short as it gets
        if before.kept.layout.turns and asked and used >= ENOUGH * self._voice.room.prompt:
            done = await self._shorten(before.kept, before.body)
        await self.keep()
        return done

    async def warm(self) -> None:
        """Let the engine read the prompt before anybody asks, where it can. Raises EngineError."""
        before = loaded(self._agent, self._voice)
        await self._warm(before.kept, before.body)

    async def keep(self) -> str:
        """Keep on disk what the model has read, for the next process; "" or why that failed.

        Only while the prompt stands as it was written here: where something was forgotten since,
        it would come back.
        """
        engine = self._voice.engine
        if isinstance(engine, Keeper):
            self._unkept = await engine.keep(self._agent.name) if self._is_mine() else ""
            if not self._is_mine():  # or no more: it was forgotten while it was kept
                engine.drop(self._agent.name)
        return self._unkept

    async def undo(self) -> Receipt | None:
        """Take the last turn back, as if it had never been said; None when there is none."""
        before = loaded(self._agent, self._voice)
        kept, body = before.kept, before.body
        newest = self._agent.messages(1)
        gone: tuple[int, ...]
        if newest and newest[0].speaker == "user" and newest[0].id not in kept.layout.memories:
            layout, gone = kept.layout, (newest[0].id,)  # it was never answered
        elif kept.layout.turns:
            layout, gone = without_last(kept.layout), kept.layout.turns[-1].memories
        else:
            return None
        after = written(replace(kept, layout=layout, sent=Sent()))
        receipt = self._agent.forget(gone, prompt=lambda now: after if now == body else "")
        self._mine = None
        try:
            await self.warm()
        finally:
            self._drop_if_not_mine()
        return receipt

    def _record(self, made: Plan, heard: Heard) -> None:
        """The single writer: both sides into memory, then the turn into the prompt."""
        if heard.failed and not heard.text and not heard.exchanges:
            return
        self._see(made, heard)
        self._turns += 1
        laid = heard.laid or made.laid
        opening, layout = laid.opening, told_by(laid.layout, heard.blocks.values())
        answer = [("assistant", heard.text)] if heard.text else []
        numbers = self._agent.record(
            [("user", opening.said), *answer], at=heard.at, kept=heard.kept
        )
        self._agent.knowledge.rest(heard.proposed, numbers)
        if not heard.text:  # what was never read to its end is left to recall
            unread = replace(made.kept.layout, last=numbers[-1])
            self._keep(made, replace(made.kept, layout=unread), None)
            return
        turn = replace(opening, answered=heard.last, calls=tuple(heard.exchanges))
        if not heard.last:  # it ended with a call: what was said before it stands alone
            turn, layout = replace(turn, answered=heard.text, calls=()), laid.layout
        turn = replace(turn, memories=(*heard.kept, *numbers))
        kept = with_turn(Kept(layout=layout, model=self._voice.engine.model), turn)
        sent = Sent(
            segments=segments(kept.layout, None, estimate),
            tokens=heard.prompt,
            answer=heard.written,
        )
        self._keep(made, replace(kept, sent=sent), turn)

    def _keep(self, made: Plan, kept: Kept, turn: Turn | None) -> None:
        mine = written(kept)

        def change(now: str) -> str:
            if now == made.body:
                return mine
            other = read(now)
            if other is None or turn is None:
                return now  # where something was forgotten, this prompt might still quote it
            return written(with_turn(other, turn))

        self._mine = mine if self._agent.keep_prompt(change) == mine else None
        self._drop_if_not_mine()

    def _see(self, made: Plan, heard: Heard) -> None:
        """What was sent, and how much of it was known."""
        laid, known = made.laid, made.kept.model == self._voice.engine.model
        now = Sent(segments=segments(laid.layout, laid.opening, estimate), tokens=laid.tokens)
        absent = "" if self._turns else self._unkept or ANEW
        reuse = compare(made.kept.sent if known else None, now, heard.cached, absent)
        if laid.why and reuse.lost not in ("", "engine"):
            reuse = replace(reuse, why=f"laid out anew: {laid.why}")
        after = heard.laid or laid
        opening = replace(after.opening, calls=tuple(heard.exchanges))
        self.seen = Seen(
            slices=sources(after.layout, opening, made.brought, made.left_out, estimate),
            tokens=after.tokens,
            window=self._voice.engine.window,
            reuse=reuse,
            rebuilt=after.why,
            unkept=self._unkept,
        )

    async def _shorten(self, kept: Kept, body: str) -> str:
        """Lay the prompt out anew with a summary that the model writes, and read it ahead."""
        prompt = messages(kept.layout, Turn(said=text_of(SUMMARISE)))
        room = self._voice.room
        most = min(MOST_SUMMARY, room.answer)
        asked = request(self._agent, self._voice, prompt, most)
        try:
            summary = (await ask(self._voice.engine, asked)).text.strip()
        except PromptTooLong:
            summary = ""
        if self._voice.tools is not None:
            summary = without_calls(summary, self._voice.tools)
        head = head_now(self._agent, self._voice, self._voice.known(""))[0]
        share = int(room.prompt * KEPT)
        layout = anew(kept.layout, head, share, measure(kept), summary=summary)
        if summary:  # it speaks of the turns that stay too
            layout = replace(layout, summed=kept.layout.last)
        shorter = replace(kept, layout=layout, sent=Sent())
        after = written(shorter)
        if self._agent.keep_prompt(lambda now: after if now == body else now) != after:
            return ""
        self._mine = after
        await self._warm(shorter, after)
        return "the conversation was laid out anew, with a summary of what was said before"

    async def _warm(self, kept: Kept, body: str) -> None:
        """Read a prompt ahead; what is written down of one that was never sent is said at once."""
        engine = self._voice.engine
        if not isinstance(engine, Keeper) or not kept.layout.turns:
            return
        asked = request(self._agent, self._voice, messages(kept.layout))
        new = not kept.sent.segments
        if new:
            body = self._will_read(kept, body, await engine.count(asked), UNREAD)
        read = await engine.warm(asked)
        self._mine = self._will_read(kept, body, read.prompt_tokens, "") if new else body

    def _will_read(self, kept: Kept, body: str, tokens: int, unread: str) -> str:
        """The text of a prompt that the engine reads without being asked anything."""
        read = segments(kept.layout, None, estimate)
        sent = Sent(segments=read, tokens=tokens, unread=unread)
        after = written(replace(kept, sent=sent))
        self._agent.keep_prompt(lambda now: after if now == body else now)
        return after

    def _is_mine(self) -> bool:
        return self._mine is not None and self._agent.prompt == self._mine

    def _drop_if_not_mine(self) -> None:
        """What the engine has read and no prompt holds is not kept by whoever takes its slot."""
        engine = self._voice.engine
        if self._mine is None and isinstance(engine, Keeper):
            engine.drop(self._agent.name)
