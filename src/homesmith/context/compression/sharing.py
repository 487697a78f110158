"""Share a budget of tokens among several texts: more to those in which the answer may stand.

Sentences of all of them compete for the room, as those of one text do; each text has about as much
as its sentences won. Who attaches few files sees something of each: a part of an equal share is
theirs in any case, if it is useful. Pure functions; sizes in tokens as `count` measures them. It
does not know kinds of text: what a log or a page needs is less than its sentences say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from homesmith.context.compression.prose import repeated, worths_of
from homesmith.context.compression.sentences import Sentence, taken_apart
from homesmith.context.compression.values import Count

USEFUL = 40
"""With less room than this a text is left out rather than cut to nothing."""
OWN = 4
"""A text has this part of an equal share in any case, if that is useful: a quarter."""
SHORT = 250
"""Tokens of a text that stays whole, if it fits, where it would keep ENOUGH of them."""
ENOUGH = 0.35
"""With 0.7 and 0.5 fewer answers stayed, with 0.25 as many (docs/measurements.md, 8)."""
MARKS = 24
"""For the line that names the original, and for what stands where something is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A text that wants room: what all of it takes, and what its frame takes beside."""

    text: str
    need: int
    frame: int

    @property
    def whole(self) -> int:
        return self.need + self.frame


def share(claims: Sequence[Claim], query: str, left: int, count: Count) -> list[int]:
    """How much each may take without its frame; -1 for nothing at all.

    With their frames they take at most `left`, if that is anything. Without a question all are
    equal, and the smallest have theirs first.
    """
    if sum(claim.whole for claim in claims) <= left:
        return [claim.need for claim in claims]
    if len(claims) < 2 or not query.strip():
        return _equally(claims, left)
    room = _by_worth(claims, _begun(claims, left), query, left, count)
    return room if any(one >= 0 for one in room) else _equally(claims, left)


def _begun(claims: Sequence[Claim], left: int) -> list[int]:
    """What each has in any case; a text without sentences all that it needs, while there is any."""
    own, room = left // len(claims) // OWN, []
    for claim in claims:
        silent = not claim.text.strip() and claim.whole <= left
        given = claim.need if silent else _useful(min(claim.need, own - claim.frame), claim)
        left -= given + claim.frame if silent else 0
        room.append(given)
    return room


def _equally(claims: Sequence[Claim], left: int) -> list[int]:
    room = [-1] * len(claims)
    waiting = sorted(range(len(claims)), key=lambda at: (claims[at].need, at))
    for place, at in enumerate(waiting):
        fair = max(0, left) // (len(waiting) - place) - claims[at].frame
        room[at] = _useful(min(claims[at].need, fair), claims[at])
        left -= room[at] + claims[at].frame if room[at] >= 0 else 0
    return room


def _useful(room: int, claim: Claim) -> int:
    return room if room >= min(USEFUL, claim.need) else -1


def _by_worth(
    claims: Sequence[Claim],
    begun: Sequence[int],
    query: str,
    left: int,
    count: Count,
) -> list[int]:
    """What `begun` gives, and the rest to the sentences of most worth, the earlier of equals."""
    room, won = list(begun), [0] * len(claims)
    left -= sum(size + claim.frame for size, claim in zip(room, claims, strict=True) if size >= 0)
    owners, sentences = _together(claims)
    again = repeated([one.text for one in sentences])
    worths = worths_of(sentences, query, count)
    new = [at for at, said in enumerate(again) if not said]
    order = sorted(new, key=lambda at: (-worths[at], at))
    for at in order:
        owner, claim, cost = owners[at], claims[owners[at]], count(sentences[at].text)
        taken = room[owner] if room[owner] >= 0 else -claim.frame
        sizes = _sizes(claim, won[owner] + cost)
        wanted = next((size for size in sizes if size - taken <= left), None)
        if wanted is not None:
            won[owner] += cost
            left -= max(0, wanted - taken)
            room[owner] = max(room[owner], wanted)
    for owner in dict.fromkeys(owners[at] for at in order):
        if room[owner] >= 0:
            more = max(0, min(left, claims[owner].need - room[owner]))
            room[owner], left = room[owner] + more, left - more
    return room


def _sizes(claim: Claim, won: int) -> tuple[int, ...]:
    """What a text would take whose sentences won so much: whole, if that is sensible, or a part."""
    part = min(claim.need, max(USEFUL, MARKS + won))
    sensible = claim.need <= SHORT and part >= ENOUGH * claim.need
    return (claim.need, part) if sensible else (part,)


def _together(claims: Sequence[Claim]) -> tuple[list[int], list[Sentence]]:
    """The sentences of all texts, their passages counted on, and whose each is."""
    owners: list[int] = []
    sentences: list[Sentence] = []
    for owner, claim in enumerate(claims):
        passages = sentences[-1].passage + 1 if sentences else 0
        some = [replace(one, passage=passages + one.passage) for one in taken_apart(claim.text)]
        sentences += some
        owners += [owner] * len(some)
    return owners, sentences
