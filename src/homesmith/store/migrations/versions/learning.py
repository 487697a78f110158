"""What is learned from messages: facts and summaries, proposals, and the jobs that find them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "learning"
down_revision = "memory"

OLD = "kind IN ('message', 'passage')"
NEW = "kind IN ('message', 'passage', 'fact', 'summary')"
WAITING = """
CREATE INDEX ix_memories_waiting ON memories (agent_id)
WHERE kind = 'message' AND job_id IS NULL
"""
COLUMNS = (
    "until TEXT NOT NULL DEFAULT ''",
    "line INTEGER NOT NULL DEFAULT 0",
    "job_id INTEGER REFERENCES jobs (id)",
)
INDEXES = (
    "CREATE INDEX ix_memories_job_id ON memories (job_id)",
    "CREATE INDEX ix_memories_line ON memories (agent_id, line) WHERE kind = 'fact'",
    WAITING,
)


def upgrade() -> None:
    """Let memories be facts and summaries, and add the tables around them."""
    _jobs()
    _more_kinds()
    for column in COLUMNS:
        op.execute(f"ALTER TABLE memories ADD COLUMN {column}")
    for index in INDEXES:
        op.execute(index)
    _sources()
    _proposals()


def _more_kinds() -> None:
    """Widen the check in place: a copy of the table would touch all that was ever said.

    SQLite cannot alter a check; its manual says how to write the schema itself
    (https://sqlite.org/lang_altertable.html, section 8).
    """
    op.execute("PRAGMA writable_schema = ON")
    widened = sa.text(
        "UPDATE sqlite_schema SET sql = replace(sql, :old, :new)"
        " WHERE type = 'table' AND name = 'memories'"
    )
    op.get_bind().execute(widened, {"old": OLD, "new": NEW})
    op.execute("PRAGMA writable_schema = RESET")


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_jobs_agent_id"),
        sa.CheckConstraint("state IN ('open', 'done', 'told')", name=op.f("ck_jobs_state")),
        sa.CheckConstraint("step IN ('facts', 'edits', 'summary')", name=op.f("ck_jobs_step")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_agent_id", "jobs", ["agent_id", "state"])


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("memory_id", sa.Integer, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("memory_id", "source_id", name="pk_sources"),
        sa.ForeignKeyConstraint(["memory_id"], ["memories.id"], name="fk_sources_memory_id"),
        sa.ForeignKeyConstraint(["source_id"], ["memories.id"], name="fk_sources_source_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_sources_source_id", "sources", ["source_id"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("replaces", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_proposals_agent_id"),
        sa.CheckConstraint("state IN ('open', 'refused')", name=op.f("ck_proposals_state")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposals_agent_id", "proposals", ["agent_id", "state"])
    op.create_table(
        "proposal_sources",
        sa.Column("proposal_id", sa.Integer, nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", "source_id", name="pk_proposal_sources"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name="fk_proposal_sources_proposal_id"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["memories.id"], name="fk_proposal_sources_source_id"
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_proposal_sources_source_id", "proposal_sources", ["source_id"])
