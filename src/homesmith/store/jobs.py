"""Which stretches of talk were learned from: durable jobs of several steps, each done once.

A step's yield and its mark are one transaction, which is refused when the job no longer stands
where the worker saw it. Killed at any moment, a job stands before or after a step, never in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from homesmith.core.learning import BY, STEPS, Gain, Job, Rewritten, Standing
from homesmith.core.memories import Memory
from homesmith.store import blocks
from homesmith.store.connection import Database
from homesmith.store.facts import learn
from homesmith.store.locks import FileLock
from homesmith.store.memories import memory_of, now
from homesmith.store.memory_schema import jobs, memories, proposals
from homesmith.store.proposals import propose


class Jobs:
    """The work of all agents. `locks` is the folder of the locks that say who is worked on."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database = database
        self._locks = locks

    @contextmanager
    def alone(self, agent: int) -> Iterator[bool]:
        """Whether nobody else works for this agent; nobody begins until the block ends."""
        with FileLock(self._locks / f"learning-{agent}.lock") as lock:
            yield lock.exclusive()

    def waiting(self, agent: int, limit: int) -> tuple[Memory, ...]:
        """The first messages that belong to no job yet, oldest first."""
        query = select(memories).where(_waiting(agent)).order_by(memories.c.id).limit(limit)
        with self._database.reading() as connection:
            return tuple(memory_of(row) for row in connection.execute(query))

    def begin(self, agent: int, session: str, numbers: Sequence[int]) -> Job | None:
        """A job for these messages; None when another process took one of them meanwhile."""
        with self._database.writing() as connection:
            free = select(func.count()).where(_waiting(agent), memories.c.id.in_(numbers))
            if connection.scalar(free) != len(numbers):
                return None
            fresh = Job(id=0, session=session, step=STEPS[0], attempts=0, at=now())
            job = keep(connection, agent, fresh)
            taken = update(memories).where(memories.c.id.in_(numbers))
            connection.execute(taken.values(job_id=job.id))
            return job

    def open(self, agent: int) -> Job | None:
        """The oldest job that is not done."""
        query = select(jobs).where(jobs.c.agent_id == agent, jobs.c.state == "open")
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(jobs.c.id).limit(1)).one_or_none()
        return None if row is None else _job(row)

    def all(self, agent: int) -> tuple[Job, ...]:
        """Every job, done or not, in order."""
        query = select(jobs).where(jobs.c.agent_id == agent).order_by(jobs.c.id)
        with self._database.reading() as connection:
            return tuple(_job(row) for row in connection.execute(query))

    def of(self, numbers: Sequence[int]) -> dict[int, int]:
        """The job of each of these messages that belongs to one; at most a page of them."""
        taken = memories.c.id.in_(numbers) & memories.c.job_id.is_not(None)
        with self._database.reading() as connection:
            rows = connection.execute(select(memories.c.id, memories.c.job_id).where(taken))
            return {row.id: row.job_id for row in rows}

    def messages(self, job: int) -> tuple[Memory, ...]:
        """The messages of a job, in order."""
        query = select(memories).where(memories.c.job_id == job).order_by(memories.c.id)
        with self._database.reading() as connection:
            return tuple(memory_of(row) for row in connection.execute(query))

    def finish(self, agent: int, job: Job, gain: Gain) -> Counter[str] | None:
        """Keep what a step yielded and mark it done, all or nothing; what became of it.

        None, and nothing is kept, when the job was taken further or forgotten meanwhile.
        """
        with self._database.writing() as connection:
            if not _stands(connection, job):
                return None
            counts = Counter(gain.counts) + _kept(connection, agent, gain)
            at = STEPS.index(job.step) + 1
            row: dict[str, Any] = {"attempts": 0, "report": _report(job, counts)}
            row |= {"step": STEPS[at]} if at < len(STEPS) else {"state": "done"}
            connection.execute(update(jobs).where(jobs.c.id == job.id).values(row))
        return counts

    def tried(self, job: Job, counts: Mapping[str, int]) -> None:
        """Note an attempt that yielded nothing; the step is to be tried again."""
        with self._database.writing() as connection:
            if _stands(connection, job):
                row = {"attempts": job.attempts + 1, "report": _report(job, Counter(counts))}
                connection.execute(update(jobs).where(jobs.c.id == job.id).values(row))

    def untold(self, agent: int) -> dict[str, Counter[str]]:
        """What done jobs yielded that the person was not told of, by stamp.

        Those without a stamp get one here, so that a process that dies between telling and
        marking leaves something that can be recognised as told.
        """
        with self._database.writing() as connection:
            own = (jobs.c.agent_id == agent) & (jobs.c.state == "done")
            fresh = update(jobs).where(own, jobs.c.stamp == "")
            connection.execute(fresh.values(stamp=now()))
            told: dict[str, Counter[str]] = {}
            for row in connection.execute(select(jobs).where(own).order_by(jobs.c.id)):
                told.setdefault(row.stamp, Counter()).update(json.loads(row.report))
        return told

    def told(self, agent: int, stamp: str) -> None:
        """The person can read of the jobs of this stamp."""
        own = (jobs.c.agent_id == agent) & (jobs.c.stamp == stamp) & (jobs.c.state == "done")
        with self._database.writing() as connection:
            connection.execute(update(jobs).where(own).values(state="told"))

    def standing(self, agent: int) -> Standing:
        """How far the work is."""
        with self._database.reading() as connection:
            found = connection.execute(select(jobs).where(jobs.c.agent_id == agent)).all()
            kinds = _counted(connection, agent)
            waits = select(func.count()).where(
                proposals.c.agent_id == agent, proposals.c.state == "open"
            )
            waiting = connection.scalar(select(func.count()).where(_waiting(agent))) or 0
            report: Counter[str] = Counter()
            for row in found:
                report.update(json.loads(row.report))
            return Standing(
                waiting=waiting,
                open=sum(row.state == "open" for row in found),
                done=sum(row.state != "open" for row in found),
                facts=kinds["fact"],
                past=kinds["past"],
                summaries=kinds["summary"],
                proposals=connection.scalar(waits) or 0,
                report=dict(sorted(report.items())),
            )


