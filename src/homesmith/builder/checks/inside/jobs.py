"""The job a program in the sandbox is given, and the report it leaves behind."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from homesmith.builder.checks.inside import clock
from homesmith.core.checks import Finding

MESSAGE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to run and look at. `out` is the folder for the report.

    `kind` and `command` are the manifest's; `scenarios` have the JSON form of `core.steps`.
    `port` is the one a server must use, 0 lets it be chosen; `executable` is the browser.
    Seconds: `seconds` for everything, `step_seconds` for a step (more while the machine is slow),
    `patience` for one action that hangs. At most `controls` controls of a page are tried.
    """

    app: Path
    out: Path
    kind: str = "static"
    command: tuple[str, ...] = ()
    health: str = "/"
    port: int = 0
    executable: str = ""
    scenarios: tuple[Any, ...] = ()
    controls: int = 12
    step_seconds: float = 2.5
    seconds: float = 60.0
    patience: float = 25.0


@dataclass(slots=True, kw_only=True)
class Report:
    """Findings in the order they were made, and the names of the pictures taken.

    `name`, `doing` and `since` (working seconds) tell what is being tried right now.
    """

    findings: list[Finding] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    name: str = "browser"
    doing: str = "starting the browser"
    since: float = field(default_factory=clock.now)

    def begin(self, name: str, doing: str) -> None:
        self.name, self.doing, self.since = name, doing, clock.now()

    def passed(self, name: str, message: str = "") -> None:
        self.findings.append(Finding(name=name, outcome="passed", message=short(message)))

    def failed(self, name: str, message: str, *, file: str = "", line: int = 0) -> None:
        self.findings.append(
            Finding(name=name, outcome="failed", message=short(message), file=file, line=line)
        )

    def skipped(self, name: str, message: str) -> None:
        self.findings.append(Finding(name=name, outcome="skipped", message=short(message)))


def short(text: str, length: int = MESSAGE_LENGTH) -> str:
    """The text on one line, cut at `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def read_job() -> Job:
    """The job on standard input."""
    value = json.loads(sys.stdin.read())
    value["app"], value["out"] = Path(value["app"]), Path(value["out"])
    value["command"], value["scenarios"] = tuple(value["command"]), tuple(value["scenarios"])
    return Job(**value)


def job_text(job: Job) -> bytes:
    """The bytes that `read_job` reads back."""
    value = asdict(job) | {"app": str(job.app), "out": str(job.out)}
    return json.dumps(value).encode()


def write_report(folder: Path, report: Report) -> None:
    """Leave the report where the host looks for it."""
    value = {
        "findings": [asdict(finding) for finding in report.findings],
        "pictures": report.pictures,
    }
    (folder / "report.json").write_text(json.dumps(value), encoding="utf-8")
