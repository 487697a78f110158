"""Find chunks by their words: SQLite's FTS5, ranked by BM25 (https://sqlite.org/fts5.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from homesmith.core.memories import Kind
from homesmith.store.connection import Database

POSTINGS = 12_500
"""Chunks that one search may rank: the words that most texts have are left out beyond that, so
that the time of a search does not grow with what is kept."""
WORTH = "bm25(0.5, 1)"
"""A word in the head counts half of one in the body."""

SEARCH = (
    "SELECT chunks_fts.rowid, -chunks_fts.rank FROM chunks_fts "
    "CROSS JOIN chunks ON chunks.id = chunks_fts.rowid "
    "CROSS JOIN memories ON memories.id = chunks.memory_id "
    "WHERE chunks_fts MATCH :words AND rank MATCH :worth AND memories.agent_id = :agent "
    "AND memories.at >= :since AND memories.at < :until {}ORDER BY chunks_fts.rank LIMIT :limit"
)
FOUND, FOUND_OF_KIND = text(SEARCH.format("")), text(SEARCH.format("AND memories.kind = :kind "))
"""CROSS JOIN keeps this order: ranked words first, each looked up until there are enough. An agent
or a time in the index itself would cost a walk through all that it has."""
OFTEN = (
    "(SELECT count(*) FROM (SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH :word{} LIMIT :most))"
)
COMMON, GROWN = 500, 1.02
"""A word that stands in so many chunks is counted again once the store has grown so much."""
ALWAYS = ("", "~")
"""Before and after all times."""
NEWEST = text("SELECT max(id) FROM chunks")


class Words:
    """The index of words."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._common: dict[str, tuple[int, int]] = {}

    def often(self, words: Sequence[str]) -> dict[str, int]:
        """In how many chunks, of all agents, each of the words stands; counted to POSTINGS + 1.

        A common word is counted anew when the store has grown, not at every question.
        """
        each = list(dict.fromkeys(words))
        with self._database.reading() as connection:
            chunks = _chunks(connection)
            known = {word: self._counted(word, chunks) for word in each}
            new = _counts(connection, [word for word in each if known[word] is None])
        self._common |= {word: (count, chunks) for word, count in new.items() if count >= COMMON}
        return {word: new.get(word, known[word] or 0) for word in each}

    def _counted(self, word: str, chunks: int) -> int | None:
        """The count of a common word of when the store was about as large as now."""
        number, then = self._common.get(word, (None, 0))
        return number if then <= chunks <= then * GROWN else None

    @property
    def chunks(self) -> int:
        """How many chunks there are at most; those that were removed may count."""
        with self._database.reading() as connection:
            return _chunks(connection)

    def find(
        self,
        agent: int,
        often: Mapping[str, int],
        limit: int,
        within: tuple[str, str] = ALWAYS,
        most: int = POSTINGS,
        kind: Kind | None = None,
    ) -> tuple[tuple[int, float], ...]:
        """Chunks of an agent that have some of the words: number and BM25, best first.

        The words come with what `often` says of them, those that `most` chunks have at most.
        Only memories from the first time of `within` up to the second count, of one kind if given.
        """
        if not often:
            return ()
        with self._database.reading() as connection:
            since, until = within
            given: dict[str, object] = {
                "words": _any(_affordable(often, most)),
                "worth": WORTH,
                "agent": agent,
                "since": since,
                "until": until,
                "limit": limit,
            }
            if kind is not None:
                given["kind"] = kind
            rows = connection.execute(FOUND if kind is None else FOUND_OF_KIND, given)
            return tuple((row[0], row[1]) for row in rows)


def _chunks(connection: Connection) -> int:
    return connection.scalar(NEWEST) or 0


def _counts(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    if not words:
        return {}
    counts = text("SELECT " + ", ".join(OFTEN.format(at) for at in range(len(words))))
    given = {f"word{at}": _any([word]) for at, word in enumerate(words)}
    row = connection.execute(counts, given | {"most": POSTINGS + 1}).one()
    return dict(zip(words, row, strict=True))


def _affordable(often: Mapping[str, int], most: int) -> list[str]:
    """The rarest of the words that together stand in at most `most` chunks; at least one."""
    kept: list[str] = []
    total = 0
    for word in sorted(often, key=lambda each: often[each]):
        total += often[word]
        if kept and total > most:
            break
        kept.append(word)
    return kept


def _any(words: Sequence[str]) -> str:
    """An FTS5 query for any of the words, each as a quoted string."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