def keep(connection: Connection, agent: int, job: Job) -> Job:
    """Keep a job within the caller's transaction, under a number of its own."""
    row = {
        "agent_id": agent,
        "session": job.session,
        "state": job.state,
        "step": job.step,
        "attempts": job.attempts,
        "at": job.at,
        "stamp": job.stamp,
        "report": json.dumps(dict(job.report), sort_keys=True),
    }
    return _job(connection.execute(insert(jobs).values(row).returning(jobs)).one())


def _waiting(agent: int) -> Any:
    return (
        (memories.c.agent_id == agent)
        & (memories.c.kind == "message")
        & memories.c.job_id.is_(None)
    )


def _stands(connection: Connection, job: Job) -> bool:
    """Whether the job is where its worker saw it."""
    row = connection.execute(select(jobs).where(jobs.c.id == job.id)).one_or_none()
    if row is None or row.state != "open":
        return False
    return (row.step, row.attempts) == (job.step, job.attempts)


def _kept(connection: Connection, agent: int, gain: Gain) -> Counter[str]:
    counts: Counter[str] = Counter()
    for learned in gain.learned:
        _, new = learn(connection, agent, learned)
        kind = {"fact": "facts", "summary": "summaries"}[learned.memory.kind]
        counts[kind if new else "known already"] += 1
        counts["facts replaced"] += bool(new and learned.replaces)
    for proposal in gain.proposals:
        made = propose(connection, agent, proposal)
        counts["proposals" if made is not None else "proposed already"] += 1
    for rewritten in gain.blocks:
        done = _rewritten(connection, agent, rewritten)
        counts["blocks rewritten" if done else "block changed meanwhile"] += 1
    return +counts


def _rewritten(connection: Connection, agent: int, wanted: Rewritten) -> bool:
    """Put a block's next value in place, if the block still is what was looked at."""
    block = blocks.found(connection, agent, wanted.label)
    if block is None or block.version != wanted.version or block.read_only:
        return False
    if len(wanted.value) > block.limit:
        return False
    blocks.changed(connection, agent, wanted.label, lambda _: wanted.value, by=BY)
    return True


def _counted(connection: Connection, agent: int) -> Counter[str]:
    own = (memories.c.agent_id == agent) & memories.c.kind.in_(("fact", "summary"))
    ended = memories.c.until != ""
    query = select(memories.c.kind, ended, func.count()).where(own)
    rows = connection.execute(query.group_by(memories.c.kind, ended))
    return Counter({("past" if over else kind): number for kind, over, number in rows})


def _report(job: Job, counts: Counter[str]) -> str:
    return json.dumps(Counter(job.report) + counts, sort_keys=True)


def _job(row: Any) -> Job:
    return Job(
        id=row.id,
        session=row.session,
        step=row.step,
        attempts=row.attempts,
        at=row.at,
        report=json.loads(row.report),
        state=row.state,
        stamp=row.stamp,
    )
