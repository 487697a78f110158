"""Alembic runs this file with the connection, and the transaction, that it was handed."""

from __future__ import annotations

from alembic import context

from homesmith.store.schema import metadata


def migrate() -> None:
    """Run the steps inside the caller's transaction, which alone commits."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic loads it; importing it does nothing
    migrate()
