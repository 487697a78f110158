"""A server's routes, outline and tests are read from the words of its request."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.endpoints import Words, defaults_of, endpoints
from homesmith.builder.outline import written
from homesmith.builder.refusals import refusals
from homesmith.builder.server_facts import form_fields, server_of
from homesmith.builder.server_outline import server_outline
from homesmith.builder.server_pages import completed_template
from homesmith.builder.server_tests import server_tests

WISH = """An API for books in FastAPI with one page.

A book has `isbn` (text, unique), `title` (text) and `copies` (whole number).

- `POST /api/books` with `{"isbn": "1", "title": "...", "copies": 2}`: 201 and the book.
  Answer 422 if the title is blank or missing, or if the copies are negative. Known already: 409
  with `{"detail": "Known already"}`.
- `GET /api/books` lists all, newest first. `?q=word` only those with the word in the title.
- `GET /api/books/{isbn}` gives one, `DELETE /api/books/{isbn}` answers 204.
- `PATCH /api/books/{isbn}` with any of `title` and `copies` changes only what is given.
- `POST /api/books/{isbn}/lend` with `{"amount": 1}` takes away from the copies; below 1 is 422.
  Too few: 409 with `{"detail": "Not enough"}`.
- `GET /api/report` gives `{"copies": 3}`.

A book that is not there is answered with 404 and `{"detail": "No such book"}`.

