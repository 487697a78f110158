"""Agents with a voice: what one remembers, the engine that speaks for it, what is learned."""

from __future__ import annotations

from pathlib import Path

from homesmith.context.estimate import estimate
from homesmith.core.models import ModelId
from homesmith.engines.profiles import profile_for
from homesmith.engines.shelf import let_go
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.companion import Companion
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.runtime.learning import Idle
from homesmith.studio.answering import ANSWER
from homesmith.studio.house import House


def companion(house: House, name: str, *, create: bool, folder: Path | None) -> Companion:
    """One agent that can be asked. Raises UsageError when there is none and `create` is False."""
    embedder, without = house.embedder()
    return Companion(
        house.store,
        name,
        talk=lambda agent, model: _conversation(house, agent, house.chosen(model), folder),
        study=lambda agent, model: _study(house, agent, house.chosen(model)),
        count=estimate,
        embedder=embedder,
        without=without,
        create=create,
        let_go=lambda conversation: let_go(house.read, conversation),
    )


def _conversation(house: House, agent: Agent, model: ModelId, folder: Path | None) -> Conversation:
    """The agent with the voice of a model; what was read is kept when the house is closed."""
    profile = profile_for(house.models.find(model))
    voice = Voice(
        engine=house.voice(model),
        answer=ANSWER,
        sampling=profile.sampling["chat"],
        known=lambda message: house.known(message, folder, model)[0],
        tools=profile.tools,
        told=house.settings.context,
    )
    conversation = Conversation(agent, voice)
    house.closing.push_async_callback(conversation.keep)
    return conversation


def _study(house: House, agent: Agent, model: ModelId) -> Idle:
    """What a model does for the agent while nobody waits, told in the person's history."""
    repository = house.acquaintance.repository if house.settings.context else None
    return Idle(agent.name, agent.learner, house.engine(model), repository)
