"""How much of a question each piece of a text carries: BM25 over stems and trigrams, as shares.

BM25 as in `relevance.py` (Robertson and Zaragoza 2009), with the rarity of a term counted in the
very text that is shortened, and divided by what a piece could score with every term once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from homesmith.context.compression.terms import asked_words, plain_words, stem, trigrams

K1, B = 1.2, 0.75


@dataclass(slots=True, kw_only=True)
class Bag:
    """What one piece shares with the question: term to how often; `size` counts all its terms."""

    shared: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def add(self, other: Bag) -> None:
        self.shared.update(other.shared)
        self.size += other.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Bags:
    """A piece by its stems and by its trigrams."""

    stems: Bag
    trigrams: Bag


def bags(query: str, texts: Iterable[str]) -> list[Bags]:
    """The bags of each text, with the terms of the question alone."""
    asked = asked_words(query)
    wanted_stems = {stem(word) for word in asked}
    wanted_trigrams = {piece for word in asked for piece in trigrams(word)}
    seen: dict[str, tuple[str | None, tuple[str, ...]]] = {}
    found = []
    for text in texts:
        words = plain_words(text)
        by_stem, by_trigram = Bag(size=len(words)), Bag()
        for word in words:
            hits = seen.get(word)
            if hits is None:
                root = stem(word)
                shared = tuple(piece for piece in trigrams(word) if piece in wanted_trigrams)
                hits = (root if root in wanted_stems else None, shared)
                seen[word] = hits
            by_trigram.size += max(1, len(word) - 2)
            if hits[0] is not None:
                by_stem.shared[hits[0]] += 1
            for piece in hits[1]:
                by_trigram.shared[piece] += 1
        found.append(Bags(stems=by_stem, trigrams=by_trigram))
    return found


def merged(pieces: Sequence[Bags]) -> Bags:
    """The bags of several pieces taken as one."""
    stems, runs = Bag(), Bag()
    for piece in pieces:
        stems.add(piece.stems)
        runs.add(piece.trigrams)
    return Bags(stems=stems, trigrams=runs)


def shares(pieces: Sequence[Bags]) -> tuple[list[float], list[float]]:
    """For each piece its share of the question, by stems and by trigrams; 0 is nothing."""
    return _shares([piece.stems for piece in pieces]), _shares([one.trigrams for one in pieces])


def _shares(pieces: Sequence[Bag]) -> list[float]:
    having = Counter(term for piece in pieces for term in piece.shared)
    total = len(pieces)
    rarity = {
        term: math.log(1 + (total - often + 0.5) / (often + 0.5)) for term, often in having.items()
    }
    most = sum(rarity.values()) or 1.0
    average = sum(piece.size for piece in pieces) / max(1, total) or 1.0
    return [
        sum(
            rarity[term] * often * (K1 + 1) / (often + K1 * (1 - B + B * piece.size / average))
            for term, often in piece.shared.items()
        )
        / most
        for piece in pieces
    ]
