"""A conversation under kill -9, at any moment: what was answered stays, once and in order."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from homesmith.context.estimate import estimate
from homesmith.context.prompt.rendering import messages
from homesmith.core.models import Sampling
from homesmith.engines.echo import EchoEngine
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.store.database import open_store

KILLS = int(os.environ.get("KILLS", "6"))
TALKER = """
import asyncio, sys
from pathlib import Path
from homesmith.context.estimate import estimate
from homesmith.core.engines import fold
from homesmith.core.models import Sampling
from homesmith.engines.echo import EchoEngine
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.store.database import open_store

async def main(folder, name):
    with open_store(folder) as store:
        agent = Agent(store, "ada", count=estimate)
        engine = EchoEngine(window=1000, reply="So it is.")
        talk = Conversation(agent, Voice(engine=engine, answer=50, sampling=Sampling()))
        print("ready", flush=True)
        for number in range(10_000):
            await fold(talk.ask(f"{name} says {number}"))
            print(number, flush=True)
asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


def test_no_answered_turn_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    chance = random.Random(5)
    folder = tmp_path / "store"
    for attempt in range(KILLS):
        name = f"talker{attempt}"
        argv = [sys.executable, "-c", TALKER, str(folder), name]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.05 + chance.random() * 0.4)
            child.kill()
            answered = len([one for one in child.stdout.read().splitlines(True) if one[-1] == "\n"])
        with open_store(folder) as store:
            agent = Agent(store, "ada", count=estimate)
            said = [one.text for one in agent.messages(100_000) if one.speaker == "user"]
            mine = [text for text in said if text.startswith(f"{name} ")]
            assert mine == [f"{name} says {number}" for number in range(len(mine))]
            assert len(mine) in (answered, answered + 1)
            voice = Voice(engine=EchoEngine(window=1000), answer=50, sampling=Sampling())
            prompt = messages(Conversation(agent, voice).layout)
        roles = [message.role for message in prompt[1:]]
        assert all(one != other for one, other in pairwise(roles))
        shown = [message.text.splitlines()[-1] for message in prompt if message.role == "user"]
        assert shown == said[len(said) - len(shown) :], "the prompt is the end of what was said"
        assert not mine or shown[-1] == mine[-1]


CALLER = """
import asyncio, sys, time
from pathlib import Path
from homesmith.context.estimate import estimate
from homesmith.core.engines import fold
from homesmith.core.memories import Block
from homesmith.core.models import Sampling
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import profile_for
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.conversing import Conversation
from homesmith.runtime.conversation.planning import Voice
from homesmith.store.database import open_store

CALL = ('<tool_call>{"name": "memory_insert", "arguments": '
        '{"label": "human", "text": "The cat is called Tom."}}</tool_call>')

def hang(request):
    print(request.messages[-1].role, flush=True)
    time.sleep(600)

async def main(folder):
    with open_store(folder) as store:
        agent = Agent(store, "ada", count=estimate)
        agent.create_block(Block(label="human", value="Likes tea."))
        tools = profile_for(load_catalogue().find("qwen2.5-coder:7b")).tools
        engine = ScriptedEngine(["I see.", CALL, hang])
        voice = Voice(engine=engine, answer=50, sampling=Sampling(), tools=tools)
        talk = Conversation(agent, voice)
        await fold(talk.ask("My cat is called Tom."))
        print("answered", flush=True)
        await fold(talk.ask("Note what my cat is called."))
asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_kill_between_a_call_and_its_answer_loses_neither_turn_nor_edit(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    argv = [sys.executable, "-c", CALLER, str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "answered\n"
        assert child.stdout.readline() == "tool\n", "the call is done, and the model is told"
        child.kill()
    with open_store(folder) as store:
        agent = Agent(store, "ada", count=estimate)
        assert [one.text for one in agent.messages()] == ["My cat is called Tom.", "I see."]
        assert agent.block("human").value == "Likes tea.\nThe cat is called Tom."
        assert [edit.by for edit in agent.history("human")] == ["person", "model"]
        engine = EchoEngine(window=4000, reply="Tom.")
        talk = Conversation(agent, Voice(engine=engine, answer=50, sampling=Sampling()))
        assert "called Tom." in "".join(one.text for one in messages(talk.layout))
        agent.undo("human")
        assert agent.block("human").value == "Likes tea."
