"""Memories of one kind are read in their order, and the number of an agent is never given twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "order"
down_revision = "prompts"

AGENTS = """
CREATE TABLE agents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (name)
) STRICT
"""
LINE = """
CREATE INDEX ix_memories_line ON memories (agent_id, kind, line, at) WHERE kind = 'fact'
"""
WAITING = """
CREATE INDEX ix_memories_waiting ON memories (agent_id, kind, job_id)
WHERE kind = 'message' AND job_id IS NULL
"""


def upgrade() -> None:
    """Add an index, and widen those that SQLite would else leave for it."""
    op.create_index("ix_memories_kind", "memories", ["agent_id", "kind"])
    for name, wider in (("ix_memories_line", LINE), ("ix_memories_waiting", WAITING)):
        op.drop_index(name)
        op.execute(wider)
    _number_agents()


def _number_agents() -> None:
    """Write the table of agents anew in the schema alone: no row of it changes.

    https://sqlite.org/lang_altertable.html, section 8. The highest number is noted, because SQLite
    itself does that only when the next one is given (https://sqlite.org/autoinc.html).
    """
    op.execute("PRAGMA writable_schema = ON")
    written = sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name")
    op.get_bind().execute(written, {"sql": AGENTS.strip(), "name": "agents"})
    op.execute("PRAGMA writable_schema = RESET")
    op.execute("INSERT INTO sqlite_sequence SELECT 'agents', coalesce(max(id), 0) FROM agents")
