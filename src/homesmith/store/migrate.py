"""Bring a database file to the schema of this program, all of it or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from homesmith.store.connection import Database
from homesmith.store.schema import APPLICATION, SCHEMA

SCRIPTS = Path(__file__).with_name("migrations")


def migrate(database: Database) -> None:
    """Run every step that is missing in one transaction; killed halfway, the old schema stands."""
    with database.writing() as connection:
        _run_steps(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _run_steps(connection: Connection) -> None:
    from alembic import command  # half as slow to import as all the rest, and rarely needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
