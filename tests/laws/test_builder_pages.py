"""A page has every name of its request once, and none that its script makes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.controls import TESTID, read_page
from homesmith.builder.pages import completed, element, unnested, without

WISH = (
    "A list (data-testids in backquotes). A dropdown `kind` with Food, Fun and Home, a number "
    'field `size`, a button `add` with the text `Add it`, a checkbox `big`. "Clear" (`clear`) '
    "empties all. `count` says how many. Every row is an element `row` with a `delete` button."
)
NAMES = ("kind", "size", "add", "big", "clear", "count", "row", "delete")
MEMBERS = ("row", "delete")
PAGE = """<body>
  <main>
    <h1>List</h1>
    <p class="count"></p>
    <ul data-testid="rows">
      <li data-testid="row">Milk <br><button data-testid="delete">x</button></li>
    </ul>
  </main>
</body>"""


def test_missing_names_come_with_their_kind_and_made_ones_go() -> None:
    page = completed(PAGE, names=NAMES, members=MEMBERS, request=WISH)
    assert sorted(TESTID.findall(page)) == sorted(["rows", *(set(NAMES) - set(MEMBERS))])
    seen = read_page(page, "", NAMES)
    kinds = {one.testid: one.kind for one in seen.controls}
    assert kinds == {
        "kind": "select",
        "size": "number",
        "add": "button",
        "big": "checkbox",
        "clear": "button",
    }
    assert (control := seen.control("kind")) is not None
    assert control.options == ("Food", "Fun", "Home")
    assert ">Add it</button>" in page
    assert ">Clear</button>" in page
    assert '<p data-testid="count"></p>' in page
    assert seen.lists == ("rows",)


def test_a_whole_page_stays_as_it_is() -> None:
    page = completed(PAGE, names=NAMES, members=MEMBERS, request=WISH)
    assert completed(page, names=NAMES, members=MEMBERS, request=WISH) == page


def test_text_in_a_label_is_no_markup() -> None:
    assert element("go", 'A button "<b>Go</b>" (`go`).').count("<b>") == 0


@given(st.text(max_size=200), st.lists(st.sampled_from(NAMES)))
def test_any_text_is_taken(page: str, names: list[str]) -> None:
    without(page, names)
    assert completed(page, names=names, members=(), request=WISH).replace(page, "") is not None


def test_a_name_at_two_elements_stays_at_the_one_of_its_kind() -> None:
    page = (
        '<main><form data-testid="add-book"><input data-testid="book">'
        '<button type="submit" data-testid="add-book">Add</button></form></main>'
    )
    request = "A text field `book` (data-testid) and a button `add-book`."
    made = completed(page, names=["book", "add-book"], members=[], request=request)
    assert made.startswith('<main><form><input data-testid="book">')
    assert made.count("add-book") == 1
    assert '<button type="submit" data-testid="add-book">' in made


def test_no_name_stands_inside_itself() -> None:
    request = "Each book is an element `book` with each tag as a link (`tag`)."
    page = (
        '<ul>{% for book in books %}<li data-testid="book">{{ book.title }}<ul>'
        '{% for tag in book.tags %}<li data-testid="tag"><a href="/" data-testid="tag">{{ tag }}'
        "</a></li>{% endfor %}</ul></li>{% endfor %}</ul>"
        '{% if books %}<p data-testid="note">Some</p>{% else %}<p data-testid="note">None</p>'
        "{% endif %}"
    )
    made = unnested(page, ["book", "tag", "note"], request)
    assert made == page.replace('<li data-testid="tag">', "<li>")


def test_what_ends_a_line_only_for_python_moves_no_element() -> None:
    for other in ("\x0c", "\u2028", "\x85"):
        page = f'<p>one{other}two</p>\n<b data-testid="gone">three</b><i>four</i>'
        assert without(page, ["gone"]) == f"<p>one{other}two</p>\n<i>four</i>"


@given(st.text(), st.lists(st.sampled_from(["a", "b-c"])))
def test_any_text_is_taken_without_nesting(page: str, names: list[str]) -> None:
    assert unnested(page, names, "a `a` and `b-c`") == page
