"""What was sent, segment by segment, and whether the engine still knew it.

Only hashes: no text is kept here. Tokens of a segment are an estimate, those of a prompt exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from homesmith.context.prompt.rendering import message_text
from homesmith.context.prompt.values import Layout, Turn

SLACK = 32
"""Tokens that may be read again without a reason: where an answer ends, words join otherwise."""


FIRST = "there is no earlier prompt to compare with"
SURE = 0.9
"""Of tokens that are only estimated, so much is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of the prompt: its name, the hash of its bytes, and about how many tokens."""

    name: str
    sha: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A prompt that was sent. `tokens` of the prompt and `answer` tokens, both exact.

    `unread` says why the engine may not have read it to its end, "" when it has.
    """

    segments: tuple[Segment, ...] = ()
    tokens: int = 0
    answer: int = 0
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """How much of a prompt was known: tokens `expected` and `reported` of `tokens`.

    `lost` names where the cache broke: a segment, "engine", or "" when it held.
    """

    tokens: int = 0
    expected: int = 0
    reported: int = 0
    lost: str = ""
    why: str = ""


def segments(
    layout: Layout, opening: Turn | None, count: Callable[[str], int]
) -> tuple[Segment, ...]:
    """The prompt cut where people would cut it; joined it is all that is sent."""
    return tuple(
        Segment(name=name, sha=_sha(text), tokens=count(text))
        for name, text in _texts(layout, opening)
    )


def _texts(layout: Layout, opening: Turn | None) -> Iterator[tuple[str, str]]:
    yield "instructions", layout.instructions
    for one in layout.standing:
        yield one.label, f"{one.label}:\n{one.text}"
    summary = layout.summary
    for number, turn in enumerate(layout.turns, start=1):
        yield from _asked(number, turn, summary)
        yield f"answer {number}", turn.answered
        summary = ""
    if opening is not None:
        yield from _asked(len(layout.turns) + 1, opening, summary)


def _asked(number: int, turn: Turn, summary: str) -> Iterator[tuple[str, str]]:
    for example in turn.examples:
        yield f"{example.source} {number}", f"{example.asked}\n{example.answer}"
    yield f"message {number}", message_text(turn, summary)
    for at, exchange in enumerate(turn.calls, start=1):
        yield f"call {number}.{at}", exchange.said
        yield f"result {number}.{at}", exchange.result


def compare(before: Sent | None, now: Sent, reported: int, absent: str = "") -> Reuse:
    """What was expected to be known of the prompt, what was, and why there is less.

    `absent` says why the engine may know nothing, such as that it was started anew.
    """
    if before is None or not before.segments:
        return Reuse(tokens=now.tokens, reported=reported, why=FIRST)
    same = _common(before.segments, now.segments)
    whole = same == len(before.segments)
    expected = min(now.tokens, _expected(before, same, whole=whole))
    lost, why = ("", "") if whole else _changed(before, now, same)
    if reported + SLACK < expected:
        if not whole:
            why += ", and the engine dropped more than that: a sliding window does"
        elif reported + SLACK >= before.tokens:
            lost, why = before.segments[-1].name, "the answer was read again, in other tokens"
        else:
            lost, why = "engine", absent or before.unread or "the engine dropped what it had read"
    return Reuse(tokens=now.tokens, expected=expected, reported=reported, lost=lost, why=why)


def _changed(before: Sent, now: Sent, at: int) -> tuple[str, str]:
    name = (now.segments if at < len(now.segments) else before.segments)[at].name
    return name, f"{name} is not what was sent before"


def _expected(before: Sent, same: int, *, whole: bool) -> int:
    if whole:
        return before.tokens + before.answer
    estimated = sum(one.tokens for one in before.segments) or 1
    share = sum(one.tokens for one in before.segments[:same]) / estimated
    return int(SURE * share * (before.tokens + before.answer))


def _common(one: tuple[Segment, ...], other: tuple[Segment, ...]) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (at for at, (first, second) in enumerate(pairs) if first.sha != second.sha),
        min(len(one), len(other)),
    )


def _sha(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
