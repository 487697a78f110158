"""Find what answers a question: by its words, by its meaning and by the times it names.

No model writes anything here. Without an embedder, or where it has not read everything yet,
words alone decide, and the result says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

from homesmith.core.embedders import Embedder
from homesmith.core.memories import ASKED, Piece, Recalled
from homesmith.memory.choosing import Ranking, choose, of_time, worths
from homesmith.memory.chunks import day_of
from homesmith.memory.dates import Span, spans
from homesmith.memory.narrowing import Narrowed, Wanted
from homesmith.memory.vectors import Nearest
from homesmith.store.database import Store
from homesmith.store.words import ALWAYS, POSTINGS

NEWEST = 2000
"""So many of the newest pieces are looked at to say whether all was read by the embedder."""
DEPTH = 200
"""Pieces of each ranking that are considered."""
EVERY = Wanted()
MEANING = 0.4
"""What a place in the ranking by meaning counts beside one in the ranking by words."""
CLAUSES = 0.5
"""What the places in the rankings of all parts of a question count beside that of the whole."""
MOST_CLAUSES = 8
"""Parts of a question, each of them searched for."""
MOST_WORDS = 32
"""Words of a question that are searched for; a page pasted into it has its rarest ones."""
WORD = re.compile(r"[^\W_]+")
COMMON = frozenset(
    WORD.findall(
        "a about after all also am an and any are as at be because been before being between both"
        " but by can could d did do does doing down during each few for from further get give go"
        " going had has have having he her here hers him his how i if in into is it its itself"
        " just know let like ll m make many me more most much my myself need no nor not now of off"
        " on once one only or other our out over own please re s same she should so some such t"
        " tell than that the their them then there these they thing things this those through to"
        " too under until up ve very want was we were what when where which while who whom whose"
        " why will with would you your yours yourself"
    )
)

ASKING = frozenset(
    WORD.findall(
        "ago amount average combined compared currently day days difference different earlier"
        " earliest first happened happen hour hours kind kinds last late later latest long mention"
        " mentioned minute minutes month months number often order passed past recent recently"
        " recommend remember remind since suggest suggestion suggestions time times tips today"
        " total type types week weekend weeks year years yesterday"
    )
)
"""Words that say what form the answer shall have, or when it was, not what it is about. Times that
a question names are looked for by themselves."""
PARTING = re.compile(
    r"\s+(?:after|and|before|between|compared to|or|since|than|versus|vs\.?|when|while)\s+"
    r"|[,;:?]\s+",
    re.IGNORECASE,
)
"""Between two things that one question asks about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What was found, best first. `way` says how it was searched, for people.

    `weights` are the telling words of the query and how much each says: the rarer the more.
    `misfits` would have been found too, had there been room for them.
    """

    found: tuple[Recalled, ...]
    way: Callable[[], str]
    weights: Mapping[str, float] = field(default_factory=dict)
    misfits: tuple[Recalled, ...] = ()

    @property
    def by(self) -> str:
        """How it was searched, with what was not read yet. Needs the store open."""
        return self.way()

    @property
    def tokens(self) -> int:
        return sum(one.tokens for one in self.found)

    @property
    def text(self) -> str:
        """The pieces as a prompt carries them, oldest first, each under who and when."""
        order = sorted(self.found, key=lambda one: (one.piece.memory.at, one.piece.chunk))
        return "\n\n".join(shown(one.piece) for one in order)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """How often each word stands, all rankings, how much alike what means alike is, and the pieces
    that were read on the way.
    """

    often: dict[str, int]
    rankings: list[Ranking]
    near: dict[int, float] = field(default_factory=dict)
    pieces: dict[int, Piece] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether one of the rankings could have gone on."""
        return any(len(one.chunks) == DEPTH for one in self.rankings)


