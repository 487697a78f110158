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


def lines(ended: Any) -> list[str]:
    """The three lines of a refusal."""
    assert ended.code == 2, ended.out + ended.err
    said: list[str] = ended.err.splitlines()
    assert len(said) == 3, ended.err
    return said


def test_a_file_is_not_taken_for_its_folder(three: Line, tmp_path: Path) -> None:
    suite(tmp_path / "tiny", ok=3)
    said, why, hint = lines(three("eval", "./tiny/ok.toml"))
    assert said == "tiny/ok.toml is one task, no suite"
    assert ("the folder" in why, hint) == (True, "hint: homesmith eval ./tiny")
    (tmp_path / "apps" / "notes").mkdir(parents=True)
    (tmp_path / "apps" / "notes" / "app.toml").write_text("")
    assert lines(three("eval", "apps/notes/app.toml"))[2] == "hint: homesmith eval ./apps"
    (tmp_path / "notes.jsonl").write_text("not JSON")
    said, why, hint = three("eval", "notes.jsonl").err.splitlines()
    assert "holds no task" in said
    assert "question and answer" in hint
    assert lines(three("eval", "./tiy"))[2] == "hint: homesmith eval ./tiny"


@pytest.mark.parametrize(
    ("strategy", "says", "hint"),
    [
        ("nonsense", 'There is no strategy "nonsense"', "--strategy direct,auto"),
        ("verfy", 'There is no strategy "verfy"', "--strategy direct,verify"),
        ("build", '"build" is for suites of apps only', "--strategy direct,auto"),
    ],
)
def test_a_strategy_is_told_from_a_way_to_build_apps(
    three: Line, tmp_path: Path, strategy: str, says: str, hint: str
) -> None:
    ended = lines(three("eval", str(suite(tmp_path / "s", one=3)), "--strategy", strategy))
    assert ended[0] == says
    assert ended[2] == f"hint: homesmith eval SUITE {hint}"


def test_what_was_not_measured_is_said_as_it_is(three: Line, tmp_path: Path) -> None:
    model = ("--model", "qwen2.5-coder:1.5b")
    three("eval", str(suite(tmp_path / "mine", one=3)), "--strategy", "direct")
    three("eval", str(suite(tmp_path / "other", one=3)), "--strategy", "auto")
    for words in (("compare", "direct", "auto"), ("promote", "direct")):
        for wrong, near in (("nosuch", "mine"), ("othr", "other"), ("./nosuch", "mine")):
            said, why, hint = lines(three("eval", *words, "--suite", wrong, *model))
            assert said == f'Nothing was measured of the suite "{wrong}"'
            assert "mine" in why
            named = " ".join(words if words[0] == "compare" else words[:1])
            assert hint == f"hint: homesmith eval {named} --suite {near}"
    said, why, hint = lines(three("eval", "compare", "direct", "auto"))
    assert "no task in common" in said
    assert "direct was measured on mine and auto on other" in why
    assert hint == f"hint: homesmith eval SUITE --strategy direct,auto {' '.join(model)}"
    assert three("eval", "promote", "direct", "--suite", "./mine").code == 0
    said = lines(three("eval", "promote", "direct", "--suite", "other"))[0]
    assert said == "The direct answer was not measured"


def test_the_hint_for_two_models_names_two_runs(three: Line, tmp_path: Path) -> None:
    three("eval", str(suite(tmp_path / "mine", one=3)), "--strategy", "direct")
    (ledger,) = (three.home / "data" / "eval").glob("mine*.jsonl")
    text = ledger.read_text().replace("qwen2.5-coder:1.5b", "smollm2:135m")
    ledger.with_name("other.jsonl").write_text(text.replace('"mine"', '"other"'))
    sides = ("direct@qwen2.5-coder:1.5b", "direct@smollm2:135m")
    run = "homesmith eval SUITE --strategy direct --model"
    assert lines(three("eval", "compare", *sides))[2] == (
        f"hint: {run} qwen2.5-coder:1.5b && {run} smollm2:135m"
    )


def test_a_side_is_never_compared_with_itself(three: Line, tmp_path: Path) -> None:
    three("eval", str(suite(tmp_path / "mine", one=3)), "--strategy", "direct,vote")
    for other in ("direct", "direct@qwen2.5-coder:1.5b"):
        said, _, hint = lines(three("eval", "compare", "direct", other))
        assert "are the same" in said
        assert hint == "hint: homesmith eval compare direct auto"
    assert "names no model" in lines(three("eval", "compare", "direct@", "vote"))[0]


def test_a_ledger_is_found_where_ledgers_are_kept(three: Line, tmp_path: Path) -> None:
    three("eval", str(suite(tmp_path / "mine", one=3)), "--strategy", "direct,vote")
    kept = three.home / "data" / "eval"
    (ledger,) = kept.glob("mine*.jsonl")
    assert rows(three("eval", "compare", f"direct@{ledger.name}", "vote", "--json"))
    said, why, _ = lines(three("eval", "compare", "direct@nosuch.jsonl", "vote"))
    assert "nosuch.jsonl is not a ledger" in said
    assert f"here or in {kept}" in why


def test_what_was_left_out_is_counted_below_the_table(three: Line, tmp_path: Path) -> None:
    folder = suite(tmp_path / "mine", one=3)
    for name in ("two", "three"):
        (folder / f"{name}.toml").write_text("prompt = 3")
    (tmp_path / "q.jsonl").write_text('{"question": "How many?", "answer": "3"}\nnothing\n')
    ended = three("eval", str(folder), "q.jsonl", "--strategy", "direct")
    after = ended.err.split("direct")[-1]
    assert "2 left out of mine: they are no tasks, as was told above" in after
    assert "1 left out of q: it is no task, as was told above" in after
    again = three("eval", str(folder), "q.jsonl", "--strategy", "direct", "--json").lines[-1]
    assert (again["event"], again["left_out"]) == ("finished", {"mine": 2, "q": 1})


def test_one_is_counted_as_one_and_columns_stand_below_each_other(
    three: Line, tmp_path: Path
) -> None:
    folder = suite(tmp_path / "mine", one=3)
    words = ("eval", str(folder), "--strategy", "direct,refine")
    assert "direct on 1 task: " in three(*words).out
    (folder / "one.toml").write_text((folder / "one.toml").read_text().replace('"3"', '"4"'))
    assert "1 answer was kept from before; its own tokens" in three(*words[:3], "direct").err
    ended = three(*words[:3], "vote,select", "--seeds", "5")
    marks = [row.index("/10") for row in ended.err.splitlines() if "/10 " in row]
    assert (len(marks), len(set(marks))) == (10, 1)