The page `/` has a form with the fields `isbn` and `title` (data-testids) and a button `add`, which
sends POST to `/`. If the title is blank, nothing is saved and the page comes back with status 400.
"""
STANDING = 'app = FastAPI(title="Books")'


def outline() -> str:
    return written(server_outline(STANDING, WISH, page=True), {})


def derived() -> str:
    return written(server_tests(server_of(WISH, page=True)), {})


def test_each_route_has_its_words_its_queries_and_its_body() -> None:
    found, rest = endpoints(WISH)
    assert [(one.method, one.path) for one in found] == [
        ("POST", "/api/books"),
        ("GET", "/api/books"),
        ("GET", "/api/books/{isbn}"),
        ("DELETE", "/api/books/{isbn}"),
        ("PATCH", "/api/books/{isbn}"),
        ("POST", "/api/books/{isbn}/lend"),
        ("GET", "/api/report"),
        ("POST", "/"),
    ]
    assert [one.status for one in found[:4]] == ["201", "", "", "204"]
    assert found[1].queries == (("q", "word"),)
    assert found[5].keys == ("amount",)
    assert found[5].told[1].startswith("Too few")
    assert any("No such book" in line for line in rest)


def test_what_follows_from_the_routes_is_written_by_the_program() -> None:
    whole = outline()
    for line in (
        'app = FastAPI(title="Books")',
        "CREATE TABLE IF NOT EXISTS books (",
        'book = row("SELECT * FROM books WHERE isbn = ?", isbn)',
        'raise HTTPException(404, "No such book")',
        '@app.post("/api/books", status_code=201)\ndef create_book(book: BookIn):',
        '@app.get("/api/books")\ndef list_books(q: str = ""):',
        "def get_book(isbn: str):\n    return find_book(isbn)",
        'run("DELETE FROM books WHERE isbn = ?", isbn)',
        "def change_book(isbn: str, change: BookChange):",
        "class AmountIn(BaseModel):\n    amount:",
        "def lend_book(isbn: str, body: AmountIn):\n    book = find_book(isbn)",
        'def add_book(request: Request, isbn: str = Form(""), title: str = Form("")):',
    ):
        assert line in whole
    assert whole.index("def get_report") < whole.index("def get_book")


def test_an_app_without_a_page_answers_at_its_root() -> None:
    whole = written(server_outline(STANDING, WISH, page=False), {})
    assert '@app.get("/")\ndef index():' in whole
    assert "def page(" not in whole
    assert "return find_book(book.isbn)" in whole  # the key comes with the body


def test_a_request_without_routes_has_no_outline() -> None:
    assert server_outline(STANDING, "A page that says hello.", page=True) == ()
    assert server_tests(server_of("A page that says hello.", page=True)) == ()


def test_the_tests_say_what_the_sentences_say() -> None:
    whole = derived()
    ast.parse(whole)
    for name in (
        *("creating", "wrong_title_1", "wrong_copies_1", "the_same_again", "listing", "q"),
        *("reading_one", "deleting", "changing_title", "changing_copies", "lend", "lend_too_much"),
        *("lend_nothing", "unknown", "form", "form_without_isbn"),
    ):
        assert f"def test_{name}(client):" in whole
    assert "assert listed == [other, made]" in whole
    assert "assert answer.json()['copies'] == made['copies'] - 2" in whole


def test_the_fields_of_the_form_are_those_that_its_sentence_lists() -> None:
    assert form_fields(WISH) == ("isbn", "title")
    assert form_fields("A list (data-testid `a`).") == ()


@pytest.mark.parametrize("page", [True, False])
@given(words=st.text(max_size=300))
def test_no_words_break_it(words: str, page: bool) -> None:
    text = f"{words} `GET /things/{{id}}` {words}"
    ast.parse(written(server_tests(server_of(text, page=page)), {}) or "pass")
    server_outline(STANDING, text, page=page)


@pytest.mark.parametrize(
    ("sentence", "condition", "wrong"),
    [
        ("If the name is blank, `error` says `Please give a name.`", "not name", '" "'),
        (
            "`error` says `The link must start with ftp://`",
            'not url.startswith("ftp://")',
            '"nothing"',
        ),
        ("A name longer than 9 characters gives `Too long, sorry.`", "len(name) > 9", '"x" * 10'),
    ],
)
def test_what_a_form_refuses(sentence: str, condition: str, wrong: str) -> None:
    (found,) = refusals(("name", "url"), (sentence,))
    assert (found.condition, found.wrong) == (condition, wrong)
    assert found.message in sentence


@given(st.text(max_size=200))
def test_no_sentence_breaks_the_refusals(sentence: str) -> None:
    for one in refusals(("name", "url"), (sentence,)):
        ast.parse(one.condition, mode="eval")
        ast.parse(one.wrong, mode="eval")


@pytest.mark.parametrize("start", ["/api/links", "/links"])
def test_a_route_that_is_a_key_alone_leads_on(start: str) -> None:
    wish = f"""`POST {start}` with `{{"code": "a", "url": "https://e.com"}}` keeps a link.

    `GET {start}/{{code}}` gives it.

    `GET /{{code}}` redirects to its url."""
    whole = written(server_outline(STANDING, wish, page=False), {})
    assert '@app.get("/{code}")\ndef open_link(code: str):\n    link = find_link(code)' in whole


def test_what_is_done_to_a_thing_is_asked_of_its_own_route() -> None:
    wish = """`POST /api/items` adds `{"sku": "a", "left": 9}`.

    `POST /api/items/{sku}/take` with `{"amount": 3}` takes away from left."""
    whole = written(server_tests(server_of(wish, page=False)), {})
    assert "client.post(f\"/api/items/{made['sku']}/take\"" in whole


@pytest.mark.parametrize(("order", "told"), [("", True), (", highest first", False)])
def test_a_list_that_is_sorted_downward_is_not_expected_upward(order: str, *, told: bool) -> None:
    wish = f"""`POST /api/items` adds `{{"name": "a"}}`. `GET /api/items` lists them sorted by
    name{order}."""
    whole = written(server_tests(server_of(wish, page=False)), {})
    assert ("assert listed == [made, other]" in whole) is told


def test_the_key_of_a_short_link_is_in_its_path() -> None:
    wish = '`POST /links` with `{"code": "a"}` keeps one. `GET /{code}` redirects to its address.'
    assert (server := server_of(wish, page=False)) is not None
    assert (server.key, server.noun) == ("code", "link")


@pytest.mark.parametrize("place", ["CREATE TABLE", "class PollIn"])
def test_what_only_a_route_says_of_a_thing_stands_above_it(place: str) -> None:
    wish = """Polls. GET /api/polls lists polls with `question` and `options` (texts).

    POST /api/polls creates one. GET /api/polls/{id} gives one."""
    whole = written(server_outline(STANDING, wish, page=False), {})
    before = whole.partition(place)[0].rpartition("\n\n\n")[2]
    assert "# GET /api/polls lists polls with `question` and `options` (texts)." in before


@pytest.mark.parametrize(
    ("written_so", "mended"),
    [
        ("    quantity: int = Field(ge=0)\n", "    quantity: int = Field(default=0, ge=0)\n"),
        ("    quantity: int = Field(..., ge=0)\n", "    quantity: int = Field(default=0, ge=0)\n"),
        ("    name: Text\n    quantity: int", "    name: Text\n    quantity: int = 0"),
        (
            "    quantity: int = Field(default=0, ge=0)",
            "    quantity: int = Field(default=0, ge=0)",
        ),
        ("    quantity: int = 0", "    quantity: int = 0"),
    ],
)
def test_what_may_be_left_out_has_its_default(written_so: str, mended: str) -> None:
    request = (
        "An item has `sku` (text), `name` (text) and `quantity` (whole number).\n\n"
        "- `POST /items` adds an item and answers 201 with it. The `quantity` may be left out and "
        "is then 0. 422 if the name is missing.\n- `GET /items/{sku}` returns it.\n"
    )
    parts = server_outline('app = FastAPI(title="X")', request, page=False)
    made = next(part for part in parts if part.name == "ItemIn")
    assert made.mended(written_so) == mended
    tests = written(server_tests(server_of(request, page=False)), {})
    assert "def test_creating_without_quantity" in tests
    assert "answer.json()['quantity'] == 0" in tests


def test_defaults_are_read_as_they_are_said() -> None:
    told = [
        "The phone may be left out and is then an empty text.",
        "`tags` can be omitted and are something else.",
        "`rate` is optional and defaults to 0.5; `open` is optional and is then true.",
        "`state` may be left out and is then `new`.",
    ]
    assert defaults_of(told) == {"phone": "", "rate": 0.5, "open": True, "state": "new"}


KEEPER = """A keeper of links with FastAPI: an API and one page.

