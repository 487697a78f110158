"""LongMemEval (Wu et al., 2024): does recall find the sessions that hold the answer?

All sessions of all questions lie in one pool, as one agent's memory. No model answers and none
judges: the data names the sessions. It does not know where memories are kept.
"""

from __future__ import annotations

import gzip
import json
import re
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from homesmith.core.errors import UsageError
from homesmith.lab.distractors import plain
from homesmith.memory.agent import Agent
from homesmith.memory.recall import Recollection

STAMP = "%Y/%m/%d (%a) %H:%M"
PIECES = 16
"""Pieces a recall may bring, within its tokens."""
ALSO = re.compile(r"^(.*?)\.?\s+(\S[^.]*?) is also acceptable\.?$", re.DOTALL)
ASIDE = re.compile(r"\([^)]*\)")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SHORT = 6
"""Words of an answer that another answer may hold as it is; of longer ones it would be chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One talk: who said what, and when it took place."""

    id: str
    at: datetime
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question asked at `at`, and the sessions that hold its answer."""

    id: str
    kind: str
    text: str
    answer: str
    at: datetime
    sessions: frozenset[str]

    @property
    def short(self) -> bool:
        """Whether one can tell an answer to be right without a judge: it has few words."""
        return self.kind != "single-session-preference" and any(
            len(form.split()) <= SHORT for form in self._forms
        )

    def answered_by(self, text: str) -> bool:
        """Whether the right answer stands in the text, but for case, points and articles.

        Numbers up to ten may be words, and what is "also acceptable" is accepted.
        """
        said = _plain(text)
        return any(form in said for form in self._forms)

    @property
    def _forms(self) -> tuple[str, ...]:
        also = ALSO.match(self.answer)
        forms = [_plain(ASIDE.sub(" ", one)) for one in (also.groups() if also else [self.answer])]
        return tuple(form for form in forms if form.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one recall brought: sessions in the order of their worth, without repetition."""

    question: Question
    sessions: tuple[str, ...]
    tokens: int
    seconds: float

    def any_at(self, k: int) -> bool:
        """Whether a session with the answer is among the first `k`."""
        return not self.question.sessions.isdisjoint(self.sessions[:k])

    def all_at(self, k: int) -> bool:
        """Whether every session with the answer is among the first `k`."""
        return self.question.sessions <= set(self.sessions[:k])


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures of many trials. Shares from 0 to 1, seconds at the 50th and 95th percentile."""

    questions: int
    any_at_5: float
    all_at_5: float
    any_at_10: float
    tokens: float
    most_tokens: int
    median: float
    p95: float


def read(path: Path) -> tuple[tuple[Session, ...], tuple[Question, ...]]:
    """The pooled sessions, each once, and the questions that have an answer.

    Raises UsageError when the file cannot be read.
    """
    try:
        opened = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        entries = json.loads(opened)
        sessions = {one.id: one for entry in entries for one in _sessions(entry)}
        # Those whose name ends so ask for what was never said; no session holds an answer.
        answered = [entry for entry in entries if not entry["question_id"].endswith("_abs")]
        return tuple(sessions.values()), tuple(map(_question, answered))
    except (
        *(OSError, EOFError, zlib.error),
        *(ValueError, KeyError, TypeError, AttributeError, RecursionError),
    ) as error:
        raise UsageError(
            f"{path} is not LongMemEval",
            why=f"{type(error).__name__}: {error}",
            remedy="give the JSON file as its publishers have it, packed by gzip or not",
        ) from error


def fill(agent: Agent, sessions: Iterable[Session]) -> int:
    """Let an agent have had these talks; how many messages were written."""
    return sum(
        len(agent.record(session.said, at=session.at, session=session.id)) for session in sessions
    )


def ask(
    questions: Sequence[Question],
    recall: Callable[[Question], Recollection],
    clock: Callable[[], float] = time.perf_counter,
) -> list[Trial]:
    """One recall for each question."""
    trials = []
    for question in questions:
        began = clock()
        found = recall(question)
        seconds = clock() - began
        order = dict.fromkeys(one.piece.memory.session for one in found.found)
        trials.append(
            Trial(question=question, sessions=tuple(order), tokens=found.tokens, seconds=seconds)
        )
    return trials


def recalled(agent: Agent, question: Question, tokens: int) -> Recollection:
    """What the agent recalls when it is asked on the day of the question."""
    return agent.recall(question.text, PIECES, tokens=tokens, now=question.at)


def table(trials: Sequence[Trial]) -> Table:
    """The figures. Raises UsageError without a trial."""
    if not trials:
        raise UsageError(
            "There is nothing to count", why="no question was asked", remedy="check the data"
        )
    seconds = sorted(trial.seconds for trial in trials)
    return Table(
        questions=len(trials),
        any_at_5=fmean(trial.any_at(5) for trial in trials),
        all_at_5=fmean(trial.all_at(5) for trial in trials),
        any_at_10=fmean(trial.any_at(10) for trial in trials),
        tokens=fmean(trial.tokens for trial in trials),
        most_tokens=max(trial.tokens for trial in trials),
        median=seconds[len(seconds) // 2],
        p95=seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))],
    )


def _plain(text: str) -> str:
    words = plain(THOUSANDS.sub("", text)).split()
    numbers = {word: str(number) for number, word in enumerate(COUNTED)}
    return f" {' '.join(numbers.get(word, word) for word in words)} "


def _sessions(entry: dict[str, Any]) -> Iterable[Session]:
    talks = zip(
        entry["haystack_session_ids"],
        entry["haystack_dates"],
        entry["haystack_sessions"],
        strict=True,
    )
    for name, at, turns in talks:
        said = tuple((turn["role"], turn["content"]) for turn in turns)
        yield Session(id=name, at=_when(at), said=said)


def _question(entry: dict[str, Any]) -> Question:
    return Question(
        id=entry["question_id"],
        kind=entry["question_type"],
        text=entry["question"],
        answer=str(entry["answer"]),
        at=_when(entry["question_date"]),
        sessions=frozenset(entry["answer_session_ids"]),
    )


def _when(stamp: str) -> datetime:
    """The time, as that of a clock here, so that its day is that of the data on any machine."""
    return datetime.strptime(stamp, STAMP).astimezone()
