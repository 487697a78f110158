"""A broken suite says which file is wrong; the real one is whole and stays out of the package."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from homesmith.core.errors import InvalidSettings, UsageError
from homesmith.lab import longmemeval
from homesmith.lab.distractors import FILE, questions
from homesmith.lab.suite import load_suite
from homesmith.lab.suites import Problems, load

ROOT = Path(__file__).parents[2]
APPS = ROOT / "benchmarks" / "apps"
FACTS = 'title = "T"\ntemplate = "static"\nkind = "page"\ndifficulty = "easy"\n'
FILES = {
    "../conftest.py": "",
    "app.toml": FACTS,
    "prompt.md": "A page",
    "test_app.py": "def test_it():\n    pass\n",
}


def make(folder: Path, changes: dict[str, str | None]) -> Path:
    app = folder / "app"
    app.mkdir()
    for name, text in (FILES | changes).items():
        if text is not None:
            (app / name).write_text(text)
    return folder


def test_a_whole_app_is_read(tmp_path: Path) -> None:
    (app,) = load_suite(make(tmp_path, {})).apps
    assert (app.name, app.prompt, app.tests) == ("app", "A page", ("test_it",))


@pytest.mark.parametrize(
    ("changes", "file", "why"),
    [
        ({"app.toml": "title = "}, "app.toml", "Invalid value"),
        ({"app.toml": FACTS.replace("static", "django")}, "app.toml", "template must be one of"),
        ({"app.toml": FACTS.replace("easy", "trivial")}, "app.toml", "difficulty must be"),
        ({"app.toml": FACTS.replace('"T"', "3")}, "app.toml", "title must be a text"),
        ({"prompt.md": None}, "prompt.md", "missing"),
        ({"prompt.md": " \n"}, "prompt.md", "empty"),
        ({"test_app.py": None}, "test_app.py", "missing"),
        ({"test_app.py": "def helper(): ..."}, "test_app.py", "no test functions"),
        ({"test_app.py": "def test_a(:"}, "test_app.py", "line 1"),
        ({"../conftest.py": None}, "../conftest.py", "missing"),
        ({"test_app.py": "def test_a(): ...\ndef test_a(): ..."}, "test_app.py", "same name"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, changes: dict[str, str | None], file: str, why: str
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_suite(make(tmp_path, changes))
    assert caught.value.message.endswith(str(Path("app", file)).removeprefix("app/../"))
    assert why in caught.value.why
    assert caught.value.remedy


def test_no_folder_no_apps_no_such_app(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InvalidSettings):
            load_suite(folder)
    with pytest.raises(InvalidSettings, match="no app 'b'"):
        load_suite(make(tmp_path, {})).app("b")


ROW = {"question": "who?", "answers": ["Ada"], "ctxs": [{"title": "T", "text": "Ada"}]}


def damaged(text: str) -> bytes:
    """Packed, with a block in it that no inflater can read."""
    packed = gzip.compress(text.encode())
    return packed[:10] + b"\xff" * 20 + packed[30:]


@pytest.mark.parametrize("packed", [damaged("[]" * 99), gzip.compress(b"[]" * 99)[:15]])
def test_a_damaged_archive_is_named_and_is_no_defect_of_ours(tmp_path: Path, packed: bytes) -> None:
    for name in (FILE, "HumanEval.jsonl.gz", "l.json.gz"):
        (tmp_path / name).write_bytes(packed)
    with pytest.raises(InvalidSettings, match="HumanEval"):
        load("humaneval", [tmp_path])
    with pytest.raises(InvalidSettings, match="nq-open"):
        list(questions(tmp_path, "report"))
    with pytest.raises(UsageError, match="LongMemEval"):
        longmemeval.read(tmp_path / "l.json.gz")


@pytest.mark.parametrize("text", ['["text"]', "{}", '[{"question_id": 3}]', "[" * 200_000])
def test_what_is_not_the_data_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "l.json"
    path.write_text(text if text != "{}" else '[{"question_id": "a", "haystack_dates": 1}]')
    with pytest.raises(UsageError, match="LongMemEval"):
        longmemeval.read(path)
    row = {key: value for key, value in ROW.items() if key != "question"}
    (tmp_path / FILE).write_bytes(gzip.compress(json.dumps(row).encode()))
    with pytest.raises(InvalidSettings, match="nq-open"):
        list(questions(tmp_path, "tune"))


def test_a_file_that_is_broken_is_told_before_one_that_is_not_there(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    with pytest.raises(InvalidSettings, match=r"humaneval is not in .*here or .*there"):
        load("humaneval", [here, there])
    (there / "HumanEval.jsonl").write_text("{half")
    with pytest.raises(InvalidSettings, match=r"there/HumanEval\.jsonl holds no task"):
        load("humaneval", [here, there])


def test_any_test_file_is_not_gsm8k(tmp_path: Path) -> None:
    text = json.dumps({"question": "How many?", "answer": "#### 3"})
    (tmp_path / "test.jsonl").write_text(text)
    with pytest.raises(InvalidSettings, match="gsm8k is not in"):
        load("gsm8k", [tmp_path])
    (tmp_path / "gsm8k").mkdir()
    (tmp_path / "gsm8k" / "test.jsonl").write_text(text)
    for folder in (tmp_path, tmp_path / "gsm8k"):
        assert isinstance(load("gsm8k", [folder]), Problems)


def test_the_real_suite_is_what_was_promised() -> None:
    suite = load_suite(APPS)
    templates = [app.template for app in suite.apps]
    assert (templates.count("static"), templates.count("fastapi")) == (8, 4)
    assert all(4 <= len(app.tests) <= 12 for app in suite.apps)
    assert len(suite.app("reading-log").prompt.split()) >= 1500
    for app in suite.apps:
        entry = "index.html" if app.template == "static" else "app.py"
        assert (app.folder / "reference" / entry).is_file(), app.name


def test_the_package_does_not_know_the_suite() -> None:
    """What measures the builder is not part of it: no path, prompt line or reference line."""
    package = "\n".join(
        path.read_text(encoding="utf-8", errors="replace")
        for path in (ROOT / "src").rglob("*")
        if path.is_file()
        and path.suffix not in (".pyc", ".so")
        and "lab" not in path.relative_to(ROOT).parts
    )
    assert package
    assert "benchmarks/" not in package
    for app in load_suite(APPS).apps:
        for path in (app.folder / "prompt.md", *(app.folder / "reference").iterdir()):
            if path.is_file():
                for line in filter(lambda one: len(one) >= 70, path.read_text().splitlines()):
                    assert line not in package, (path, line)
