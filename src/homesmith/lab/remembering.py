"""The suite `memory`: does recall bring what holds the answer, and for how many tokens?

LongMemEval's sessions lie in one pool. Without a model; with one its answers are counted, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from homesmith.core.errors import InvalidSettings
from homesmith.lab import longmemeval
from homesmith.lab.attempts import Attempt
from homesmith.lab.figures import Figure
from homesmith.memory.agent import Agent

SUITE = "memory"
NO_MODEL = "no model"
AGENT = "longmemeval"
TOKENS = 2000
"""Tokens that a recall may bring."""
PATTERNS = ("longmemeval*.json", "longmemeval*.json.gz")


def file_in(folders: Sequence[Path]) -> Path:
    """The file of LongMemEval in one of the folders, or in `longmemeval` there.

    Raises InvalidSettings.
    """
    for folder in (each for one in folders for each in (one, one / "longmemeval")):
        found = sorted(path for pattern in PATTERNS for path in folder.glob(pattern))
        if found:
            return found[0]
    raise InvalidSettings(
        f"LongMemEval is not in {folders[0]}",
        why=f"no file there is called {PATTERNS[0]}, packed by gzip or not",
        remedy="homesmith eval memory --data DIR",
    )


def store_of(file: Path) -> str:
    """The name of the store that holds this file's talks: another file has another."""
    return f"memory-{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


def pooled(agent: Agent, sessions: Sequence[longmemeval.Session]) -> int:
    """Let the agent have had these talks, where it has not yet; how many messages were written."""
    sessions = [one for one in sessions if one.said]
    newest = agent.messages(1)
    if newest and newest[0].session == sessions[-1].id:
        return 0
    if newest:  # an earlier run was stopped in the middle
        there = {one.session for one in agent.messages(1 << 30)}
        last = newest[0].session
        agent.forget([one.id for one in agent.messages(1000) if one.session == last])
        sessions = [one for one in sessions if one.id == last or one.id not in there]
    return longmemeval.fill(agent, sessions)


def measured(
    agent: Agent, questions: Sequence[longmemeval.Question], way: str
) -> Iterator[Attempt | Figure]:
    """Each question's recall, judged twice; then the figures of all."""
    trials = []
    for question in questions:
        [trial] = longmemeval.ask([question], lambda one: longmemeval.recalled(agent, one, TOKENS))
        trials.append(trial)
        for name, right in (("any@5", trial.any_at(5)), ("all@5", trial.all_at(5))):
            yield Attempt(
                suite=f"{SUITE} {name}",
                task=question.id,
                strategy=way,
                model=NO_MODEL,
                seed=0,
                verdict="passed" if right else "wrong",
                kind="recall",
                prompt_tokens=trial.tokens,
                seconds=trial.seconds,
            )
    table = longmemeval.table(trials)
    for name, value, unit in (
        ("tokens recalled, mean", table.tokens, "tokens"),
        ("tokens recalled, most", table.most_tokens, "tokens"),
        ("a recall, median", 1000 * table.median, "ms"),
        ("a recall, 95th of 100", 1000 * table.p95, "ms"),
    ):
        yield Figure(suite=SUITE, way=way, name=name, value=value, unit=unit)
