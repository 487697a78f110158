"""Each rule turns one way of saying something into steps; what it does not understand it leaves."""

from __future__ import annotations

import pytest

from homesmith.builder.acceptance import derive
from homesmith.builder.controls import read_page
from homesmith.builder.literals import literals
from homesmith.context.relevance import sentences

LIST = """<form><input type="text" data-testid="name"><input type="number" data-testid="cost">
<select data-testid="kind"><option>Food</option><option>Fun</option></select>
<button data-testid="add">Add</button></form><p data-testid="error"></p>
<select data-testid="only"><option>All</option><option>Food</option><option>Fun</option></select>
<input type="search" data-testid="search"><p data-testid="empty"></p><p data-testid="left"></p>
<p data-testid="count-open"></p><p data-testid="count-done"></p>
<button data-testid="clear-packed">Clear</button><button data-testid="clear-all">All</button>"""
ROW = """make("li", { testid: "row" }, [make("input", { type: "checkbox", testid: "packed" }),
make("button", { testid: "rename" }), make("input", { testid: "new-name" }),
make("button", { testid: "keep" }), make("button", { testid: "move-right" })])"""
CALCULATOR = """<input type="number" data-testid="bill" value=""><input type="number" value="15"
data-testid="tip"><button data-testid="tip-20">20</button><button data-testid="reset">Reset</button>
<p data-testid="error"></p><p data-testid="total"></p>"""
CLOCK = """<button data-testid="start">Start</button><p data-testid="clock"></p>"""
ADD = (
    ("type", "name", "Sample one"),
    ("type", "cost", "3"),
    ("click", "add", ""),
)


def ending(request: str, html: str = LIST, script: str = ROW) -> list[tuple[str, str, str]]:
    """The steps of the only scenario."""
    page = read_page(html, script, literals(request).testids)
    found = derive(page, sentences(request))
    assert len(found) == 1, [scenario.steps for scenario in found]
    return [(one.action, one.target[14:-2], one.text) for one in found[0].steps]


def test_a_count_is_shown_at_each_number_and_one_less_when_one_is_done() -> None:
    steps = ending(
        "`left` says how many are left: `0 things left`, `1 thing left`, `2 things left`."
    )
    assert steps[0] == ("see", "left", "0 things left")
    assert ("see", "left", "2 things left") in steps
    assert steps[-2:] == [("check", "packed", ""), ("see", "left", "1 thing left")]


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("If the name is blank, `error` says `Please name it.`", ("type", "name", "")),
        (
            "If the cost is zero or negative, `error` says `Too little, sorry.`",
            ("type", "cost", "-1"),
        ),
    ],
)
def test_one_wrong_value_among_good_ones_brings_its_message(
    sentence: str, wrong: tuple[str, str, str]
) -> None:
    steps = ending(sentence)
    assert wrong in steps
    assert steps[-1] == ("count", "row", "0")


@pytest.mark.parametrize(
    ("sentence", "last"),
    [
        (
            "A blank name adds nothing.",
            [("type", "name", "   "), ("click", "add", ""), ("count", "row", "0")],
        ),
        ("After adding, the name field is empty again.", [*ADD[2:], ("value", "name", "")]),
        (
            "If there is nothing, `empty` says `Nothing here.`",
            [*ADD[2:], ("not_see", "empty", "Nothing here.")],
        ),
        (
            "`clear-packed` removes all packed rows.",
            [("count", "row", "1"), ("see", "row", "Sample two")],
        ),
        ("`clear-all` deletes everything.", [("click", "clear-all", ""), ("count", "row", "0")]),
        (
            "`move-right` brings a row to the next list.",
            [("see", "count-open", "0"), ("see", "count-done", "1")],
        ),
        (
            "`only` limits the rows.",
            [("count", "row", "0"), ("select", "only", "Food"), ("count", "row", "1")],
        ),
        (
            "The field `search` finds rows, ignoring case.",
            [("see", "row", "Sample two"), ("type", "search", ""), ("count", "row", "2")],
        ),
        (
            "`rename` opens a text field (`new-name`) and a button `keep`.",
            [("reload", "", ""), ("see", "row", "Changed one")],
        ),
        ("Every `row` shows its cost like `€4.50`.", [("see", "row", "€3.00")]),
    ],
)
def test_what_a_sentence_says_of_entries_is_shown(
    sentence: str, last: list[tuple[str, str, str]]
) -> None:
    page = read_page(LIST, ROW, literals(sentence).testids)
    found = derive(page, [sentence])
    ends = [
        [(one.action, one.target[14:-2], one.text) for one in scenario.steps[-len(last) :]]
        for scenario in found
    ]
    assert last in ends


def test_a_page_that_answers_at_once_is_shown_wrong_and_good_values() -> None:
    told = "When wrong, all outputs show `$0.00`:\n- a bill below zero: `No negative bills.`"
    assert ending(told, CALCULATOR, "") == [
        ("type", "bill", "-5"),
        ("see", "error", "No negative bills."),
        ("see", "total", "$0.00"),
        ("type", "bill", "4"),
        ("not_see", "error", "No negative bills."),
    ]
    assert ending("`reset` brings all back to the start.", CALCULATOR, "")[-2:] == [
        ("value", "bill", ""),
        ("value", "tip", "15"),
    ]
    assert ending("`tip-20` sets the tip.", CALCULATOR, "") == [
        ("click", "tip-20", ""),
        ("value", "tip", "20"),
    ]


def test_a_clock_shows_a_second_less_after_its_start() -> None:
    page = read_page(CLOCK, "", ())
    (first, second) = derive(page, ["When the page opens, `clock` shows `00:10`."])
    assert [one.text for one in first.steps] == ["00:10"]
    assert [one.text for one in second.steps] == ["00:10", "", "00:09"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Adding clears the name.",
        "Nothing is said here.",
        "`error` is red.",
        "Rows are removed, without asking.",
    ],
)
def test_no_rule_reads_more_than_is_said(sentence: str) -> None:
    page = read_page(LIST, ROW, ())
    actions = [one.action for found in derive(page, [sentence]) for one in found.steps]
    assert "count" not in actions or "clears" not in sentence
    assert not [text for text in actions if text == "reload"]


def test_a_count_of_the_done_is_no_count_of_all() -> None:
    request = "`count-done` shows how many things are done, for example `1 thing done`."
    page = read_page(LIST, ROW, literals(request).testids)
    assert derive(page, sentences(request)) == ()
