"""Memories of one kind are read in their order."""

from __future__ import annotations

from alembic import op

revision = "order"
down_revision = "prompts"

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
