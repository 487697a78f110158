"""What memory keeps for all input: texts verbatim, edits that can be taken back, budgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count as numbers

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.context.estimate import estimate
from homesmith.core.errors import UsageError
from homesmith.core.memories import Block, Memory, Piece
from homesmith.memory.agent import Agent
from homesmith.memory.choosing import AGAIN, MISFITS, Ranking, choose, supported, worths
from homesmith.memory.chunks import LONGEST, chunks
from homesmith.memory.dates import spans
from homesmith.memory.editing import inserted, replaced
from homesmith.store.cutting import contains, without
from homesmith.store.database import Store, open_store

TEXT = st.text(st.characters(codec="utf-8"), max_size=300)
NAMES = (f"agent {number}" for number in numbers())
TODAY = date(2023, 5, 28)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("laws") / "store") as opened:
        yield opened


def agent(store: Store) -> Agent:
    return Agent(store, next(NAMES), count=estimate)


def always(value: str) -> Callable[[str], str]:
    return lambda _: value


@given(text=st.text(max_size=3 * LONGEST) | st.text(alphabet="ab .\n", max_size=4 * LONGEST))
def test_chunks_are_the_text_and_none_is_long(text: str) -> None:
    parts = chunks(text, head="x")
    assert "".join(text[part.start : part.stop] for part in parts) == text
    assert all(part.stop - part.start <= LONGEST for part in parts)
    assert [part.start for part in parts[1:]] == [part.stop for part in parts[:-1]]


@given(turns=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_was_said_comes_back_verbatim_and_in_order(
    store: Store, turns: list[tuple[str, str]]
) -> None:
    ada = agent(store)
    for user, assistant in turns:
        ada.remember(user, assistant)
    kept = ada.messages(100)
    assert [memory.text for memory in kept] == [text for turn in turns for text in turn]
    assert [memory.speaker for memory in kept] == ["user", "assistant"] * len(turns)


@given(values=st.lists(TEXT, min_size=1, max_size=6), data=st.data())
def test_every_edit_can_be_taken_back(store: Store, values: list[str], data: st.DataObject) -> None:
    ada = agent(store)
    ada.create_block(Block(label="b"))
    seen = [""]
    for value in values:
        ada.edit("b", always(value))
        if value != seen[-1]:
            seen.append(value)
    history = ada.history("b")
    assert [edit.after for edit in history] == seen[1:]
    if history:
        version = data.draw(st.integers(0, len(history)))
        assert ada.undo("b", version).value == seen[version]
        if len(ada.history("b")) > len(history):
            ada.undo("b")
    assert ada.block("b").value == seen[-1]
    for value in reversed(seen[:-1]):
        assert ada.undo("b").value == value
    with pytest.raises(UsageError):
        ada.undo("b")


@given(
    given=st.lists(
        st.tuples(st.integers(1, 50), st.sampled_from("abc"), st.sampled_from([0.2, 0.5, 0.9])),
        max_size=20,
    ),
    k=st.integers(1, 10),
    tokens=st.integers(0, 99),
)
def test_what_comes_next_is_worth_the_most_of_what_is_left(
    given: list[tuple[int, str, float]], k: int, tokens: int
) -> None:
    pieces = {number: _piece(number, size, at) for number, (size, at, _) in enumerate(given)}
    worth = {number: value for number, (_, _, value) in enumerate(given)}
    chosen = choose(worth, pieces, k=k, tokens=tokens, count=lambda one: len(one.text), why=str)

    sessions, best = supported(worth, pieces), dict[str, float]()
    for _, at, value in given:
        best[at] = max(best.get(at, 0.0), value)
    left = {number: sessions[at] * value / best[at] for number, (_, at, value) in enumerate(given)}
    free, misfits, taken, wanted = tokens, list[int](), list[str](), list[int]()
    while left and len(wanted) < k and len(misfits) < MISFITS:
        now = {number: left[number] * AGAIN ** taken.count(given[number][1]) for number in left}
        top = max(now, key=lambda number: (now[number], number))
        del left[top]
        if given[top][0] > free:
            misfits.append(top)
            continue
        free -= given[top][0]
        taken.append(given[top][1])
        wanted.append(top)
    assert [one.piece.chunk for one in chosen.found] == wanted
    assert [one.piece.chunk for one in chosen.misfits] == misfits


def _piece(number: int, size: int, session: str) -> Piece:
    memory = Memory(
        id=number,
        kind="message",
        session=session,
        speaker="user",
        text="x" * size,
        at="2023-05-20",
    )
    return Piece(chunk=number, memory=memory, start=0, stop=size, head="")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("user", "2023-05-27"), ("user", "2023-03-27")),
        (("user", "2023-05-27"), ("assistant", "2023-05-27")),
    ],
)
def test_of_equals_the_newer_and_what_the_person_said_comes_first(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    pieces = {}
    for number, (speaker, at) in enumerate((first, second), start=1):
        piece = _piece(number, 5, str(number))
        pieces[number] = replace(piece, memory=replace(piece.memory, speaker=speaker, at=at))
    rankings = [Ranking(name="words", chunks=order) for order in ([1, 2], [2, 1])]
    worth = worths(rankings, pieces, (), TODAY)
    found = choose(worth, pieces, k=2, tokens=99, count=lambda one: len(one.text), why=str).found
    assert [one.piece.chunk for one in found] == [1, 2], "were they worth the same, 2 came first"


@given(
    sizes=st.lists(st.integers(1, 50), max_size=20), k=st.integers(1, 10), tokens=st.integers(0, 99)
)
def test_what_is_chosen_fits(sizes: list[int], k: int, tokens: int) -> None:
    pieces = {number: _piece(number, size, str(number % 4)) for number, size in enumerate(sizes)}
    worth = worths([Ranking(name="words", chunks=list(pieces))], pieces, (), TODAY)
    found = choose(
        worth,
        pieces,
        k=k,
        tokens=tokens,
        count=lambda piece: len(piece.text),
        why=lambda chunk: f"#{chunk}",
    ).found
    assert len(found) <= k
    assert sum(one.tokens for one in found) <= tokens
    assert len({one.piece.chunk for one in found}) == len(found)
    assert all(0 < one.worth <= 1 and one.why for one in found)
    if sizes and max(sizes) <= tokens:
        assert found


@pytest.mark.parametrize(
    ("question", "first", "end"),
    [
        ("what did I do last week?", (2023, 5, 15), (2023, 5, 22)),
        ("which film did I see in March?", (2023, 3, 1), (2023, 4, 1)),
        ("the party in December", (2022, 12, 1), (2023, 1, 1)),
        ("who called three days ago?", (2023, 5, 24), (2023, 5, 27)),
        ("on 12 May", (2023, 5, 12), (2023, 5, 13)),
        ("on May 31st", (2022, 5, 31), (2022, 6, 1)),
        ("yesterday", (2023, 5, 27), (2023, 5, 28)),
        ("last Saturday", (2023, 5, 27), (2023, 5, 28)),
        ("on 2021-02-03", (2021, 2, 3), (2021, 2, 4)),
        ("in 2020", (2020, 1, 1), (2021, 1, 1)),
        ("over the past two weeks", (2023, 5, 13), (2023, 5, 29)),
        ("last month", (2023, 4, 1), (2023, 5, 1)),
    ],
)
def test_times_are_read_as_people_mean_them(
    question: str, first: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    [span] = spans(question, TODAY)
    assert (span.first, span.end) == (date(*first), date(*end))


@given(text=TEXT, today=st.dates())
def test_any_question_may_name_times(text: str, today: date) -> None:
    for span in spans(text + " 31 June, 2021-13-45, 999 years ago", today):
        assert span.first < span.end


@pytest.mark.parametrize("question", ["", "I may march", "what is my cat called?", "31 June"])
def test_where_no_time_is_named_none_is_guessed(question: str) -> None:
    assert spans(question, TODAY) == ()


@given(
    lines=st.lists(TEXT.filter(lambda text: "\n" not in text), min_size=1, max_size=5), text=TEXT
)
def test_an_insertion_moves_nothing_else(lines: list[str], text: str) -> None:
    value = "\n".join(lines)
    for line in range(len(lines) + 1 if value else 1):
        rows = value.split("\n") if value else []
        expected = "\n".join([*rows[:line], text, *rows[line:]])
        assert inserted(value, text, line) == expected
    with pytest.raises(UsageError):
        inserted(value, text, len(lines) + 2)


def test_a_replacement_is_exact_where_it_can_be_and_never_guesses() -> None:
    value = "Likes tea.\nHas a cat.\nlikes  Rain a lot."
    assert replaced(value, "Has a cat.", "Has two.") == "Likes tea.\nHas two.\nlikes  Rain a lot."
    assert replaced(value, "likes rain", "loves rain").endswith("loves rain a lot.")
    for old, why in (("LIKES", "near lines 1, 3"), ("Has a dog.", "Has a cat."), (" ", "must say")):
        with pytest.raises(UsageError) as refused:
            replaced(value, old, "x")
        assert why in refused.value.why


@given(
    parts=st.lists(st.sampled_from(["ma", "ß", "SS", "s", "İ", "x", "Tea ", "tea"]), max_size=12),
    words=st.sampled_from(["tea", "ss", "Straße", "mas", "i"]),
)
def test_words_that_are_cut_out_are_in_no_case_left_and_nothing_else_goes(
    parts: list[str], words: str
) -> None:
    text = "".join(parts)
    left, places = without(text, words)
    assert not contains(left, words)
    assert (places > 0) == contains(text, words)
    assert places or left == text
    letters = iter(text)
    assert all(letter in letters for letter in left), "in the same order"


def test_a_cut_takes_just_the_words() -> None:
    assert without("Call XYLOPHONE99, xylophone99!", "Xylophone99") == ("Call , !", 2)
    assert without("In der Großen Straße 7", "STRASSE 7") == ("In der Großen ", 1)
    assert without("teteaa", "tea") == ("", 2)