class Recall:
    """The search of one agent's memories. `count` measures tokens of a text."""

    def __init__(
        self,
        store: Store,
        agent: int,
        embedder: Embedder | None,
        *,
        count: Callable[[str], int],
        without: str = "",
    ) -> None:
        self._store = store
        self.agent = agent
        self._embedder = embedder
        self._count = count
        self._without = without
        self._nearest = (
            Nearest(store.meanings, agent, embedder.id) if embedder is not None else None
        )

    def ask(
        self,
        query: str,
        *,
        k: int,
        tokens: int,
        today: date,
        wanted: Wanted = EVERY,
    ) -> Recollection:
        """At most `k` pieces of at most `tokens` tokens, of the memories that are wanted."""
        named = spans(query, today)
        narrowed = Narrowed(wanted=wanted, enough=k, pieces=self._pieces)
        searched = self._searched(query, named, narrowed if wanted.some else None)
        pieces = self._wanted(searched, wanted)
        if len(pieces) < k and wanted.hidden and searched.full:
            searched = self._searched(query, named, narrowed)
            pieces = self._wanted(searched, wanted)
        rankings, near = searched.rankings, searched.near
        worth = worths(rankings, pieces, named, today)
        chosen = choose(
            worth,
            pieces,
            k=k,
            tokens=tokens,
            count=lambda piece: self._count(shown(piece) + "\n\n"),
            why=lambda chunk: _why(chunk, pieces[chunk], rankings, named),
        )
        found = (replace(one, alike=near.get(one.piece.chunk, 0.0)) for one in chosen.found)
        return Recollection(
            found=tuple(found),
            way=lambda: self._way(bool(near)),
            weights=self._weights(searched.often),
            misfits=chosen.misfits,
        )

    def _pieces(self, chunks: Sequence[int]) -> dict[int, Piece]:
        return self._store.memories.pieces(self.agent, chunks)

    def _wanted(self, searched: _Searched, wanted: Wanted) -> dict[int, Piece]:
        """What is wanted of all that was ranked."""
        ranked = dict.fromkeys(chunk for each in searched.rankings for chunk in each.chunks)
        left = self._pieces([chunk for chunk in ranked if chunk not in searched.pieces])
        found = {**searched.pieces, **left}.items()
        return {chunk: piece for chunk, piece in found if piece.memory in wanted}

    def _searched(self, query: str, named: Sequence[Span], narrowed: Narrowed | None) -> _Searched:
        """Every way of searching, by words and by meaning at the same time."""

        def by_words() -> tuple[dict[str, int], list[Ranking]]:
            often = self._store.words.often(terms(query))
            ranked = self._by_words(often, named, narrowed)
            return often, ranked + self._by_clauses(query, often, narrowed)

        def by_meaning() -> tuple[dict[int, float], dict[int, Piece]]:
            near = self._by_meaning(query, narrowed)
            return near, self._pieces(list(near))

        if self._embedder is None:
            often, rankings = by_words()
            return _Searched(often=often, rankings=rankings)
        with ThreadPoolExecutor(max_workers=1) as beside:  # both are C code for most of their time
            meaning = beside.submit(by_meaning)
            often, rankings = by_words()
            near, pieces = meaning.result()
        if near:
            rankings.append(Ranking(name="meaning", chunks=list(near), weight=MEANING))
        return _Searched(often=often, rankings=rankings, near=near, pieces=pieces)

    def _weights(self, often: Mapping[str, int]) -> dict[str, float]:
        """As BM25 weighs words; above zero also where a word stands nearly everywhere."""
        chunks = max([self._store.words.chunks, *often.values()])
        return {
            word: math.log(1 + (chunks - number + 0.5) / (number + 0.5))
            for word, number in often.items()
        }

    def _by_words(
        self, often: Mapping[str, int], named: Sequence[Span], narrowed: Narrowed | None
    ) -> list[Ranking]:
        found = [Ranking(name="words", chunks=self._with_words(often, DEPTH, narrowed))]
        for span in named:
            there = self._with_words(often, DEPTH // 4, narrowed, span.times)
            if there:
                found.append(Ranking(name=f"words {span.said}", chunks=there, weight=0.5))
        return found

    def _with_words(
        self,
        often: Mapping[str, int],
        limit: int,
        narrowed: Narrowed | None,
        within: tuple[str, str] = ALWAYS,
        most: int = POSTINGS,
    ) -> list[int]:
        """The chunks that have most of the words, best first."""
        find = self._store.words.find
        if narrowed is None:
            return _numbers(find(self.agent, often, limit, within, most))
        kind, times = narrowed.wanted.kind, narrowed.wanted.within(*within)
        return narrowed.found(
            lambda depth: _numbers(find(self.agent, often, depth, times, most, kind)), limit
        )

    def _by_clauses(
        self, query: str, often: Mapping[str, int], narrowed: Narrowed | None
    ) -> list[Ranking]:
        """What has to do with each of the things that a question asks about.

        The whole of it hides the one that fewer words are about. Together these searches rank no
        more chunks than the one for the whole; a text of many parts is no question.
        """
        parts = [words for one in PARTING.split(query) if (words := telling(one))]
        if not 2 <= len(parts) <= MOST_CLAUSES:
            return []
        most, ranked = POSTINGS // len(parts), []
        for part in parts:
            some = {word: often[word] for word in part if often.get(word, POSTINGS) <= most}
            found = self._with_words(some, DEPTH // 2, narrowed, most=most)
            name, weight = f"words {' '.join(some)}", CLAUSES / len(parts)
            ranked.append(Ranking(name=name, chunks=found, weight=weight))
        return [one for one in ranked if one.chunks]

    def _by_meaning(self, query: str, narrowed: Narrowed | None) -> dict[int, float]:
        """The chunks that mean the most alike, best first, and their cosines."""
        if self._embedder is None or self._nearest is None or not query.strip():
            return {}
        nearest, asked = self._nearest, self._embedder.embed([query])[0]
        if narrowed is None:
            return dict(nearest.find(asked, DEPTH))
        alike: dict[int, float] = {}

        def find(depth: int) -> list[int]:
            found = nearest.find(asked, depth)
            alike.update(found)
            return _numbers(found)

        return {chunk: alike[chunk] for chunk in narrowed.found(find, DEPTH)}

    def _way(self, near: bool) -> str:
        if near and self._embedder is not None:
            left = self._store.meanings.unread(self.agent, self._embedder.id, NEWEST)
            told = f"; {left} of the newest {NEWEST:,} pieces not read yet" if left else ""
            return f"words and meaning{told}"
        why = self._without if self._embedder is None else "nothing that fits was read for meaning"
        return f"words only: {why}" if why else "words only"


def terms(query: str) -> list[str]:
    """The words of a question that say what it is about, each once; all when none do."""
    every = list(dict.fromkeys(WORD.findall(query.lower())))
    some = telling(query)
    about = [word for word in some if word not in ASKING]
    return (about or some or every)[:MOST_WORDS]


def telling(text: str) -> list[str]:
    """The words of a text that say what it is about, each once."""
    return [word for word in dict.fromkeys(WORD.findall(text.lower())) if word not in COMMON]


def shown(piece: Piece) -> str:
    """A piece as a prompt carries it: who and when, then the text.

    A fact that no longer holds is told as past.
    """
    who = piece.head.partition(ASKED)[0]
    if piece.memory.until:
        who = f"{who}; true until {day_of(piece.memory.until)}, not now"
    cut = ("… " if piece.start else "", " …" if piece.stop < len(piece.memory.text) else "")
    return f"[{who}] {cut[0]}{piece.text.strip()}{cut[1]}"


def _numbers(found: Sequence[tuple[int, float]]) -> list[int]:
    return [chunk for chunk, _ in found]


def _why(chunk: int, piece: Piece, rankings: Sequence[Ranking], named: Sequence[Span]) -> str:
    """Where each ranking placed the piece, and the named time it is from."""
    said = [
        f"{ranking.name} #{ranking.chunks.index(chunk) + 1}"
        for ranking in rankings
        if chunk in ranking.chunks
    ]
    said += [f"from {span.said}" for span in named if of_time(piece, *span.times)]
    if piece.memory.until:
        said.append("no longer true")
    return ", ".join(said)
