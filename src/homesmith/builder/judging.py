"""Run a candidate app and turn the verdicts into one score, and into words for a repair.

A scenario or test that no candidate ever satisfied is disputed: it was derived or written by a
model, so it may be wrong itself. Disputed ones are reported, they do not hold the app back.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from homesmith.builder.checks.gate import run_checks
from homesmith.builder.literals import Literals
from homesmith.builder.manifest import FILE, Manifest, manifest_text
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Sandbox
from homesmith.workspace.files import open_workspace

WEIGHTS = {
    "syntax": 40.0,
    "imports": 6.0,
    "exactness": 4.0,
    "ruff": 4.0,
    "http": 30.0,
    "tests": 3.0,
}
DISPUTED_AFTER = 30
WRITTEN = ("browser/scenario", "tests/")
"""How findings of tests that no person wrote are named."""
MOST_TROUBLES = 5
CHEAP = ("syntax", "imports", "exactness", "ruff")


@dataclass(slots=True, kw_only=True)
class Judge:
    """Looks at versions of one app and remembers which findings never turned green.

    `must_hold` are findings, `whole` checks, that were green before a change.
    """

    manifest: Manifest
    literals: Literals
    sandbox: Sandbox | None
    evidence: Path
    browser: str = ""
    must_hold: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    failed: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)
    known: dict[str, tuple[Verdict, ...]] = field(default_factory=dict)

    async def verdicts(
        self, files: Mapping[str, str], *, names: Iterable[str] | None = None, early: bool = True
    ) -> tuple[Verdict, ...]:
        """What the checks say about these files; with `early`, up to the first red gate.

        The same files are looked at once: what was seen of them is remembered.
        """
        wanted = tuple(names or self.manifest.checks)
        key = _digest(files, self.manifest, wanted, self.literals)
        if key in self.known:
            return self.known[key]
        with staged(files, self.manifest) as root:
            inspection = Inspection(
                root=root,
                manifest=self.manifest.as_mapping(),
                evidence=self.evidence,
                sandbox=self.sandbox,
                options=self.options(),
            )
            if early:
                found = await self._early(inspection, wanted)
            else:
                found = await run_checks(inspection, wanted)
        self._remember(found)
        if not _broken_syntax(found):
            self.known[key] = found
        return found

    async def _early(self, inspection: Inspection, wanted: tuple[str, ...]) -> tuple[Verdict, ...]:
        """The cheap gates first; the costly ones only when the syntax holds."""
        cheap = await run_checks(inspection, [name for name in wanted if name in CHEAP])
        if _broken_syntax(cheap):
            return cheap
        rest = await run_checks(inspection, [name for name in wanted if name not in CHEAP])
        return (*cheap, *rest)

    def options(self) -> dict[str, Any]:
        """What the checks are told beside the manifest."""
        return {"literals": self.literals.as_options(), "browser": self.browser}

    def disputed(self, name: str) -> bool:
        """Whether a model-written test failed for every version that was ever tried."""
        return (
            name not in self.held
            and self.failed[name] >= DISPUTED_AFTER
            and name.startswith(WRITTEN)
        )

    def troubles(self, verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
        """What is red and not disputed, cheapest gate first; findings a change must hold count."""
        return tuple(
            replace(finding, name=f"{verdict.check}/{finding.name}")
            for verdict in verdicts
            for finding in verdict.failures
            if not self.disputed(f"{verdict.check}/{finding.name}")
        )

    def score(self, verdicts: tuple[Verdict, ...]) -> tuple[float, ...]:
        """Higher is better; what was green before a change weighs most."""
        reached = {verdict.check for verdict in verdicts}
        missing = sum(20.0 for name in self.manifest.checks if name not in reached)
        cost = missing + sum(_weight(finding) for finding in self.troubles(verdicts))
        return (-float(len(self.lost(verdicts))), -cost)

    def lost(self, verdicts: tuple[Verdict, ...]) -> tuple[Finding, ...]:
        """What was green before the change and is red now."""
        return tuple(
            finding
            for finding in self.troubles(verdicts)
            if finding.name in self.must_hold or finding.name.partition("/")[0] in self.whole
        )

    def good(self, verdicts: tuple[Verdict, ...]) -> bool:
        """Whether nothing undisputed is red and every gate was reached."""
        return not self.troubles(verdicts) and self._broke(verdicts) is False

    def _broke(self, verdicts: tuple[Verdict, ...]) -> bool:
        return any(v.outcome == "failed" and not v.findings for v in verdicts)

    def settled(self, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """The verdicts with disputed findings marked as skipped, for the record."""
        return tuple(self._settled(verdict) for verdict in verdicts)

    def _settled(self, verdict: Verdict) -> Verdict:
        findings = tuple(
            replace(finding, outcome="skipped", message=f"not shown: {finding.message}")
            if finding.outcome == "failed" and self.disputed(f"{verdict.check}/{finding.name}")
            else finding
            for finding in verdict.findings
        )
        if (
            verdict.outcome == "failed"
            and findings
            and not any(finding.outcome == "failed" for finding in findings)
        ):
            summary = f"{len(verdict.failures)} tests that no version satisfied: not shown"
            return replace(verdict, outcome="skipped", summary=summary, findings=findings)
        return replace(verdict, findings=findings)

    def _remember(self, verdicts: Iterable[Verdict]) -> None:
        """Count failures against a test only where the version is otherwise green: a page that
        crashes says nothing about the scenarios it could not play.
        """
        named = [(f"{v.check}/{item.name}", item.outcome) for v in verdicts for item in v.findings]
        self.held |= {name for name, outcome in named if outcome == "passed"}
        red = {name for name, outcome in named if outcome == "failed"}
        if all(name.startswith(WRITTEN) for name in red):
            self.failed.update(red)


def words(troubles: Iterable[Finding]) -> str:
    """The first few troubles as lines for a small model, at most about 600 tokens."""
    lines = []
    for finding in list(troubles)[:MOST_TROUBLES]:
        place = f" ({finding.file}:{finding.line})" if finding.file and finding.line else ""
        lines.append(f"- {finding.message[:300]}{place}")
    return "\n".join(lines)


@contextmanager
def staged(files: Mapping[str, str], manifest: Manifest) -> Iterator[Path]:
    """A temporary folder that holds the whole app as it would be."""
    with tempfile.TemporaryDirectory(prefix="homesmith-stage-") as name:
        root = Path(name).resolve() / "app"
        root.mkdir()
        stage = open_workspace(root)
        for path, text in files.items():
            if path != FILE:
                stage.write_text(path, text)
        stage.write_text(FILE, manifest_text(manifest))
        yield root


def _broken_syntax(verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.check == "syntax" and verdict.outcome == "failed" for verdict in verdicts)


def _digest(
    files: Mapping[str, str], manifest: Manifest, names: tuple[str, ...], literals: Literals
) -> str:
    whole = (sorted(files.items()), manifest_text(manifest), names, literals.as_options())
    return hashlib.sha256(repr(whole).encode("utf-8", "surrogatepass")).hexdigest()


def _done(message: str) -> int:
    """How many steps of a scenario held before the one that failed."""
    _, _, steps = message.partition("(after: ")
    return len(steps.split(", ")) if steps else 0


def _weight(finding: Finding) -> float:
    check, _, name = finding.name.partition("/")
    if check == "browser":
        if name.startswith("scenario"):
            return 3.0 + 1.0 / (1 + _done(finding.message))
        return 30.0 if name.startswith("load") else 5.0 if name.startswith("control") else 3.0
    return WEIGHTS.get(check, 5.0)
