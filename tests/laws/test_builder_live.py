"""Pages that answer at once: clocks, dependent dropdowns, numbers and their texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.acceptance import derive
from homesmith.builder.additions import in_sentences, needs_plan, wants_dark
from homesmith.builder.controls import read_page
from homesmith.builder.forms import graded
from homesmith.builder.literals import literals
from homesmith.builder.outline import Part, written
from homesmith.builder.pages import completed, first_value
from homesmith.builder.script_outline import script_outline
from homesmith.builder.server_pages import completed_template
from homesmith.context.relevance import sentences

SHARES = """A bill is shared. Number fields: `bill` (data-testid) and `guests`, which starts at 2.

Outputs: the whole with service (`whole`) and the share of each (`share`). Both are written like
`€1.50`. If the bill is below zero, `error` says `No such bill.` and all outputs show `€0.00`."""
SHARES_PAGE = """<input type="number" data-testid="bill"><input type="number" data-testid="guests">
<p data-testid="whole"></p><p data-testid="share"></p><p data-testid="error"></p>"""

LENGTHS = """A converter. A dropdown `kind` (data-testid) with Way, Weight and Heat, a number field
`amount`, dropdowns `from` and `to`, the answer in `answer`.

- Way: m, km, mi (1 mi = 1609.344 m)
- Weight: kg, g, lb (1 lb = 0.45359237 kg)
- Heat: C, F

When I change the kind, both dropdowns get its units, the second in `to`. `answer` shows at most
three decimals, for example `0.002 km`, so 2 kg is `2000 g`. If the amount is empty, `answer` says
`Please type.`"""
LENGTHS_PAGE = """<select data-testid="kind"><option>Way</option><option>Weight</option>
<option>Heat</option></select><input type="number" data-testid="amount">
<select data-testid="from"></select>
<select data-testid="to"></select><p data-testid="answer"></p>"""

EGGS = """An egg timer that counts down one second at a time. A number field `minutes` (data-testid)
starts at 5. `left` shows the time as `mm:ss`. Buttons: `start`, `hold` and `reset`.

`state` says `Waiting`, `Cooking`, `On hold` or `Done!`. If the minutes are zero, Start does nothing
but show `No time set` in `state`.