A link has `url`, `title` and `tags` (a list of words, in lower case, without doubles, sorted).

- `POST /api/links` with `{"url": "https://...", "title": "...", "tags": ["b", "a"]}`: 201 and the
  link. If the url is there already: 409 with `{"detail": "Already there"}`.
- `GET /api/links`: all. `?tag=a` only those with this tag.

The page `/` shows every link (data-testid `link-row`) and each tag as a link to `/?tag=...`.
A form with the fields `url`, `title` and `tags` (separated by commas) and a button `save` sends
POST to `/`. If something is wrong, `error` shows `Please enter a title.` or `Already there`.
"""


def test_words_are_brought_into_their_form_and_a_page_lists_as_its_api_does() -> None:
    made = written(server_outline('app = FastAPI(title="X")', KEEPER, page=True), {})
    kept = "sorted({word.strip().lower() for word in words if word.strip()})"
    assert f"def tags_of(words: list[str]) -> list[str]:\n    return {kept}\n" in made
    assert "    link.tags = tags_of(link.tags)\n" in made
    assert 'return {**link, "tags": json.loads(link["tags"])}' in made
    assert '    tags = tags_of(tags.split(","))\n' in made
    assert "return page(request, links=list_links(tag=tag), tag=tag)" in made
    only = '    found = [link for link in found if tag.strip().lower() in link["tags"]]\n'
    assert f"    found = all_links()\n    if tag:\n    {only}    return found\n" in made
    assert "Counter" not in made
    assert 'if row("SELECT 1 FROM links WHERE url = ?", url):\n' in made
    assert 'return page(request, "Already there", 400' in made
    tests = written(server_tests(server_of(KEEPER, page=True)), {})
    assert "assert answer.json()['tags'] == ['apple', 'fig', 'pear']" in tests


def test_a_word_sorts_things_out_and_how_often_each_is_there_is_counted() -> None:
    tests = written(server_tests(server_of(KEEPER, page=True)), {})
    assert 'found = client.get("/api/links?tag=fig").json()' in tests
    assert "'tags': ['figs', 'pear']" in tests, "a word that only begins so is another one"
    assert "assert [one['id'] for one in found] == [other['id']]" in tests
    assert "counting" not in tests
    sought = "`?q=word` only those with the word in the title, `?tag=a` only those with this tag."
    request = KEEPER.replace("`?tag=a` only those with this tag.", sought)
    tests = written(server_tests(server_of(request, page=True)), {})
    for name in ("tag", "q"):
        [test] = [one for one in tests.split("\n\n\n") if f"def test_{name}(" in one]
        assert "assert [one['id'] for one in found] == [other['id']]" in test
    assert "=TWO" in test
    assert "'title': 'Sample title Two'" in test, "it is found in small letters and in capitals"
    told = """- `GET /api/tags`: each tag and how often, as `[{"name": "a", "uses": 2}, ...]`%s.
  All queries ignore upper and lower case.
