"""Find chunks by their words: SQLite's FTS5, ranked by BM25 (https://sqlite.org/fts5.html)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from homesmith.store.connection import Database

POSTINGS = 25_000
"""Chunks that one search may rank: the words that most texts have are left out beyond that, so
that the time of a search does not grow with what is kept."""
WORTH = "bm25(0.5, 1)"
"""A word in the head counts half of one in the body."""

FOUND = text(
    "SELECT chunks_fts.rowid, -chunks_fts.rank FROM chunks_fts "
    "CROSS JOIN chunks ON chunks.id = chunks_fts.rowid "
    "CROSS JOIN memories ON memories.id = chunks.memory_id "
    "WHERE chunks_fts MATCH :words AND rank MATCH :worth AND memories.agent_id = :agent "
    "AND memories.at >= :since AND memories.at < :until ORDER BY chunks_fts.rank LIMIT :limit"
)
"""CROSS JOIN keeps this order: ranked words first, each looked up until there are enough. An agent
or a time in the index itself would cost a walk through all that it has."""
OFTEN = text(
    "SELECT count(*) FROM (SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH :words LIMIT :most)"
)


class Words:
    """The index of words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, agent: int, words: Sequence[str], limit: int, within: tuple[str, str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """Chunks of an agent that have some of the words: number and BM25, best first.

        `within` are two times; only memories from the first up to the second count then.
        """
        if not words:
            return ()
        with self._database.reading() as connection:
            since, until = within or ("", "~")
            given = {
                "words": _any(_affordable(connection, words)),
                "worth": WORTH,
                "agent": agent,
                "since": since,
                "until": until,
                "limit": limit,
            }
            rows = connection.execute(FOUND, given)
            return tuple((row[0], row[1]) for row in rows)


def _affordable(connection: Connection, words: Sequence[str]) -> list[str]:
    """The rarest of the words that together stand in at most POSTINGS chunks; at least one."""
    rarity = {}
    for word in dict.fromkeys(words):
        given = {"words": _any([word]), "most": POSTINGS + 1}
        rarity[word] = connection.scalar(OFTEN, given) or 0
    kept: list[str] = []
    total = 0
    for word in sorted(rarity, key=lambda each: rarity[each]):
        total += rarity[word]
        if kept and total > POSTINGS:
            break
        kept.append(word)
    return kept


def _any(words: Sequence[str]) -> str:
    """An FTS5 query for any of the words, each as a quoted string."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
