"""Names that a model copies from the worked example are told as the app's own."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.leftovers import Leftovers, leftovers
from homesmith.builder.template import BUILTIN, Example, read_template

REQUEST = """A keeper of time entries.

- `POST /api/time-entries` with `{"name": "a"}`: 201 and the entry.
- `GET /api/time-entries/{id}` gives one.
"""


@pytest.fixture(scope="module")
def example() -> Example:
    return read_template(BUILTIN / "fastapi").examples[0]


def test_code_is_told_with_the_names_of_the_app(example: Example) -> None:
    kept = leftovers(example, REQUEST, "Hours")
    code = "\n".join(text for path, text in example.files.items() if path.endswith(".py"))
    told = kept.in_code(code)
    assert "boat" not in told.lower()
    assert "def find_time_entry(" in told
    assert "class TimeEntryIn(" in told
    assert "FROM time_entries" in told
    ast.parse(told)
    assert kept.in_code("steamboats = lifeboat + boatyard") == "steamboats = lifeboat + boatyard"


def test_a_page_has_its_own_heading_and_names(example: Example) -> None:
    page = next(text for path, text in example.files.items() if path.endswith(".html"))
    told = leftovers(example, REQUEST, "Hours & days").in_page(page)
    assert "<h1>Hours &amp; days</h1>" in told
    assert "No time entries yet" in told
    assert "{% for time_entry in time_entries %}" in told
    assert "Add time entry</button>" in told


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (
            '<a href="/boats/{{ boat.id }}">A boat</a>',
            '<a href="/time-entries/{{ time_entry.id }}">A time entry</a>',
        ),
        ("<style>.boat { color: red }</style>", "<style>.time-entry { color: red }</style>"),
        ('<p class="boat">Boat name</p>', '<p class="time-entry">Time entry name</p>'),
        (
            '<input name="boat_name" placeholder="Boat name">',
            '<input name="time_entry_name" placeholder="Time entry name">',
        ),
    ],
)
def test_a_name_of_several_words_breaks_no_path_and_no_selector(
    example: Example, page: str, told: str
) -> None:
    assert leftovers(example, REQUEST, "Hours").in_page(page) == told


def test_what_the_request_speaks_of_stays(example: Example) -> None:
    about_boats = REQUEST.replace("time entries", "boats of Boat hire")
    kept = leftovers(example, about_boats, "Boats")
    text = "<h1>Boat hire</h1><p>No boats yet</p>"
    assert kept.in_page(text) == text
    assert kept.in_code("find_boat(1)") == "find_boat(1)"


def test_without_an_example_or_a_server_of_things_names_stay(example: Example) -> None:
    for kept in (leftovers(None, REQUEST, "Hours"), leftovers(example, "A page.", "Hours")):
        assert kept.in_code("find_boat(1)") == "find_boat(1)"
    assert leftovers(example, "A page.", "Hours").in_page("<h1>Boat hire</h1>") == "<h1>Hours</h1>"


@given(st.text())
def test_told_twice_is_told_once(text: str) -> None:
    kept = Leftovers(
        names=(("boats", "notes"), ("boat", "note")), heading="Boat hire", title="Notes"
    )
    assert kept.in_page(kept.in_page(text)) == kept.in_page(text)
    assert kept.in_code(kept.in_code(text)) == kept.in_code(text)


def test_the_examples_of_static_apps_keep_their_names() -> None:
    for one in read_template(BUILTIN / "static").examples:
        kept = leftovers(one, "A page with a counter.", "Counter")
        assert kept.names == ()
        assert kept.heading
