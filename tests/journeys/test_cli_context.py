"""A person writes down what they like, and the model is told: `homesmith context` and `ask`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Line


@pytest.fixture
def folder(line: Line) -> Path:
    """The context of a person who answered nothing."""
    begun = line("context", "init", "--yes")
    assert begun.code == 0
    return Path(begun.out.strip())


def three(err: str) -> list[str]:
    lines = err.splitlines()
    assert lines[2].startswith("hint: ")
    return lines[:3]


def test_init_asks_a_person_and_nobody_else(line: Line) -> None:
    alone = line("context", "init")
    assert (alone.code, "--yes" in alone.err) == (2, True)
    assert not (line.home / "data" / "context").exists()
    asked = line("context", "init", stdin=b"tabs\n\ndark\nSQLite\n\n\n", watched=True)
    assert asked.code == 0
    folder = Path(asked.out.strip())
    assert sorted(path.name for path in folder.iterdir()) == [
        ".git",
        "preferences.json",
        "projects.json",
    ]
    assert json.loads((folder / "preferences.json").read_text()) == {
        "coding_style": {"indentation": "tabs"},
        "design": {"theme": "dark"},
        "stack": {"database": "SQLite"},
    }
    again = line("context", "init", "--yes")
    assert (again.code, again.out, "already" in again.err) == (0, asked.out, True)


def test_init_leaves_a_folder_of_other_things_alone(line: Line, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "tax.txt").write_text("mine")
    line.environ["HOMESMITH_CONTEXT_FOLDER"] = str(tmp_path / "papers")
    for words in (("init", "--yes"), ("add", "Be kind.")):
        refused = line("context", *words)
        assert (refused.code, "tax.txt" in refused.err) == (2, True)
    assert [path.name for path in (tmp_path / "papers").iterdir()] == ["tax.txt"]


def test_the_folder_can_be_another(line: Line, folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "mine"
    assert line("config", "set", "context-folder", str(there)).code == 0
    assert line("context", "undo").code == 2
    assert not there.exists()
    assert line("context", "add", "Be kind.").code == 0
    assert (there / ".git").is_dir()
    assert "kind" not in (folder / "preferences.json").read_text()
    assert line("config", "set", "context-folder", "auto").code == 0
    assert line("context", "path").out == f"{folder}\n"


def test_a_folder_that_cannot_be_looked_into_stops_no_question(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.environ["HOMESMITH_CONTEXT_FOLDER"] = str(tmp_path / ("long" * 100))
    asked = line("ask", "hello")
    assert (asked.code, asked.out) == (0, "hello\n")
    assert "cannot be read" in asked.err.splitlines()[0]
    assert asked.err.splitlines()[2] == "hint: homesmith config set context-folder FOLDER"
    for words in (["init", "--yes"], ["add", "Be kind."], ["undo"], ["log"], ["edit"]):
        refused = line("context", *words)
        assert (refused.code, len(refused.err.splitlines())) == (1, 3), words
        assert "defect" not in refused.err


def test_what_is_added_is_told_and_found(line: Line, folder: Path) -> None:
    assert line("context", "add", "coding_style.indentation=tabs").code == 0
    assert line("context", "add", "Never use jQuery.").code == 0
    assert line("context", "add", "--project", "shop", "--stack", "FastAPI", "Sells tea").code == 0
    words = ("--note", "Deploying", "--when", "deploy", "--tags", "fly", "--file", "-")
    assert line("context", "add", *words, stdin=b"Run fly launch.").code == 0
    told = line("context", "show", "--for", "How do I deploy the shop?")
    for said in ("one tab", "jQuery", "shop: Sells tea", "Run fly launch."):
        assert said in told.out
    other = line("context", "show", "--for", "a poem")
    assert "fly launch" not in other.out
    assert "dropped" in other.err
    found = line("context", "search", "jquery", "--json").lines
    assert [row["file"] for row in found] == ["preferences.json: rules"]
    assert line("context", "search", "nowhere").out == ""
    shown = {row["file"]: row["what"] for row in line("context", "show", "--json").lines}
    assert shown["projects.json"] == "shop"
    assert shown["knowledge/deploying.md"] == "Deploying"
    assert line("context", "show", "deploying").out.endswith("Run fly launch.\n")
    twice = line("context", "add", *words, stdin=b"x")
    assert (twice.code, "already" in twice.err) == (2, True)
    assert line("context", "show", "../../etc/passwd").code == 2
    assert line("context", "add", "--project", "shop", "--status", "paused").code == 0
    assert line("context", "add", "--project", "shop", "--path", "~/shop").code == 0
    (shop,) = json.loads((folder / "projects.json").read_text())["projects"]
    assert (shop["status"], shop["about"], shop["path"]) == ("paused", "Sells tea", "~/shop")
    for wrong in (["rules=none"], ["--project", "shop", "--status", "someday"]):
        unfit = line("context", "add", *wrong)
        assert (unfit.code, unfit.err.splitlines()[0][:18]) == (2, "That does not fit ")
    assert line("context", "add", "--note", "a", "--project", "b", "c").code == 2
    assert [path.name for path in folder.iterdir() if path.suffix == ".json"]


def test_each_change_is_a_commit_and_undo_goes_back_byte_for_byte(line: Line, folder: Path) -> None:
    file = folder / "preferences.json"
    written = b'{ "tone":"short" }'
    file.write_bytes(written)
    line("context", "add", "Be kind.")
    assert file.read_bytes() != written
    assert line("context", "undo").code == 0
    assert file.read_bytes() == written
    line("context", "undo")
    assert file.read_bytes() == b"{}\n"
    line("context", "undo")
    assert [path.name for path in folder.iterdir()] == [".git"]
    assert line("context", "undo").code == 2
    assert line("context", "init", "--yes").code == 0
    assert file.read_bytes() == b"{}\n"
    line("context", "undo")
    kept = [row["message"] for row in line("context", "log", "--json").lines]
    assert kept[:4] == ["The beginning", "Begun", "Edited by hand", "Add: Be kind."]
    assert line("context", "undo", "4").code == 0
    assert "Be kind." in file.read_text()
    assert "Edited by hand" in line("context", "log").out
    git = ["git", "-C", str(folder), "status", "--porcelain"]
    assert subprocess.run(git, capture_output=True, text=True).stdout == ""


def test_undo_takes_back_an_edit_by_hand_and_no_more(line: Line, folder: Path) -> None:
    line("context", "add", "Be kind.")
    file = folder / "preferences.json"
    before = file.read_bytes()
    file.write_bytes(b"rubbish")
    line("context", "undo")
    assert file.read_bytes() == before
    assert line("context", "log", "--json").lines[-2]["message"] == "Edited by hand"


def test_undo_names_the_files_and_the_step_once(line: Line, folder: Path) -> None:
    line("context", "add", "Be kind.")
    line("context", "add", "Be brief.")
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "tea.md").write_text("Water.")
    (folder / "projects.json").write_text('{"projects": []}')
    told = line("context", "undo").err.splitlines()
    assert told == [
        "Back to: Add: Be brief.",
        "  knowledge/tea.md is taken away",
        "  projects.json is as it was then",
        "Undo this: homesmith context undo 5",
    ]
    there = line("context", "undo", "5", "--json").lines[0]
    assert (there["message"], there["files"]) == (
        "Back to: Edited by hand",
        {"knowledge/tea.md": "added", "projects.json": "changed"},
    )
    for _ in range(3):
        (step,) = line("context", "undo", "6", "--json").lines
        assert step["message"] == "Back to: Add: Be brief."
        back = line("context", "undo", str(step["number"] - 1)).err.splitlines()
        assert back[:2] == ["Back to: Edited by hand", "  knowledge/tea.md is there again"]
    assert line("context", "undo", "7").err.splitlines()[1:] == [
        "Undo this: homesmith context undo 13"
    ]
    messages = [row["message"] for row in line("context", "log", "--json").lines]
    assert not any(message.count("Back to: ") > 1 for message in messages)


def test_undo_of_many_files_names_some(line: Line, folder: Path) -> None:
    (folder / "knowledge").mkdir()
    for number in range(25):
        (folder / "knowledge" / f"note-{number:02}.md").write_text("text")
    told = line("context", "undo").err.splitlines()
    assert (told[20], told[21]) == (
        "  knowledge/note-19.md is taken away",
        "  and 5 files more",
    )


def test_a_search_that_finds_nothing_says_so_and_one_for_nothing_is_refused(
    line: Line, folder: Path
) -> None:
    nothing = line("context", "search", "zzz")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err == "Nothing of what is kept has these words.\n"
    line("context", "add", "Be kind.")
    assert "Nothing" not in line("context", "search", "kind").err
    for words in ("", " \t"):
        refused = line("context", "search", words)
        assert (refused.code, three(refused.err)[0]) == (2, "The words to look for are empty")
    assert folder.is_dir()


def test_a_commit_made_with_plain_git_counts(line: Line, folder: Path) -> None:
    (folder / "preferences.json").write_text('{"tone": "dry"}')
    who = ["-c", "user.name=p", "-c", "user.email=p@localhost"]
    words = ["git", "-C", str(folder), *who, "commit", "-qam", "By plain git"]
    assert subprocess.run(words, capture_output=True).returncode == 0
    line("context", "add", "Be kind.")
    messages = [row["message"].strip() for row in line("context", "log", "--json").lines]
    assert messages[-2:] == ["By plain git", "Add: Be kind."]
    line("context", "undo")
    assert (folder / "preferences.json").read_text() == '{"tone": "dry"}'


def test_an_edit_by_hand_counts_at_the_next_turn_and_a_slip_stops_nobody(
    line: Line, folder: Path
) -> None:
    line.with_weights()
    line("context", "add", "tone=dry")
    file = folder / "preferences.json"
    file.write_text('{"tone": "merry"}')
    assert "tone: merry" in line("context", "show", "--for", "x").out
    file.write_text('{\n  "tone": "sad",\n}')
    asked = line("ask", "hello")
    assert (asked.code, asked.out) == (0, "hello\n")
    what, why, hint = three(asked.err)
    assert what == "preferences.json:3 cannot be read; the last good version in git is used"
    assert "comma" in why
    assert hint == "hint: homesmith context edit preferences.json"
    assert "tone: dry" in line("context", "show", "--for", "x").out
    linted = line("context", "lint")
    assert (linted.code, "broken  preferences.json:3" in linted.out) == (1, True)
    refused = line("context", "add", "Be kind.")
    assert (refused.code, len(refused.err.splitlines())) == (2, 3)
    assert file.read_text() == '{\n  "tone": "sad",\n}'
    told = line("ask", "hello", "--json").lines
    assert told[0]["event"] == "warning"
    assert told[-1]["event"] == "finished"


def test_editing_checks_what_was_saved(line: Line, folder: Path, tmp_path: Path) -> None:
    assert line("context", "edit").code == 2
    program = tmp_path / "editor"
    program.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[1], 'w').write('{{}} x')\n")
    program.chmod(0o755)
    line.environ["EDITOR"] = str(program)
    edited = line("context", "edit")
    assert (edited.code, "preferences.json:1" in edited.err) == (2, True)
    program.write_text("#!/bin/sh\nprintf 'Water.' > \"$1\"\n")
    line.environ["VISUAL"] = str(program)
    assert line("context", "edit", "knowledge/green-tea.md").code == 0
    assert line("context", "show", "green-tea").out == "Water.\n"
    assert line("context", "log", "--json").lines[-1]["message"] == "Edit knowledge/green-tea.md"
    assert line("context", "edit", "history/../../x.md").code == 2
    line.environ["VISUAL"] = "false"
    assert line("context", "edit").code == 1
    line.environ["VISUAL"] = "/no/such/editor"
    assert line("context", "edit").code == 2
    assert folder.is_dir()


@pytest.mark.parametrize("begun", [True, False])
def test_what_was_edited_by_hand_before_the_editor_opened_is_kept(
    line: Line, tmp_path: Path, *, begun: bool
) -> None:
    folder = tmp_path / "mine"
    line.environ["HOMESMITH_CONTEXT_FOLDER"] = str(folder)
    folder.mkdir()
    if begun:
        line("context", "init", "--yes")
    (folder / "preferences.json").write_text('{"tone": "dry"}')
    program = tmp_path / "editor"
    program.write_text('#!/bin/sh\nprintf \'{"tone": "merry"}\' > "$1"\n')
    program.chmod(0o755)
    line.environ["VISUAL"] = str(program)
    assert line("context", "edit").code == 0
    assert "merry" in (folder / "preferences.json").read_text()
    assert line("context", "undo").code == 0
    assert (folder / "preferences.json").read_text() == '{"tone": "dry"}'


def test_explain_shows_each_source_and_why(line: Line, folder: Path, tmp_path: Path) -> None:
    line.with_weights()
    line("context", "add", "tone=dry")
    line("context", "add", "--note", "Tea", "--when", "tea", "Water at 80 degrees.")
    (tmp_path / "AGENTS.md").write_text("Use port 4000.")
    ended = line("ask", "--explain", "--system", "Be brief.", "which port?", "--json")
    sources = {row["source"]: row for row in ended.lines if row["event"] == "source"}
    assert list(sources) == [
        "--system",
        "preferences.json",
        "AGENTS.md (project)",
        "knowledge/tea.md",
        "your request",
    ]
    assert not sources["knowledge/tea.md"]["kept"]
    assert all(row["why"] and row["tokens"] for row in sources.values())
    shown = line("ask", "--explain", "which port?")
    assert "AGENTS.md (project)" in shown.err
    assert "Use port 4000." in shown.out
    assert "Use port" not in line("ask", "--no-context", "which port?").out
    line.environ["HOMESMITH_CONTEXT_TOKENS"] = "10"
    poor = line("ask", "--explain", "which port?")
    assert poor.out == "which port?\n"
    assert poor.err.count("dropped") == 3
    assert folder.is_dir()


def test_path_schemas_and_json(line: Line, folder: Path) -> None:
    assert line("context", "path").out == f"{folder}\n"
    schemas = Path(line("context", "path", "--schemas", "--json").lines[0]["path"])
    assert (schemas / "preferences.schema.json").is_file()
    assert line("context", "add", "Be kind.", "--json").lines == [
        {"event": "added", "what": "Be kind."}
    ]
    assert line("context", "undo", "--json").lines[0]["message"] == "Back to: Begun"
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "bare.md").write_text("text")
    (row,) = line("context", "lint", "--json").lines
    assert (row["kind"], row["file"]) == ("hint", "knowledge/bare.md")


def test_lint_names_everything_that_is_wrong_and_what_mends_it(line: Line, folder: Path) -> None:
    text = '{"tone": null,\n"coding_style": {"foo": {"a": 1}},\n"design": 3}'
    (folder / "preferences.json").write_text(text)
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "bare.md").write_text("text")
    linted = line("context", "lint")
    assert linted.code == 1
    plain = "a text, a number, true, false or a list of texts is expected"
    assert linted.out.splitlines() == [
        f"broken  preferences.json:2  coding_style.foo: {plain}",
        "broken  preferences.json:3  design: names and values in curly brackets are expected",
        "        homesmith context edit preferences.json",
        "hint    knowledge/bare.md:1  it has neither tags nor when, so few requests will find it",
        "        homesmith context edit knowledge/bare.md",
    ]
    what, why, _ = three(linted.err)
    assert what == "1 of the files cannot be read"
    assert why == "  preferences.json:2; preferences.json:3"
    assert line("context", "show").err.count("cannot be read") == 1


def test_lint_says_what_does_not_fit(line: Line, folder: Path) -> None:
    rules = [f"Of subject {number} say nothing that is not known." for number in range(60)]
    (folder / "preferences.json").write_text(json.dumps({"tone": "dry", "rules": rules}))
    linted = line("context", "lint")
    assert (linted.code, "not all of it fits into 600 tokens" in linted.out) == (0, True)
    line.environ["HOMESMITH_CONTEXT_TOKENS"] = "4000"
    assert line("context", "lint").out == ""


def test_two_processes_lose_nothing(folder: Path, line: Line) -> None:
    program = (
        "import sys; from pathlib import Path; from homesmith.runtime.personal import Repository\n"
        "for n in range(8): Repository(Path(sys.argv[1])).rule(f'{sys.argv[2]} {n}')"
    )
    words = [sys.executable, "-c", program, str(folder)]
    running = [subprocess.Popen([*words, name]) for name in ("first", "second")]
    assert [one.wait() for one in running] == [0, 0]
    rules = json.loads((folder / "preferences.json").read_text())["rules"]
    assert sorted(rules) == sorted(f"{name} {n}" for name in ("first", "second") for n in range(8))
    assert len(line("context", "log", "--json").lines) == 2 + 16
