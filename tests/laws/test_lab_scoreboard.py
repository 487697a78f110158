"""The scoreboard keeps what measured better, and each step can be gone back; the page holds up."""

from __future__ import annotations

import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.errors import UsageError, WorkspaceError
from homesmith.lab import page as page_module
from homesmith.lab.attempts import Attempt
from homesmith.lab.measurement import measurement
from homesmith.lab.page import page
from homesmith.lab.scoreboard import Scoreboard, best, measured, standings

VOID = {"meta"}


def tried(strategy: str, solved: set[int], *, kind: str = "code", tokens: int = 1) -> list[Attempt]:
    return [
        Attempt(
            suite="s",
            task=f"t{number}",
            strategy=strategy,
            model="m",
            seed=0,
            kind=kind,
            verdict="passed" if number in solved else "wrong",
            answer_tokens=tokens,
        )
        for number in range(20)
    ]


def board(place: Path) -> Scoreboard:
    return Scoreboard(place / "eval" / "scoreboard.json")


def best_of(*strategies: list[Attempt]) -> str:
    return best([one for own in strategies for one in own], "m", "code")


def test_the_best_beyond_chance_wins_and_the_cheaper_of_equals() -> None:
    direct, most = tried("direct", set(range(5))), set(range(18))
    two_more = tried("verify", {*range(7)})
    assert measured([*direct, *two_more], "m", "code")[1] == ("s",)
    assert best_of(direct, two_more) == "direct"  # two more of twenty can be chance
    assert best_of(direct, tried("a", most, tokens=9), tried("b", most)) == "b"
    assert best_of(direct, tried("auto", most)) == "direct"
    assert best_of(tried("select", most)) == "direct"


def test_strategies_are_set_against_each_other_on_the_tasks_that_all_tried() -> None:
    direct, few = tried("direct", set()), tried("few", set(range(8)))[:8]
    assert best_of(direct, few, tried("all", set(range(14)), tokens=2)) == "few"
    assert best_of(direct, few, tried("all", set(range(14)), tokens=0)) == "all"
    others = tried("others", set(range(20)))[8:]
    assert best_of(direct, few, others) == "others"


def test_kinds_are_promoted_apart() -> None:
    code = [*tried("direct", set()), *tried("select", set(range(20)))]
    answers = [*tried("direct", set(), kind="answer"), *tried("vote", {1}, kind="answer")]
    made = standings({"one": code, "two": answers}, "m", None, at="now", version="1")
    assert [(one.kind, one.strategy, one.ledgers) for one in made] == [
        ("code", "select", ("one",)),
        ("answer", "direct", ("two",)),
    ]
    with pytest.raises(UsageError, match="not measured"):
        standings({"one": code}, "m", "refine", at="now", version="1")
    with pytest.raises(UsageError, match="No strategy was measured"):
        standings({"one": code}, "other", None, at="now", version="1")


def test_what_the_usual_evaluation_measured_changes_nothing() -> None:
    """It measures `direct,auto`, so that there is no strategy to promote."""
    usual = [*tried("direct", set(range(10))), *tried("auto", set(range(18)))]
    answers = [*tried("direct", set(), kind="answer"), *tried("vote", {1}, kind="answer")]
    with pytest.raises(UsageError, match="No strategy was measured") as caught:
        standings({"one": usual}, "m", None, at="now", version="1")
    assert "--strategy direct,select,verify" in caught.value.remedy
    made = standings({"one": usual, "two": answers}, "m", None, at="now", version="1")
    assert [(one.kind, one.strategy) for one in made] == [("answer", "direct")]
    made = standings({"one": usual}, "m", "direct", at="now", version="1")
    assert [(one.kind, one.strategy) for one in made] == [("code", "direct")]
    with pytest.raises(UsageError, match="cannot be promoted"):
        standings({"one": usual}, "m", "auto", at="now", version="1")


@given(st.lists(st.sampled_from(["select", "verify", "direct", "undo"]), max_size=12))
def test_undo_goes_back_one_step_at_a_time(steps: list[str]) -> None:
    ledger = [*tried("direct", set()), *tried("select", {1}), *tried("verify", {1})]
    with tempfile.TemporaryDirectory() as place:
        scoreboard, expected = board(Path(place)), [""]
        for step in steps:
            if step == "undo":
                assert scoreboard.undo() == (len(expected) > 1)
                expected = expected[:-1] or [""]
            else:
                scoreboard.promote(standings({"l": ledger}, "m", step, at="now", version="1"))
                expected.append(step)
            assert scoreboard.choices("m").get("code", "") == expected[-1]
            assert scoreboard.choices("other") == {}


@pytest.mark.parametrize(
    "text", ["", "no", "[]", '{"boards": 3}', '{"boards": [3]}', '{"boards": [{"m": {"code": 1}}]}']
)
def test_a_board_that_cannot_be_read_is_empty(tmp_path: Path, text: str) -> None:
    scoreboard = board(tmp_path)
    scoreboard.path.parent.mkdir()
    scoreboard.path.write_text(text)
    assert scoreboard.choices("m") == {}


def test_a_board_that_cannot_be_written_says_so_and_leaves_the_old_one(tmp_path: Path) -> None:
    ledger = [*tried("direct", set()), *tried("select", {1})]
    scoreboard = board(tmp_path)
    scoreboard.promote(standings({"l": ledger}, "m", "select", at="now", version="1"))
    scoreboard.path.with_suffix(".part").mkdir()
    with pytest.raises(WorkspaceError) as caught:
        scoreboard.undo()
    assert (bool(caught.value.why), caught.value.remedy) == (True, "homesmith doctor")
    assert scoreboard.choices("m") == {"code": "select"}


class Balanced(HTMLParser):
    """Fails on a tag that is closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(st.text(max_size=12), st.text(min_size=1, max_size=12), st.sets(st.integers(0, 19)))
def test_the_page_is_whole_whatever_things_are_called(
    task: str, strategy: str, solved: set[int]
) -> None:
    evil = "<script>alert(1)</script>"
    sides = [
        ("direct", tried("direct", {1, 2})),
        (strategy + evil, [*tried("x", solved), _named(f"{task}{evil}")]),
    ]
    text = page(measurement(sides, model=evil, at="now", version="1"))
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    assert "script" not in parser.seen
    assert text.count('class="won"') + text.count('class="lost"') == len(solved ^ {1, 2}) + 2


def _named(task: str) -> Attempt:
    return Attempt(suite="s", task=task, strategy="x", model="m", seed=0, verdict="passed")


def test_an_empty_measurement_is_a_page_too() -> None:
    assert "<main>" in page(measurement([("direct", [])], model="m", at="now", version="1"))


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    digits = colour.lstrip("#")
    pairs = [digit * 2 for digit in digits] if len(digits) == 3 else re.findall("..", digits)
    shares = [int(pair, 16) / 255 for pair in pairs]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_in_the_light_and_in_the_dark() -> None:
    style = (Path(page_module.__file__).with_name("page.html")).read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--(\w+): (#\w+)", row))
        for row in style.splitlines()
        if "--ground:" in row
    ]
    assert len(themes) == 2
    for theme in themes:
        for name in ("text", "soft", "mark", "bar"):
            assert contrast(theme[name], theme["ground"]) >= 4.5, (name, theme)
        for name in ("won", "lost"):
            assert contrast(theme[name], theme["on"]) >= 4.5, (name, theme)
