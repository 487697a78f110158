"""Ordinary requests: what is read from them is what they say, and no more."""

from __future__ import annotations

import pytest

from homesmith.builder.acceptance import derive
from homesmith.builder.controls import read_page
from homesmith.builder.literals import literals
from homesmith.builder.mentions import calls, is_number, kind_of, mentions, repeated
from homesmith.builder.outline import written
from homesmith.builder.pages import element
from homesmith.builder.script_outline import script_outline
from homesmith.context.relevance import sentences


@pytest.mark.parametrize(
    ("sentence", "name", "kind"),
    [
        ("A text field `front`, a text field `back`, button `add`.", "back", "field"),
        ("A field `author`, button `save`.", "author", "field"),
        ("`tip`, a number field, starts at 5.", "tip", "field"),
        ("`agree`, checkbox.", "agree", "checkbox"),
        ("Pressing `count` shows the sum in `sum`.", "count", "button"),
        ("A dropdown `which` shows All, Read or Unread books.", "which", "dropdown"),
        ("The search field `words` shows what fits.", "words", "field"),
        ("A textarea `words`, button `save`.", "words", "field"),
        ("An input `amount` and a text box `reason`.", "reason", "field"),
        ("`search` filters as I type.", "search", "field"),
        ("If the input is wrong, `told` says so.", "told", "text"),
        ("Beside the field, `told` shows a word.", "told", "text"),
    ],
)
def test_the_kind_of_a_thing_is_its_own(sentence: str, name: str, kind: str) -> None:
    assert kind_of(name, sentence) == kind


def test_a_text_field_before_a_number_field_is_none() -> None:
    request = "A text field `item`, number field `pieces`, button `add`."
    assert (is_number("item", request), is_number("pieces", request)) == (False, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "A dropdown `sign` with Dollar, Euro and Pound changes the sign.",
        "A dropdown `sign` with Dollar, Euro and Pound beside the text field.",
        "The dropdown `sign` shows Dollar, Euro or Pound signs.",
        "Pick it from the dropdown `sign` (Dollar, Euro, Pound) and press `go`.",
        "A dropdown `sign` with `Dollar`, `Euro` and `Pound`: only prices in it are seen.",
    ],
)
def test_options_end_where_the_sentence_goes_on(sentence: str) -> None:
    made = element("sign", sentence)
    assert "<option>Dollar</option><option>Euro</option><option>Pound</option></select>" in made


def steps(request: str, html: str, script: str = "") -> list[tuple[str, str, str]]:
    """The steps of all scenarios, without the end of their targets."""
    page = read_page(html, script, literals(request).testids)
    found = derive(page, sentences(request))
    return [(one.action, one.target[14:-2], one.text) for each in found for one in each.steps]


WEIGHT = '<input type="number" data-testid="weight"><p data-testid="bmi"></p><p data-testid="%s">'


def test_a_message_is_expected_where_it_is_said_to_be() -> None:
    request = "If the weight is zero, `error` says `Please weigh more.` and `bmi` is empty."
    shown = steps(request, WEIGHT % "error")
    assert ("see", "error", "Please weigh more.") in shown
    assert ("see", "bmi", "Please weigh more.") not in shown


def test_what_is_wrong_is_not_read_from_the_message() -> None:
    request = "If the weight is under 3, `error` says `No weight is zero or without a number.`"
    assert steps(request, WEIGHT % "error") == []


def test_a_sentence_may_begin_with_what_is_empty() -> None:
    request = "`add` (data-testid) adds. Empty names add nothing."
    html = '<input type="text" data-testid="name"><button data-testid="add">Add</button>'
    assert ("type", "name", "   ") in steps(request, html, '{ testid: "row" }')


@pytest.mark.parametrize(
    ("name", "sentence", "called"),
    [
        ("note", "Nothing is not kept.", False),
        ("stat-best", "A star is set at the start.", False),
        ("read", "For some reason it is ready.", False),
        ("show-all", "`sum` shows the sum.", False),
        ("note", "Noted things and notes.", True),
        ("move-up", "Moving it.", True),
        ("stop", "It is stopped.", True),
        ("days", "Each day.", True),
        ("city", "All cities.", True),
        ("show-all", "It is shown.", True),
        ("calculate", "The calculator.", True),
    ],
)
def test_a_word_calls_what_it_is_a_form_of(name: str, sentence: str, *, called: bool) -> None:
    assert calls(name, sentence) is called


def test_the_list_that_entries_stand_in_is_none_of_them() -> None:
    request = "Each press adds a line (data-testid `lap-line`) to the list `laps` with its `time`."
    assert repeated(request) == ("lap-line", "time")


def test_an_option_that_is_chosen_at_first_is_no_text() -> None:
    request = "When the page opens, `Want to read` is chosen. `told` says nothing then."
    assert steps(request, '<p data-testid="told">') == []


def test_what_a_new_button_of_an_entry_opens_belongs_to_the_entry() -> None:
    request = """Each note (data-testid `note`) shows its text. Button `edit` opens a field `words`
    with buttons `keep` and `cancel`."""
    assert repeated(request) == ("note", "edit", "words", "keep", "cancel")


def test_a_list_that_a_request_names_is_one_on_the_page() -> None:
    assert element("laps", "Adds a line to the list `laps`.") == '<ul data-testid="laps"></ul>'


