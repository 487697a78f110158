"""Checks that run the app: ruff, its own tests, its server. In the real sandbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from homesmith.builder.checks.answers import HttpCheck
from homesmith.builder.checks.lint import RuffCheck
from homesmith.builder.checks.unit import TestsCheck
from homesmith.core.checks import Inspection
from homesmith.core.sandboxes import Sandbox

Inspect = Callable[..., Inspection]
pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

GOOD = """\
from fastapi import FastAPI
app = FastAPI()

@app.get("/")
def index():
    return {"ok": True}
"""


async def test_ruff_tells_certain_mistakes_and_no_taste(inspect: Inspect, sandbox: Sandbox) -> None:
    files = {
        "app.py": "import os\n\ndef a():\n    return undefined_name\n",
        "fine.py": "import sys\nl = 1\n",
    }
    inspection = inspect(files, sandbox=sandbox)
    verdict = await RuffCheck().check(inspection)
    [red] = verdict.failures
    assert (red.file, red.line) == ("app.py", 4)
    assert "undefined_name" in red.message
    assert "ruff:fine.py" in {item.name for item in verdict.findings if item.outcome == "passed"}
    assert sorted(path.name for path in inspection.root.iterdir()) == ["app.py", "fine.py"]


async def test_each_test_is_a_finding(inspect: Inspect, sandbox: Sandbox) -> None:
    tests = """\
import pytest
from calc import add

def test_good():
    assert add(1, 2) == 3

def test_wrong():
    assert add(1, 1) == 3

def test_breaks():
    add(None, 1)

@pytest.mark.skip
def test_later(): ...
"""
    inspection = inspect(
        {"calc.py": "def add(a, b):\n    return a + b\n", "tests/test_calc.py": tests},
        sandbox=sandbox,
    )
    verdict = await TestsCheck().check(inspection)
    found = {item.name.rpartition("::")[2]: item for item in verdict.findings}
    assert {name: item.outcome for name, item in found.items()} == {
        "test_good": "passed",
        "test_wrong": "failed",
        "test_breaks": "failed",
        "test_later": "skipped",
    }
    assert "assert 2 == 3" in found["test_wrong"].message
    assert (found["test_wrong"].file, found["test_wrong"].line) == ("tests/test_calc.py", 8)
    assert "TypeError" in found["test_breaks"].message
    assert (found["test_breaks"].file, found["test_breaks"].line) == ("calc.py", 2)


async def test_a_test_file_that_cannot_be_imported(inspect: Inspect, sandbox: Sandbox) -> None:
    files = {"app.py": "x = 1 / 0\n", "test_app.py": "import app\n\ndef test_a(): ...\n"}
    [red] = (await TestsCheck().check(inspect(files, sandbox=sandbox))).failures
    assert "ZeroDivisionError" in red.message
    assert (red.file, red.line) == ("app.py", 1)


async def test_test_files_without_tests_are_red(inspect: Inspect, sandbox: Sandbox) -> None:
    verdict = await TestsCheck().check(inspect({"test_app.py": "x = 1\n"}, sandbox=sandbox))
    assert verdict.outcome == "failed"
    assert "no test" in verdict.summary


async def test_a_server_that_answers(inspect: Inspect, sandbox: Sandbox) -> None:
    verdict = await HttpCheck().check(inspect({"app.py": GOOD}, sandbox=sandbox, server=True))
    assert verdict.outcome == "passed", verdict
    assert {item.name for item in verdict.findings} == {"start", "GET /"}


async def test_a_path_that_breaks_is_told_with_its_cause(
    inspect: Inspect, sandbox: Sandbox
) -> None:
    code = GOOD + '\n@app.get("/api/x")\ndef x():\n    return {}["gone"]\n'
    verdict = await HttpCheck().check(inspect({"app.py": code}, sandbox=sandbox, server=True))
    [red] = verdict.failures
    assert red.name == "GET /api/x"
    assert "500" in red.message
    assert "KeyError" in red.message
    assert (red.file, red.line) == ("app.py", 10)


async def test_a_server_that_does_not_start(inspect: Inspect, sandbox: Sandbox) -> None:
    code = "from fastapi import FastAPI\napp = FastAPI()\napp.nothing()\n"
    verdict = await HttpCheck().check(inspect({"app.py": code}, sandbox=sandbox, server=True))
    [red] = verdict.failures
    assert "AttributeError" in red.message
    assert (red.file, red.line) == ("app.py", 3)


async def test_what_breaks_in_a_template_is_told_with_its_place_there(
    inspect: Inspect, sandbox: Sandbox
) -> None:
    files = {
        "app.py": """\
from jinja2 import Environment, FileSystemLoader

def page():
    return Environment(loader=FileSystemLoader("templates")).get_template("index.html").render()
""",
        "templates/index.html": "<p>\n{{ words_of(1) }}\n</p>\n",
        "test_app.py": "from app import page\n\ndef test_page():\n    page()\n",
    }
    verdict = await TestsCheck().check(inspect(files, sandbox=sandbox))
    [red] = verdict.failures
    assert "'words_of' is undefined at templates/index.html:2" in red.message
    assert (red.file, red.line) == ("templates/index.html", 2)
