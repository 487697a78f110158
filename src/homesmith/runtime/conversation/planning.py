"""A turn before its first token: catch up, recall, say what changed, fit.

It reads the agent's memory and writes nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from homesmith.context.estimate import estimate
from homesmith.context.prompt.notes import changes
from homesmith.context.prompt.values import Layout, Turn, begun
from homesmith.context.slices import SEPARATOR, Slice
from homesmith.core.engines import Engine
from homesmith.core.messages import Message
from homesmith.core.models import Calling, Sampling
from homesmith.core.requests import Request
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.bringing import Brought, bring
from homesmith.runtime.conversation.keeping import Kept, read
from homesmith.runtime.conversation.laying import Head, Laid, Room, day_for, lay
from homesmith.runtime.conversation.measuring import measure
from homesmith.runtime.conversation.resuming import caught_up
from homesmith.runtime.conversation.standing import Always, standing, without_person
from homesmith.runtime.conversation.texts import INSTRUCTIONS, TOOLS, text_of
from homesmith.runtime.knowing import NOTHING, Known

RECALLED = 600
"""Tokens that recalled pieces may take of one turn: each of them must be read."""
PIECES = 6
WITHHELD = "what you wrote down about yourself is not told here"
SHARE = 8
"""At most one part in so many of the room is recalled, and twice that always stands there."""


def local_today() -> date:
    """The day it is where the person is."""
    return datetime.now().astimezone().date()


def nothing(_: str) -> Known:
    """What is known of a person who wrote nothing down."""
    return NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How an agent talks: through which engine, how long at most, and what it knows of whom.

    With `tools` the model may search and edit the agent's memory itself; they say how it is told.
    Where it may not be `told` what the person wrote down, what it was told before goes too.
    """

    engine: Engine
    answer: int
    sampling: Sampling
    known: Callable[[str], Known] = nothing
    today: Callable[[], date] = local_today
    tools: Calling | None = None
    told: bool = True

    @property
    def room(self) -> Room:
        """An answer takes at most a quarter of the window."""
        window = self.engine.window
        return Room(window=window, answer=min(self.answer, window // 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The prompt as it was last kept, with what was remembered since, and its `body` as text.

    `withheld`: something was taken out of it that the model may not be told any more.
    """

    kept: Kept
    body: str
    withheld: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is about to be asked. `body` is the prompt's text as it was kept when this was made.

    `indentation` is how the person likes the code of the answer.
    """

    kept: Kept
    body: str
    laid: Laid
    head: Head
    brought: Brought
    left_out: tuple[Slice, ...]
    indentation: str


def loaded(agent: Agent, voice: Voice) -> Loaded:
    """The prompt of an agent for this voice."""
    body = agent.prompt
    kept = caught_up(read(body) or Kept(layout=Layout()), agent)
    layout = kept.layout if voice.told else without_person(kept.layout)
    withheld = layout != kept.layout
    return Loaded(kept=replace(kept, layout=layout), body=body, withheld=withheld)


def head_now(agent: Agent, voice: Voice, known: Known) -> tuple[Head, Always]:
    """What would stand at the beginning of a prompt laid out now; and what has no room there."""
    most = 2 * voice.room.prompt // SHARE
    always = standing(known, agent.blocks, most, estimate)
    day = voice.today().isoformat()
    return Head(instructions=_instructions(voice.tools), standing=always.texts, day=day), always


def _instructions(style: Calling | None) -> str:
    """What never changes while the model is the same: the rules, and the tools where it has any."""
    rules = text_of(INSTRUCTIONS)
    if style is None:
        return rules
    from homesmith.memory.tools import definitions

    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in definitions())
    return SEPARATOR.join((rules, text_of(TOOLS), style.definitions.replace("{tools}", lines)))


async def plan(agent: Agent, voice: Voice, message: str) -> Plan:
    """Everything that comes before the first token. Raises PromptTooLong, StoreError."""
    before = loaded(agent, voice)
    known = voice.known(message)
    head, always = head_now(agent, voice, known)
    layout = before.kept.layout
    if not layout.instructions:
        new = begun(head.instructions, head.standing, layout.last)
        layout = replace(new, turns=layout.turns)

    async def laid_on(layout: Layout, opening: Turn, why: str = "") -> tuple[Brought, Laid]:
        brought = await _brought(agent, voice, message, known, layout)
        opening = replace(opening, passages=brought.passages, examples=brought.examples)
        return brought, await _laid(agent, voice, before.kept, head, layout, opening, why)

    now = always.known(layout.told)
    opening = Turn(said=message, day=day_for(layout, head.day), notes=changes(layout.told, now))
    layout = replace(layout, told=now)
    brought, laid = await laid_on(layout, opening, WITHHELD if before.withheld else "")
    if laid.why and laid.layout.turns != layout.turns:  # what left the prompt is recalled again
        again, shorter = await laid_on(laid.layout, laid.opening)
        if not shorter.why:
            brought, laid = again, replace(shorter, why=laid.why)
    return Plan(
        kept=before.kept,
        body=before.body,
        laid=laid,
        head=head,
        brought=brought,
        left_out=always.dropped,
        indentation=known.indentation,
    )


async def _brought(
    agent: Agent, voice: Voice, message: str, known: Known, layout: Layout
) -> Brought:
    """What goes along with a message, of all that does not stand in the prompt."""
    most = min(RECALLED, voice.room.prompt // SHARE)
    found = await asyncio.to_thread(
        agent.recall, message, PIECES, tokens=most, without=layout.memories
    )
    return bring(message, found, known, layout)


async def fitted(agent: Agent, voice: Voice, made: Plan, layout: Layout, opening: Turn) -> Laid:
    """The same turn, longer by what was called in it. Raises PromptTooLong."""
    return await _laid(agent, voice, made.kept, made.head, layout, opening)


async def _laid(
    agent: Agent,
    voice: Voice,
    kept: Kept,
    head: Head,
    layout: Layout,
    opening: Turn,
    why: str = "",
) -> Laid:
    return await lay(
        voice.engine,
        lambda prompt: request(agent, voice, prompt),
        layout,
        opening,
        head,
        voice.room,
        measure(kept),
        why,
    )


def request(
    agent: Agent, voice: Voice, prompt: tuple[Message, ...], most: int | None = None
) -> Request:
    """The prompt as the agent asks it; an answer of at most `most` tokens."""
    return Request(
        model=voice.engine.model,
        messages=prompt,
        max_tokens=most or voice.room.answer,
        sampling=voice.sampling,
        conversation=agent.name,
    )
