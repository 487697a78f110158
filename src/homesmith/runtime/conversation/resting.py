"""What is done while nobody writes: first what makes the next answer quick, then learning.

What learning changes is no turn of the conversation: a block that was rewritten is told by a note
with the next message, and stands in the head after the next rebuild. What was said and learned is
read for its meaning, so that it is found by that too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from homesmith.core.budgets import Budget
from homesmith.memory.agent import Agent
from homesmith.memory.learning.stretches import SETTLED
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.learning import Idle, Worked

PIECES = 8
"""Pieces that are read at once: who comes back waits for none, and soon nothing else runs."""
READ_SECONDS = 20
"""How long what was said last is read before anything is learned from it; the rest comes after."""


async def rest(
    agent: Agent,
    conversation: Conversation,
    idle: Idle,
    *,
    tell: Callable[[Worked], None] | None = None,
) -> None:
    """Go on until it is cancelled, at once and without a loss. Raises EngineError."""
    await conversation.rest()
    await read(agent, seconds=READ_SECONDS)
    while True:
        outcome = await idle.learn(Budget(), tell=tell)
        if outcome.spent.steps:  # an engine of one slot has read other things since
            await conversation.warm()
        await read(agent)
        await asyncio.sleep(SETTLED.total_seconds())
        await conversation.keep()  # else whoever takes its slot keeps what was forgotten meanwhile


async def read(agent: Agent, *, seconds: float | None = None) -> None:
    """Let the embedder, if there is one, read what it has not read yet, the newest first.

    All of it, or for so long. Raises EngineError.
    """
    reading = agent.index(seconds, batch=PIECES)
    while await asyncio.to_thread(next, reading, None) is not None:
        pass
