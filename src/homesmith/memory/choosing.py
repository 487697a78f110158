"""From several rankings of pieces to the few that a prompt should carry. Pure functions.

Rankings are fused by reciprocal rank (Cormack, Clarke and Büttcher, 2009): what BM25 and cosines
say cannot be added, where they place a piece can. A session in which several pieces answer is
worth more than one with a single hit; a piece that follows others of its session is worth less,
so that what is carried comes from several sessions.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from homesmith.core.memories import Piece, Recalled
from homesmith.memory.dates import Span

RANK = 10
"""Ranks this small are nearly equal to the first."""
SUPPORT = 0.5
"""What each further piece of a session counts beside the one before."""
AGAIN = 0.4
"""What a piece is still worth after another of its session was chosen."""
MODEL_SAID = 0.5
"""What a model's words are worth beside those of the person, who is whom to remember."""
MISFITS = 8
"""So many pieces that are too long for what is left end the search for smaller ones."""
NAMED_TIME = 1.3
"""The lift of a memory from a time that the question names."""
PAST = 0.25
"""What a fact is worth when it no longer holds and no time is named at which it did."""
RECENT = 0.1
"""The lift of a memory of today; it halves every RECENT_DAYS."""
RECENT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Pieces in order, best first, found in one way. `name` is the why that people read."""

    name: str
    chunks: Sequence[int]
    weight: float = 1.0


def worths(
    rankings: Sequence[Ranking], pieces: Mapping[int, Piece], spans: Sequence[Span], today: date
) -> dict[int, float]:
    """What each piece is worth: 1 for the first of every ranking, before speaker and time count."""
    times = [span.times for span in spans]
    total = sum(ranking.weight for ranking in rankings) or 1.0
    found: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for place, chunk in enumerate(ranking.chunks):
            if chunk in pieces:
                found[chunk] += ranking.weight / total * RANK / (RANK + place)
    return {chunk: worth * _lift(pieces[chunk], times, today) for chunk, worth in found.items()}


def _lift(piece: Piece, times: Sequence[tuple[str, str]], today: date) -> float:
    speaker = MODEL_SAID if piece.memory.speaker in ("assistant", "summary") else 1.0
    day = _day(piece)
    if day is None:
        return speaker
    age = max(0, (today - day).days)  # a day more or less, as it is in UTC, changes nothing here
    named = any(of_time(piece, *each) for each in times)
    time = NAMED_TIME if named else PAST if piece.memory.until else 1.0
    return float(speaker * time * (1 + RECENT * 0.5 ** (age / RECENT_DAYS)))


def of_time(piece: Piece, first: str, end: str) -> bool:
    """Whether a piece is from the time between two; a fact is from all in which it holds."""
    at, until = piece.memory.at, piece.memory.until
    if piece.memory.kind != "fact":
        return first <= at < end
    return at < end and (not until or until > first)


def _day(piece: Piece) -> date | None:
    """The day of a piece in UTC, None when its time cannot be read."""
    try:
        return date.fromisoformat(piece.memory.at[:10])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The pieces for a prompt, best first, and those that were worth as much but had no room."""

    found: tuple[Recalled, ...]
    misfits: tuple[Recalled, ...]


def choose(
    worth: Mapping[int, float],
    pieces: Mapping[int, Piece],
    *,
    k: int,
    tokens: int,
    count: Callable[[Piece], int],
    why: Callable[[int], str],
) -> Chosen:
    """At most `k` pieces of at most `tokens` tokens together, the most worthy first.

    Equals come in the order of their numbers, the newer first.
    """
    sessions = supported(worth, pieces)
    firsts: dict[str, float] = defaultdict(float)
    for chunk, value in worth.items():
        session = pieces[chunk].memory.session
        firsts[session] = max(firsts[session], value)
    left = {}
    for chunk, value in worth.items():
        session = pieces[chunk].memory.session
        left[chunk] = sessions[session] * value / firsts[session]
    most = max(left.values(), default=0.0) or 1.0
    chosen: list[Recalled] = []
    misfits: list[Recalled] = []
    taken: dict[str, int] = defaultdict(int)
    free = tokens
    queue = [(-value, -chunk) for chunk, value in left.items()]
    heapq.heapify(queue)
    while queue and len(chosen) < k and len(misfits) < MISFITS:
        said, best = queue[0][0], -queue[0][1]
        now = -left[best] * AGAIN ** taken[pieces[best].memory.session]
        if now != said:  # worth less since another of its session was chosen, and never more
            heapq.heapreplace(queue, (now, -best))
            continue
        heapq.heappop(queue)
        worthy = round(left[best] / most, 4)
        cost = count(pieces[best])
        one = Recalled(piece=pieces[best], worth=worthy, why=why(best), tokens=cost)
        if cost > free:
            misfits.append(one)
            continue
        free -= cost
        taken[pieces[best].memory.session] += 1
        chosen.append(one)
    return Chosen(found=tuple(chosen), misfits=tuple(misfits))


def supported(worth: Mapping[int, float], pieces: Mapping[int, Piece]) -> dict[str, float]:
    """What each session is worth: its best piece, and less and less of each further one."""
    values: dict[str, list[float]] = defaultdict(list)
    for chunk, value in worth.items():
        values[pieces[chunk].memory.session].append(value)
    return {
        session: sum(
            value * SUPPORT**place for place, value in enumerate(sorted(found, reverse=True))
        )
        for session, found in values.items()
    }
