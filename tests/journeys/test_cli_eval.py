"""Measuring from the command line: suites of all kinds, compare, promote, the page. All but the
model is real.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from homesmith.core.errors import SandboxUnavailable
from homesmith.core.requests import Request
from homesmith.engines.scripted import ScriptedEngine
from homesmith.lab.custom_tasks import CHECKS, TEXTS, load_custom_tasks
from homesmith.studio import Studio
from homesmith.studio.house import House
from homesmith.workspace.sandbox import detect

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r"^`(my-suite/[\w-]+\.toml)`.*?^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
RIGHT = {
    "slug": 'import re\ndef slug(title):\n    words = re.findall("[a-z0-9]+", title.lower())\n'
    '    return "-".join(words)\n',
    "median": "from statistics import median\n",
    "jars": "7 times 12 is 84, and 84 less 5 is 79. So 79 jars are left.",
    "Australia": "The capital of Australia is Canberra.",
    "Ada": "Dear Ada, we are sorry that your order 4711 comes two days late. It is on its way "
    "now, and you will have it on Thursday. Kind regards",
}


@pytest.fixture(autouse=True)
def _sandbox() -> None:
    try:
        detect()
    except SandboxUnavailable as error:
        pytest.skip(error.why)


@pytest.fixture
def measuring(line: Line) -> Line:
    line.with_weights()
    line.engine = ScriptedEngine(rules=list(RIGHT.items()))
    return line


def write(folder: Path, files: Iterable[tuple[str, str]]) -> Path:
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def documented(tmp_path: Path) -> Path:
    """The suite of docs/suites.md, exactly as a reader would write it."""
    files = FILE.findall((ROOT / "docs/suites.md").read_text(encoding="utf-8"))
    assert len(files) == 5
    return write(tmp_path, files) / "my-suite"


def finished(ended: Any) -> dict[str, Any]:
    assert ended.code == 0, ended.out + ended.err
    return next(one for one in ended.lines if one["event"] == "finished")


def test_the_documented_suite_runs_at_the_first_try(measuring: Line, documented: Path) -> None:
    ended = measuring("eval", str(documented), "--strategy", "direct")
    assert ended.code == 0, ended.err
    assert re.search(r"^my-suite +direct +5 of 5 +100.0 %", ended.out, re.MULTILINE), ended.out
    trials = measuring("eval", str(documented), "--strategy", "direct", "--json").lines[:-1]
    kinds = {one["task"]: one["kind"] for one in trials}
    assert sorted(kinds.values()) == ["answer", "answer", "code", "code", "prose"]
    assert all(one["known"] for one in trials)


def test_the_documented_template_is_a_task_with_every_key(tmp_path: Path) -> None:
    page = (ROOT / "docs/suites.md").read_text(encoding="utf-8")
    template = page.split("## What a task may say")[1].split("```toml\n")[1].split("```")[0]
    (tmp_path / "t.toml").write_text(template)
    assert load_custom_tasks(tmp_path, "s")[1] == ()
    keys = re.findall(r"^(\w+) =", template, re.MULTILINE)
    assert keys == [*TEXTS, *CHECKS]


def test_a_suite_of_ones_own_is_never_taken_for_a_published_one(
    measuring: Line, documented: Path, tmp_path: Path
) -> None:
    documented.rename(tmp_path / "humaneval")
    said = finished(measuring("eval", "./humaneval", "--strategy", "direct", "--json"))
    assert (said["scores"][0]["suite"], said["published"]) == ("own-humaneval", [])


def test_the_documented_suite_tells_wrong_from_right(line: Line, documented: Path) -> None:
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", "It is free.")])
    said = finished(line("eval", str(documented), "--strategy", "direct", "--json"))
    assert [(score["passed"], score["total"]) for score in said["scores"]] == [(0, 5)]


def test_a_changed_task_is_tried_anew_and_broken_ones_are_told(
    measuring: Line, documented: Path
) -> None:
    words = ("eval", str(documented), "--strategy", "direct", "--json")
    measuring(*words)
    capital = documented / "capital.toml"
    capital.write_text(capital.read_text().replace("Canberra", "Sydney"))
    again = measuring(*words)
    changed = [one for one in again.lines if one.get("known") is False]
    assert [(one["task"], one["verdict"], one["recalled"]) for one in changed] == [
        ("capital", "wrong", 1)
    ]
    capital.write_text("prompt = 3")
    (documented / "other.toml").write_text('prompt = "a"\n[check]\npythom = "b"\n')
    ended = measuring("eval", str(documented), "--strategy", "direct")
    assert "capital.toml is not a task" in ended.err
    assert "pythom is not known" in ended.err
    assert "4 of 4" in ended.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("humanevl",), ("no suite", "did you mean humaneval", "hint: homesmith eval humaneval")),
        ((), ("one more word", "a suite, or one of run, compare, promote", "eval --help")),
        (("./nosuchdir",), ("no folder or file ./nosuchdir", "you are in /", "docs/suites.md")),
        (("nonsense",), ("no suite", "known are humaneval", "hint: homesmith eval")),
        (("humaneval",), ("is not in . or ", "was not found there", "--data DIR")),
        (("custom",), ("custom is not in . or ", "a .toml file", "docs/suites.md")),
        (("compare", "direct", "auto"), ("Nothing was measured", "no attempts", "homesmith eval")),
        (("promote",), ("No strategy was measured", "nothing", "direct,select,verify")),
        (("promote", "auto"), ("cannot be promoted", "the scoreboard", "eval promote")),
        (("promote", "--undo"), ("no scoreboard", "nothing was promoted", "promote")),
    ],
)
def test_an_error_is_three_lines_with_its_cause_and_a_remedy(
    measuring: Line, words: tuple[str, ...], says: tuple[str, ...]
) -> None:
    ended = measuring("eval", *words)
    lines = ended.err.splitlines()
    assert (ended.code, len(lines)) == (2, 3), ended.err
    assert "not known" not in lines[1].replace("known are", "")
    assert all(text in line for text, line in zip(says, lines, strict=True)), ended.err


def test_a_strategy_that_there_is_not_is_told(measuring: Line, documented: Path) -> None:
    ended = measuring("eval", str(documented), "--strategy", "direct,magic")
    said, why, hint = ended.err.splitlines()
    assert (ended.code, 'There is no strategy "magic"' in said) == (2, True), ended.err
    assert "known are auto, direct" in why
    assert "hint: " in hint
    assert not list((measuring.home / "data").rglob("*.jsonl")), "nothing was tried"


def test_numbers_are_judged_by_the_last_one_and_put_to_the_vote(line: Line, tmp_path: Path) -> None:
    questions = [
        {"question": "How many legs have 3 cats?", "answer": "3 * 4 = 12\n#### 12"},
        {"question": "What does it cost?", "answer": "#### 1,250"},
    ]
    rows = [json.dumps(questions[0]), "{broken", json.dumps(questions[1]), '{"question": "?"}']
    write(tmp_path, [("gsm8k.jsonl", "\n".join(rows))])
    spoken = iter(["It is 11.", "#### 12", "so 12", "12 of 12", "12"])

    def cats(request: Request) -> str:
        return "It is 11." if request.sampling.temperature == 0 else next(spoken)

    line.with_weights()
    line.engine = ScriptedEngine(rules=[("cats", cats), ("cost", "$1,250.00")])
    ended = line("eval", "gsm8k", "--data", str(tmp_path), "--strategy", "direct,vote", "--json")
    verdicts = {
        (one["task"], one["strategy"]): one["verdict"]
        for one in ended.lines
        if one["event"] == "trial"
    }
    assert verdicts == {
        ("gsm8k/1", "direct"): "wrong",
        ("gsm8k/1", "vote"): "passed",
        ("gsm8k/3", "direct"): "passed",
        ("gsm8k/3", "vote"): "passed",
    }
    broken = [one["why"] for one in ended.lines if one["event"] == "broken"]
    assert ["gsm8k.jsonl:2" in broken[0], "gsm8k.jsonl:4" in broken[1]] == [True, True]
    (pair,) = finished(ended)["pairs"]
    assert (pair["only_second"], pair["only_first"]) == (["gsm8k gsm8k/1"], [])


def test_a_file_of_ones_own_that_was_replaced_is_another_model(line: Line, tmp_path: Path) -> None:
    weights = write(tmp_path, [("own.gguf", "first")]) / "own.gguf"
    write(line.home, [("config/models.toml", f'[[model]]\nid = "own"\npath = "{weights}"\n')])
    write(tmp_path, [("q.jsonl", json.dumps({"question": "How many?", "answer": "3"}))])
    words = ("eval", str(tmp_path / "q.jsonl"), "--strategy", "direct", "--model", "own", "--json")
    known = []
    for text in ("first", "first", "other"):
        if weights.read_text() != text:
            weights.write_text(text * 2)
        line.engine = ScriptedEngine(rules=[("", "3")])
        ended = line(*words)
        assert ended.code == 0, ended.err
        known += [one["known"] or one["recalled"] > 0 for one in ended.lines[:-1]]
    assert known == [False, True, False]


def test_what_runs_no_code_needs_no_sandbox(
    line: Line, documented: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "sandbox", _no_sandbox)
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", "3")])
    write(tmp_path, [("q.jsonl", json.dumps({"question": "How many?", "answer": "3"}))])
    said = finished(line("eval", str(tmp_path / "q.jsonl"), "--json"))
    assert [score["passed"] for score in said["scores"]] == [1, 1]
    assert line("eval", str(documented)).code == 5
    for path in documented.glob("*.toml"):
        if "python" in path.read_text():
            path.unlink()
    assert finished(line("eval", str(documented), "--json"))["scores"][0]["total"] == 2


async def _no_sandbox(_house: House) -> None:
    raise SandboxUnavailable("There is no safe way", why="not here", remedy="homesmith doctor")


def twenty(folder: Path) -> Path:
    """Twenty questions whose direct answer is wrong, and their answer when asked again."""
    task = 'prompt = "How many is {n}?"\n[check]\nanswer = "{n}"\n'
    return write(folder / "twenty", ((f"t{n}.toml", task.format(n=n + 100)) for n in range(20)))


def second_thoughts(request: Request) -> str:
    number = re.findall(r"is (\d+)", request.messages[0].text)[-1]
    return "It is 7." if request.sampling.temperature == 0 else f"It is {number}."


def test_compare_promote_and_undo(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", second_thoughts)])
    folder = twenty(tmp_path)
    page = tmp_path / "report.html"
    ended = line("eval", str(folder), "--strategy", "direct,vote", "--html", str(page))
    assert ended.code == 0, ended.err
    told = line("eval", "compare", "direct", "vote", "--html", str(page))
    assert "solves 20 that the other does not, loses 0; +100.0 points" in told.out
    assert "only vote: twenty t0, twenty t1" in told.out
    said = finished(line("eval", "compare", "direct", "vote", "--json"))
    assert said["pairs"][0]["p"] < 0.001
    ledger = next((line.home / "data" / "eval").glob("twenty*.jsonl"))
    other = finished(line("eval", "compare", f"vote@{ledger}", "direct", "--json"))
    assert len(other["pairs"][0]["only_first"]) == 20
    assert line("eval", "compare", str(ledger), "direct").code == 2

    for words in ("@nowhere", "direct@nowhere"):
        assert f'Nothing was measured of "{words}"' in line("eval", "compare", words, "vote").err
    mixed = tmp_path / "mixed.jsonl"
    rows = [json.loads(row) for row in ledger.read_text().splitlines()]
    mixed.write_text("\n".join(json.dumps({**row, "model": m}) for row in rows for m in "ab"))
    ended = line("eval", "compare", f"vote@{mixed}", "direct")
    assert (ended.code, "holds several models" in ended.err) == (2, True), ended.err
    mixed.write_text("\n".join(json.dumps({**row, "model": "b"}) for row in rows))
    both = ("eval", "compare", f"vote@{mixed}")
    assert finished(line(*both, f"direct@{mixed}", "--json"))["model"] == "b"
    said = finished(line(*both, "direct", "--model", rows[0]["model"], "--json"))
    assert said["model"] == f"b and {rows[0]['model']}"

    html = page.read_text()
    assert html.count("<svg") >= 4
    assert html.count('class="won"') == 21
    assert not re.findall(r"(?:src|href)=|https?://|<script", html)

    promoted = line("eval", "promote", "--json").lines
    assert [(one["kind"], one["strategy"]) for one in promoted] == [("answer", "vote")]
    assert promoted[0]["ledgers"] == [str(ledger)]
    assert promoted[0]["figures"]["only_second"]
    line("eval", "promote", "direct")
    auto = line("ask", "--improve", "auto", "How many is 100?", "--json").lines[-1]
    assert len(auto["tried"]) == 1
    undone = line("eval", "promote", "--undo", "--json").lines
    assert undone == [{"event": "undone", "choices": {"answer": "vote"}}]
    auto = line("ask", "--improve", "auto", "How many is 100?", "--json").lines[-1]
    assert (len(auto["tried"]) > 1, auto["text"]) == (True, "It is 100.")
    assert line("eval", "promote", "--undo").out.endswith("nothing promoted\n")
    assert line("eval", "promote", "--undo").code == 2


def test_attempts_that_do_not_belong_together_are_told(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", second_thoughts)])
    folder = twenty(tmp_path)
    line("eval", str(folder), "--strategy", "direct,vote")
    line("eval", str(folder), "--strategy", "direct", "--limit", "5", "--max-tokens", "3")
    told = line("eval", "compare", "direct", "vote")
    mixed = "direct on twenty was made by 2 different limits, weights or profiles"
    assert (told.code, f"warning: {mixed}" in told.err) == (0, True), told.err
    promoted = line("eval", "promote")
    assert "warning: vote and direct on twenty were made by 2 different limits" in promoted.err

    line("eval", str(folder), "--strategy", "direct")
    assert "warning" not in line("eval", "compare", "direct", "vote").err
    (folder / "t0.toml").write_text('prompt = "How many is 100?"\n[check]\nanswer = "7"\n')
    line("eval", str(folder), "--strategy", "direct")
    (pair,) = finished(line("eval", "compare", "direct", "vote", "--json"))["pairs"]
    assert pair["tasks"] == 19


def test_what_loses_is_not_promoted(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", _first_thoughts)])
    line("eval", str(twenty(tmp_path)), "--strategy", "direct,vote")
    ended = line("eval", "promote", "vote")
    assert (ended.code, "solves fewer" in ended.err) == (2, True)
    assert line("eval", "promote").out.endswith("auto is now direct\n")


@pytest.mark.parametrize(("body", "said"), [("x * x", ["1 of 2 examples"]), ("2 * x", [])])
def test_an_answer_that_no_example_confirms_is_told_as_such(
    line: Line, body: str, said: list[str]
) -> None:
    line.with_weights()
    answer = f"```python\ndef f(x):\n    return {body}\n```"
    line.engine = ScriptedEngine(rules=[("", answer)])
    asked = "Write a function f(x) that doubles. f(2) == 4 and f(3) == 6"
    ended = line("ask", "--improve", "verify", asked)
    warned = [told for told in ended.err.splitlines() if told.startswith("warning:")]
    assert (ended.code, len(warned)) == (0, len(said))
    assert all(part in told for part, told in zip(said, warned, strict=True))


def _first_thoughts(request: Request) -> str:
    number = re.findall(r"is (\d+)", request.messages[0].text)[-1]
    return f"It is {number}." if request.sampling.temperature == 0 else "It is 7."


def test_published_figures_are_called_published(line: Line, tmp_path: Path) -> None:
    task = {
        "task_id": "HumanEval/0",
        "prompt": "def f(x):\n",
        "entry_point": "f",
        "canonical_solution": "    return x\n",
        "test": "def check(candidate):\n    assert candidate(3) == 3\n",
    }
    write(tmp_path, [("HumanEval.jsonl", json.dumps(task))])
    line.with_weights()
    line.engine = ScriptedEngine(rules=[("", "    return x")])
    page = tmp_path / "report.html"
    words = ("eval", "humaneval", "--data", str(tmp_path), "--strategy", "direct")
    ended = line(*words, "--html", str(page), watched=True)
    (sentence,) = [each for each in ended.err.splitlines() if "92.1" in each]
    for text in (sentence, page.read_text()):
        assert all(
            word in text for word in ("published", "20241022", "2412.05210", "on 1 task here")
        )
    (told,) = finished(line(*words, "--json"))["published"]
    assert (told["score"], "table 4" in told["source"]) == (92.1, True)


def test_a_watcher_is_told_how_long_it_will_take(measuring: Line, documented: Path) -> None:
    ended = measuring("eval", str(documented), "--strategy", "direct", watched=True)
    assert re.search(r"^1/5 .* about .* left$", ended.err, re.MULTILINE)
    assert " left" not in ended.err.split("5/5")[1].splitlines()[0]


def test_what_is_known_is_not_time_that_is_left(measuring: Line, documented: Path) -> None:
    words = ("eval", str(documented), "--strategy")
    measuring(*words, "direct")
    ended = measuring(*words, "refine,direct", watched=True)
    rows = [row for row in ended.err.splitlines() if re.match(r" ?\d+/10 ", row)]
    assert [" left" in row for row in rows] == [True] * 4 + [False], "only known ones come after it"


PROGRAM = """
import sys
from homesmith.engines.scripted import ScriptedEngine
from homesmith.doors.cli.entry import run
from homesmith.doors.cli.terminal import standard
from homesmith.studio import Studio

