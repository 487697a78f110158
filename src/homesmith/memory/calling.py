"""A call of a tool by a model: done at once, or left to wait for the person.

What a model writes may come from a page, a file or its own fancy, whatever it says. So only what
the person said in their own words is remembered at once, as when learning; the rest waits until
they confirm it. What stands in a block is taken out at once only where the person asks for that,
or where what comes in is about the same. It judges by words, and cannot tell a lie that is made of
the person's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homesmith.core.errors import NotAllowed
from homesmith.core.learning import BY_MODEL
from homesmith.memory.agent import Agent
from homesmith.memory.learning.grounding import (
    SENTENCE,
    WORD,
    alike,
    contrary,
    grounded,
    related,
    telling,
)
from homesmith.memory.learning.questions import SENTENCE as LONGEST
from homesmith.memory.tools import ArchivalInsert, Done, Edit, archival_insert, edit, understood

PIECES = 8
"""Of what the person said, so many pieces that are about what is to be written."""
LATEST = 20
"""Messages that are looked at whatever they are about."""
WHOLE = re.compile(r"(?<=[.!?])\s+|\n+")
"""Between two sentences of a block; "Drink: tea" is one."""
REMOVING = re.compile(r"\b(?:clear|delete|drop|erase|forget|remove|strike)\b", re.IGNORECASE)
"""Words by which a person asks for something to go; denying it is another way."""


def perform(
    agent: Agent, name: str, arguments: Mapping[str, Any], said: Sequence[str] = ()
) -> Done:
    """Do what a model asked for. `said` is what the person said and is not remembered yet.

    Raises UsageError, NotAllowed, InvalidText.
    """
    tool, asked = understood(name, arguments)
    match asked:
        case Edit():
            return _edited(agent, name, asked, said)
        case ArchivalInsert():
            return _kept(agent, name, asked, said)
    return tool.run(agent, asked)


def _edited(agent: Agent, name: str, asked: Edit, said: Sequence[str]) -> Done:
    """Change a block, unless it brings in what the person did not say, or takes out too much."""
    block = agent.block(asked.label)
    if block.read_only:
        agent.edit(block.label, lambda value: value)  # raises what the edit would
    after = asked.changed(block.value)
    if unsaid := _unsaid(agent, _new(block.value, after, SENTENCE), said):
        return _waiting(agent, name, unsaid)
    put = _new(block.value, after, WHOLE)
    gone = [
        one
        for one in _new(after, block.value, WHOLE)
        if WORD.search(one) and not any(related(one, new) for new in put) and not _ends(said, one)
    ]
    if not gone:
        return edit(agent, asked)
    return Done(
        text="Nothing was changed: the person did not ask for this to be taken out, so they have "
        f"to do it themselves (/memory {block.label}: TEXT): {' '.join(gone)}",
        refused=True,
    )


def _kept(agent: Agent, name: str, asked: ArchivalInsert, said: Sequence[str]) -> Done:
    """Keep a passage that the person said, under those of its tags that are their words."""
    if unsaid := _unsaid(agent, _new("", asked.text, SENTENCE), said):
        return _waiting(agent, name, unsaid)
    heard = tuple(_heard(agent, " ".join((asked.text, *asked.tags)), said))
    spoken = frozenset[str]().union(*map(telling, heard))
    own = [tag for tag in asked.tags if telling(tag) and telling(tag) <= spoken]
    done = archival_insert(agent, asked.model_copy(update={"tags": own}))
    strange = [tag for tag in asked.tags if tag not in own]
    if not strange:
        return done
    left = f"Without tags that the person did not say: {', '.join(strange)}."
    return replace(done, text=f"{done.text} {left}")


def _new(before: str, after: str, between: re.Pattern[str]) -> list[str]:
    """The sentences of a text that do not stand in the one before."""
    there = {one.strip() for one in between.split(before)}
    return [one.strip() for one in between.split(after) if one.strip() and one.strip() not in there]


def _unsaid(agent: Agent, sentences: Sequence[str], said: Sequence[str]) -> tuple[str, ...]:
    """The sentences that do not stand in any words of the person."""
    if not sentences:
        return ()
    heard = tuple(_heard(agent, " ".join(sentences), said))
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


def _ends(said: Sequence[str], sentence: str) -> bool:
    """Whether what the person says now asks for the sentence to go, or denies it."""
    return any(
        grounded(sentence, [one]) and (contrary(sentence, [one]) or bool(REMOVING.search(one)))
        for one in said
    )


def _waiting(agent: Agent, name: str, unsaid: Sequence[str]) -> Done:
    """Let sentences wait for the person. Raises NotAllowed for what is too long to be read so."""
    if any(len(one) > LONGEST for one in unsaid):
        raise NotAllowed(
            "The person did not say this in their own words",
            why=f"so it would have to wait for them, in sentences of {LONGEST} characters at most",
            remedy="say it shorter, or ask the person",
        )
    refused = agent.knowledge.refused()
    again = [one for one in unsaid if any(alike(one, text) for text in refused)]
    waiting = [one for one in unsaid if one not in again]
    told = ["Nothing was written yet: the person did not say this in their own words."]
    if again:
        told.append(f"They refused this before, so it is not asked again: {' '.join(again)}")
    if waiting:
        told.append(f"This waits for their confirmation: {' '.join(waiting)}")
    return Done(text=" ".join(told), refused=True, proposed=_proposed(agent, name, waiting))


def _proposed(agent: Agent, name: str, sentences: Sequence[str]) -> tuple[int, ...]:
    """The numbers of those sentences that did not wait already."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    last = agent.messages(1)
    session, origin = last[0].session if last else now, f"{BY_MODEL}, by {name}"
    made = [
        agent.knowledge.propose(one, at=now, session=session, origin=origin) for one in sentences
    ]
    return tuple(number for number in made if number is not None)
