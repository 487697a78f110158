"""Start the app's server and ask its own pages for an answer.

Run as `python -m homesmith.builder.checks.inside.visit` inside the sandbox, job on stdin.
"""

from __future__ import annotations

import json
from typing import Any

from homesmith.builder.checks.inside.jobs import Job, Report, read_job, write_report
from homesmith.builder.checks.inside.serving import (
    Origins,
    StartFailed,
    fetch,
    origins,
)

MOST_PATHS = 20


def main() -> None:
    """Read the job, visit, leave a report."""
    job, report = read_job(), Report()
    with origins(job, expected=1) as given:
        visit(job, report, given)
    write_report(job.out, report)


def visit(job: Job, report: Report, given: Origins) -> None:
    """The server starts, its health page answers below 500, and so does every plain GET path."""
    try:
        origin = given.fresh()
    except StartFailed as failure:
        report.failed("start", str(failure), file=failure.file, line=failure.line)
        return
    report.passed("start")
    status = _ask(report, given, origin, job.health)
    if status == 404:
        report.failed(f"GET {job.health}", f"GET {job.health} answered 404: there is no such page")
    for path in _plain_paths(origin):
        if path != job.health:
            _ask(report, given, origin, path)


def _ask(report: Report, given: Origins, origin: str, path: str) -> int:
    name = f"GET {path}"
    try:
        status, _ = fetch(origin + path)
    except OSError as error:
        report.failed(name, f"{name} got no answer: {error}")
        return 0
    if status >= 500:
        cause = given.cause()
        report.failed(name, f"{name} answered {status}: {cause}", file=cause.file, line=cause.line)
    elif status != 404:
        report.passed(name, f"answered {status}")
    return status


def _plain_paths(origin: str) -> list[str]:
    """GET paths without placeholders that the app itself documents, if it does."""
    try:
        status, body = fetch(origin + "/openapi.json")
        described: Any = json.loads(body) if status == 200 else {}
        paths = described.get("paths", {})
        plain = [path for path, methods in paths.items() if "get" in methods and "{" not in path]
    except (OSError, ValueError, AttributeError, TypeError):
        return []
    return plain[:MOST_PATHS]


if __name__ == "__main__":
    main()
