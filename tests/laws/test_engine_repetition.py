"""Repetition is cut, resemblance is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homesmith.engines.repetition import Repetition, repeats

STYLES = "".join(
    f".card-{number} {{ margin: 0 auto; padding: {number}px; color: #333; }}\n"
    for number in range(60)
)
TABLE = "".join(f"<tr><td>Item {number}</td><td>Price</td></tr>\n" for number in range(60))
GRID = '<div class="cell" data-testid="cell" role="gridcell"></div>\n' * 9
CALENDAR = ("<tr>\n" + "  <td></td>\n" * 7 + "</tr>\n") * 6
RULER = "x = 1\n# " + "-" * 300 + "\n" + " " * 500
PARAGRAPH = "The lighthouse keeper looked at the sea, and then he looked again.\nHe sighed.\n"


def test_code_and_markup_that_resemble_themselves_are_left_alone() -> None:
    for text in (STYLES, TABLE, GRID, CALENDAR, RULER):
        watch = Repetition(6)
        assert not any(watch.add(character) for character in text), text[:60]


def test_a_line_without_end_is_seen() -> None:
    assert repeats("start\n" + "pass\n" * 13, 6)
    assert not repeats("start\n" + "pass\n" * 12, 6)
    assert repeats("{\n" + "\n" * 13, 6)


def test_a_paragraph_without_end_is_seen_and_soon() -> None:
    watch = Repetition(6)
    seen = [watch.add(character) for character in "Once. " + PARAGRAPH * 40]
    assert any(seen)
    assert seen.index(True) < len(PARAGRAPH) * 15


@given(
    head=st.text(max_size=200),
    stretch=st.text(alphabet="abcdefghij ,.\n", min_size=150, max_size=400),
)
def test_any_long_stretch_said_six_times_is_seen(head: str, stretch: str) -> None:
    if len(set(stretch)) >= 6 and stretch.count("\n") < 8:
        assert repeats(head + stretch * 6, 6)


@given(st.lists(st.integers(min_value=0, max_value=10**9), unique=True, min_size=50, max_size=90))
def test_lines_that_all_differ_are_never_a_repetition(numbers: list[int]) -> None:
    assert not repeats("".join(f"value_{number:09d} = compute(data)\n" for number in numbers), 6)
