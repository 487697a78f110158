"""What is done while nobody writes: first what makes the next answer quick, then learning.

What learning changes is no turn of the conversation: a block that was rewritten is told by a note
with the next message, and stands in the head after the next rebuild.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from homesmith.core.budgets import Budget
from homesmith.memory.learning.stretches import SETTLED
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.learning import Idle, Worked


async def rest(
    conversation: Conversation, idle: Idle, *, tell: Callable[[Worked], None] | None = None
) -> None:
    """Go on until it is cancelled, at once and without a loss. Raises EngineError."""
    await conversation.rest()
    while True:
        outcome = await idle.learn(Budget(), tell=tell)
        if outcome.spent.steps:  # an engine of one slot has read other things since
            await conversation.warm()
        await asyncio.sleep(SETTLED.total_seconds())
        await conversation.keep()  # else whoever takes its slot keeps what was forgotten meanwhile
