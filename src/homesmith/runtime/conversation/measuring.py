"""How many tokens a text has for the model that talks: an estimate, corrected by its own count."""

from __future__ import annotations

from collections.abc import Callable

from homesmith.context.estimate import estimate
from homesmith.runtime.conversation.keeping import Kept

LEAST, MOST = 0.25, 4.0
"""Bounds of how far estimates are believed to be off."""


def measure(kept: Kept) -> Callable[[str], int]:
    """A count of tokens that agrees with the prompt that was sent last."""
    share = _share(kept)
    return lambda text: round(estimate(text) * share)


def _share(kept: Kept) -> float:
    estimated = sum(one.tokens for one in kept.sent.segments)
    if not estimated or not kept.sent.tokens:
        return 1.0
    return min(MOST, max(LEAST, (kept.sent.tokens + kept.sent.answer) / estimated))