`eggs` counts how often it has reached the end: `1 egg`, `2 eggs`."""
EGGS_PAGE = """<input type="number" data-testid="minutes"><p data-testid="left"></p>
<button data-testid="start">Start</button><button data-testid="hold">Hold</button>
<button data-testid="reset">Reset</button><p data-testid="state"></p><p data-testid="eggs"></p>"""


def outline(request: str, page: str) -> tuple[Part, ...]:
    return script_outline(read_page(page, "", literals(request).testids), request)


def script(request: str, page: str) -> str:
    return written(outline(request, page), {})


def open_parts(request: str, page: str) -> list[str]:
    return [part.name for part in outline(request, page) if part.stop]


def test_numbers_stand_one_after_the_other_and_are_shown_by_the_program() -> None:
    assert open_parts(SHARES, SHARES_PAGE) == ["data", "errorText", "wholeNumber", "shareNumber"]
    text = script(SHARES, SHARES_PAGE)
    assert '  const fine = errorText(bill, guests) === "";' in text
    assert '  say("share", fine ? "€" + shareNumber.toFixed(2) : "€0.00");' in text


def test_dropdowns_that_depend_on_another_get_its_options() -> None:
    text = script(LENGTHS, LENGTHS_PAGE)
    assert 'const CHOICES = {\n  Way: ["m", "km", "mi"],\n  Weight: ["kg", "g", "lb"],\n' in text
    assert '  options("to", choices, choices[1]);' in text


def test_a_rounded_number_is_written_alone_and_gets_its_unit() -> None:
    text = script(LENGTHS, LENGTHS_PAGE)
    assert '  if (amount === null) return "Please type.";' in text
    assert '  return rounded(answerNumber(kind, amount, from, to), 3) + " " + to;' in text


def test_factors_follow_from_the_figures_and_formulas_are_asked_one_by_one() -> None:
    text = script(LENGTHS, LENGTHS_PAGE)
    assert "  Way: { m: 1, km: 1000, mi: 1609.344 },\n" in text
    assert "  Weight: { kg: 1, g: 0.001, lb: 0.45359237 },\n" in text
    assert open_parts(LENGTHS, LENGTHS_PAGE) == ["Heat-F-to-C", "Heat-C-to-F"]


def test_an_element_is_not_taken_for_its_value() -> None:
    part = next(one for one in outline(SHARES, SHARES_PAGE) if one.name == "shareNumber")
    body = ' bill.value / find("guests").value.length + guests.value'
    assert part.mended(body) == ' bill / find("guests").value.length + guests'


def test_a_conversion_that_is_given_is_shown() -> None:
    seen = read_page(LENGTHS_PAGE, "", literals(LENGTHS).testids)
    steps = [[one.text for one in found.steps] for found in derive(seen, sentences(LENGTHS))]
    assert ["Weight", "kg", "g", "2", "2000 g"] in steps


def test_a_clock_follows_from_its_buttons() -> None:
    text = script(EGGS, EGGS_PAGE)
    assert open_parts(EGGS, EGGS_PAGE) == ["data"]
    assert '  return read("minutes") * 60;' in text
    assert 'phase = left > 0 ? "running" : "unset";' in text
    assert '  if (phase === "unset") return "No time set";' in text
    assert '  eggs += 1;\n  save("eggs", eggs);\n' in text
    assert "  const eggsNumber = eggs;" in text
    named = '{ ready: "Waiting", running: "Cooking", paused: "On hold", over: "Done!" }'
    assert f"  return {named}[phase];" in text


@pytest.mark.parametrize(
    ("request_", "name", "value"),
    [
        ("A field `people` (starts at 3).", "people", "3"),
        ("When the page opens it shows amount 12.", "amount", "12"),
        ("A field `people` for people.", "people", ""),
    ],
)
def test_the_first_value_of_a_field(request_: str, name: str, value: str) -> None:
    assert first_value(name, request_) == value


def test_a_field_of_another_kind_is_put_right() -> None:
    page = '<main>\n<select data-testid="tip"><option>5</option></select>\n</main>'
    request = "Number fields: the tip (data-testid `tip`, starts at 5)."
    made = completed(page, names=("tip",), members=(), request=request)
    assert '<input type="number" step="any" value="5" data-testid="tip">' in made
    assert "select" not in made


def test_a_count_on_a_page_of_a_server_counts() -> None:
    request = """Kept in SQLite. `GET /api/notes` lists all notes. The page `/` shows each as an
    element with data-testid `note`. `count` says `No notes`, `1 note`, `2 notes`."""
    page = '{% if not notes %}<p data-testid="count">{{ count }}</p>{% endif %}'
    made = completed_template(page, request)
    assert made.startswith('<p data-testid="count">{% if not notes|length %}No notes{% else %}')
    assert "{% if notes|length == 1 %}1 note{% else %}{{ notes|length }} notes{% endif %}" in made
    assert made.endswith("</p>")


def test_choices_that_are_marked_right_are_tried() -> None:
    request = """Questions: 1. Where is the Louvre? Rome / Paris* / Oslo

    Each choice is a button (data-testid `choice`). After a click `told` says `Yes, right!` or, for
    example, `No, it is Paris.`"""
    seen = read_page('<p data-testid="told"></p>', '{ testid: "choice" }', ("choice", "told"))
    steps = [
        (one.target, one.text) for found in derive(seen, sentences(request)) for one in found.steps
    ]
    assert ('[data-testid="choice"]', "Paris") in steps
    assert ('[data-testid="told"]', "No, it is Paris.") in steps


def test_what_is_seen_at_the_end_only_is_hidden_at_first() -> None:
    request = """Rounds (data-testid `round`). `medal` and the button `again` end it. Medal and
    again are only visible at the end; round only before."""
    page = '<p data-testid="round"></p><p data-testid="medal"></p><button data-testid="again">'
    found = derive(read_page(page, "", literals(request).testids), sentences(request))
    steps = [(one.action, one.target[14:-2], one.text) for one in found[0].steps]
    assert steps == [("not_see", "medal", ""), ("not_see", "again", ""), ("see", "round", "")]


def test_a_change_without_names_is_planned_and_said_with_fresh_ones() -> None:
    plan = """{"fields": [{"name": "day", "kind": "date", "options": []}], "shows": [{"name": "day",
    "says": "its day"}], "actions": [], "results": [], "buttons": []}"""
    told = in_sentences("Each task has a day.", plan, thing="task", taken=frozenset({"task-day"}))
    assert "There is also a date field `new-task-day`." in told
    assert "Every task also shows its day (`task-day-2`)." in told


def test_a_change_that_wants_something_shown_says_it_itself() -> None:
    change = 'Show how many tasks are done, for example "1 done".'
    told = in_sentences(change, "", thing="task", taken=frozenset())
    assert told.endswith('`tasks-done` shows how many tasks are done, for example "1 done".')


@pytest.mark.parametrize(
    ("change", "planned", "dark"),
    [
        ("add a dark mode switch", False, True),
        ("Add a button (data-testid `x`) that clears all", False, False),
        ("I want to see how many there are", True, False),
        ("Show how many tasks are done.", False, False),
        ("My dark chocolate list needs a total", True, False),
    ],
)
def test_what_a_change_needs(change: str, *, planned: bool, dark: bool) -> None:
    assert (needs_plan(change), wants_dark(change)) == (planned, dark)


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_plan_and_no_words_break_it(change: str, answer: str) -> None:
    assert in_sentences(change, answer, thing="x", taken=frozenset()).startswith(change)


@pytest.mark.parametrize(
    ("told", "expression"),
    [
        (
            "says `Perfect!` for 5, `Well done!` for 3 or 4 and `Keep practising!` for less",
            'count >= 5 ? "Perfect!" : count >= 3 ? "Well done!" : "Keep practising!"',
        ),
        ('shows "Gold" for 8 to 10, "Silver" otherwise', ""),
        ('shows "Gold" for 8 to 10 and "Silver" for less', 'count >= 8 ? "Gold" : "Silver"'),
        ("`one` for 1 and `many` for more", 'count > 1 ? "many" : "one"'),
        ("`Hello` for 5 people", ""),
        ("`a` for 1, `b` for 1", ""),
    ],
)
def test_a_text_that_depends_on_a_number_is_written_by_the_program(
    told: str, expression: str
) -> None:
    assert graded(told) == expression
