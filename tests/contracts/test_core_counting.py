"""How many of a thing is said in a number and a noun that agree."""

from __future__ import annotations

import pytest

from homesmith.core.counting import counted
from homesmith.core.learning import YIELDS


@pytest.mark.parametrize(
    ("number", "things", "said"),
    [
        (0, "blocks", "0 blocks"),
        (1, "blocks", "1 block"),
        (2, "blocks", "2 blocks"),
        (1, "memories", "1 memory"),
        (1, "stretches", "1 stretch"),
        (1, "indexes", "1 index"),
        (1, "pieces in the index", "1 piece in the index"),
        (1, "files of the KV cache", "1 file of the KV cache"),
        (3, "edits in histories", "3 edits in histories"),
    ],
)
def test_a_number_and_its_noun_agree(number: int, things: str, said: str) -> None:
    assert counted(number, things) == said


def test_what_is_learned_is_counted_in_words() -> None:
    ones = [counted(1, one) for one in YIELDS]
    assert ones == ["1 fact", "1 fact replaced", "1 proposal", "1 block rewritten", "1 summary"]
