"""The tests check: the app's own pytest tests, run in the sandbox."""

from __future__ import annotations

import re
import time

from homesmith.builder.checks.confined import NO_SANDBOX, read_report, run_python
from homesmith.builder.checks.scratch import scratch
from homesmith.builder.checks.sources import app_files
from homesmith.builder.checks.verdicts import conclude, failed, skipped
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Execution, Limits, Reach

IS_TEST = re.compile(r"(^|/)(test_[^/]+|[^/]+_test)\.py$")
OPTIONS = (
    *("-q", "--tb=short", "--rootdir=.", "-p", "no:cacheprovider"),
    *("-p", "homesmith.builder.checks.inside.results"),
)
SECONDS = 60


class TestsCheck:
    """Every test the app brings passes."""

    __test__ = False  # For pytest: the name is a coincidence.
    name = "tests"
    cost = 1

    def applies(self, inspection: Inspection) -> bool:
        return any(IS_TEST.search(name) for name in app_files(inspection.root))

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        if inspection.sandbox is None:
            return skipped(self.name, NO_SANDBOX, started=started)
        with scratch(inspection.root) as place:
            execution = await run_python(
                inspection.sandbox,
                place,
                ("-m", "pytest", *OPTIONS),
                reach=Reach.LOOPBACK,
                limits=Limits(seconds=3 * SECONDS, cpu_seconds=SECONDS),
                environment={"REPORT_FOLDER": str(place.out)},
            )
            findings, _ = read_report(place.read("report.json"))
        findings = findings or [_broke_off(execution)]
        count = sum(finding.outcome == "passed" for finding in findings)
        return conclude(self.name, findings, started=started, done=f"{count} tests pass")


def _broke_off(execution: Execution) -> Finding:
    if execution.ended_by != "itself":
        return failed("tests", f"the tests used up their {execution.ended_by}: an endless loop?")
    if execution.exit_code == 5:
        return failed("tests", "the test files hold no test")
    said = (execution.stderr + execution.stdout).decode("utf-8", "replace").strip().splitlines()
    return failed("tests", f"pytest broke off: {said[-1] if said else 'no output'}")
