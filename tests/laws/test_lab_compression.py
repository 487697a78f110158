"""The sets of twenty documents are what they claim, and what is measured is counted right."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.context.estimate import estimate
from homesmith.core.errors import InvalidSettings
from homesmith.lab.compression import answers_kept, as_files, cut_in_the_middle, ours, shapes
from homesmith.lab.distractors import DOCUMENTS, FILE, Question, plain, questions

TOWNS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty towns with a bridge each, asked for by name; every fifth was built by Ada."""
    rows = [
        {
            "question": f"who built the bridge of Town{number}?",
            "answers": ["Ada" if number % 5 == 0 else f"The Builder {number}"],
            "ctxs": [
                {
                    "title": f"Town{number}",
                    "text": f"The bridge of Town{number} is old. It was built by "
                    + ("Ada." if number % 5 == 0 else f"builder {number}."),
                }
            ],
        }
        for number in range(TOWNS)
    ]
    with gzip.open(tmp_path / FILE, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_one_document_of_twenty_holds_the_answer(folder: Path) -> None:
    tune = list(questions(folder, "tune"))
    report = list(questions(folder, "report"))
    assert len(tune) == len(report) == TOWNS // 2
    assert not {one.text for one in tune} & {one.text for one in report}
    assert len({one.gold for one in tune + report}) == DOCUMENTS
    for one in tune + report:
        assert len(one.documents) == len(set(one.documents)) == DOCUMENTS
        having = [
            at
            for at, document in enumerate(one.documents)
            if any(plain(answer) in plain(document.text) for answer in one.answers)
        ]
        assert having == [one.gold]
        assert one.answered_by(one.prompt)
    assert list(questions(folder, "tune", limit=3)) == tune[:3]


def test_an_answer_does_not_reach_across_a_gap() -> None:
    one = Question(text="who?", answers=("The Builder 7",), documents=(), gold=0)
    assert one.answered_by("built by builder 7, they say")
    assert not one.answered_by("built by builder 71")
    assert not one.answered_by("built by builder… 7 years ago")


def test_ways_are_counted_side_by_side(folder: Path) -> None:
    ways = {
        "ours": ours(),
        "files": as_files,
        "cut": cut_in_the_middle,
        "all": lambda text, _query, _budget: text,
        "none": lambda _text, _query, _budget: "",
    }
    found = {one.way: one for one in answers_kept(questions(folder, "report"), [3.0], ways)}
    assert found["all"].share == 1.0
    assert found["all"].over_budget == found["all"].total == TOWNS // 2
    assert found["none"].share == 0.0
    assert found["ours"].share == found["files"].share == 1.0
    assert {found[way].over_budget for way in ("ours", "files", "cut")} == {0}
    assert 0.1 < found["cut"].share < 0.7
    assert found["ours"].low < 1.0
    assert found["ours"].by_characters > 2.5


@given(text=st.text(max_size=300), budget=st.integers(0, 100))
def test_the_usual_way_is_within_the_budget_too(text: str, budget: int) -> None:
    short = cut_in_the_middle(text, "", budget)
    assert short == text or not short or estimate(short) <= budget


def test_shapes_are_shorter() -> None:
    found = shapes(["def f():\n    a = 1\n    b = 2\n    c = 3\n    return a + b + c\n"] * 2)
    assert found.files == 2
    assert found.ratio > 1.5


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b'{"question": 1}\n')])
def test_a_file_that_is_no_data_is_told(tmp_path: Path, content: bytes) -> None:
    if content:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(InvalidSettings) as caught:
        list(questions(tmp_path, "tune"))
    assert caught.value.remedy
