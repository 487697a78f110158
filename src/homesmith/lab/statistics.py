"""The little statistics an honest comparison needs. Pure functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def chance(p: float) -> str:
    """A p as papers write it: "p = 0.034", and "p < 0.001" where it is smaller."""
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


def difference(gains: Sequence[float]) -> tuple[float, float, float]:
    """The mean of what each task gained, each within -1…1, and its 95 % interval.

    The interval of paired shares with half a task added to each kind (Agresti and Min 2005): two
    to all, one of them to those that gained or lost as a whole. Gains of parts, where a task was
    tried several times, enter with their squares, as whole ones do.
    """
    if not gains:
        return 0.0, -1.0, 1.0
    total, count = math.fsum(gains), len(gains) + 2
    squares = math.fsum(gain * gain for gain in gains) + 1
    middle = total / count
    half = NORMAL_95 * (math.sqrt(max(0.0, squares - total**2 / count)) / count)
    return total / len(gains), max(-1.0, middle - half), min(1.0, middle + half)
