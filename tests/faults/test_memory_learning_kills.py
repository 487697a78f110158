"""Consolidation under kill -9: every stretch is learned from exactly once, whatever happens."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homesmith.context.estimate import estimate
from homesmith.core.memories import Block
from homesmith.memory.agent import Agent
from homesmith.runtime.personal import Repository
from homesmith.store.backups import problem_of
from homesmith.store.database import FILE, open_store

KILLS = int(os.environ.get("KILLS", "6"))
EACH = 3
"""Stretches of talk before each kill: about as many as can be learned from until it comes."""
LEARNER = """
import asyncio, json, re, sys
from pathlib import Path
from homesmith.context.estimate import estimate
from homesmith.core.budgets import Budget
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.runtime.learning import Idle
from homesmith.runtime.personal import Repository
from homesmith.store.database import open_store

def found(request):
    prompt = request.messages[-1].text
    said = re.findall(r"^(\\d+)\\. person: My number is now (\\d+)\\.", prompt, re.MULTILINE)
    known = prompt.count("The number is")
    rows = [{"text": f"The number is now {number}.", "from": [int(at)], "replaces": known}
            for at, number in said]
    return json.dumps({"facts": rows})

def edited(request):
    prompt = request.messages[-1].text
    [number] = re.findall(r"^- The number is now (\\d+)\\.", prompt.partition("No longer")[0], re.M)
    line = 1 if "\\n1. " in prompt else 0
    action = "replace" if line else "insert"
    row = {"block": "human", "line": line, "action": action, "text": f"Number {number}."}
    return json.dumps({"edits": [row]})

summed = lambda request: json.dumps({"summary": "The number is told."})
rules = [("You keep the memory", found), ("You keep the notes", edited), ("You sum up", summed)]
with open_store(Path(sys.argv[1])) as store:
    agent = Agent(store, "ada", count=estimate)
    idle = Idle("ada", agent.learner, ScriptedEngine(rules=rules), Repository(Path(sys.argv[2])))
    print("ready", flush=True)
    tell = lambda turn: print(turn.job, turn.step, flush=True)
    outcome = asyncio.run(idle.learn(Budget(), settled=True, tell=tell))
    print(outcome.ended, flush=True)
"""


def learner(folder: Path, context: Path) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", LEARNER, str(folder), str(context)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def talk(folder: Path, begin: int, count: int) -> None:
    """So many stretches more, each of which tells the person's newest number."""
    with open_store(folder) as store:
        ada = Agent(store, "ada", count=estimate)
        if not ada.blocks:
            ada.create_block(Block(label="human"))
        for number in range(begin, begin + count):
            said = [
                ("user", f"My number is now {number}."),
                ("assistant", "The new one is noted."),
                ("user", "It is told."),
                ("assistant", "Yes."),
            ]
            at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
            ada.record(said, session=f"stretch {number}", at=at)


def agrees(folder: Path, told: int) -> int:
    """What is kept at any moment: one fact of each stretch, in order; how many there are."""
    with open_store(folder) as store:
        ada = Agent(store, "ada", count=estimate)
        [line] = {ada.knowledge.line(fact.id) for fact in ada.knowledge.facts()} or {()}
        assert [one.text for one in line] == [
            f"The number is now {number}." for number in range(len(line))
        ]
        assert [one.until for one in line[:-1]] == [one.at for one in line[1:]]
        for number, one in list(enumerate(line))[-2 * EACH :]:
            [source] = ada.knowledge.sources(one.id)
            assert source.text == f"My number is now {number}."
        written = [edit.after for edit in ada.history("human")]
        assert written == [f"Number {number}." for number in range(len(written))]
        assert len(line) - 1 <= len(written) <= len(line)
        summaries = ada.learner.standing().summaries
        assert len(written) - 1 <= summaries <= len(written)
        assert told <= len(line) + len(written) + summaries <= told + 1
        return len(line) + len(written) + summaries


def test_killed_while_it_learns_it_learns_everything_once(tmp_path: Path) -> None:
    folder, context = tmp_path / "store", tmp_path / "context"
    Repository(context).rule("Be brief.")
    chance = random.Random(7)
    done = stretches = 0
    for _ in range(KILLS):
        talk(folder, stretches, EACH)
        stretches += EACH
        with learner(folder, context) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.random() * 0.4)
            child.kill()
            said = child.stdout.read()
        steps = len(re.findall(r"^\d+ \w+\n", said, re.MULTILINE))
        done = agrees(folder, done + steps)
    assert done > 0
    with learner(folder, context) as child:
        said, error = child.communicate(timeout=600)
    assert said.endswith("nothing is left to do\n"), error
    assert agrees(folder, 3 * stretches) == 3 * stretches
    history = Repository(context).read().history
    told = Counter[str]()
    for entry in history:
        told.update(
            {what: int(count) for what, count in re.findall(r"(\w+): (\d+)", entry.outcome)}
        )
    assert told["facts"] == told["summaries"] == stretches
    assert len({entry.at for entry in history}) == len(history)
    assert problem_of(folder / FILE) == ""


def test_two_processes_that_learn_at_once_learn_everything_once(tmp_path: Path) -> None:
    folder, context = tmp_path / "store", tmp_path / "context"
    talk(folder, 0, 20)
    with learner(folder, context) as one, learner(folder, context) as two:
        said = [child.communicate(timeout=300) for child in (one, two)]
    assert [child.returncode for child in (one, two)] == [0, 0], said
    assert any(out.endswith("nothing is left to do\n") for out, _ in said)
    assert agrees(folder, 60) == 60
