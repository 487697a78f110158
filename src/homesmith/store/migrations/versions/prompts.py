"""The prompt of each agent's conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "prompts"
down_revision = "learning"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "prompts",
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name="pk_prompts"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_prompts_agent_id"),
        sqlite_strict=True,
    )