"""
    for order, expected in ((", the most used first, then alphabetically", True), ("", False)):
        request = KEEPER.replace("\nThe page", f"{told % order}\nThe page")
        tests = written(server_tests(server_of(request, page=True)), {})
        assert "def test_counting_tags(client):" in tests
        words = ["fig", "apple", "kiwi", "pear"] if expected else ["apple", "fig", "kiwi", "pear"]
        [asserted] = re.findall(r"assert (.* == \[\{'name': .*)", tests)
        for found in (words, words[::-1]):
            counts = [{"uses": 1 + (word == "fig"), "name": word} for word in found]
            right = eval(asserted, {"found": counts})
            assert right == (found == words or not expected), "keys have no order"
        ast.parse(tests)
        made = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
        assert "from collections import Counter\n" in made
        assert '    counts = Counter(tag for link in all_links() for tag in link["tags"])\n' in made
    either = KEEPER.replace("with this tag", "with this tag, ignoring upper and lower case")
    tests = written(server_tests(server_of(either, page=True)), {})
    assert 'found = client.get("/api/links?tag=FIG").json()' in tests


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ('{{ tags_of(link.tags) | join(", ") }}', '{{ link.tags | join(", ") }}'),
        ("{{ tags_of() }}", "{{ tags_of() }}"),
        ("{{ other_tags_of(link) }}", "{{ other_tags_of(link) }}"),
    ],
)
def test_no_word_of_a_page_is_brought_into_the_form_that_it_has(page: str, made: str) -> None:
    assert completed_template(page, KEEPER) == made


def test_a_word_that_is_asked_for_is_text_though_its_example_is_a_number() -> None:
    request = KEEPER.replace("?tag=a", "?tag=2024")
    made = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
    assert 'def list_links(tag: str = ""):' in made
    assert "tag: int" not in made


def test_above_the_list_stands_its_own_order_alone() -> None:
    assert "# - `GET /api/books` lists all, newest first.\ndef all_books()" in outline()
    told = '- `GET /api/tags`: as `[{"name": "a", "uses": 2}]`, the most used first.\n'
    request = KEEPER.replace("\nThe page", f"{told}\nThe page")
    made = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
    assert made.count("the most used first") == 1, "that is how words are counted"


def test_what_is_not_there_is_told_in_words() -> None:
    request = KEEPER.replace("/api/links", "/api/time-entries")
    made = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
    assert 'raise HTTPException(404, "Time entry not found")' in made


def test_words_keep_their_form_when_a_thing_is_changed() -> None:
    routes = "- `PUT /api/links/{id}` replaces it.\n- `PATCH /api/links/{id}` changes it.\n"
    request = KEEPER.replace("\nThe page", f"{routes}\nThe page")
    made = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
    assert made.count("    link.tags = tags_of(link.tags)\n") == 2
    assert 'given["tags"] = tags_of(given["tags"])\n' in made


def test_a_field_with_a_hyphen_is_asked_for_by_the_name_of_its_value() -> None:
    request = KEEPER.replace("`url`", "`e-mail`").replace("If the url is", "If the e-mail is")
    made = written(server_outline('app = FastAPI(title="X")', request, page=True), {})
    assert 'WHERE e_mail = ?", e_mail):' in made


@given(st.lists(st.sampled_from(["a", "B", " b ", "", "A"])), st.booleans(), st.booleans())
def test_the_expression_does_what_the_words_say(
    words: list[str], once: bool, ordered: bool
) -> None:
    kept = Words(lower=True, once=once, ordered=ordered)
    assert eval(kept.expression, {"words": words}) == kept.of(words)
