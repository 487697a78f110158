"""The work of learning from one agent's talk, job by job: what to ask next, and what to keep.

It makes no tokens: who has a model asks it the question of a task and hands the answer back. It
may be killed between any two calls, and goes on where it stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from homesmith.core.learning import Gain, Job, Standing
from homesmith.core.memories import Memory
from homesmith.memory.learning import extracting, rewriting, summing
from homesmith.memory.learning.grounding import telling
from homesmith.memory.learning.questions import (
    Question,
    about_edits,
    about_facts,
    about_summary,
)
from homesmith.memory.learning.stretches import MESSAGES, first
from homesmith.store.database import Store

ATTEMPTS = 2
"""So often a step is tried before an answer that cannot be read is given up."""
KNOWN = 12
"""Facts that a model is shown beside a stretch: those that have most of its words."""
OVERTAKEN = "done by another process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A question for a model, and what its answer yields or a word for why it cannot be read."""

    question: Question
    read: Callable[[str], Gain | str]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Learner:
    """Learns from what one agent was told. Safe to use from several processes."""

    def __init__(
        self, store: Store, agent: int, *, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._store = store
        self._agent = agent
        self._clock = clock

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else learns for this agent; nobody begins until the block ends."""
        with self._store.jobs.alone(self._agent) as alone:
            yield alone

    def job(self, *, settled: bool = False) -> Job | None:
        """What to do next: an unfinished job, else one for the next stretch; None when all is done.

        `settled` takes the last stretch too, although it may still grow.
        """
        while (job := self._store.jobs.open(self._agent)) is None:
            waiting = self._store.jobs.waiting(self._agent, MESSAGES + 1)
            stretch = first(waiting, self._clock(), settled=settled)
            if not stretch:
                return None
            numbers = [message.id for message in stretch]
            self._store.jobs.begin(self._agent, stretch[0].session, numbers)
        return job

    def task(self, job: Job) -> Task | None:
        """What a model is to be asked for the job's step; None when there is nothing to ask."""
        messages = self._store.jobs.messages(job.id)
        match job.step:
            case "facts":
                return self._facts(messages)
            case "edits":
                return self._edits(job, messages)
            case "summary":
                return self._summary(messages)

    def take(self, job: Job, task: Task, answer: str) -> Counter[str]:
        """Keep what an answer yields and go on to the next step; what became of what was said.

        An answer that cannot be read is asked for again, and given up after ATTEMPTS.
        """
        gain = task.read(answer)
        if isinstance(gain, Gain):
            return self._finish(job, gain)
        if job.attempts + 1 < ATTEMPTS:
            self._store.jobs.tried(job, {gain: 1})
            return Counter({gain: 1})
        return self._finish(job, Gain(counts={gain: 1}))

    def skip(self, job: Job, why: str = "") -> Counter[str]:
        """Go on to the next step without an answer."""
        return self._finish(job, Gain(counts={why: 1} if why else {}))

    def standing(self) -> Standing:
        """How far the work is."""
        return self._store.jobs.standing(self._agent)

    def untold(self) -> dict[str, Counter[str]]:
        """What was learned and not told to the person yet, by a stamp that names it."""
        return self._store.jobs.untold(self._agent)

    def told(self, stamp: str) -> None:
        """The person can read what was learned under this stamp."""
        self._store.jobs.told(self._agent, stamp)

    def _finish(self, job: Job, gain: Gain) -> Counter[str]:
        counts = self._store.jobs.finish(self._agent, job, gain)
        return Counter({OVERTAKEN: 1}) if counts is None else counts

    def _facts(self, messages: Sequence[Memory]) -> Task | None:
        if not any(telling(message.text) for message in messages):
            return None
        every = self._store.facts.current(self._agent)
        refused = [one.text for one in self._store.proposals.all(self._agent, "refused")]
        known = _nearest(every, messages)
        view = extracting.View(messages=messages, known=known, every=every, refused=refused)
        return Task(
            question=about_facts(messages, known),
            read=lambda answer: extracting.taken(answer, view),
        )

    def _edits(self, job: Job, messages: Sequence[Memory]) -> Task | None:
        new = self._store.facts.of_job(job.id)
        blocks = [one for one in self._store.blocks.all(self._agent) if not one.read_only]
        if not new or not blocks:
            return None
        said = {one.id: one.text for one in messages}
        rests = self._store.facts.sources([one.id for one in new])
        ground = rewriting.Ground(
            facts=[one.text for one in new],
            said=[said[at] for sources in rests.values() for at in sources if at in said],
            past=[old.text for one in new for old in self._before(one)],
        )
        return Task(
            question=about_edits(blocks, ground.facts, ground.past),
            read=lambda answer: rewriting.taken(answer, blocks, ground),
        )

    def _before(self, fact: Memory) -> tuple[Memory, ...]:
        """The fact that held until this one did."""
        line = self._store.facts.line(self._agent, fact.id)
        at = [one.id for one in line].index(fact.id) if line else 0
        return line[at - 1 : at] if at else ()

    def _summary(self, messages: Sequence[Memory]) -> Task | None:
        ours = summing.to_sum(messages)
        if not ours:
            return None
        return Task(question=about_summary(ours), read=lambda answer: summing.taken(answer, ours))


def _nearest(facts: Sequence[Memory], messages: Sequence[Memory]) -> list[Memory]:
    """The facts that have most words of the messages, in the order in which they were learned."""
    words = frozenset[str]().union(*(telling(message.text) for message in messages))
    shared = [(len(telling(fact.text) & words), fact.id, fact) for fact in facts]
    best = sorted(((number, at, fact) for number, at, fact in shared if number), reverse=True)
    return sorted((fact for _, _, fact in best[:KNOWN]), key=lambda fact: fact.id)
