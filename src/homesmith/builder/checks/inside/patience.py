"""End a look at the app that hangs: code in an endless loop never lets the browser answer."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from homesmith.builder.checks.inside import clock
from homesmith.builder.checks.inside.jobs import Report, write_report


def watch(report: Report, out: Path, seconds: float) -> None:
    """Leave what is known and end this process as soon as one action takes longer."""
    threading.Thread(target=_wait, args=(report, out, seconds), daemon=True).start()


def _wait(report: Report, out: Path, seconds: float) -> None:
    while clock.now() - report.since < seconds:
        time.sleep(0.2)
    report.failed(
        report.name, f"{report.doing} did not end within {seconds:.0f} s: an endless loop?"
    )
    write_report(out, report)
    os._exit(0)
