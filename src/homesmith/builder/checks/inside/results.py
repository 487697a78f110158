"""A pytest plugin that leaves one finding per test where the host looks for it.

Loaded with `-p` inside the sandbox; REPORT_FOLDER names the folder for the report.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from homesmith.builder.checks.inside.jobs import Report, write_report

REPORT = Report()
ERROR_LINE = re.compile(r"^E\s+(.+)$", re.MULTILINE)
NAMED = re.compile(r"[\w.]*(Error|Exception|Interrupt)\b")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A test file that cannot be imported."""
    if report.failed:
        file = report.nodeid or "tests"
        _fail(f"collect:{file}", f"{file} cannot be imported", report)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that ran, or whose fixtures failed."""
    if report.failed:
        name = report.nodeid.rpartition("::")[2]
        _fail(report.nodeid, name if report.when == "call" else f"{name} ({report.when})", report)
    elif report.when == "call" and report.passed:
        REPORT.passed(report.nodeid)
    elif report.skipped:
        REPORT.skipped(report.nodeid, "the test skips itself")


def pytest_sessionfinish() -> None:
    """Everything has run."""
    write_report(Path(os.environ["REPORT_FOLDER"]), REPORT)


def _fail(name: str, lead: str, report: pytest.CollectReport | pytest.TestReport) -> None:
    reasons = ERROR_LINE.findall(report.longreprtext)
    named = [line for line in reasons if NAMED.match(line)]
    file, line = _place(report.longrepr, report.longreprtext)
    where = f" at {file}:{line}" if file else ""
    REPORT.failed(
        name, f"{lead}: {(named or reasons or ['it fails'])[0]}{where}", file=file, line=line
    )


def _place(trace: Any, text: str) -> tuple[str, int]:
    """The innermost line of the app's own code, relative to the app."""
    places = re.findall(r"^([\w./-]+\.(?:py|html)):(\d+):", text, re.MULTILINE)
    crash = getattr(trace, "reprcrash", None)
    if crash is not None:
        places.append((os.path.relpath(crash.path), crash.lineno))
    own = [(name, int(line)) for name, line in places if not name.startswith(("/", ".."))]
    return own[-1] if own else ("", 0)
