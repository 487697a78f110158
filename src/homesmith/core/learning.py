"""What is learned from what was said: facts on a line of time, proposals, and the work on them.

Frozen values and one pure function. It does not know where anything is kept, or which model
wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal

from homesmith.core.memories import Chunk, Memory

Step = Literal["facts", "edits", "summary"]
STEPS: tuple[Step, ...] = ("facts", "edits", "summary")
"""What is done with a stretch of talk, in this order; each is one question to a model."""
YIELDS = ("facts", "facts replaced", "proposals", "blocks rewritten", "summaries")
"""What a stretch can yield, as reports count it; whatever else they count says why it did not."""
State = Literal["open", "done", "told"]
"""Of a job: worked on, finished, and told of in the person's history."""
BY = "consolidation"
"""Who the history of a block names for an edit that was made when idle."""
BY_MODEL = "the model"
"""How the origin of a proposal begins that a model made while it talked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """From when to when a fact holds; `until` is "" while it does. Times sort as text."""

    number: int
    since: str
    until: str = ""


def placed(line: Iterable[Validity], new: Validity) -> tuple[Validity, ...]:
    """The line of one matter with one more fact in it, oldest first.

    Each fact ends where the next begins, or earlier where it had ended already. None is lost,
    whatever the order in which they become known.
    """
    order = sorted((*line, new), key=lambda one: (one.since, one.number))
    return tuple(
        replace(one, until=_end(one, later)) for one, later in zip_longest(order, order[1:])
    )


def _end(one: Validity, later: Validity | None) -> str:
    ends = [one.until, later.since if later is not None else ""]
    return min((end for end in ends if end), default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A stretch of talk that is worked on: the step that is next, and how often it was tried.

    `report` counts what became of what was said; `stamp` names what was told to the person at once.
    """

    id: int
    session: str
    step: Step
    attempts: int
    at: str
    report: Mapping[str, int] = field(default_factory=dict)
    state: State = "open"
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A fact or a summary that shall be kept, with the messages it rests on.

    `replaces` is a fact that no longer holds because of it, `same_as` one that says it already
    and only gets the further sources.
    """

    memory: Memory
    chunks: Sequence[Chunk]
    sources: tuple[int, ...]
    replaces: int | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A fact that the person did not say in their own words: it waits for them.

    `origin` says where it comes from, `at` when that was said.
    """

    id: int
    text: str
    at: str
    session: str
    origin: str
    sources: tuple[int, ...] = ()
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A block's next value, made from the version that was looked at."""

    label: str
    version: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Everything one step yields, and what became of each thing the model said."""

    learned: tuple[Learned, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    blocks: tuple[Rewritten, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the consolidation of an agent's memory is.

    `waiting` messages belong to no job yet; `report` counts what became of what models said.
    """

    waiting: int
    open: int
    done: int
    facts: int
    past: int
    summaries: int
    proposals: int
    report: Mapping[str, int] = field(default_factory=dict)
