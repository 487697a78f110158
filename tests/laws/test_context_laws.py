"""Fitting never overflows, keeps order, and says why; ranking and estimating are steady."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.context.estimate import estimate
from homesmith.context.fit import fit
from homesmith.context.inflections import akin, bases
from homesmith.context.relevance import rank, sentences, words
from homesmith.context.slices import Slice, joined
from homesmith.core.errors import PromptTooLong

COUNTS = st.sampled_from([len, estimate, lambda text: -(-len(text) // 3)])
SLICES = st.lists(
    st.builds(
        Slice,
        source=st.sampled_from("abc"),
        text=st.text(max_size=40),
        worth=st.integers(0, 4).map(float),
        pinned=st.booleans(),
    ),
    max_size=12,
)


@given(slices=SLICES, budget=st.integers(0, 200), count=COUNTS)
def test_fit_is_never_over_budget_and_keeps_the_order(
    slices: list[Slice], budget: int, count: Callable[[str], int]
) -> None:
    pinned = tuple(piece for piece in slices if piece.pinned)
    if pinned and count(joined(pinned)) > budget:
        with pytest.raises(PromptTooLong) as caught:
            fit(slices, budget, count)
        assert caught.value.remedy
        return
    context = fit(slices, budget, count)
    assert context.tokens <= budget
    if context.kept:
        assert context.tokens == count(context.text)
    identity = [(piece.source, piece.text, piece.worth, piece.pinned) for piece in slices]
    assert identity == [
        (piece.source, piece.text, piece.worth, piece.pinned) for piece in context.slices
    ]
    assert all(piece.kept for piece in context.slices if piece.pinned)
    assert all(piece.why for piece in context.dropped)
    assert not any(piece.why for piece in context.kept)


@given(slices=SLICES, budget=st.integers(0, 200))
def test_nothing_worth_less_stays_while_something_that_had_room_goes(
    slices: list[Slice], budget: int
) -> None:
    pinned = tuple(piece for piece in slices if piece.pinned)
    free = budget - (len(joined(pinned)) if pinned else 0)
    if free < 0:
        return
    context = fit(slices, budget, len)
    crowded_out = [piece.worth for piece in context.dropped if piece.tokens <= free]
    chosen = [piece.worth for piece in context.kept if not piece.pinned]
    assert max(crowded_out, default=0.0) <= min(chosen, default=9.0)


@given(slices=SLICES)
def test_with_room_for_all_nothing_is_dropped(slices: list[Slice]) -> None:
    assert fit(slices, 10_000, len).dropped == ()


@given(text=st.text(max_size=200), more=st.text(max_size=50))
def test_an_estimate_does_not_shrink_when_text_is_added(text: str, more: str) -> None:
    assert 0 <= estimate(text) <= estimate(text + "\n" + more)
    assert estimate(text) <= 2 * len(text) + 1


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("word", 1), ("é1", 2), ("\N{FOX FACE}a", 3), ("\ud83e", 1)]
)
def test_characters_of_four_bytes_count_two(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


@given(documents=st.dictionaries(st.text(max_size=9), st.text(max_size=60)), query=st.text())
def test_rank_gives_every_document_once_best_first(documents: dict[str, str], query: str) -> None:
    ranked = rank(query, documents)
    assert sorted(item.name for item in ranked) == sorted(documents)
    scores = [item.score for item in ranked]
    assert scores == sorted(scores, reverse=True)
    assert min(scores, default=0) >= 0


def test_identifiers_are_words() -> None:
    assert words("dueDate due_dates HTMLParser2 the categories") == [
        *("due", "date", "due", "date", "html", "parser2", "category"),
    ]


def test_the_file_that_matters_comes_first() -> None:
    files = {
        "static/style.css": "body { color: black } .task { margin: 0 }",
        "app/storage.py": "def save_task(task): ...\ndef load_tasks(): ...",
        "app/theme.js": "export function toggle() { document.body.classList.toggle('dark') }",
        "README.md": "A list of tasks.",
    }
    assert rank("add a dark mode: the theme toggles", files)[0].name == "app/theme.js"
    assert rank("tasks must be saved with a due date", files)[0].name == "app/storage.py"
    assert {item.score for item in rank("zebra", files)} == {0.0}


def test_sentences_and_items_come_apart() -> None:
    text = "Show a list. It has 2.5 px gaps!\n- add button\n\n- total"
    assert sentences(text) == ["Show a list.", "It has 2.5 px gaps!", "- add button", "- total"]


@pytest.mark.parametrize(
    "family",
    [
        "deploy deploys deploying deployed",
        "release releases releasing released",
        "plan plans planning planned",
        "control controlling controlled",
        "sell selling",
        "add adding added",
        "price prices pricing priced",
        "try tries trying tried",
        "agree agreeing agreed",
        "fix fixes fixing fixed",
        "crash crashes crashing crashed",
        "embed embedding embedded",
        "style styling styled",
    ],
)
def test_the_forms_of_a_word_are_akin(family: str) -> None:
    forms = [words(form)[0] for form in family.split()]
    for form in forms:
        assert akin(forms, [form]) == tuple(forms)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("care", "cars"),
        ("caring", "cars"),
        ("note", "not"),
        ("noted", "not"),
        ("plane", "plan"),
        ("site", "sitting"),
        ("thing", "the"),
        ("king", "kin"),
        ("string", "strong"),
        ("red", "reed"),
        ("need", "nee"),
        ("even", "evenings"),
        ("using", "us"),
        ("hoping", "hop"),
    ],
)
def test_other_words_are_not_akin(word: str, other: str) -> None:
    assert akin([word], words(other)) == akin(words(other), [word]) == ()


@given(some=st.lists(st.text("abdeginrsy", min_size=1, max_size=8), max_size=6))
def test_every_word_is_akin_to_itself(some: list[str]) -> None:
    assert akin(some, set(some)) == tuple(some)
    assert akin(some, ()) == ()
    assert all(word in bases(word) for word in some)
