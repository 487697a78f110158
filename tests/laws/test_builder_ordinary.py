"""Ordinary requests: what is read from them is what they say, and no more."""

from __future__ import annotations

import pytest

from homesmith.builder.acceptance import derive
from homesmith.builder.controls import read_page
from homesmith.builder.entries import repeated
from homesmith.builder.kinds import is_number, kind_of
from homesmith.builder.literals import literals
from homesmith.builder.mentions import calls, mentions
from homesmith.builder.outline import written
from homesmith.builder.pages import element
from homesmith.builder.script_outline import script_outline
from homesmith.builder.server_facts import server_of
from homesmith.builder.server_outline import server_outline
from homesmith.builder.server_tests import server_tests
from homesmith.builder.surface import filled, surface_of
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


def test_a_word_of_the_last_option_alone_is_kept() -> None:
    made = element("paid", "A dropdown `paid` with Cash and Credit card.")
    assert "<option>Cash</option><option>Credit card</option></select>" in made


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


def test_a_field_for_an_address_gets_one() -> None:
    html = (
        '<form><input type="text" data-testid="url"><input type="text" data-testid="title">'
        '<button data-testid="save">Save</button></form><li data-testid="bookmark"></li>'
    )
    app = surface_of(read_page(html, "", ("url", "title", "save", "bookmark")))
    typed = [one.text for one in filled(app.fields, "Sample one")]
    assert (typed, app.marked) == (["https://example.com/sample-one", "Sample one"], "title")


def test_a_text_field_for_an_e_mail_address_gets_one() -> None:
    html = '<input type="text" data-testid="e-mail"><button data-testid="add">Add</button>'
    app = surface_of(read_page(html, "", ("e-mail", "add")))
    assert [one.text for one in filled(app.fields, "Sample")] == ["sample@example.com"]


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


BOTH_WAYS = (
    '<input type="number" data-testid="miles" value="1"><input type="number" data-testid="km">'
)


@pytest.mark.parametrize(
    "said",
    [
        "Typing in `miles` sets `km`, and typing in `km` sets `miles`, rounded to two decimals.",
        "When I type in one of the fields the other one changes, rounded to two decimals.",
    ],
)
def test_each_field_of_a_converter_is_an_answer(said: str) -> None:
    made = outlined(f"Two number fields `miles` (data-testid) and `km`. {said}", BOTH_WAYS)
    typed = 'find("km").value = miles === null ? "" : rounded(kmFromMiles(miles), 2);'
    assert typed in made
    assert 'find("km").addEventListener("input", kmTyped);' in made
    assert "milesTyped();\nrender();" in made


def test_a_field_is_no_answer_where_none_is_said_to_be() -> None:
    request = "Number fields `miles` (data-testid) and `km`. When I type in `miles`, `sum` changes."
    assert "Typed" not in outlined(request, BOTH_WAYS + '<p data-testid="sum"></p>')


PRESETS = "".join(f'<button data-testid="tip-{number}">Tip</button>' for number in (0, 10))
PRESETS += '<input type="number" data-testid="%s"><p data-testid="sum"></p>'
BILL = "A number field `bill` (data-testid). Buttons `tip-0` and `tip-10` "


def test_buttons_choose_a_number_that_no_field_has() -> None:
    request = BILL + "choose the tip; 10 is chosen at the start. `sum` shows the sum."
    made = outlined(request, PRESETS % "bill")
    assert "let tip = 10; // one of 0, 10" in made
    assert "function tip0() {\n  tip = 0;\n}" in made


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("add so much to the sum.", "bill"),
        ("set the tip.", "own-tip"),
        ("set the percentage.", "bill"),
    ],
)
def test_other_buttons_with_numbers_choose_none(said: str, field: str) -> None:
    assert "let tip" not in outlined(BILL + said, PRESETS % field)


ROWS = """Each row is an element `row` (data-testid) with its name. A form: a text field `what` and
a button `put`. """


def test_the_button_of_a_form_adds_whatever_its_name_is() -> None:
    page = '<input type="number" data-testid="most"><input type="text" data-testid="what">'
    made = outlined(f"A field `most`. {ROWS}", f'{page}<button data-testid="put">Put</button>')
    assert 'let rows = load("rows", []);' in made
    assert 'find("most").addEventListener("input", render);' in made
    assert 'onEnter("what", putRow);' in made


def test_a_button_that_searches_adds_nothing() -> None:
    page = '<input type="text" data-testid="word"><button data-testid="find-row">Find</button>'
    said = "Each row is an element `row` (data-testid). A text field `word` and a button `find-row`"
    assert 'onEnter("word"' not in outlined(f"{said}.", page)
    assert 'onEnter("word", putRow)' in outlined(
        f"{said.replace('find-row', 'put')}.", page.replace("find-row", "put")
    )


