"""The front page, and everything that is kept: models, runs, settings; ask and doctor."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from homesmith import __version__
from homesmith.core.runs import Finished, RunStarted
from homesmith.doors.cli.commands import COMMANDS
from homesmith.engines.machine import cores
from homesmith.engines.streams import Streams, keep, key_of
from homesmith.settings import load
from homesmith.store.database import open_store
from homesmith.studio import Studio

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

HEAVY = ("typer", "rich", "pydantic", "sqlalchemy", "asyncio", "xllamacpp", "playwright")


def test_front_page_names_every_command_and_loads_nothing() -> None:
    program = (
        "import sys; from homesmith.doors.cli.entry import run; code = run(['--help']); "
        f"sys.exit(code or ' '.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    words = {row.split()[0] for row in done.stdout.splitlines() if row.startswith("  ")}
    assert set(COMMANDS) <= words


def test_words_that_are_no_work(line: Line) -> None:
    page = line("--help").out
    assert line().out == line("help").out == page
    assert line("--version").out == f"homesmith {__version__}\n"
    helped, also = line("build", "--help"), line("help", "build")
    assert helped.code == also.code == 0


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    environ = os.environ | {"HOMESMITH_HOME": str(tmp_path)}
    words = f"'{sys.executable}' -m homesmith.doors.cli models list | head -n 1"
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True, env=environ)
    assert done.stdout.startswith("MODEL")
    assert done.stderr == ""


def test_models_list_show_use(line: Line) -> None:
    rows = {row["id"]: row for row in line("models", "list", "--json").lines}
    assert rows["qwen2.5-coder:1.5b"]["chosen"]
    assert not rows["qwen2.5-coder:1.5b"]["installed"]
    assert line("models", "use", "smollm2:135m").code == 0
    rows = {row["id"]: row for row in line("models", "list", "--json").lines}
    assert rows["smollm2:135m"]["chosen"]
    assert "Apache-2.0" in line("models", "show", "smollm2:135m").out
    unknown = line("models", "use", "smolm2:135m")
    assert (unknown.code, "smollm2:135m" in unknown.err) == (2, True)


def test_models_rm_frees_what_was_here(line: Line) -> None:
    line.with_weights()
    assert line("models", "rm", "qwen2.5-coder:1.5b", "--json").lines[0]["bytes"] == 1117320768
    assert line("models", "rm", "qwen2.5-coder:1.5b", "--json").lines[0]["bytes"] == 0


def test_a_licence_is_asked_for_before_the_fetch(line: Line) -> None:
    ended = line("models", "pull", "gemma3:1b", "--json")
    assert (ended.code, ended.lines[-1]["error"]["code"]) == (5, "not_allowed")
    assert "--accept-licence" in ended.lines[-1]["error"]["remedy"]
    said_no = line("models", "pull", "gemma3:1b", stdin=b"no\n", watched=True)
    assert (said_no.code, "Gemma terms" in said_no.err) == (5, True)


def test_runs_list_show_and_resume(line: Line, tmp_path: Path) -> None:
    assert line("runs", "list").code == 0
    with open_store(line.home / "data" / "store") as store:
        begun = RunStarted(kind="build", prompt="a list\nof things", root="/app", model="m")
        run_id = store.runs.create(begun)
        store.runs.append(run_id, Finished(passed=True, root="/app", seconds=3.0))
    (row,) = line("runs", "list", "--json").lines
    assert (row["id"], row["state"], row["prompt"]) == (run_id, "finished", "a list\nof things")
    assert "a list of things" in line("runs", "list").out
    shown = line("runs", "show", run_id[:8], "--json").lines
    assert [event["event"] for event in shown] == ["run_started", "finished"]
    assert "finished in 3 s" in line("runs", "show", run_id).out
    unknown = line("runs", "show", "zzzz")
    assert (unknown.code, len(unknown.err.splitlines())) == (2, 3)
    line.play(Finished(passed=True, root=str(tmp_path)))
    assert line("runs", "resume", run_id).out == f"{tmp_path}\n"
    assert line.asked == [run_id]


def test_config_shows_origins_and_changes_only_your_own_file(line: Line) -> None:
    file = line.home / "config" / "config.toml"
    assert line("config", "set", "budget-minutes", "5").code == 0
    assert line("config", "show", "budget_minutes").out == "5.0\n"
    rows = {row["key"]: row for row in line("config", "list", "--json").lines}
    assert rows["budget_minutes"]["origin"]["where"] == f"{file}:1"
    assert str(file) in line("config", "show", "--origin").out
    for words in (("set", "budget_minutes", "never"), ("set", "no_such", "1"), ("show", "no_such")):
        ended = line("config", *words)
        assert (ended.code, len(ended.err.splitlines())) == (2, 3)
    assert line("config", "show", "budget_minutes").out == "5.0\n"
    assert line("config", "unset", "budget_minutes").code == 0
    assert line("config", "show", "budget_minutes").out == "12\n"


def test_a_broken_settings_file_can_be_mended_from_here(line: Line) -> None:
    file = line.home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('modle = "x"\n')
    broken = line("models", "list")
    assert (broken.code, "config.toml:1" in broken.err) == (2, True)
    assert line("config", "unset", "modle").code == 0
    assert line("models", "list").code == 0


def test_ask_streams_the_answer_alone(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    ended = line("ask", "say this back")
    assert (ended.code, ended.out) == (0, "say this back\n")
    assert "tokens/s" in ended.err
    kinds = [event["event"] for event in line("ask", "a b", "--json").lines]
    assert (kinds[0], kinds[-1]) == ("started", "finished")
    assert "delta" in kinds
    assert line("ask", "--prompt-file", "-", stdin=b"from a pipe").out == "from a pipe\n"
    too_long = line("ask", "word " * 20_000)
    assert (too_long.code, too_long.err.splitlines()[-1][:5]) == (2, "hint:")
    (tmp_path / "shape.json").write_text("[]")
    assert line("ask", "x", "--schema", "shape.json").code == 2


def test_doctor_looks_and_touches_nothing(line: Line) -> None:
    ended = line("doctor", "--json")
    lines = {row["name"]: row for row in ended.lines}
    wanted = (
        "python cores memory engine answers weights store disk sandbox git browser ports settings"
    )
    assert set(wanted.split()) <= set(lines)
    assert ended.code == 1  # the weights are not here
    assert lines["weights"]["remedy"].startswith("homesmith models pull")
    assert all(row["remedy"] for row in lines.values() if row["state"] != "ok")
    assert not line.home.exists()
    assert "hint: homesmith models pull" in line("doctor").out


async def test_doctor_shows_how_many_answers_are_drawn_at_once(line: Line) -> None:
    settings = load({}, {"HOMESMITH_HOME": str(line.home)})
    async with Studio(settings) as studio:
        model = studio.model(settings.model)
        key = key_of(model, version("xllamacpp"), cores())
        speeds = {1: 50.0, 2: 90.0, 4: 150.0}
        keep(settings.places.streams, Streams(key=key, speeds=speeds, at="2026-01-02T03:04:05"))
        assert studio.plan(model).parallel > 1
        assert studio.plan(studio.model("smollm2:135m")).parallel == 1, "another model"
    found = await asyncio.to_thread(line, "doctor")
    assert "4 at once: 50 for 1, 90 for 2, 150 for 4 in tokens/s, measured on 2026" in found.out
    measured = await asyncio.to_thread(line, "models", "measure")
    assert measured.code == 3, "the weights are not here"
    assert "homesmith models pull" in measured.err


def test_doctor_finds_damage(line: Line) -> None:
    line.with_weights()  # of the right size, and all holes
    folder = line.home / "data" / "store"
    folder.mkdir(parents=True)
    (folder / "homesmith.sqlite").write_bytes(b"no database" * 100)
    states = {(row["name"], row["state"]) for row in line("doctor", "--json").lines}
    assert {("weights", "fail"), ("store", "fail")} <= states


def test_a_terminal_that_cannot_show_a_character_still_works(tmp_path: Path) -> None:
    environ = os.environ | {"HOMESMITH_HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "homesmith.doors.cli", "build", "", "--into", "…"]
    done = subprocess.run(words, capture_output=True, text=True, env=environ)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 3)
    as_json = subprocess.run([*words, "--json"], capture_output=True, text=True, env=environ)
    assert json.loads(as_json.stdout)["event"] == "failed"


def test_words_that_are_not_understood_are_told_in_three_lines(line: Line) -> None:
    for words, what, hint in (
        (("runs",), "homesmith runs needs one more word", "homesmith runs --help"),
        (
            ("memory", "forget", "abc"),
            "it must be a whole number",
            "homesmith memory forget --help",
        ),
        (("memory", "add"), "Missing argument 'TEXT'.", "homesmith memory add --help"),
        (("ask",), "There is no prompt", 'homesmith ask "what is'),
        (("ask", " "), "The prompt is empty", 'homesmith ask "what is'),
    ):
        ended = line(*words)
        told = ended.err.splitlines()
        assert (ended.code, len(told), what in told[0]) == (2, 3, True), told
        assert told[2].startswith(f"hint: {hint}")
    assert "it is one of list, show, resume" in line("runs").err