class Played(Studio):
    def engine(self, model):
        return ScriptedEngine(rules=[("", "It is 7.")], seconds_per_token=0.02)

import os
sys.exit(run(sys.argv[1:], standard(Played, os.environ)))
"""


def test_kill_and_go_on(line: Line, tmp_path: Path) -> None:
    """kill -9 in the midst: what was tried is whole, and is not tried again."""
    line.with_weights()
    folder = twenty(tmp_path)
    words = [sys.executable, "-c", PROGRAM, "eval", str(folder), "--strategy", "direct", "--json"]
    environ = os.environ | {"HOMESMITH_HOME": str(line.home)}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environ, text=True)
    assert process.stdout is not None
    seen = [json.loads(process.stdout.readline())["task"] for _ in range(4)]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    again = subprocess.run(words, capture_output=True, env=environ, text=True, check=True)
    told = [json.loads(row) for row in again.stdout.splitlines()]
    trials = [one for one in told if one["event"] == "trial"]
    assert len({one["task"] for one in trials}) == len(trials) == 20
    assert set(seen) <= {one["task"] for one in trials if one["known"]}
    assert not all(one["known"] for one in trials)
    assert told[-1]["scores"][0]["total"] == 20


def test_a_second_evaluation_at_once_is_refused(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    folder = twenty(tmp_path)
    words = [sys.executable, "-c", PROGRAM, "eval", str(folder), "--strategy", "direct", "--json"]
    environ = os.environ | {"HOMESMITH_HOME": str(line.home)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environ, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        ended = line("eval", str(folder), "--strategy", "direct")
        process.kill()
    lines = ended.err.splitlines()
    assert (ended.code, len(lines)) == (1, 3), ended.err
    assert "Another evaluation" in lines[0]
    assert str(process.pid) in lines[1]
    assert "hint: wait" in lines[2]


def test_what_was_stopped_says_what_it_found_so_far(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    folder = twenty(tmp_path)
    words = [sys.executable, "-c", PROGRAM, "eval", str(folder), "--strategy", "direct"]
    environ = os.environ | {"HOMESMITH_HOME": str(line.home)}
    for more in ((), ("--json",)):
        with subprocess.Popen(
            [*words, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for _ in range(3):
                (process.stdout if more else process.stderr).readline()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        assert process.returncode == 130, err
        if more:
            told = json.loads(out.splitlines()[-2])
            tried = told["scores"][0]["total"]
            assert (told["event"], told["untried"]) == ("unfinished", 20 - tried)
        else:
            left = re.match(r"unfinished, (\d+) attempts still to be made; so far:\nSUITE", out)
            assert left, out
            assert f"0 of {20 - int(left[1])}" in out


def test_what_is_wrong_is_said_and_a_page_that_cannot_be_written_costs_no_table(
    line: Line, documented: Path, tmp_path: Path
) -> None:
    line.with_weights()
    place = tmp_path / "there"
    place.mkdir()

    def free(_request: Request) -> str:
        if place.exists():
            place.rmdir()
        return "It is free."

    line.engine = ScriptedEngine(rules=[("", free)])
    words = ("eval", str(documented), "--strategy", "direct", "--html", str(place / "page.html"))
    ended = line(*words)
    assert re.search(r" apology .* wrong .*: does not contain 'Ada'$", ended.err, re.MULTILINE)
    assert "0 of 5" in ended.out
    assert (ended.code, "page.html cannot be written" in ended.err) == (2, True)


def test_a_page_that_cannot_be_written_is_refused_at_once(
    measuring: Line, documented: Path
) -> None:
    nowhere = documented / "nowhere" / "page.html"
    for page, why in ((nowhere, f"no folder {nowhere.parent}"), (documented, "it is a folder")):
        for words in (("run", str(documented)), ("run", "prefix"), ("compare", "direct", "auto")):
            ended = measuring("eval", *words, "--html", str(page))
            assert (ended.code, ended.out) == (2, "")
            said, because, hint = ended.err.splitlines()
            assert said == f"{page} cannot be written"
            assert why in because
            assert hint == "hint: name another file: --html FILE"
    assert not list((measuring.home / "data").rglob("*.jsonl"))


def test_the_documented_program_asks_with_a_strategy(
    line: Line, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    code = page.split("## Better answers")[1].split("```python\n")[1].split("```")[0]
    head, wrong, right = "def f(x):\n", "    return 2 * x\n", "    return x * x\n```"
    engine = ScriptedEngine([head + wrong, f"```python\n{head}{right}"])
    monkeypatch.setattr(Studio, "engine", lambda _studio, _model: engine)
    monkeypatch.setenv("HOMESMITH_HOME", str(line.home))
    exec(compile(code, "commands.md", "exec"), {"__name__": "__main__"})
    said = capsys.readouterr().out
    assert said.startswith(f"```python\n{head}{right}\ngood\n")
    assert said.count("Tried(") == 2


CONFTEST = """
import json, os
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        said = {"app": item.path.parent.name, "name": item.name, "passed": report.passed}
        with open(os.environ["APP_TEST_OUTCOMES"], "a") as file:
            file.write(json.dumps(said) + "\\n")
    return report

