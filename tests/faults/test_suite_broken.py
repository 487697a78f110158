"""A broken suite says which file is wrong; the real one is whole and stays out of the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.core.errors import InvalidSettings
from homesmith.lab.suite import load_suite

ROOT = Path(__file__).parents[2]
APPS = ROOT / "benchmarks" / "apps"
FACTS = 'title = "T"\ntemplate = "static"\nkind = "page"\ndifficulty = "easy"\n'
FILES = {"app.toml": FACTS, "prompt.md": "A page", "test_app.py": "def test_it():\n    pass\n"}


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
        ({"test_app.py": "def test_a(): ...\ndef test_a(): ..."}, "test_app.py", "same name"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, changes: dict[str, str | None], file: str, why: str
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_suite(make(tmp_path, changes))
    assert caught.value.message.endswith(f"app/{file}")
    assert why in caught.value.why
    assert caught.value.remedy


def test_no_folder_no_apps_no_such_app(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InvalidSettings):
            load_suite(folder)
    with pytest.raises(InvalidSettings, match="no app 'b'"):
        load_suite(make(tmp_path, {})).app("b")


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