def test_what_is_not_added_is_told_to_the_function_that_adds() -> None:
    request = """A field `item` (data-testid) and a button `add`. Each product (`product`) shows its
    `product-name`. Empty names add nothing."""
    html = '<input type="text" data-testid="item"><button data-testid="add">Add</button>'
    whole = written(script_outline(read_page(html, "", literals(request).testids), request), {})
    assert "Empty names add nothing." in whole.partition("function addProduct()")[0]


def test_a_press_of_a_button_is_told_to_its_function() -> None:
    told = mentions("Each press of lap adds a `line`.", ("lap", "line"), ("line",))
    assert told[0].acted == ("lap",)


@pytest.mark.parametrize(
    ("sentence", "name", "kind"),
    [
        ("With `start` it runs, `pause` holds it and `reset` goes back.", "start", "button"),
        ("With `start` it runs, `pause` holds it and `reset` goes back.", "pause", "button"),
        ("With `start` it runs, `pause` holds it and `reset` goes back.", "reset", "button"),
        ("`next-page` and `previous-page` go through the pages.", "next-page", "button"),
        ("`next-birthday` shows whose day it is.", "next-birthday", "text"),
        ("`display` goes back to zero.", "display", "text"),
        ("`points` starts at 0.", "points", "text"),
        ("I type what to buy into `thing` and press `add`.", "thing", "field"),
        ("I enter the title (`film`) and press `add`.", "film", "field"),
        ("While I type in `first`, `sum` changes.", "sum", "text"),
        ("While I type the sum (`sum`) changes.", "sum", "text"),
        ("I choose an aisle from `aisle` (Bread, Milk, Other).", "aisle", "dropdown"),
        ("A button `random` puts one of the titles into `pick`.", "pick", "text"),
        ("The buttons `one` and `two` and `three`.", "three", "button"),
    ],
)
def test_what_is_done_with_a_thing_says_its_kind(sentence: str, name: str, kind: str) -> None:
    assert kind_of(name, sentence) == kind


NOTES = "Each note (data-testid `note`) shows its `words`. "


@pytest.mark.parametrize(
    ("sentence", "more"),
    [
        ("Notes are pinned with a button `pin`.", ("pin",)),
        ("A note can be moved to the top by its button `up`.", ("up",)),
        ("Notes are pinned with a button `pin`. They are removed with `drop` at once.", ("pin",)),
        (
            "Notes are pinned with a button `pin`. They are removed with a `drop` button.",
            ("pin", "drop"),
        ),
        ("Notes are sorted with a button `by-name`.", ()),
        ("All notes are removed with a button `drop`.", ()),
        ("The notes are removed with a button `drop`, all at once.", ()),
        ("Cards are pinned with a button `pin`.", ()),
        ("A button `remove-old` removes all old notes.", ()),
        ("A button `remove-note` removes it.", ("remove-note",)),
    ],
)
def test_what_is_done_to_one_entry_belongs_to_it(sentence: str, more: tuple[str, ...]) -> None:
    assert repeated(NOTES + sentence) == ("note", "words", *more)


def test_what_a_thing_is_shown_as_is_its_entry() -> None:
    request = "Films are shown as cards `film` (data-testid) with a title `title` and a box `seen`."
    assert repeated(request) == ("film", "title", "seen")
    assert repeated("A press adds a line `lap-line` (data-testid) to `laps`.") == (
        "lap-line",
        "laps",
    )


def outlined(request: str, page: str) -> str:
    """The script's outline without what a model would fill in."""
    return written(script_outline(read_page(page, "", literals(request).testids), request), {})


CLOCK = "".join(f'<button data-testid="{name}">Go</button>' for name in ("start", "stop", "reset"))
CLOCK += '<p data-testid="clock"></p>'
ORDERS = "Buttons `start`, `stop` and `reset`. "


def test_a_stopwatch_counts_up() -> None:
    request = "A stopwatch: `clock` (data-testid) shows `mm:ss`, at first `00:00`. " + ORDERS
    made = outlined(request, CLOCK)
    assert "passed += 1;" in made
    assert "return asTime(passed);" in made
    assert "wholeTime" not in made


def test_a_clock_without_fields_has_the_one_time_that_is_told() -> None:
    request = (
        "An egg timer of 6 minutes counts down. `clock` (data-testid) shows `06:00`. " + ORDERS
    )
    assert "return 360;" in outlined(request, CLOCK)


@pytest.mark.parametrize(
    "said",
    [
        "It counts down 25 minutes of work, then 5 minutes of rest. ",
        "It counts down. ",
        "A stopwatch with tenths of a second. ",
        "It counts up or counts down 5 minutes. ",
    ],
)
def test_a_clock_of_another_kind_has_no_time_of_ours(said: str) -> None:
    made = outlined(f"{said}`clock` (data-testid) shows the time. {ORDERS}", CLOCK)
    assert "passed" not in made
    assert "  return " not in made


def test_laps_are_listed() -> None:
    request = f"""A stopwatch. {ORDERS}`clock` (data-testid) shows `mm:ss`. Pressing `lap` adds a
    line `lap-line` to the list `laps`. Reset empties the list."""
    page = CLOCK + '<button data-testid="lap">Lap</button><ul data-testid="laps"></ul>'
    made = outlined(request, page)
    assert 'fill("laps", laps.map(lapElement));' in made
    assert "let laps = [];" in made
