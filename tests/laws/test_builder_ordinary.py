"""Ordinary requests: what is read from them is what they say, and no more."""

from __future__ import annotations

import pytest

from homesmith.builder.acceptance import derive
from homesmith.builder.controls import read_page
from homesmith.builder.literals import literals
from homesmith.builder.mentions import is_number, kind_of
from homesmith.builder.pages import element


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
        ("Beside the field, `told` shows a word.", "told", "text"),
    ],
)
def test_the_kind_of_a_thing_is_its_own(sentence: str, name: str, kind: str) -> None:
    assert kind_of(name, sentence) == kind


def test_a_text_field_before_a_number_field_is_none() -> None:
    request = "A text field `item`, number field `pieces`, button `add`."
    assert (is_number("item", request), is_number("pieces", request)) == (False, True)


def test_options_end_where_the_sentence_goes_on() -> None:
    made = element("sign", "A dropdown `sign` with Dollar, Euro and Pound changes the sign.")
    assert "<option>Euro</option><option>Pound</option></select>" in made
