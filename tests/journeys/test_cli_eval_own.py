"""Suites of one's own: which is which, what is still in them, and what is said of those it is not.

All but the model is real.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from homesmith.engines.scripted import ScriptedEngine
from homesmith.lab.attempts import attempts
from homesmith.lab.ledger import Ledger

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

TASK = 'prompt = "How many is {n}?"\n[check]\nanswer = "{n}"\n'


@pytest.fixture
def three(line: Line) -> Line:
    """A command line whose model answers each question with three."""
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", "It is 3.")])
    return line


def suite(folder: Path, **numbers: int) -> Path:
    """A suite of questions by name, each with its number."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, number in numbers.items():
        (folder / f"{name}.toml").write_text(TASK.format(n=number))
    return folder


def rows(ended: Any) -> list[tuple[str, str, int, int]]:
    """Suite, strategy, passed and total of each row."""
    assert ended.code == 0, ended.out + ended.err
    said = next(one for one in ended.lines if one["event"] == "finished")
    return [(one["suite"], one["strategy"], one["passed"], one["total"]) for one in said["scores"]]


def test_two_folders_of_one_name_are_two_suites(three: Line, tmp_path: Path) -> None:
    one = suite(tmp_path / "a" / "evals", same=3, left=3)
    two = suite(tmp_path / "b" / "evals", same=4, right=4)
    words = ("eval", str(one), str(two), "--strategy", "direct,vote")
    first, second = rows(three(*words, "--json"))[:2]
    assert first == ("evals", "direct", 2, 2)
    assert second == (second[0], "direct", 0, 2)
    assert second[0].startswith("evals-")
    told = three(*words)
    assert f"{two} is called {second[0]} here: {one} has the plain name" in told.err
    assert len(list((three.home / "data" / "eval").glob("evals*.jsonl"))) == 2
    again = three("eval", str(two), str(one), "--strategy", "direct", "--json")
    assert all(one["known"] for one in again.lines[:-1])
    assert sorted(rows(again)) == [first, second]
    pairs = three("eval", "compare", "direct", "vote", "--json").lines[-1]["pairs"]
    assert {each["suite"]: each["tasks"] for each in pairs} == {"evals": 2, second[0]: 2, "all": 4}


def test_two_ways_to_one_folder_are_one_suite(
    three: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = suite(tmp_path / "evals", one=3)
    (tmp_path / "link").symlink_to(folder)
    ended = three("eval", str(folder), "./link", "./evals/", "--strategy", "direct", "--json")
    assert rows(ended) == [("evals", "direct", 1, 1)]
    monkeypatch.chdir(folder)
    assert rows(three("eval", ".", "--strategy", "direct", "--json")) == [("evals", "direct", 1, 1)]


def test_what_stands_of_a_suite_is_kept_when_its_folder_moves(three: Line, tmp_path: Path) -> None:
    """As it is of one that was evaluated before places were written down."""
    folder = suite(tmp_path / "evals", one=3)
    rows(three("eval", str(folder), "--strategy", "direct", "--json"))
    places = three.home / "data" / "eval" / "suites" / "places.jsonl"
    places.unlink()
    moved = folder
    for _ in range(2):
        ended = three("eval", str(moved), "--strategy", "direct", "--json")
        assert rows(ended) == [("evals", "direct", 1, 1)]
        assert ended.lines[0]["known"]
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        moved = moved.rename(tmp_path / "elsewhere" / "evals")
    suite(tmp_path / "evals", one=4)
    back = rows(three("eval", str(tmp_path / "evals"), "--strategy", "direct", "--json"))
    assert back[0][0].startswith("evals-")


def test_a_task_that_was_removed_counts_no_more(three: Line, tmp_path: Path) -> None:
    folder = suite(tmp_path / "evals", one=3, two=4)
    words = ("eval", str(folder), "--strategy", "direct,vote")
    three(*words)
    (folder / "two.toml").unlink()
    assert rows(three(*words, "--json")) == [("evals", "direct", 1, 1), ("evals", "vote", 1, 1)]
    compared = three("eval", "compare", "direct", "vote", "--json")
    assert rows(compared) == [("evals", "direct", 1, 1), ("evals", "vote", 1, 1)]
    assert compared.lines[-1]["removed"] == {"evals": 1}
    told = "1 task tried of evals, no longer in it: not counted"
    assert told in three("eval", "compare", "direct", "vote").err
    promoted = three("eval", "promote", "--json").lines[0]
    assert promoted["figures"]["tasks"] == 1
    assert told in three("eval", "promote").err
    suite(folder, two=4)
    compared = three("eval", "compare", "direct", "vote", "--json")
    assert (compared.lines[-1]["removed"], len(rows(compared))) == ({}, 2)


def test_of_a_suite_that_is_not_there_everything_counts(three: Line, tmp_path: Path) -> None:
    folder = suite(tmp_path / "evals", one=3, two=4)
    three("eval", str(folder), "--strategy", "direct,vote")
    folder.rename(tmp_path / "away")
    assert [row[3] for row in rows(three("eval", "compare", "direct", "vote", "--json"))] == [2, 2]
    (ledger,) = (three.home / "data" / "eval").glob("evals*.jsonl")
    assert len(attempts(Ledger(ledger))) == 4
