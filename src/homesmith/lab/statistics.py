"""The little statistics an honest comparison needs. Pure functions of counts."""

from __future__ import annotations

import math

NORMAL_95 = 1.959964


def wilson(passed: float, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), both ends in 0…1; (0, 1) without trials."""
    if total == 0:
        return 0.0, 1.0
    share, square = passed / total, NORMAL_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    half = NORMAL_95 * spread / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided exact p of McNemar's test, from the tasks that only one of two solved."""
    total = only_first + only_second
    if total == 0:
        return 1.0
    fewer = min(only_first, only_second)
    tail = sum(math.comb(total, count) for count in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << total))


def difference(only_first: int, only_second: int, total: int) -> tuple[float, float, float]:
    """What the second solves more, as a part of all, and its 95 % interval, within -1…1.

    The interval of paired shares with half a task added to each kind (Agresti and Min 2005).
    """
    if total == 0:
        return 0.0, -1.0, 1.0
    one, two, count = only_first + 0.5, only_second + 0.5, total + 2
    middle = (two - one) / count
    spread = math.sqrt(max(0.0, one + two - (two - one) ** 2 / count)) / count
    half = NORMAL_95 * spread
    return (only_second - only_first) / total, max(-1.0, middle - half), min(1.0, middle + half)
