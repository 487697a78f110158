"""The hidden tests are right: green on every reference, red on an app that does nothing.

Needs a Chromium and a sandbox. `benchmarks/apps/run.py --verify` shows the red side for all apps.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from homesmith.core.errors import SandboxUnavailable
from homesmith.core.sandboxes import Sandbox
from homesmith.lab.suite import load_suite
from homesmith.workspace.sandbox import detect

APPS = Path(__file__).parents[2] / "benchmarks" / "apps"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no Chromium"),
]


@pytest.fixture(scope="module")
def hidden() -> ModuleType:
    """The runner's module, which stands outside the package."""
    specification = importlib.util.spec_from_file_location("hidden_tests", APPS / "hidden.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    try:
        return detect()
    except SandboxUnavailable as error:
        pytest.skip(error.message)


async def test_every_reference_passes_its_hidden_tests(
    hidden: ModuleType, sandbox: Sandbox
) -> None:
    apps = load_suite(APPS).apps
    folders = {app.name: app.folder / "reference" for app in apps}
    said = await hidden.hidden_tests_of_all(apps, folders, sandbox, patience=10.0)
    red = [
        f"{name}, {outcome.name}: {outcome.message}"
        for name, outcomes in said.items()
        for outcome in outcomes
        if not outcome.passed
    ]
    assert red == []


async def test_an_app_that_does_nothing_passes_no_hidden_test(
    tmp_path: Path, hidden: ModuleType, sandbox: Sandbox
) -> None:
    suite = load_suite(APPS)
    apps = (suite.app("tip-calculator"), suite.app("stock-api"))
    for app in apps:
        (tmp_path / app.name).mkdir()
    (tmp_path / "tip-calculator" / "index.html").write_text("<!doctype html><h1>Tips</h1>")
    server = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    (tmp_path / "stock-api" / "app.py").write_text(server)
    folders = {app.name: tmp_path / app.name for app in apps}
    said = await hidden.hidden_tests_of_all(apps, folders, sandbox, patience=0.3)
    assert [
        outcome.name for outcomes in said.values() for outcome in outcomes if outcome.passed
    ] == []