@pytest.fixture
def page(request):
    from urllib.request import urlopen
    return urlopen(json.loads(os.environ["BASE_URLS"])[request.path.parent.name]).read().decode()
"""


def test_a_folder_of_apps_is_built_and_tested(line: Line, tmp_path: Path) -> None:
    facts = 'title = "T"\ntemplate = "static"\nkind = "page"\ndifficulty = "easy"\n'
    tests = "def test_greets(page):\n    assert 'Hello' in page\n"
    folder = write(
        tmp_path / "small",
        [
            ("conftest.py", CONFTEST),
            ("greeting/app.toml", facts),
            ("greeting/prompt.md", "A page that greets"),
            ("greeting/test_app.py", tests),
            ("farewell/app.toml", facts),
            ("farewell/prompt.md", "A page that parts"),
            ("farewell/test_app.py", tests),
        ],
    )
    line.with_weights()
    line.engine = ScriptedEngine(
        rules=[("greets", "index.html\n```html\n<h1>Hello</h1>\n```\n"), ("parts", "No.")]
    )
    words = ("eval", "apps", "--data", str(folder), "--strategy", "bare,build", "--json")
    ended = line(*words)
    said = {
        (one["task"], one["strategy"]): (one["verdict"], one["kind"])
        for one in ended.lines
        if one["event"] == "trial"
    }
    assert said == {
        ("greeting", "bare"): ("passed", "app"),
        ("farewell", "bare"): ("wrong", "app"),
        ("greeting", "build"): ("wrong", "app"),
        ("farewell", "build"): ("wrong", "app"),
    }
    assert [(one["passed"], one["total"]) for one in finished(ended)["scores"]] == [(1, 2), (0, 2)]
    again = line(*words)
    assert all(one["known"] for one in again.lines if one["event"] == "trial")
    wrong = line("eval", str(folder), "--strategy", "vote")
    assert (wrong.code, "--strategy build,bare" in wrong.err) == (2, True)
