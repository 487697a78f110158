"""Originals of shortened texts, when what they were kept for is forgotten.

A shortened text names its original by the first digits of its hash; nothing else says who uses
it. So it is looked for: in what agents remember, in what they see, and in the logs of runs.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, select

from homesmith.store.memory_schema import blocks, memories
from homesmith.store.schema import blobs, entries

DIGITS = 10
"""Of a hash that a shortened text shows."""
NAMED = re.compile(rf"(?<![0-9a-zA-Z])[0-9a-f]{{{DIGITS},64}}(?![0-9a-zA-Z])")
WHERE = "originals of shortened texts"


def remove_unused(connection: Connection, texts: Iterable[str]) -> Counter[str]:
    """Remove the originals that only these texts, which are gone, named or were."""
    starts = {name[:DIGITS] for text in texts for name in (*NAMED.findall(text), _hash(text))}
    removed: Counter[str] = Counter()
    for start in sorted(starts):
        query = select(blobs.c.sha256).where(blobs.c.sha256.startswith(start, autoescape=True))
        for sha256 in connection.scalars(query).all():
            if not _remembered(connection, start) and not _logged(connection, sha256):
                removed[WHERE] += _remove(connection, sha256)
    return removed


def remove_with(connection: Connection, words: str) -> tuple[Counter[str], tuple[str, ...]]:
    """Remove the originals that contain these characters, letters of either case.

    Those that the log of a run names stay; the second value says which.
    """
    removed: Counter[str] = Counter()
    kept: list[str] = []
    for sha256 in connection.scalars(select(blobs.c.sha256)).all():
        packed = connection.scalar(select(blobs.c.content).where(blobs.c.sha256 == sha256))
        if words.casefold() not in _text(packed or b"").casefold():
            continue
        runs = _logged(connection, sha256)
        if runs:
            kept.append(f"the text {sha256[:DIGITS]} of the run {runs}")
        else:
            removed[WHERE] += _remove(connection, sha256)
    return removed, tuple(kept)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _remembered(connection: Connection, start: str) -> bool:
    for column in (memories.c.text, blocks.c.value):
        if connection.scalar(select(func.count()).where(func.instr(column, start) > 0)):
            return True
    return False


def _logged(connection: Connection, sha256: str) -> str:
    """The run whose log names the text, "" when none does."""
    query = select(entries.c.run_id).where(func.instr(entries.c.body, sha256) > 0)
    return connection.scalar(query.limit(1)) or ""


def _remove(connection: Connection, sha256: str) -> int:
    return connection.execute(delete(blobs).where(blobs.c.sha256 == sha256)).rowcount


def _text(packed: bytes) -> str:
    try:
        return zlib.decompress(packed).decode("utf-8", "replace")
    except zlib.error:
        return ""