def test_a_box_that_hides_entries_is_told_to_what_is_shown() -> None:
    page = '<input type="text" data-testid="what"><button data-testid="put">Put</button>'
    page += '<input type="checkbox" data-testid="hide-old">'
    made = outlined(f"{ROWS}A checkbox `hide-old` hides the old rows.", page)
    assert "hides the old rows" in made.partition("function shownRows()")[0].rpartition("}\n")[2]


def test_what_stays_is_told_to_what_the_page_remembers() -> None:
    request = f"""A tally. The highest count is still there after a reload.

    {ORDERS}`clock` (data-testid) shows the count."""
    data = outlined(request, CLOCK).partition("// Data that never changes")[0]
    assert "still there after a reload" in data


def test_a_button_that_empties_all_fields_needs_no_model() -> None:
    request = "A number field `loan` (data-testid), 5 at first. `due` shows twice the loan at once."
    page = '<input type="number" data-testid="loan" value="5"><p data-testid="due"></p>'
    page += '<button data-testid="wipe">Wipe</button>'
    made = outlined(f"{request} A button `wipe` empties all fields.", page)
    assert 'function wipe() {\n  find("loan").value = "";\n}' in made


def test_a_message_that_depends_on_how_things_are_is_always_drawn() -> None:
    page = '<input type="text" data-testid="what"><button data-testid="put">Put</button>'
    page += '<p data-testid="warning"></p><p data-testid="problem"></p><p data-testid="pick"></p>'
    said = """`warning` says `Too much!` if there are over 9 rows; otherwise it is hidden. A blank
    text shows `What?` in `problem`. `put` puts a word into `pick`."""
    made = outlined(f"{ROWS}{said}", page)
    assert 'say("warning", warningText());' in made
    assert "problemText" not in made
    assert "pickText" not in made


def test_all_outputs_have_the_form_that_each_has() -> None:
    request = """A number field `loan` (data-testid). It shows at once a month (`monthly`) and
    the sum (`paid`), each like `€6.07`."""
    page = '<input type="number" data-testid="loan"><p data-testid="monthly"></p>'
    made = outlined(request, page + '<p data-testid="paid"></p>')
    assert 'say("monthly", "€" + monthlyNumber.toFixed(2));' in made


@pytest.mark.parametrize(
    ("request_", "tag"),
    [
        ("A date field `day`.", '<input type="date"'),
        ("A text area `day`.", "<textarea"),
        ("A text area `other` and a text field `day`.", '<input type="text"'),
        ("`day`, a text area.", "<textarea"),
        ("In the number field `day` (of these), 50 at first.", 'value="50"'),
    ],
)
def test_a_field_is_of_the_kind_that_is_said(request_: str, tag: str) -> None:
    assert tag in element("day", request_)


def test_a_range_of_an_output_is_no_refusal() -> None:
    request = "After a press of `calculate`, `class` shows `Light weight` (below 18.5) or `More`."
    html = WEIGHT % "class" + '<button data-testid="calculate">Calculate</button>'
    assert steps(request, html) == []


def test_what_is_refused_is_not_read_from_its_message() -> None:
    html = '<input type="text" data-testid="word"><button data-testid="add">Add</button>'
    html += '<p data-testid="told"></p>'
    request = "Long words: `told` says `No word without a number of letters at least.` (`add`)"
    assert steps(request, html) == []
    request = "If the word is empty: `told` with `The word is missing.`"
    assert ("see", "told", "The word is missing.") in steps(request, html)


def checking(request: str, *, page: bool) -> str:
    return written(server_tests(server_of(request, page=page)), {})


def test_values_of_tests_are_of_the_kind_of_the_example() -> None:
    made = checking(
        """FastAPI. `POST /tasks` with `{"phone": "017", "email": "a@b.de", "day":
    "2026-03-31", "rank": "low", "name": "Ann"}` answers 201. `GET /tasks` lists all, sorted by day.
    A rank is low, middle or high.""",
        page=False,
    )
    assert "{'phone': '017', 'email': 'one@example.com', 'day': '2026-03-29'," in made
    assert "'rank': 'low', 'name': 'Sample name one'}" in made
    assert "{'phone': '018', 'email': 'two@example.com', 'day': '2026-03-30'," in made
    assert "listed == [made, other]" in made


