"""Run the hidden tests of one app against a folder that holds it, and say what each test said.

They are pytest functions beside a conftest.py that the suite's folder brings: see benchmarks/apps.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from homesmith.core.errors import HomesmithError, SandboxUnavailable
from homesmith.core.sandboxes import Sandbox
from homesmith.lab.hosting import copy_app, hosted
from homesmith.lab.suite import App
from homesmith.lab.trial import TestOutcome, read_outcomes
from homesmith.workspace.own import run_own

LONGEST = 240.0
"""Seconds for all tests of one app; far more than they need when the app answers."""


async def hidden_tests(
    app: App, built: Path, sandbox: Sandbox, *, patience: float = 4.0, log: Path | None = None
) -> tuple[tuple[TestOutcome, ...], str]:
    """The outcome of every test of `app`, and why the app could not be served, if so.

    The tests see a copy of `built`, so what they store in it is gone afterwards. Raises
    SandboxUnavailable, OSError: that is not the app's fault.
    """
    with tempfile.TemporaryDirectory(prefix="trial-") as scratch:
        root = copy_app(built, Path(scratch) / "app")
        said = Path(scratch) / "outcomes.jsonl"
        said.touch()
        note = ""
        try:
            async with hosted(root, app.template, sandbox) as url:
                await _pytest((app,), {app.name: url}, said, patience, log)
        except SandboxUnavailable:
            raise
        except HomesmithError as error:
            note = f"{error.message} {error.why}".strip()
        return read_outcomes(said.read_text(encoding="utf-8"), app), note


async def hidden_tests_of_all(
    apps: Sequence[App], built: Mapping[str, Path], sandbox: Sandbox, *, patience: float = 4.0
) -> dict[str, tuple[TestOutcome, ...]]:
    """The outcomes of several apps by name, from one run of pytest and one browser: quicker.

    `built` holds each app's folder by its name. Raises what `hosted` raises.
    """
    async with contextlib.AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trials-")))
        said = scratch / "outcomes.jsonl"
        said.touch()
        addresses = {}
        for app in apps:
            root = copy_app(built[app.name], scratch / app.name)
            url = await stack.enter_async_context(hosted(root, app.template, sandbox))
            addresses[app.name] = url
        await _pytest(apps, addresses, said, patience, None)
        lines = said.read_text(encoding="utf-8").splitlines()
    return {
        app.name: read_outcomes(
            "\n".join(line for line in lines if json.loads(line)["app"] == app.name), app
        )
        for app in apps
    }


async def _pytest(
    apps: Sequence[App],
    addresses: Mapping[str, str],
    said: Path,
    patience: float,
    log: Path | None,
) -> None:
    environment = {
        "BASE_URLS": json.dumps(addresses),
        "APP_TEST_OUTCOMES": str(said),
        "APP_TEST_PATIENCE": str(patience),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    folder = apps[0].folder.parent
    command = [
        *(sys.executable, "-m", "pytest", "--import-mode=importlib"),
        *(str(app.folder / "test_app.py") for app in apps),
        *("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-p", "no:asyncio"),
        *("-c", os.devnull, "--rootdir", str(folder), "--confcutdir", str(folder)),
    ]
    await run_own(command, environment=environment, log=log, seconds=LONGEST * len(apps))
