"""What a request says becomes steps that a browser can take, and never more than it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.acceptance import derive
from homesmith.builder.controls import read_page
from homesmith.builder.literals import literals
from homesmith.builder.template import load_templates
from homesmith.context.relevance import sentences

PAGE = """<input type="text" data-testid="title"><input type="number" min="5" data-testid="size">
<select data-testid="kind"><option value=""></option><option>Old</option></select>
<button data-testid="add">Add shelf</button><p data-testid="error"></p><p data-testid="count"></p>
<button data-testid="filter-open">Open</button><button data-testid="filter-done">Done</button>
<p data-testid="total"></p><input type="number" data-testid="step" value="2"><ul></ul>"""
SCRIPT = """make("li", { testid: "shelf" }, [make("input", { "data-testid": "toggle" }),
make("button", { testid: "delete" })])"""
FILL = (
    ("type", "title", "Sample one"),
    ("type", "size", "5"),
    ("select", "kind", "Old"),
    ("click", "add", ""),
)
ADDED = (("count", "shelf", "1"), ("see", "shelf", "Sample one"))


def steps(request: str, html: str = PAGE, script: str = SCRIPT) -> list[list[tuple[str, str, str]]]:
    """The steps of every scenario, with plain names for targets."""
    page = read_page(html, script, literals(request).testids)
    return [
        [(one.action, one.target[14:-2], one.text) for one in scenario.steps]
        for scenario in derive(page, sentences(request))
    ]


def test_adding_is_shown_with_a_value_for_every_kind_of_field() -> None:
    (made,) = steps("The button `add` adds a shelf.")
    assert made[:6] == [*FILL, *ADDED]
    assert made[-1] == ("count", "shelf", "2")


@pytest.mark.parametrize(
    ("sentence", "ending"),
    [
        ("`delete` takes the shelf away.", [("click", "delete", ""), ("count", "shelf", "0")]),
        ("Shelves survive a reload.", [("reload", "", ""), *ADDED]),
    ],
)
def test_what_happens_to_an_entry_is_shown_after_adding_one(
    sentence: str, ending: list[tuple[str, str, str]]
) -> None:
    assert steps(sentence) == [[*FILL, *ending]]


def test_a_missing_value_brings_the_quoted_message_and_no_entry() -> None:
    request = 'Without a title `error` says "Please give a title".'
    expected = [
        ("type", "size", "5"),
        ("select", "kind", "Old"),
        ("type", "title", ""),
        ("click", "add", ""),
        ("see", "error", "Please give a title"),
        ("count", "shelf", "0"),
    ]
    assert steps(request) == [expected]


def test_filters_totals_counters_defaults_and_enter_are_understood() -> None:
    assert [one[0] for one in steps("`filter-open` and `filter-done` choose.")[0][-6:]] == [
        *("click", "count", "check", "count", "click", "count"),
    ]
    assert steps('`count` shows "2 shelves".')[0][-1] == ("see", "count", "2 shelves")
    assert steps("The field `step`, default 2, counts.") == [[("value", "step", "2")]]
    small = PAGE.replace('min="5"', "")
    assert steps("`total` is the sum.", small)[0][-1] == ("see", "total", "6")
    single = '<input data-testid="title"><button data-testid="add">Add</button>'
    assert steps("Pressing Enter adds too.", single)[0][1] == ("press", "title", "Enter")


def test_what_the_server_repeats_is_an_entry_too() -> None:
    html = (
        '<form><input data-testid="title"><button data-testid="add">Add</button></form>'
        '{% for one in all %}<li data-testid="row">{{ one }}</li>{% endfor %}'
    )
    (made,) = steps("`add` adds a `row`.", html, "")
    assert ("count", "row", "2") in made


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_it_and_nothing_unsaid_is_expected(
    request: str, html: str, script: str
) -> None:
    steps(request, html, script)
    assert steps(request, "", "") == []


@pytest.mark.parametrize("name", ["static", "fastapi"])
def test_the_worked_examples_have_scenarios(name: str) -> None:
    for example in load_templates()[name].examples:
        if example.name == "words":  # no rule understands questions in turn yet
            continue
        html = "".join(text for path, text in example.files.items() if path.endswith(".html"))
        assert steps(example.request, html, example.files.get("app.js", ""))
