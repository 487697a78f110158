"""A person writes one thing more down: what is kept, what is refused, and what stands there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Line


@pytest.fixture
def folder(line: Line) -> Path:
    """The context of a person who answered nothing."""
    return Path(line("context", "init", "--yes").out.strip())


def three(err: str) -> list[str]:
    lines = err.splitlines()
    assert (len(lines), lines[2][:6]) == (3, "hint: ")
    return lines


@pytest.mark.parametrize("setting", ["design.theme=", "tone=", "stack.database= ", "own="])
def test_a_preference_without_a_value_is_refused(line: Line, folder: Path, setting: str) -> None:
    before = (folder / "preferences.json").read_bytes()
    refused = line("context", "add", setting)
    what, _, hint = three(refused.err)
    assert (refused.code, what) == (2, f"{setting.strip()[:-1]} has no value")
    assert hint == "hint: homesmith context edit preferences.json"
    assert (folder / "preferences.json").read_bytes() == before


@pytest.mark.parametrize(
    "setting", ["a.b.c.d=5", "Design.theme=dark", "coding-style.quotes=single", "Tone=dry", "E="]
)
def test_what_can_be_no_name_of_a_preference_is_no_rule_either(
    line: Line, folder: Path, setting: str
) -> None:
    refused = line("context", "add", setting)
    what, why, _ = three(refused.err)
    name = setting.partition("=")[0]
    assert (refused.code, what) == (2, f"'{name}' is no name of a preference")
    assert "coding_style, stack, design" in why
    assert (folder / "preferences.json").read_bytes() == b"{}\n"


def test_a_section_of_ones_own_and_a_sentence_with_an_equals_sign_are_kept(
    line: Line, folder: Path
) -> None:
    sentences = ["Write x = 1 with spaces.", "Never write a==b", "E=mc², not e=mc2", "a.b = c"]
    for text in ("editor.font=mono", *sentences):
        assert line("context", "add", text).code == 0
    kept = json.loads((folder / "preferences.json").read_text())
    assert kept == {"editor": {"font": "mono"}, "rules": sentences}


def test_what_stands_there_already_is_said_and_changes_nothing(line: Line, folder: Path) -> None:
    written = b'{ "rules":["Never use jQuery."], "design":{"theme":"dark"} }'
    (folder / "preferences.json").write_bytes(written)
    for words, named in (
        (("Never use jQuery.",), "Never use jQuery."),
        (("design.theme=dark",), "design.theme"),
    ):
        again = line("context", "add", *words)
        assert (again.code, again.err) == (0, f"It stands there already: {named}\n")
        told = line("context", "add", *words, "--json").lines
        assert told == [{"event": "unchanged", "what": named}]
    assert (folder / "preferences.json").read_bytes() == written
    assert line("context", "add", "--project", "shop", "Sells tea").err.startswith("Kept: shop.")
    twice = line("context", "add", "--project", "shop", "Sells tea")
    assert twice.err == "It stands there already: shop\n"
    assert line("context", "log", "--json").lines[-1]["message"] == "Project: shop"


def test_a_full_stop_stands_once(line: Line, folder: Path) -> None:
    undo = "Undo: homesmith context undo\n"
    assert line("context", "add", "Be kind.").err == f"Kept: Be kind. {undo}"
    assert line("context", "add", "tone=dry").err == f"Kept: tone. {undo}"
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("",), "The sentence is empty"),
        ((), "There is nothing to add"),
        (("--note", "Tea", " "), "The note is empty"),
        (("--note", "Tea"), "There is no note"),
        (("--note", " ", "Water."), "The title of the note is empty"),
        (("--file", "tea.md"), "--file goes with --note"),
    ],
)
def test_what_is_empty_or_missing_is_named(
    line: Line, folder: Path, words: tuple[str, ...], what: str
) -> None:
    refused = line("context", "add", *words)
    assert (refused.code, three(refused.err)[0]) == (2, what)
    assert "--prompt-file" not in refused.err
    assert sorted(path.name for path in folder.iterdir())[1:] == [
        "preferences.json",
        "projects.json",
    ]
