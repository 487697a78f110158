"""The tables. Whoever changes them adds a migration and raises SCHEMA."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

APPLICATION = 0x484D5354
"""SQLite's application_id of our files: "HMST"."""
SCHEMA = 5
"""SQLite's user_version of the newest schema this program knows."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("root", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    CheckConstraint("length(id) = 12", name="id"),
    Index("ix_runs_root", "root"),
    sqlite_strict=True,
)
"""One row per run, in the order of their beginning. `root` is the app's folder as JSON."""

entries = Table(
    "entries",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha", Text, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("length(sha) = 32", name="sha"),
    sqlite_strict=True,
)
"""The log: `body` is the event's JSON, `sha` the BLAKE2b-128 of the whole row in hexadecimal."""

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("size >= 0", name="size"),
    sqlite_strict=True,
)
"""Texts by the SHA-256 of their bytes; `content` is packed by zlib, `size` counts it unpacked."""
