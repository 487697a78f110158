"""The tables of what agents remember. Whoever changes them adds a migration and raises SCHEMA."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from homesmith.store.schema import metadata

agents = Table(
    "agents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Text, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""One row per conversation without end. A number is never given twice."""

memories = Table(
    "memories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agent_id", Integer, ForeignKey("agents.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("trust", Text, nullable=False),
    Column("until", Text, nullable=False, server_default=""),
    Column("line", Integer, nullable=False, server_default="0"),
    Column("job_id", Integer, ForeignKey("jobs.id")),
    CheckConstraint("kind IN ('message', 'passage', 'fact', 'summary')", name="kind"),
    CheckConstraint("trust IN ('person', 'model', 'outside')", name="trust"),
    Index("ix_memories_agent_id", "agent_id", "at"),
    Index("ix_memories_session", "agent_id", "session"),
    Index("ix_memories_kind", "agent_id", "kind"),
    Index("ix_memories_job_id", "job_id"),
    Index("ix_memories_line", "agent_id", "kind", "line", "at", sqlite_where=text("kind = 'fact'")),
    Index(
        "ix_memories_waiting",
        "agent_id",
        "kind",
        "job_id",
        sqlite_where=text("kind = 'message' AND job_id IS NULL"),
    ),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Messages and passages, verbatim; facts and summaries of them. `tags` is a JSON list.

A number is never given twice. `line` is the number of the first fact of a matter, `job_id` the job
that a message belongs to. The last two indexes name what all their rows have alike, so that SQLite
takes them before those that hold more.
"""

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agent_id", Integer, ForeignKey("agents.id"), nullable=False),
    Column("session", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("report", Text, nullable=False),
    CheckConstraint("state IN ('open', 'done', 'told')", name="state"),
    CheckConstraint("step IN ('facts', 'edits', 'summary')", name="step"),
    Index("ix_jobs_agent_id", "agent_id", "state"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Stretches of talk from which facts are learned, and how far each is.

`report` is a JSON object of counts. Done jobs of one `stamp` are told to the person together.
"""

sources = Table(
    "sources",
    metadata,
    Column("memory_id", Integer, ForeignKey("memories.id"), primary_key=True),
    Column("source_id", Integer, ForeignKey("memories.id"), primary_key=True),
    Index("ix_sources_source_id", "source_id"),
    sqlite_strict=True,
)
"""Which messages a fact or a summary rests on."""

proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agent_id", Integer, ForeignKey("agents.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("replaces", Integer),
    CheckConstraint("state IN ('open', 'refused')", name="state"),
    Index("ix_proposals_agent_id", "agent_id", "state"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""Facts that wait for the person; those they refused stay, so that none comes again."""

proposal_sources = Table(
    "proposal_sources",
    metadata,
    Column("proposal_id", Integer, ForeignKey("proposals.id"), primary_key=True),
    Column("source_id", Integer, ForeignKey("memories.id"), primary_key=True),
    Index("ix_proposal_sources_source_id", "source_id"),
    sqlite_strict=True,
)
"""Which messages a proposal rests on."""

chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("memory_id", Integer, ForeignKey("memories.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("head", Text, nullable=False),
    Index("ix_chunks_memory_id", "memory_id"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""The pieces of each memory. The words of each stand in `chunks_fts` under the same number."""

vectors = Table(
    "vectors",
    metadata,
    Column("chunk_id", Integer, ForeignKey("chunks.id"), primary_key=True),
    Column("model", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""The meaning of a chunk, one signed byte per dimension, after the embedder named `model`."""

signs = Table(
    "signs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agent_id", Integer, ForeignKey("agents.id"), nullable=False),
    Column("model", Text, nullable=False),
    Column("chunk_ids", LargeBinary, nullable=False),
    Column("bits", LargeBinary, nullable=False),
    Index("ix_signs_agent_id", "agent_id", "model"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""The signs of many vectors side by side, one bit per dimension, so that all are soon read.

`chunk_ids` holds 64-bit integers, little-endian.
"""

blocks = Table(
    "blocks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("size_limit", Integer, nullable=False),
    Column("read_only", Integer, nullable=False),
    CheckConstraint("length(value) <= size_limit", name="size"),
    sqlite_strict=True,
)
"""Texts that agents always see."""

attachments = Table(
    "attachments",
    metadata,
    Column("agent_id", Integer, ForeignKey("agents.id"), primary_key=True),
    Column("block_id", Integer, ForeignKey("blocks.id"), primary_key=True),
    Column("label", Text, nullable=False),
    UniqueConstraint("agent_id", "label", name="uq_attachments_label"),
    sqlite_strict=True,
)
"""Which agent sees which block. One block may be seen by several."""

block_edits = Table(
    "block_edits",
    metadata,
    Column("block_id", Integer, ForeignKey("blocks.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("undoes", Integer),
    sqlite_strict=True,
)
"""Every change of a block, numbered from 1."""

prompts = Table(
    "prompts",
    metadata,
    Column("agent_id", Integer, ForeignKey("agents.id"), primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_strict=True,
)
"""The prompt of each agent's conversation as its model has read it. Losing it costs time only."""
