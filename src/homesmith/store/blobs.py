"""Texts kept by their hash, each once: what a model wrote, and originals of what was shortened."""

from __future__ import annotations

import hashlib
import zlib

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from homesmith.core.errors import StoreError
from homesmith.store.connection import Database
from homesmith.store.schema import blobs


class Blobs:
    """Bytes in, their SHA-256 out, and back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, content: bytes) -> str:
        """Keep `content`; its SHA-256 in hexadecimal. The same bytes are kept once."""
        sha256 = hashlib.sha256(content).hexdigest()
        row = {"sha256": sha256, "size": len(content), "content": zlib.compress(content)}
        with self._database.writing() as connection:
            connection.execute(insert(blobs).values(row).on_conflict_do_nothing())
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises StoreError when they are not kept or were damaged."""
        query = select(blobs.c.content, blobs.c.size).where(blobs.c.sha256 == sha256)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise StoreError(
                f"No text with the hash {sha256[:12]} is kept",
                why="it was never written, or belongs to another store",
                remedy="homesmith runs list",
            )
        content = _unpacked(row.content, row.size)
        if hashlib.sha256(content).hexdigest() != sha256:
            self._database.suspect = True
            raise StoreError(
                f"The text with the hash {sha256[:12]} was damaged",
                why="its bytes no longer have this hash",
                remedy="run the build again to write it anew",
            )
        return content

    def find(self, start: str) -> bytes:
        """The bytes whose hash begins so. Raises StoreError when none is kept, or several are."""
        query = select(blobs.c.sha256).where(blobs.c.sha256.startswith(start, autoescape=True))
        with self._database.reading() as connection:
            found = connection.execute(query.limit(2)).scalars().all()
        if len(found) > 1:
            raise StoreError(
                f"Several texts have a hash that begins with {start}",
                why="so few digits name more than one",
                remedy="give more of its digits",
            )
        return self.get(found[0] if found else start)


def _unpacked(packed: bytes, size: int) -> bytes:
    """The content, or nothing that could have its hash when it cannot be unpacked."""
    try:
        return zlib.decompressobj().decompress(packed, max(1, size))
    except zlib.error:
        return packed
