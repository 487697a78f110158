"""`homesmith build` from words to exit code, with a played builder behind it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.checks import Finding, Verdict
from homesmith.core.runs import (
    Accepted,
    Candidate,
    Checked,
    Finished,
    RunEvent,
    RunFailed,
    RunStarted,
    Specified,
    StepStarted,
    Warned,
)

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

GREEN = Verdict(check="browser", outcome="passed", summary="4 scenarios", evidence=("/e/1.png",))
RED = Verdict(
    check="syntax",
    outcome="failed",
    summary="1 problem",
    findings=(Finding(name="x", outcome="failed", message="no end", file="app.js", line=3),),
)


def started(root: Path) -> RunStarted:
    return RunStarted(kind="build", prompt="a list", root=str(root), model="qwen2.5-coder:1.5b")


def finished(root: Path, *verdicts: Verdict) -> Finished:
    passed = all(verdict.outcome != "failed" for verdict in verdicts)
    return Finished(
        passed=passed,
        root=str(root),
        verdicts=verdicts,
        seconds=61.5,
        prompt_tokens=900,
        cached_tokens=600,
        answer_tokens=700,
    )


def whole_build(root: Path) -> list[RunEvent]:
    candidate = Candidate(
        step=1,
        attempt=1,
        how="greedy",
        sha256="0" * 64,
        prompt_tokens=10,
        cached_tokens=5,
        answer_tokens=120,
        seconds=6.0,
    )
    return [
        started(root),
        Specified(specification={"name": "list", "criteria": ["one", "two"]}),
        StepStarted(step=1, unit="page", file="index.html"),
        candidate,
        Checked(step=1, attempt=1, verdict=GREEN),
        Accepted(step=1, snapshot="s1", summary="index.html"),
        Warned(message="no browser"),
        finished(root, GREEN),
    ]


def test_answer_is_the_folder_and_nothing_else(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(*whole_build(tmp_path / "new"))
    ended = line("build", "a list", "--into", "new", "--seed", "7", "--budget-minutes", "3")
    assert (ended.code, ended.out) == (0, f"{tmp_path / 'new'}\n")
    for told in ("building with", "2 things it must do", "index.html", "20 tokens/s", "/e/1.png"):
        assert told in ended.err
    request = line.asked[0]
    assert isinstance(request, BuildRequest)
    assert (request.prompt, request.root) == ("a list", tmp_path / "new")
    assert (request.seed, request.budget.seconds, request.change) == (7, 180, False)


def test_json_is_lines_of_events_and_the_last_one_says_it_all(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(*whole_build(tmp_path))
    ended = line("build", "--into", "new", "--json", "a list")
    assert (ended.code, ended.err) == (0, "")
    kinds = [event["event"] for event in ended.lines]
    assert kinds[:3] == ["run_started", "specified", "step_started"]
    assert [event["number"] for event in ended.lines] == list(range(1, 9))
    assert ended.lines[0]["kind"] == "build"
    last = ended.lines[-1]
    assert (last["event"], last["run"], last["passed"]) == ("finished", "r1", True)
    assert last["tokens"] == {"prompt": 900, "cached": 600, "answer": 700}
    assert (last["seconds"], last["evidence"]) == (61.5, ["/e/1.png"])
    assert last["checks"][0]["check"] == "browser"


def test_a_red_check_is_exit_code_1_and_says_where(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(started(tmp_path), finished(tmp_path, GREEN, RED))
    ended = line("build", "a list", "--into", "new")
    assert ended.code == 1
    assert "app.js:3  no end" in ended.err
    assert "hint:" in ended.err


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [("budget_spent", 5), ("engine_crashed", 3), ("disk_full", 1), ("never_heard_of", 1)],
)
def test_a_failed_run_ends_with_its_own_exit_code(
    line: Line, tmp_path: Path, code: str, exit_code: int
) -> None:
    line.with_weights()
    line.play(started(tmp_path), RunFailed(code=code, message="It broke", remedy="try it"))
    plain = line("build", "a list", "--into", "new")
    assert plain.code == exit_code
    assert plain.err.splitlines()[-3:] == [
        "It broke",
        "  the cause is not known",
        "hint: try it",
    ]
    last = line("build", "a list", "--into", "new", "--json").lines[-1]
    assert last["event"] == "failed"
    assert last["error"] == {"code": code, "message": "It broke", "why": "", "remedy": "try it"}


def test_a_run_without_an_end_is_an_error(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(started(tmp_path))
    ended = line("build", "a list", "--into", "new", "--json")
    assert (ended.code, ended.lines[-1]["event"]) == (1, "failed")
    assert "r1" in ended.lines[-1]["error"]["remedy"]


def test_a_person_sees_one_moving_line(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(started(tmp_path), StepStarted(step=1, unit="page"), finished(tmp_path, GREEN))
    progress = Progress(
        phase="writing",
        file="app.js",
        tokens=40,
        tokens_per_second=24.0,
        seconds=10.0,
        budget_seconds=720.0,
        steps=3,
    )
    line.tape.insert(2, progress)
    ended = line("build", "a list", "--into", "new", watched=True)
    assert ended.code == 0
    for told in ("writing", "app.js", "40 tokens", "24 tokens/s", "710 s left"):
        assert told.replace("710 s", "11 min 50 s") in ended.err
    assert "\x1b" not in ended.out


def test_nothing_shown_can_move_the_terminal(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(started(tmp_path), Warned(message="a\x1b[2Jb\u202e"), finished(tmp_path, GREEN))
    told = line("build", "a list", "--into", "new").err
    assert "a\\x1b[2Jb\\x202e" in told


def test_a_prompt_file_keeps_every_detail(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(finished(tmp_path, GREEN))
    text = "Wörter: «exactly this»\n" + "data-testid=total-42\n" * 2000
    Path("wish.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert line("build", "--prompt-file", "wish.md", "--into", "one").code == 0
    assert line("build", "--prompt-file", "-", "--into", "two", stdin=text.encode()).code == 0
    assert [request.prompt for request in line.asked] == [text.strip()] * 2


def refused(line: Line, *words: str, stdin: bytes = b"") -> str:
    """Exit code 2, three lines, JSON that says the same, and nobody was asked; the code."""
    plain, as_json = line(*words, stdin=stdin), line(*words, "--json", stdin=stdin)
    assert (plain.code, plain.out, as_json.code, as_json.err) == (2, "", 2, "")
    three = plain.err.splitlines()
    assert len(three) == 3
    assert three[2].startswith("hint: ")
    (said,) = as_json.lines
    assert said["event"] == "failed"
    assert said["error"]["message"] == three[0]
    assert not line.asked
    return str(said["error"]["code"])


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (("",), b"", "invalid_text"),
        ((" \n ",), b"", "invalid_text"),
        (("x" * 1_000_000,), b"", "invalid_text"),
        (("caf\udce9",), b"", "invalid_text"),
        (("a\0b",), b"", "invalid_text"),
        (("--prompt-file", "-"), b"\xff\xfe\x00", "invalid_text"),
        (("--prompt-file", "-"), b"", "invalid_text"),
        (("--prompt-file", "-"), b"x" * (1 << 20), "invalid_text"),
        (("--prompt-file", "absent.md"), b"", "usage"),
        (("--prompt-file", "."), b"", "usage"),
        (("both", "--prompt-file", "-"), b"too", "usage"),
        ((), b"", "usage"),
    ],
)
def test_bad_prompts(line: Line, words: tuple[str, ...], stdin: bytes, code: str) -> None:
    assert refused(line, "build", *words, "--into", "new", stdin=stdin) == code
    assert not Path("new").exists()


def test_bad_folders(line: Line, app: Path) -> None:
    Path("file").write_text("mine")
    Path("full").mkdir()
    Path("full", "mine.txt").write_text("mine")
    Path("link").symlink_to("full")
    assert refused(line, "build", "x", "--into", "full") == "folder_not_empty"
    assert refused(line, "build", "x", "--into", str(app)) == "folder_not_empty"
    for name in ("file", "file/below", "link"):
        assert refused(line, "build", "x", "--into", name) == "usage"
    assert refused(line, "build", "x", "--in", "full") == "not_an_app"
    assert refused(line, "build", "x", "--in", "absent") == "not_an_app"
    assert refused(line, "build", "x") == "usage"
    assert refused(line, "build", "x", "--into", "new", "--in", str(app)) == "usage"
    assert Path("full", "mine.txt").read_text() == "mine"
    assert sorted(path.name for path in Path("full").iterdir()) == ["mine.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(line: Line, app: Path) -> None:
    Path("locked").mkdir(mode=0o555)
    app.chmod(0o555)
    assert refused(line, "build", "x", "--into", "locked") == "usage"
    assert refused(line, "build", "x", "--into", "locked/new") == "usage"
    assert refused(line, "build", "x", "--in", str(app)) == "usage"
    app.chmod(0o755)


def test_wrong_words(line: Line) -> None:
    assert refused(line, "build", "x", "--into", "new", "--model", "gpt-99") == "unknown_model"
    assert refused(line, "build", "x", "--into", "new", "--budget-minutes", "0") == (
        "invalid_settings"
    )
    assert refused(line, "build", "x", "--into", "new", "--seed", "many") == "usage"
    assert refused(line, "build", "x", "--into", "new", "--colour", "red") == "usage"
    assert refused(line, "bild", "x") == "usage"
    assert not Path("new").exists()


def test_a_wrong_template_is_said_before_a_model_is_fetched(line: Line) -> None:
    ended = line("build", "a list", "--into", "shop", "--template", "statick")
    assert (ended.code, "statick" in ended.err, "fetched" in ended.err) == (2, True, False)


def test_missing_weights_are_never_fetched_unasked(line: Line) -> None:
    ended = line("build", "x", "--into", "new", "--json")
    assert ended.code == 5
    assert ended.lines[-1]["error"]["code"] == "not_allowed"
    assert "models pull" in ended.lines[-1]["error"]["remedy"]
    said_no = line("build", "x", "--into", "new", stdin=b"n\n", watched=True)
    assert said_no.code == 5
    assert "1.1 GB" in said_no.err
    assert not line.asked


def test_change_reads_the_apps_own_settings(line: Line, app: Path) -> None:
    line.with_weights()
    with (app / "homesmith.toml").open("a") as file:
        file.write('[settings]\nbudget_minutes = 2\nbrowser = "/bin/sh"\n')
    line.play(finished(app, GREEN))
    ended = line("build", "--in", str(app), "dark mode")
    assert ended.code == 0
    assert (line.asked[0].change, line.asked[0].budget.seconds) == (True, 120)
    assert "warning: " in ended.err  # the browser is not the project's to choose


def test_an_unforeseen_error_is_three_lines_and_a_traceback_only_when_asked_for(
    line: Line, tmp_path: Path
) -> None:
    line.with_weights()
    line.play(started(tmp_path))
    line.tape.append(ZeroDivisionError("odd"))
    plain = line("build", "x", "--into", "new")
    assert (plain.code, len(plain.err.splitlines())) == (1, 4)
    assert "Traceback" not in plain.err
    assert "Traceback" in line("--debug", "build", "x", "--into", "new").err


def test_ctrl_c_is_130_and_names_the_way_on(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.play(started(tmp_path))
    line.tape.append(KeyboardInterrupt())
    ended = line("build", "x", "--into", "new", "--json")
    assert ended.code == 130
    assert json.loads(ended.out.splitlines()[-1])["error"]["code"] == "cancelled"
