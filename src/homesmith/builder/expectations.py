"""Every rule: each turns one way of saying something into the steps that show it.

A rule gets the surface of an app and one sentence; no steps when the sentence says another thing.
"""

from __future__ import annotations

from collections.abc import Callable

from homesmith.builder.expected_choices import chooses, filters, searches
from homesmith.builder.expected_entries import adds, clears, edits, moves, removes, stays
from homesmith.builder.expected_fields import blank, defaults, empties_fields, enters, refuses
from homesmith.builder.expected_texts import (
    begins,
    counts,
    counts_parts,
    priced,
    says_empty,
    totals,
)
from homesmith.builder.surface import Surface
from homesmith.core.steps import Step

Rule = Callable[[Surface, str], tuple[Step, ...]]
ONCE: tuple[Rule, ...] = (
    adds,
    removes,
    filters,
    enters,
    stays,
    blank,
    edits,
    moves,
    searches,
    counts_parts,
)
OFTEN: tuple[Rule, ...] = (
    *(totals, counts, refuses, defaults, begins),
    *(empties_fields, says_empty, clears, chooses, priced),
)
"""Rules that several sentences may each give something to show."""
