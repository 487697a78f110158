"""What agents remember: blocks, messages and passages, their words and their vectors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "memory"
down_revision = "0001"

WORDS = """
CREATE VIRTUAL TABLE chunks_fts USING fts5(
    head, body, content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2'
)
"""
"""Only the index: the texts themselves stand in `memories`, once."""


def upgrade() -> None:
    """Create the tables of memory."""
    op.create_table(
        "agents",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("name"),
        sqlite_strict=True,
    )
    _texts()
    _meanings()
    _blocks()
    op.execute(WORDS)


def _texts() -> None:
    op.create_table(
        "memories",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("speaker", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("trust", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memories"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_memories_agent_id"),
        sa.CheckConstraint("kind IN ('message', 'passage')", name=op.f("ck_memories_kind")),
        sa.CheckConstraint(
            "trust IN ('person', 'model', 'outside')", name=op.f("ck_memories_trust")
        ),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memories_agent_id", "memories", ["agent_id", "at"])
    op.create_index("ix_memories_session", "memories", ["agent_id", "session"])
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("memory_id", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("stop", sa.Integer, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chunks"),
        sa.ForeignKeyConstraint(["memory_id"], ["memories.id"], name="fk_chunks_memory_id"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chunks_memory_id", "chunks", ["memory_id"])


def _meanings() -> None:
    op.create_table(
        "vectors",
        sa.Column("chunk_id", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("chunk_id", name="pk_vectors"),
        sa.ForeignKeyConstraint(["chunk_id"], ["chunks.id"], name="fk_vectors_chunk_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "signs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("chunk_ids", sa.LargeBinary, nullable=False),
        sa.Column("bits", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_signs"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_signs_agent_id"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signs_agent_id", "signs", ["agent_id", "model"])


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("size_limit", sa.Integer, nullable=False),
        sa.Column("read_only", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blocks"),
        sa.CheckConstraint("length(value) <= size_limit", name=op.f("ck_blocks_size")),
        sqlite_strict=True,
    )
    op.create_table(
        "attachments",
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("block_id", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "block_id", name="pk_attachments"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_attachments_agent_id"),
        sa.ForeignKeyConstraint(["block_id"], ["blocks.id"], name="fk_attachments_block_id"),
        sa.UniqueConstraint("agent_id", "label", name="uq_attachments_label"),
        sqlite_strict=True,
    )
    op.create_table(
        "block_edits",
        sa.Column("block_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.PrimaryKeyConstraint("block_id", "number", name="pk_block_edits"),
        sa.ForeignKeyConstraint(["block_id"], ["blocks.id"], name="fk_block_edits_block_id"),
        sqlite_strict=True,
    )
