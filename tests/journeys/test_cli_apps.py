"""What is done with an app that stands: check, exec, run, undo, diff; all of it real."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from homesmith.core.checks import Finding, Verdict
from homesmith.core.errors import SandboxUnavailable
from homesmith.doors.cli.folders import folder_for_new_app
from homesmith.doors.cli.telling import verdict_lines
from homesmith.settings import load
from homesmith.studio import Studio
from homesmith.workspace.sandbox import detect

if TYPE_CHECKING:
    from tests.journeys.conftest import Line


@pytest.fixture
def sandbox() -> None:
    try:
        detect()
    except SandboxUnavailable as error:
        pytest.skip(error.why)


def test_check_tells_green_from_red(line: Line, app: Path) -> None:
    green = line("check", str(app))
    assert (green.code, green.out.split()[:2]) == (0, ["ok", "syntax"])
    (app / "data.json").write_text("{")
    red = line("check", str(app))
    assert red.code == 1
    assert "data.json" in red.out
    (said,) = line("check", str(app), "--json").lines
    assert (said["event"], said["passed"]) == ("finished", False)
    assert said["checks"][0]["findings"]
    assert line("check", ".").code == 2


def test_a_red_finding_is_told_once() -> None:
    def found(*messages: str) -> list[Finding]:
        return [Finding(name="x", outcome="failed", message=one) for one in messages]

    told = found("no end", "no start", "no time", "no time")
    red = Verdict(
        check="syntax", outcome="failed", summary="no end (and 3 more)", findings=tuple(told)
    )
    assert [row.strip() for row in verdict_lines(red)[1:]] == ["no start", "no time (2 times)"]


@pytest.mark.parametrize("named", ["absent", "full", "full/notes.txt", "with space"])
def test_the_remedy_for_what_is_no_app_names_a_free_folder(line: Line, named: str) -> None:
    place = line.home.parent
    (place / "full").mkdir()
    (place / "full" / "notes.txt").write_text("mine")
    ended = line("check", str(place / named))
    *words, folder = shlex.split(ended.err.splitlines()[2])
    assert (ended.code, words[:3]) == (2, ["hint:", "homesmith", "build"])
    assert folder_for_new_app(folder).parent == (place / named).parent


@pytest.mark.usefixtures("sandbox")
def test_exec_passes_output_and_exit_code_on(line: Line, app: Path) -> None:
    script = "echo out; echo err >&2; touch made; exit 7"
    ended = line("exec", str(app), "--", "sh", "-c", script)
    assert (ended.code, ended.out, ended.err) == (7, "out\n", "err\n")
    assert (app / "made").exists()
    (said,) = line("exec", str(app), "--json", "--", "echo", "--json").lines
    assert (said["exit_code"], said["stdout"], said["passed"]) == (0, "--json\n", True)


@pytest.mark.usefixtures("sandbox")
def test_exec_shows_no_home_and_stops_in_time(line: Line, app: Path) -> None:
    secret = line.home.parent / "secret"
    secret.write_text("mine")
    assert line("exec", str(app), "--", "cat", str(secret)).out == ""
    ended = line("exec", str(app), "--seconds", "0.5", "--", "sleep", "30")
    assert ended.code == 5
    assert "it took longer than 0.5 s" in ended.err
    assert f"hint: homesmith exec {app} --seconds 5 -- sleep 30" in ended.err


def test_exec_wants_a_folder_and_a_command(line: Line, app: Path) -> None:
    assert line("exec", str(app)).code == 2
    assert line("exec", "absent", "--", "ls").code == 2


def kept(line: Line, app: Path, *states: str) -> None:
    """Take a snapshot of each state of index.html."""
    studio = Studio(load({}, {"HOMESMITH_HOME": str(line.home)}))
    for number, state in enumerate(states, start=1):
        (app / "index.html").write_text(state)
        studio._house.snapshots(app).take(f"state {number}")


def test_undo_goes_back_and_undo_of_undo_too(line: Line, app: Path) -> None:
    kept(line, app, "one\n", "two\n", "three\n")
    page = app / "index.html"
    assert [row["number"] for row in line("undo", str(app), "--list", "--json").lines] == [1, 2, 3]
    assert line("undo", str(app)).code == 0
    assert page.read_text() == "two\n"
    ended = line("undo", str(app))
    assert (page.read_text(), ended.out) == ("one\n", "")
    assert line("undo", str(app)).code == 2  # there is nothing before the first
    assert line("undo", str(app), "3").code == 0
    assert page.read_text() == "three\n"
    assert "state 2" in line("undo", str(app), "--list").out


def test_diff_shows_the_last_change_or_all_since_a_step(line: Line, app: Path) -> None:
    kept(line, app, "one\n", "two\n", "three\n")
    last = line("diff", str(app))
    assert (last.code, "-two" in last.out, "+three" in last.out) == (0, True, True)
    assert "-one" in line("diff", str(app), "1").out
    (said,) = line("diff", str(app), "1", "--json").lines
    assert "-one" in said["diff"]
    assert line("diff", str(app), "99").code == 2
    assert "two" in line("diff", str(app), watched=True).out


def test_diff_of_a_folder_nothing_was_kept_of(line: Line, app: Path) -> None:
    for words in (("diff", str(app)), ("undo", str(app)), ("undo", str(app), "7")):
        ended = line(*words)
        assert (ended.code, len(ended.err.splitlines())) == (2, 3)
        assert "hint: homesmith build --in" in ended.err
    listed = line("undo", str(app), "--list")
    assert (listed.code, listed.out) == (0, "")
    assert "No step is kept" in listed.err


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C counts, also where these tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
async def test_run_serves_until_ctrl_c(tmp_path: Path, app: Path) -> None:
    environ = os.environ | {"HOMESMITH_HOME": str(tmp_path / "home")}
    words = (sys.executable, "-m", "homesmith.doors.cli", "run", str(app))
    process = await asyncio.create_subprocess_exec(
        *words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()

    def page() -> str:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())

    assert "Hello" in await asyncio.to_thread(page)
    process.send_signal(signal.SIGINT)
    _, told = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert told.decode().splitlines()[-1] == "Ended."
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(page)
