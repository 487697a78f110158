"""A figure: what a suite measures beside how many tasks were solved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of one way, such as the median of tokens. `unit` is "%", "tokens", "ms", …"""

    suite: str
    way: str
    name: str
    value: float
    unit: str = ""

    @property
    def text(self) -> str:
        """The number as people read it; shares are from 0 to 1."""
        if self.unit == "%":
            return f"{100 * self.value:.1f} %"
        digits = 0 if self.value == int(self.value) or self.value >= 100 else 2
        return f"{self.value:.{digits}f} {self.unit}".rstrip()
