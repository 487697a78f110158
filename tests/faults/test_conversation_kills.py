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
        assert shown[-1:] == mine[-1:]
