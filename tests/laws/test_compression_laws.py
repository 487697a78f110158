"""Compression never overflows, loses nothing, keeps order, and leaves short and editable alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.context.compression.compress import compress
from homesmith.context.compression.handles import content, expand, handle_of, read_handle
from homesmith.context.compression.packing import Level, Material, pack
from homesmith.context.compression.records import header, is_table, row
from homesmith.context.compression.sentences import taken_apart
from homesmith.context.compression.sharing import Claim, share
from homesmith.context.compression.sources import lay_out
from homesmith.context.compression.values import Count, Editable, Kind
from homesmith.context.estimate import estimate
from homesmith.core.errors import NotAllowed, PromptTooLong, UsageError

COUNTS: st.SearchStrategy[Count] = st.sampled_from(
    [estimate, len, lambda text: -(-len(text) // 3), lambda text: len(text.split())]
)
PIECES = st.sampled_from(
    [
        *("The harbour opened in 1902. ", "It has 14 cranes. ", "Who built it?\n", "Dr. Wu did. "),
        *("\n\n", "\n", " ", "# Title\n", "- item\n", "港口於1902年開放。", "ʻŌ é\n", "\udcff"),
        *("def f(a):\n    '''Note.'''\n    x = 1\n    return x\n", "class A:\n", "import os\n"),
        *("function g() {\n  let a = 1;\n  return a;\n}\n", "const k = () => {\n", "}\n", "{", "["),
        *("2026-01-02 03:04:05 INFO job 7 done\n", "2026-01-02 03:04:06 ERROR disk full\n"),
        *("  at frame 3\n", '{"id": 1, "name": "a"}\n', "<p>One</p>", "<![x", "<script>", "\0"),
        *("x" * 900, "\r\n", "\x0c", "\u2028", "```\n"),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=300)
QUERIES = st.sampled_from(["", "when did the harbour open", "what does f do", "who", "éé 港口"])
KINDS: st.SearchStrategy[Any] = st.sampled_from(["auto", *get_args(Kind)])


@given(text=TEXTS, query=QUERIES, budget=st.integers(-1, 400), kind=KINDS, count=COUNTS)
def test_within_the_budget_and_nothing_lost(
    text: str, query: str, budget: int, kind: Any, count: Count
) -> None:
    made = compress(text, query, budget, kind, count=count)
    assert count(made.text) == made.tokens
    assert made.tokens <= max(0, budget)
    assert made.before == count(text)
    kept = {made.handle: content(made.original)}
    assert expand(read_handle(made.handle), kept.__getitem__) == text
    assert all(piece.why for piece in made.dropped)
    assert made == compress(text, query, budget, kind, count=count)
    if made.shortened and made.text:
        assert made.handle in made.text


@given(text=TEXTS, query=QUERIES, kind=KINDS)
def test_a_text_that_fits_is_left_alone(text: str, query: str, kind: Any) -> None:
    made = compress(text, query, estimate(text), kind)
    if made.kind == "binary":
        return
    assert made.text == text
    assert not made.shortened
    assert compress(made.text, query, made.budget, kind).text == text


@given(text=TEXTS, query=QUERIES, budget=st.integers(20, 400))
def test_prose_and_code_keep_their_order_and_their_words(
    text: str, query: str, budget: int
) -> None:
    for kind in ("prose", "python", "javascript"):
        made = compress(text, query, budget, kind)
        assert "".join(piece.text for piece in made.slices) == text
        place = 0
        for piece in made.kept:
            place = made.text.find(piece.text.strip(), place)
            assert place >= 0
            place += len(piece.text.strip())


@given(text=TEXTS)
def test_sentences_joined_are_the_text(text: str) -> None:
    sentences = taken_apart(text)
    assert "".join(one.text for one in sentences) == text
    passages = [one.passage for one in sentences]
    assert passages == sorted(passages)
    assert set(passages) == set(range(max(passages, default=-1) + 1))


def test_a_row_of_full_stops_and_a_closing_quote_belong_to_their_sentence() -> None:
    said = [one.text for one in taken_apart("她说「港口开了。」真的吗。。。好。")]
    assert said == ["她说「港口开了。」", "真的吗。。。", "好。"]


@given(text=TEXTS, kind=st.sampled_from(["python", "javascript", "typescript"]))
def test_every_line_of_code_stands_in_one_piece(text: str, kind: Any) -> None:
    layout = lay_out(text, "f", kind)
    assert "".join(piece.text for piece in layout.slices) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["1", "a,b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b c", "d,e", "", "7"]), VALUES), max_size=6)


@given(rows=ROWS)
def test_a_table_says_all_that_its_array_said(rows: list[dict[str, Any]]) -> None:
    if not is_table(rows):
        return
    text = "\n".join([header(rows), *(row(fields(header(rows)), item) for item in rows)])
    assert read_table(text) == rows


def fields(head: str) -> list[str]:
    return [str(name) for name in cells(head[head.index("{") + 1 : -2])]


def read_table(text: str) -> list[dict[str, Any]]:
    """The other way, as a reader would: bare text, or JSON where a cell begins like JSON."""
    head, *lines = text.split("\n")
    names = fields(head)
    return [
        {
            name: value
            for name, value in zip(names, cells(line), strict=True)
            if value is not MISSING
        }
        for line in lines
    ]


MISSING = object()


def cells(line: str) -> list[Any]:
    found: list[Any] = []
    place = 0
    while True:
        if line[place : place + 1] in ("", ","):
            value, end = MISSING, place
        else:
            try:
                value, end = json.JSONDecoder().raw_decode(line, place)
            except ValueError:
                comma = line.find(",", place)
                end = len(line) if comma < 0 else comma
                value = line[place:end]
        found.append(value)
        if end >= len(line):
            return found
        assert line[end] == ","
        place = end + 1


MATERIALS = st.lists(
    st.builds(
        Material,
        source=st.sampled_from(["a.txt", "b.log"]),
        text=TEXTS,
        level=st.sampled_from(get_args(Level)),
    )
    | st.builds(Editable, source=st.just("edit.py"), text=TEXTS),
    max_size=5,
)


@given(given_=MATERIALS, query=QUERIES, budget=st.integers(0, 600), best_last=st.booleans())
def test_a_pack_fits_and_leaves_whole_what_must_stay_whole(
    given_: list[Material | Editable], query: str, budget: int, best_last: bool
) -> None:
    try:
        packed = pack(given_, query, budget, best_last=best_last)
    except PromptTooLong:
        assert any(whole(one) for one in given_)
        return
    assert packed.context.tokens <= budget
    assert estimate(packed.context.text) <= budget
    assert len(packed.context.slices) == len(given_)
    assert all(piece.why for piece in packed.context.slices)
    for one in given_:
        if whole(one):
            assert one.text.rstrip() in packed.context.text
    if not best_last:
        assert [piece.source for piece in packed.context.slices] == [one.source for one in given_]


def whole(one: Material | Editable) -> bool:
    return isinstance(one, Editable) or one.level == "pinned"


@given(given_=MATERIALS, extra=TEXTS, budget=st.integers(0, 600))
def test_what_is_nice_takes_nothing_from_what_is_wanted(
    given_: list[Material | Editable], extra: str, budget: int
) -> None:
    wanted: Sequence[Material | Editable] = [
        one for one in given_ if isinstance(one, Editable) or one.level != "nice"
    ]
    more = Material(source="extra", text=extra, level="nice")
    try:
        before = pack(wanted, "", budget)
    except PromptTooLong:
        return
    after = pack([*wanted, more], "", budget)
    texts = [piece.text for piece in after.context.slices]
    assert texts[:-1] == [piece.text for piece in before.context.slices]


@given(
    texts=st.lists(TEXTS, max_size=5),
    frame=st.integers(0, 12),
    query=QUERIES,
    left=st.integers(-20, 600),
)
def test_what_is_shared_is_never_more_than_there_is(
    texts: list[str], frame: int, query: str, left: int
) -> None:
    claims = [Claim(text=text, need=estimate(text), frame=frame) for text in texts]
    room = share(claims, query, left, estimate)
    given_ = [one for one in zip(room, claims, strict=True) if one[0] >= 0]
    assert all(tokens <= claim.need for tokens, claim in given_)
    assert sum(tokens + claim.frame for tokens, claim in given_) <= max(0, left)
    assert given_ or all(size < 0 for size in share(claims, "", left, estimate))


def test_what_is_to_be_edited_is_refused() -> None:
    text: Any = Editable(source="app.py", text="x = 1\n" * 1000)
    with pytest.raises(NotAllowed) as caught:
        compress(text, "", 10)
    assert "app.py" in caught.value.message
    assert caught.value.remedy


def test_handles_name_lines() -> None:
    text = "one\ntwo\nthree\n"
    kept = {handle_of(text): content(text)}
    for lines, wanted in (("2", "two"), ("2-3", "two\nthree"), ("3-99", "three\n")):
        assert expand(read_handle(f"{handle_of(text)}:{lines}"), kept.__getitem__) == wanted
    for beyond in ("4", "9-12"):
        with pytest.raises(UsageError, match="has no line") as caught:
            expand(read_handle(f"{handle_of(text)}:{beyond}"), kept.__getitem__)
        assert caught.value.why == "it has 3 lines"
    assert read_handle(f"[expand {handle_of(text)}]").digits == handle_of(text)
    for wrong in ("", "xyz", "12345", f"{handle_of(text)}:0", f"{handle_of(text)}:3-2"):
        with pytest.raises(UsageError) as caught:
            read_handle(wrong)
        assert caught.value.remedy
