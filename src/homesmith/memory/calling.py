"""A call of a tool by a model: done at once, or left to wait for the person.

What a model writes may come from a page, a file or its own fancy, whatever it says. So only what
the person said in their own words is remembered at once, as when learning; the rest waits until
they confirm it. It judges by words, and cannot tell a lie that is made of the person's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from homesmith.core.errors import NotAllowed
from homesmith.memory.agent import Agent
from homesmith.memory.learning.grounding import SENTENCE, contrary, grounded, telling
from homesmith.memory.learning.questions import SENTENCE as LONGEST
from homesmith.memory.tools import Done, understood

PIECES = 8
"""Of what the person said, so many pieces that are about what is to be written."""
LATEST = 20
"""Messages that are looked at whatever they are about."""


def perform(
    agent: Agent, name: str, arguments: Mapping[str, Any], said: Sequence[str] = ()
) -> Done:
    """Do what a model asked for. `said` is what the person said and is not remembered yet.

    Raises UsageError, NotAllowed, InvalidText.
    """
    tool, asked = understood(name, arguments)
    unsaid = _unsaid(agent, asked.written, getattr(asked, "label", ""), said)
    if not unsaid:
        return tool.run(agent, asked)
    if tool.edits:
        _refuse_read_only(agent, asked.label)
    return _waiting(agent, name, unsaid)


def _unsaid(agent: Agent, written: str, label: str, said: Sequence[str]) -> tuple[str, ...]:
    """The sentences that stand neither in the block nor in any words of the person."""
    sentences = [one.strip() for one in SENTENCE.split(written) if one.strip()]
    if label in {block.label for block in agent.blocks}:
        there = {one.strip() for one in SENTENCE.split(agent.block(label).value)}
        sentences = [one for one in sentences if one not in there]
    if not sentences:
        return ()
    heard = tuple(_heard(agent, written, said))
    return tuple(one for one in sentences if not _said(one, heard))


def _heard(agent: Agent, written: str, said: Sequence[str]) -> Iterator[str]:
    """What the person said: now, lately, and whenever it was about what is written."""
    yield from said
    for memory in reversed(agent.messages(LATEST)):
        if memory.trust == "person":
            yield memory.text
    for one in agent.recall(written, PIECES, kind="message").found:
        if one.piece.memory.trust == "person":
            yield one.piece.text


def _said(sentence: str, heard: Sequence[str]) -> bool:
    """Whether the sentence rests on one of the texts; one that says nothing rests on any."""
    if not telling(sentence):
        return True
    return any(grounded(sentence, [one]) and not contrary(sentence, [one]) for one in heard)


def _refuse_read_only(agent: Agent, label: str) -> None:
    """Raise what the edit itself would: UsageError or NotAllowed."""
    if agent.block(label).read_only:
        agent.edit(label, lambda value: value)


def _waiting(agent: Agent, name: str, unsaid: Sequence[str]) -> Done:
    """Let sentences wait for the person. Raises NotAllowed for what is too long to be read so."""
    if any(len(one) > LONGEST for one in unsaid):
        raise NotAllowed(
            "The person did not say this in their own words",
            why=f"so it would have to wait for them, in sentences of {LONGEST} characters at most",
            remedy="say it shorter, or ask the person",
        )
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    last = agent.messages(1)
    session = last[0].session if last else now
    for one in unsaid:
        agent.knowledge.propose(one, at=now, session=session, origin=f"the model, by {name}")
    told = " ".join(unsaid)
    return Done(
        text=f"Nothing was written yet: the person did not say this in their own words, so it "
        f"waits for their confirmation: {told}",
        refused=True,
    )
