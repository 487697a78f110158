"""Outlines: what a program knows of a file stands; what a model wrote is found again in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.composing import blamed, outline_of, wanted
from homesmith.builder.controls import read_page
from homesmith.builder.entries import repeated
from homesmith.builder.forms import number_form
from homesmith.builder.kinds import kind_of
from homesmith.builder.literals import literals
from homesmith.builder.mentions import mentions
from homesmith.builder.outline import Part, bodies_of, comment, written
from homesmith.builder.script_app import groups_of, script_app
from homesmith.builder.script_outline import script_outline
from homesmith.builder.template import load_templates
from homesmith.core.checks import Finding

WISH = """A packing list, kept in localStorage.

At the top is a text field (data-testid `new-thing`) and a button `add-thing`. An empty text adds
nothing; `error` says `Please name it.` After adding, the field is empty again.

Every thing is an element `thing` with its name in `thing-name`, a checkbox `packed` and the buttons
`delete` and `rename`. `rename` replaces the name by a text field (`new-name`) and a button `keep`.

Two buttons choose what is seen: `show-all` and `show-open`. A search field `search` narrows it too.

`left` tells how many are to be packed: `1 thing left`, `2 things left`. If there are none, `empty`
says `Nothing to pack.`
"""
PAGE = """<form data-testid="form"><input type="text" data-testid="new-thing">
<button type="submit" data-testid="add-thing">Add</button></form><p data-testid="error"></p>
<button data-testid="show-all">All</button><button data-testid="show-open">Open</button>
<input type="search" data-testid="search"><ul data-testid="things"></ul>
<p data-testid="left"></p><p data-testid="empty"></p>"""
PARTS = script_outline(read_page(PAGE, "", literals(WISH).testids), WISH)
TEMPLATES = load_templates()
LINE = st.text(st.characters(codec="utf-8", exclude_characters='\n})]";/#'), max_size=40)


def text_of(name: str) -> str:
    return next(part.opening for part in PARTS if part.name == name)


@given(st.data())
def test_what_was_written_between_is_found_again(data: st.DataObject) -> None:
    bodies = {part.name: data.draw(LINE) for part in PARTS if part.stop}
    assert bodies_of(PARTS, written(PARTS, bodies)) == bodies


def test_a_file_of_another_make_has_no_parts() -> None:
    assert bodies_of(PARTS, "let things = [];\n") is None
    assert bodies_of(PARTS, written(PARTS, {}) + "more();\n") is None


@pytest.mark.parametrize(
    ("template", "name"),
    [("static", "paint"), ("static", "repairs"), ("static", "words"), ("fastapi", "boats")],
)
def test_the_worked_examples_are_written_along_their_outlines(template: str, name: str) -> None:
    kind = TEMPLATES[template]
    example = next(one for one in kind.examples if one.name == name)
    unit = next(one for one in kind.fills if one.outline in ("script", "server"))
    parts = outline_of(unit, example.files, example.request, page=True)
    bodies = bodies_of(parts, example.files[unit.path])
    assert bodies is not None
    assert all(
        bodies[part.name] or part.name in ("data", "rename", "remove", "keep")
        for part in parts
        if part.stop
    )


def test_each_function_stands_under_the_sentences_that_speak_of_it() -> None:
    adding = text_of("addThing")
    assert "`Please name it.`" in adding
    assert "After adding, the field is empty again." in adding
    assert "`left` tells" not in adding
    assert "narrows" in text_of("shownThings")


def test_what_follows_from_the_names_is_written_by_the_program() -> None:
    whole = written(PARTS, {})
    for line in (
        'let things = load("things", []);',
        'let show = "all"; // one of "all", "open"',
        'make("input", { type: "checkbox", testid: "packed", onchange: () => packedThing(thing)',
        'make("span", { testid: "thing-name", text:',
        'find("add-thing").addEventListener("click", addThing);',
        'find("search").addEventListener("input", render);',
        'fill("things", shownThings().map(thingElement));',
        'say("left", leftText());',
        "  editing = thing;",
        'return number + (number === 1 ? " thing left" : " things left");',
        'return none ? "Nothing to pack." : "";',
    ):
        assert line in whole
    assert whole.index("...(editing !== thing") < whole.index('testid: "new-name"')
    assert "onEnter" not in whole  # the form sends when Enter is pressed


def test_the_kinds_of_things_are_read_from_the_words_around_their_names() -> None:
    told = {name: kind_of(name, WISH) for name in literals(WISH).testids}
    assert told["new-thing"] == "field"
    assert told["packed"] == "checkbox"
    assert {told[name] for name in ("add-thing", "delete", "rename", "keep")} == {"button"}
    assert {told[name] for name in ("show-all", "show-open")} == {"button"}
    assert {told[name] for name in ("error", "left", "empty", "thing-name")} == {"text"}
    assert kind_of("b", "Three quick buttons set 1, 2 and 3: `a`, `b`, `c`.") == "button"
    assert kind_of("filter", "A dropdown `filter` with All and Done.") == "dropdown"
    assert kind_of("sum", "The form has two number fields; the answer (`sum`) is shown.") == "field"


def test_the_entry_and_its_members_are_read_from_the_words() -> None:
    members = ("thing", "thing-name", "packed", "delete", "rename", "new-name", "keep")
    assert repeated(WISH) == members
    assert repeated("`total` is what each person pays, `error` says so. No data-testid.") == ()


def test_lists_of_one_kind_are_groups_with_their_sizes() -> None:
    names = ("list-open", "count-open", "list-done", "count-done", "other")
    assert groups_of(names).holders == "list"
    assert groups_of(names).sizes == "count"
    assert groups_of(names).ends == ("open", "done")
    assert groups_of(("total-a", "total-b")).ends == ()


def test_alike_buttons_of_an_entry_share_one_function() -> None:
    wish = (
        "A form has a text field `new-name` (data-testids) and a button `add-player`.\n\n"
        "Every player is an element with data-testid `player` that has the buttons `round-1`, "
        "`round-2`, `round-3` and `remove`."
    )
    html = (
        '<form><input data-testid="new-name"><button data-testid="add-player">Add</button></form>'
        '<ul data-testid="players"></ul>'
    )
    app = script_app(read_page(html, "", literals(wish).testids), wish)
    assert app.families == dict.fromkeys(("round-1", "round-2", "round-3"), "round")
    whole = written(script_outline(app.page, wish), {})
    assert '...["round-1", "round-2", "round-3"].map((round) =>' in whole
    assert whole.count("function roundPlayer(player, round) {") == 1


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (
            ["0 items left", "1 item left", "2 items left"],
            'number + (number === 1 ? " item left" : " items left")',
        ),
        (
            ["No entries yet", "1 entry", "2 entries"],
            'number === 0 ? "No entries yet" : number + (number === 1 ? " entry" : " entries")',
        ),
        (["€4.50"], '"€" + number.toFixed(2)'),
        (["Points: 0"], '"Points: " + number'),
        (["3 of 5"], ""),
        (["Ready", "2 left"], ""),
        ([], ""),
    ],
)
def test_the_form_of_a_number_is_read_from_examples(texts: list[str], form: str) -> None:
    assert number_form(texts) == form


def test_the_part_to_blame_is_the_one_that_the_trouble_names() -> None:
    whole = written(PARTS, {})
    line = whole[: whole.index("function leftText")].count("\n") + 2
    thrown = Finding(name="browser/load", outcome="failed", message=f"TypeError at app.js:{line}")
    assert blamed(PARTS, [thrown], whole)[0] == "leftText"
    shown = Finding(
        name="browser/scenario:1",
        outcome="failed",
        message='left should show "1 thing left", but it shows "" (after: click add-thing)',
    )
    assert blamed(PARTS, [shown], whole)[0] == "leftText"
    assert wanted(shown.message) == 'left should show "1 thing left" (after: click add-thing)'


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_words_and_no_page_break_it(request: str, html: str) -> None:
    names = literals(request).testids
    mentions(request, names, ())
    assert written(script_outline(read_page(html, "", names), request), {}).endswith("render();\n")


def test_items_of_a_list_begin_new_lines_of_a_comment() -> None:
    assert (
        comment(["Two:", "- one", "- two", "After."], "#") == "# Two:\n# - one\n# - two\n# After.\n"
    )
    assert Part(name="x", opening="").stop == ()


def test_parts_of_an_entry_that_are_ticked_are_written_by_the_program() -> None:
    wish = (
        "A form has a text field `new-name` (data-testids) and a button `add-plant`.\n\n"
        "Every plant is an element with data-testid `plant` that shows `plant-days` and has the "
        "buttons `day-mon`, `day-tue`, `day-wed`. `day-mon` ticks or unticks Monday. `day-tue` "
        "ticks or unticks Tuesday. `day-wed` ticks or unticks Wednesday. `plant-days` shows how "
        'many days are done, for example "3 days".'
    )
    html = (
        '<form><input data-testid="new-name"><button data-testid="add-plant">Add</button></form>'
        '<ul data-testid="plants"></ul>'
    )
    whole = written(script_outline(read_page(html, "", literals(wish).testids), wish), {})
    for line in (
        "// Each plant is an object with { days,",
        "  plant.days = toggled(plant.days, day);",
        '...[["day-mon", "Mon"], ["day-tue", "Tue"], ["day-wed", "Wed"]].map(([day, text]) =>',
        '((number) => number + (number === 1 ? " day" : " days"))((plant.days ?? []).length)',
    ):
        assert line in whole


def test_moving_between_lists_is_written_by_the_program() -> None:
    wish = (
        "Lists (data-testids `list-open`, `list-done`), sizes in `count-open`, `count-done`. A "
        "text field `new-job` and a button `add-job`.\n\n"
        "Each job (`job`) has the buttons `move-left` and `move-right`."
    )
    html = (
        '<input data-testid="new-job"><button data-testid="add-job">Add</button>'
        '<p data-testid="count-open"></p><ul data-testid="list-open"></ul>'
        '<p data-testid="count-done"></p><ul data-testid="list-done"></ul>'
    )
    whole = written(script_outline(read_page(html, "", literals(wish).testids), wish), {})
    for line in (
        'const LISTS = ["open", "done"];',
        "  const next = LISTS[LISTS.indexOf(job.list) + -1];",
        "  jobs = [...jobs.filter((other) => other !== job), job];",
        'onclick: () => moveLeft(job), text:, disabled: job.list === "open" }',
        'onclick: () => moveRight(job), text:, disabled: job.list === "done" }',
        'onEnter("new-job", addJob);',
    ):
        assert line in whole


def test_only_parts_that_a_model_wrote_are_to_blame() -> None:
    parts = (
        Part(name="written", opening="function one() {\n", ending="\n}\n", stop=("\n}",)),
        Part(name="fixed", opening="function two() {\n  one().x.y;\n}\n"),
    )
    text = written(parts, {"written": "  return {};"})
    thrown = Finding(name="load", outcome="failed", message="threw TypeError at app.js:5")
    assert blamed(parts, [thrown], text) == ("written",)


def test_a_line_of_a_test_is_no_line_of_the_app() -> None:
    parts = (
        Part(name="first", opening="def one():\n", ending="\n", stop=("\n",), about=("test_one",)),
        Part(name="last", opening="def two():\n", ending="\n", stop=("\n",)),
    )
    text = written(parts, {"first": "    return 1", "last": "    return 2"})
    message = "test_one: 1 at tests/test_app.py:99"
    red = Finding(name="test_one", outcome="failed", message=message)
    placed = replace(red, file="tests/test_app.py", line=99)
    assert blamed(parts, [red], text) == blamed(parts, [placed], text) == ("first",)
    assert blamed(parts, [replace(placed, file="app.py")], text)[0] == "last"


def test_a_new_entry_has_none_of_its_parts_on() -> None:
    request = """A rota. A text field `new-name` (data-testid) and a button `add-name`. Every name
    is an element `name` with the buttons `day-mon`, `day-tue`, `day-wed` that tick the day."""
    page = '<input type="text" data-testid="new-name"><button data-testid="add-name">Add</button>'
    parts = script_outline(read_page(page, "", literals(request).testids), request)
    adding = next(part for part in parts if part.name == "addName")
    body = "  names.push({ text: text, days: Array(3).fill(false), id: 1 });"
    assert adding.mended(body) == "  names.push({ text: text, days: [], id: 1 });"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (' done ? "Yes" : "No" }, hidden: gone', ' done ? "Yes" : "No"'),
        (" label(item)), x", " label(item)"),
        (' "a } in quotes"', ' "a } in quotes"'),
        (" `${one}` + [1, 2][0]", " `${one}` + [1, 2][0]"),
        (" (one]", " (one"),
        ("", ""),
    ],
)
def test_a_value_ends_before_a_bracket_that_it_does_not_open(body: str, kept: str) -> None:
    assert Part(name="x", opening="", value=True).mended(body) == kept
    assert Part(name="x", opening="").mended(body) == body
