"""What the builder reads out of words and answers, whatever they look like."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.entries import repeated
from homesmith.builder.extraction import exchanged, file_text, quoted_keys, reindented
from homesmith.builder.literals import literals
from homesmith.builder.specification import (
    behaviours,
    likely_template,
    slug,
    specification_from,
    specify,
    titled,
)
from homesmith.builder.texts import render

NAMES = st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
CODE = "def one():\n    return 1\n\n\nclass Two:\n    three = one()\n"


@given(st.lists(NAMES, unique=True, max_size=8))
def test_every_named_testid_is_found_in_order(names: list[str]) -> None:
    request = "A page. " + " ".join(f"A field (data-testid `{name}`)." for name in names)
    assert literals(request).testids == tuple(names)


def test_texts_that_are_shown_are_told_from_samples() -> None:
    found = literals(
        'A button "Save note" (data-testid `save`). Without a title show the message '
        '"Title is missing" in `error`. For example type "Buy milk". It says "3 items left". '
        "POST /api/notes creates one, GET /api/notes/{id} gives it."
    )
    assert found.testids == ("save", "error")
    assert found.texts == ("Save note", "Title is missing")
    assert found.routes == ("/api/notes", "/api/notes/{id}")


def test_a_request_without_testids_names_none() -> None:
    assert literals("An API where `title` is a field and `GET` lists.").testids == ()


@given(st.sampled_from(["", "Here it is:\n", "Sure!\n\n"]), st.sampled_from(["", "\nThat is all."]))
def test_code_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    answer = f"{before}```python\n{CODE}```{after}"
    assert file_text(answer, "app.py") == CODE
    assert file_text(answer.rsplit("```", 1)[0], "app.py") == CODE
    assert file_text(CODE, "app.py") == CODE


@given(st.integers(1, 3), st.booleans())
def test_lost_indentation_is_repaired(spaces: int, tabs: bool) -> None:
    lines = CODE.replace("    ", "\t").split("\n") if tabs else CODE.split("\n")
    shifted = "\n".join(" " * spaces + line if line else line for line in lines)
    assert ast.dump(ast.parse(reindented(shifted))) == ast.dump(ast.parse(CODE))


def test_a_page_that_was_cut_off_is_closed() -> None:
    page = file_text("<html><body><p>Hello", "index.html", "<!DOCTYPE html>\n")
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "</body>" in page


@given(st.text(max_size=300))
def test_any_answer_gives_a_file(answer: str) -> None:
    for path in ("app.py", "index.html", "app.js"):
        assert file_text(answer, path).endswith("\n")


@given(st.text(max_size=200), st.text(min_size=1, max_size=200))
def test_any_answer_gives_a_specification_that_round_trips(answer: str, request: str) -> None:
    found = specify(answer, request=request, template="static", found=literals(request))
    assert found.name
    assert found.title
    assert specification_from(json.loads(json.dumps(found.as_json()))) == found


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        ("Build a tip calculator. There is", "Tip calculator"),
        ("# Shift planner\nA tool", "Shift planner"),
        ("Please make me an expense tracker with categories", "Expense tracker"),
    ],
)
def test_titles_come_from_the_words(request_: str, title: str) -> None:
    assert titled(request_) == title
    assert slug(title) == title.lower().replace(" ", "-")


def test_criteria_are_the_sentences_that_tell_what_happens() -> None:
    request = (
        'I want a list. A field (`new`) and a button (`add`). A counter shows e.g. "2 left". '
        "Empty entries are not added."
    )
    assert behaviours(request) == (
        'A counter shows e.g. "2 left".',
        "Empty entries are not added.",
    )
    assert behaviours("A quiet page.") == ("A quiet page.",)


@pytest.mark.parametrize(
    ("request_text", "names"),
    [
        (
            "Each card (data-testid `card`) has a button (`up`); `delete-card` removes it.",
            ("card", "up", "delete-card"),
        ),
        ("Games in one row each (data-testid `game-row`) in `list-all`.", ("game-row",)),
        ("Every list has a total (data-testid `total-a`). Each game (`game`).", ("game",)),
        ("A field (data-testid `bill`).", ()),
    ],
)
def test_names_of_every_entry_are_told_apart(request_text: str, names: tuple[str, ...]) -> None:
    assert repeated(request_text) == names


def test_only_keys_get_quotes() -> None:
    code = 'make("p", { data-testid: "a, b-c: d" }); // {a-b: c\nn = t ? b-c : `{d-e: 1}`;'
    assert quoted_keys(code) == code.replace("{ data-testid:", '{ "data-testid":')


def test_the_words_choose_the_template() -> None:
    both = ("fastapi", "static")
    assert likely_template("A notes API with search", both) == "fastapi"
    assert likely_template("A kanban board", both) == "static"


def test_braces_in_values_are_not_blanks() -> None:
    text = render("repair", path="{trouble}", trouble="{path} {x}")
    assert "{trouble} was run" in text
    assert "{path} {x}" in text


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ("One page, no server, no libraries.", "static"),
        ("It needs no backend or database.", "static"),
        ("An API for notes, without a database server.", "fastapi"),
        ("A shop with a server.", "fastapi"),
        ("A clock.", "static"),
    ],
)
def test_who_wants_no_server_gets_none(words: str, template: str) -> None:
    assert likely_template(words, ("static", "fastapi")) == template


def test_an_exchange_that_would_lose_a_value_keeps_both() -> None:
    lost = "  const a = 1;\n  from.value = to.value;\n  to.value = from.value;\n  done();\n"
    kept = "  const a = 1;\n  [from.value, to.value] = [to.value, from.value];\n  done();\n"
    assert exchanged(lost) == kept
    assert exchanged(kept) == kept
    assert exchanged('find("a").value = find("b").value;\nfind("b").value = find("a").value;') == (
        '[find("a").value, find("b").value] = [find("b").value, find("a").value];'
    )
    behind_a_function = "const f = () => {}\n  a = b;\n  b = a;"
    assert exchanged(behind_a_function) == "const f = () => {}\n  ;[a, b] = [b, a];"
    for other in (
        "a = b;\nc = a;",
        "a = b; b = c;",
        "field.value = amount;\namount = field.value;",
        "amount = field.value;\nfield.value = amount;",
        "go()\n  a = b;\n  b = a;",
        "if (a == b) b = a;",
    ):
        assert exchanged(other) == other


@given(st.text())
def test_no_text_breaks_an_exchange(text: str) -> None:
    assert exchanged(exchanged(text)) == exchanged(text)
