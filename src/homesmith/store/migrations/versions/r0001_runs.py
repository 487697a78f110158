"""Runs, their entries, and the texts that entries name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "runs",
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_runs"),
        sa.UniqueConstraint("id"),
        sa.CheckConstraint("length(id) = 12", name=op.f("ck_runs_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_runs_root", "runs", ["root"])
    op.create_table(
        "entries",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("sha", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_entries"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_entries_run_id"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_entries_number")),
        sa.CheckConstraint("length(sha) = 32", name=op.f("ck_entries_sha")),
        sqlite_strict=True,
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_blobs_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_blobs_size")),
        sqlite_strict=True,
    )
