"""A plan in JSON becomes a careful person's sentences, with names that the rules understand."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.entries import repeated
from homesmith.builder.kinds import kind_of
from homesmith.builder.literals import literals
from homesmith.builder.wishes import plan_schema, spelled_out

PLAN = {
    "title": "Plant diary",
    "thing": "Plant",
    "fields": [
        {"name": "name", "kind": "text", "options": []},
        {"name": "place", "kind": "choice", "options": ["Window", "Garden"]},
    ],
    "shows": [{"name": "days", "says": "how many days it was watered"}],
    "actions": [
        {"name": "day 1", "does": "ticks the first day"},
        {"name": "day 2", "does": "ticks the second day"},
        {"name": "day 3", "does": "ticks the third day"},
        {"name": "Delete", "does": "takes it away."},
    ],
    "results": [{"name": "plants", "says": 'how many there are, for example "4 plants"'}],
    "buttons": [{"name": "add plant", "does": "adds"}, {"name": "clear all", "does": "empties"}],
}


def test_a_plan_is_said_with_names_for_everything() -> None:
    title, text = spelled_out(json.dumps(PLAN))
    assert title == "Plant diary"
    names = literals(text).testids
    assert set(names) == {
        *("new-plant-name", "new-plant-place", "add-plant", "plant", "plant-name", "plant-place"),
        *("plant-days", "day-1", "day-2", "day-3", "delete-plant", "empty", "plants", "clear-all"),
    }
    members = ("plant", "plant-name", "plant-place", "plant-days", "day-1", "day-2", "day-3")
    assert repeated(text) == (*members, "delete-plant")
    assert kind_of("new-plant-place", text) == "dropdown"
    assert kind_of("new-plant-name", text) == "field"
    assert kind_of("day-2", text) == "button"
    assert "`empty` says `No plants yet.`" in text


def test_a_calculator_has_inputs_and_no_entries() -> None:
    plan = {**PLAN, "thing": "", "shows": [], "actions": []}
    _, text = spelled_out(json.dumps(plan))
    assert repeated(text) == ()
    assert "`name`" in text
    assert "`plants` shows how many" in text


def test_days_that_are_ticked_are_a_button_each() -> None:
    actions = [{"name": "tick", "does": "ticks a day"}, {"name": "delete", "does": "removes it"}]
    plan = {**PLAN, "actions": actions, "buttons": [{"name": "delete", "does": "removes it"}]}
    _, text = spelled_out(json.dumps(plan), "I tick the seven days of the week.")
    names = repeated(text)
    assert [name for name in names if name.startswith("day-")] == [
        *("day-mon", "day-tue", "day-wed", "day-thu", "day-fri", "day-sat", "day-sun")
    ]
    assert "delete-plant" in names
    assert "tick-plant" not in text
    assert "A button `delete`" not in text


@given(st.text(max_size=200) | st.just(json.dumps({**PLAN, "fields": 3})))
def test_what_is_no_plan_says_nothing(answer: str) -> None:
    assert spelled_out(answer) == ("", "")


def test_the_grammar_asks_for_every_part_of_a_plan() -> None:
    assert set(plan_schema()["required"]) == set(PLAN)


def test_a_page_of_buttons_has_no_fields() -> None:
    wish = "A water tracker: I tap a button for each glass I drink, and see how many I had today."
    assert plan_schema(wish)["properties"]["fields"]["maxItems"] == 0
    plan = {
        **PLAN,
        "thing": "glass",
        "fields": [],
        "shows": [],
        "actions": [],
        "results": [{"name": "glasses", "says": 'how many, for example "3 of 8 glasses"'}],
        "buttons": [{"name": "drink", "does": "counts one glass"}],
    }
    _, text = spelled_out(json.dumps(plan), wish)
    assert set(literals(text).testids) == {"glasses", "drink"}
    assert kind_of("drink", text) == "button"
    assert repeated(text) == ()
    assert "still there after a reload" in text
    assert spelled_out(json.dumps(plan), "I enter a name and press a button.") == ("", "")
