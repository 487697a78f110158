"""Bring a kept prompt up to what the agent remembers by now.

Memory is the truth, the prompt a copy of its end: what another process said, or a crash left out
of the prompt, is appended as it was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from homesmith.context.prompt.values import Turn
from homesmith.core.memories import Memory
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.keeping import Kept

NEWEST = 40
"""Messages; what is older is recalled when it is asked for."""


def caught_up(kept: Kept, agent: Agent) -> Kept:
    """The prompt with the newest messages that it has not seen."""
    fresh = [one for one in agent.messages(NEWEST) if one.id > kept.layout.last]
    if not fresh:
        return kept
    layout = kept.layout
    return replace(
        kept,
        layout=replace(layout, turns=(*layout.turns, *turns_of(fresh)), last=fresh[-1].id),
    )


def turns_of(memories: Sequence[Memory]) -> Iterator[Turn]:
    """Messages as turns: each answer with all that the person said since the one before.

    Words without an answer are left to recall, and so is what came from outside: a file or a page
    never stands where the person speaks.
    """
    said: list[Memory] = []
    for memory in memories:
        if memory.speaker == "user":
            said.append(memory)
        if memory.speaker != "assistant":
            continue
        yield Turn(
            said="\n\n".join(one.text for one in said),
            answered=memory.text,
            memories=tuple(one.id for one in (*said, memory)),
        )
        said = []
