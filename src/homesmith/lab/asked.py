"""Questions for a model in two ways each: of what is remembered, and of shortened documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from homesmith.context.estimate import estimate
from homesmith.context.prompt.rendering import messages
from homesmith.context.prompt.values import Layout, Turn
from homesmith.core.messages import user
from homesmith.lab import distractors, longmemeval
from homesmith.lab.answering import Answered, Asked
from homesmith.lab.attempts import Attempt
from homesmith.lab.compression import as_files
from homesmith.memory.agent import Agent
from homesmith.runtime.conversation.bringing import bring
from homesmith.runtime.conversation.texts import INSTRUCTIONS, text_of
from homesmith.runtime.knowing import NOTHING

FEW = "Answer in a few words."
USING = (
    "Write a high-quality answer for the given question using only the provided search results "
    "(some of which might be irrelevant)."
)
RATIO = 3
PIECES_OF_A_CHAT = 6
LAST = 8000
"""Tokens of the usual way: the end of the one conversation that all sessions make."""
One = TypeVar("One")


def of_the_last(
    sessions: Sequence[longmemeval.Session],
    questions: Sequence[longmemeval.Question],
    tokens: int = LAST,
    *,
    before: bool = False,
) -> Iterator[Asked]:
    """The questions with the last tokens of all talk; `before`: of that before their own day."""
    talk = sorted(sessions, key=lambda session: session.at)
    instructions = text_of(INSTRUCTIONS)
    for one in questions:
        turns = last(talk, tokens, one.at if before else None)
        opening = Turn(said=f"{one.text}\n{FEW}", day=str(one.at.date()))
        yield Asked(
            id=one.id,
            kind=one.kind,
            way=f"last {tokens} tokens",
            messages=messages(Layout(instructions=instructions, turns=turns), opening),
            read="\n".join(f"{turn.said}\n{turn.answered}" for turn in turns),
            holds=one.answered_by,
        )


def of_recall(
    agent: Agent, questions: Sequence[longmemeval.Question], tokens: int
) -> Iterator[Asked]:
    """The questions with what recall brings to them."""
    instructions = text_of(INSTRUCTIONS)
    pieces = PIECES_OF_A_CHAT if tokens <= 600 else longmemeval.PIECES
    for one in questions:
        found = agent.recall(one.text, pieces, tokens=tokens, now=one.at)
        passages = bring(one.text, found, NOTHING, Layout()).passages
        opening = Turn(said=f"{one.text}\n{FEW}", day=str(one.at.date()), passages=passages)
        yield Asked(
            id=one.id,
            kind=one.kind,
            way=f"recall, {tokens} tokens",
            messages=messages(Layout(instructions=instructions), opening),
            read="\n".join(passage.text for passage in passages),
            holds=one.answered_by,
        )


def last(
    talk: Sequence[longmemeval.Session], tokens: int, until: datetime | None
) -> tuple[Turn, ...]:
    """The last turns of all sessions, in the order of time; each says the day it was said."""
    turns: list[Turn] = []
    for session in reversed([one for one in talk if until is None or one.at < until]):
        for turn in reversed(list(turns_of(session))):
            tokens -= estimate(f"{turn.said}\n{turn.answered}") + 8
            if tokens < 0:
                return tuple(reversed(turns))
            turns.append(turn)
    return tuple(reversed(turns))


def turns_of(session: longmemeval.Session) -> Iterator[Turn]:
    """A talk as turns of a prompt."""
    said = ""
    for speaker, text in session.said:
        if speaker == "user":
            said = text
        else:
            yield Turn(said=said, answered=text, day=str(session.at.date()))


def of_documents(folder: Path, limit: int | None) -> Iterator[Asked]:
    """Both ways of one question after another, so that a run that is stopped compares pairs.

    Shortened they are files, as a person gives them to `ask --with`. Raises InvalidSettings.
    """
    questions = list(distractors.questions(folder, "report"))
    for number, one in evenly(list(enumerate(questions)), limit):
        whole = one.prompt
        ways = {
            f"{RATIO}x, as files": as_files(whole, one.text, estimate(whole) // RATIO),
            "uncompressed": whole,
        }
        for way, text in ways.items():
            prompt = f"{USING}\n\n{text}\n\nQuestion: {one.text}\n{FEW}"
            yield Asked(
                id=str(number),
                kind="nq",
                way=way,
                messages=(user(prompt),),
                read=text,
                holds=one.answered_by,
            )


def evenly(all_of_them: Sequence[One], limit: int | None) -> list[One]:
    """So many of them, evenly; always the same."""
    number = min(limit or len(all_of_them), len(all_of_them))
    return [all_of_them[at * len(all_of_them) // number] for at in range(number)]


def attempt(suite: str, model: str, one: Answered) -> Attempt:
    """An answer as the attempt that it is; its seconds are those to the first token."""
    return Attempt(
        suite=suite,
        task=one.id,
        strategy=one.way,
        model=model,
        seed=0,
        verdict="passed" if one.right else "wrong",
        kind="answer",
        answer_tokens=one.written,
        prompt_tokens=one.tokens,
        cached_tokens=one.cached,
        seconds=one.first,
    )