def test_nothing_is_expected_of_an_order_that_the_values_do_not_have() -> None:
    request = """FastAPI. `POST /tasks` with `{"rank": 3, "name": "Ann"}` answers 201. `GET /tasks`
    lists them, sorted by rank. `?q=word` those with the word in rank."""
    assert "[made, other]" not in checking(request, page=False)
    assert "TWO" not in checking(request, page=False)


def test_numbers_that_must_differ_differ() -> None:
    request = """FastAPI. `POST /seats` with `{"row": 3, "name": "Ann"}` answers 201. If the row
    exists already: 409 with `{"detail": "Taken"}`. `GET /seats` lists all."""
    assert "'row': 4" in checking(request, page=False)
    assert "test_the_same_again" in checking(request, page=False)
    full = request.replace("If the row\n    exists already", "If there are five seats")
    assert "test_the_same_again" not in checking(full, page=False)


FORM = """FastAPI. `GET /api/votes` lists the votes. A form (names are data-testids) with the fields
`person` and `age`, a number field, a dropdown `colour` with Red and Blue, and a button `vote`
sends POST to `/`. """


def test_a_form_is_sent_with_values_that_its_fields_take() -> None:
    made = checking(FORM, page=True)
    assert "data={'person': 'Sample person one', 'age': '3', 'colour': 'Red'}" in made


def test_each_form_of_a_page_has_its_own_function() -> None:
    request = f"""{FORM}If the person is missing, `error` shows `Who are you?` with status 400.

    A second form with the field `vote_id` sends POST to `/withdraw`."""
    whole = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
    assert "def withdraw_vote(request: Request, vote_id: str" in whole
    assert 'def add_vote(request: Request, person: str = Form(""), age: str' in whole
    assert 'if not person:\n        return page(request, "Who are you?", 400,' in whole


def test_what_a_form_sends_is_no_route_for_programs() -> None:
    request = """FastAPI. `GET /notes` lists the notes as JSON. `POST /keep` is sent by the form
    with the field `what` (data-testid)."""
    on_a_page, alone = server_of(request, page=True), server_of(request, page=False)
    assert on_a_page is not None
    assert alone is not None
    assert [one.path for one in on_a_page.api] == ["/notes"]
    assert [one.path for one in alone.api] == ["/notes", "/keep"]


def test_a_key_that_the_server_makes_comes_with_no_body() -> None:
    request = """FastAPI. `POST /links` with `{"url": "https://a.b", "code": "docs"}` answers 201.%s
    `GET /links/{code}` one link."""
    known = "    return find_link(link.code)"
    left = " The code may be left out."
    standing = 'app = FastAPI(title="X")'
    assert known in written(server_outline(standing, request % "", page=False), {})
    assert known not in written(server_outline(standing, request % left, page=False), {})


def test_numbers_of_tests_are_within_their_limits() -> None:
    request = """FastAPI. A seat has `id`, `row` (whole number from 8 to 18), `place` (number),
    `name` (text, at least 3 characters) and `kind` (`window` or `aisle`).

    `POST /seats` answers 201. 422 if the name is blank or the place is below 4."""
    body = "{'row': 8, 'place': 4, 'name': 'Sample name one', 'kind': 'window'}"
    assert body in checking(request, page=False)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("`force` says `weak` below 8, `fair` below 12, and `strong` above.", ("force",)),
        ("`days` shows a time like `in 12 days`, `tomorrow` or `today`.", ("days",)),
        ("`told` says `Wrong.` and `sum` is empty.", ("told", "sum")),
        ("A price like `€4.50`, `kind` and `count`.", ("kind", "count")),
        ("`told` says `Wrong.` in `place`.", ("told", "place")),
    ],
)
def test_words_that_are_said_are_no_names(sentence: str, names: tuple[str, ...]) -> None:
    assert literals(f"{sentence} (data-testids)").testids == names


@pytest.mark.parametrize(
    ("sentence", "name", "kind"),
    [
        ("I add people with `person` (text field, of course).", "person", "field"),
        ("`day` (date field) and `year` (number field).", "day", "field"),
        ("`told` (button texts too) says more.", "told", "text"),
        ("`quick` is a checkbox: short ones only.", "quick", "checkbox"),
        ("Use `order` (a dropdown: Name, Time).", "order", "dropdown"),
        ("You enter a name in `name`.", "name", "field"),
        ("`again` starts over.", "again", "button"),
    ],
)
def test_the_kind_of_a_thing_may_stand_in_brackets(sentence: str, name: str, kind: str) -> None:
    assert kind_of(name, sentence) == kind


def test_the_number_of_a_field_may_stand_behind_a_semicolon() -> None:
    assert 'value="7"' in element("goal", "A number field `goal` (data-testid; starts at 7).")
