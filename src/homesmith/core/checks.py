"""A check looks at an app and gives a verdict with evidence; it never changes the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from homesmith.core.sandboxes import Sandbox

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check saw. `file` is relative to the app; `line` counts from 1, 0 is unknown.

    `name` is stable across runs, so that two verdicts can be compared finding by finding.
    """

    name: str
    outcome: Outcome
    message: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check concluded. `evidence` are files kept beside the run (screenshots, logs)."""

    check: str
    outcome: Outcome
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome == "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a check is given: the app's folder, its manifest, and where evidence may be kept.

    `manifest` is the parsed homesmith.toml. `only` narrows the check to these files, if given.
    """

    root: Path
    manifest: Mapping[str, Any]
    evidence: Path
    sandbox: Sandbox | None = None
    only: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


class Check(Protocol):
    """A gate.

    `cost` orders gates, cheapest first: 0 reads text, 1 runs a tool, 2 a server, 3 a browser.
    """

    @property
    def name(self) -> str: ...

    @property
    def cost(self) -> int: ...

    def applies(self, inspection: Inspection) -> bool: ...

    async def check(self, inspection: Inspection) -> Verdict: ...
