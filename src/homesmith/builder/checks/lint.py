"""The ruff check: only rules that mean the code is wrong, never taste."""

from __future__ import annotations

import json
import time
from typing import Any

from homesmith.builder.checks.confined import NO_SANDBOX, run_python
from homesmith.builder.checks.scratch import Scratch, scratch
from homesmith.builder.checks.sources import chosen, sources
from homesmith.builder.checks.verdicts import conclude, failed, passed, skipped
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Limits

RULES = "E9,F"
HARMLESS = "F401,F541,F841"  # Unused imports, names and f-strings do not break an app.


class RuffCheck:
    """No undefined names and no other certain mistakes in Python."""

    name = "ruff"
    cost = 1

    def applies(self, inspection: Inspection) -> bool:
        return bool(sources(inspection.root, ".py"))

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        files = list(chosen(inspection, ".py"))
        if inspection.sandbox is None:
            return skipped(self.name, NO_SANDBOX, started=started)
        if not files:
            return conclude(self.name, [], started=started, done="no Python in these files")
        with scratch(inspection.root) as place:
            execution = await run_python(
                inspection.sandbox,
                place,
                (
                    *("-P", "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"),
                    *("--output-format=json", f"--select={RULES}", f"--ignore={HARMLESS}"),
                    *("--", *files),
                ),
                limits=Limits(seconds=90, cpu_seconds=30),
            )
            findings = _findings(execution.stdout, place)
        if findings is None:
            said = execution.stderr.decode("utf-8", "replace").strip()[-150:]
            return skipped(self.name, f"ruff did not run: {said}", started=started)
        wrong = {finding.file for finding in findings}
        findings += [passed(f"ruff:{name}") for name in files if name not in wrong]
        return conclude(self.name, findings, started=started, done="no certain mistakes")


def _findings(output: bytes, place: Scratch) -> list[Finding] | None:
    try:
        items: Any = json.loads(output)
        return [_finding(item, place) for item in items]
    except (ValueError, TypeError, LookupError):
        return None


def _finding(item: dict[str, Any], place: Scratch) -> Finding:
    file = str(item["filename"]).removeprefix(f"{place.app}/")
    line, rule = int(item["location"]["row"]), item["code"] or "syntax"
    return failed(
        f"ruff:{file}:{rule}:{item['message']}"[:120],
        f"{file}:{line}: {item['message']} ({rule})",
        file=file,
        line=line,
    )
