"""Operate every control once and see whether it is wired: no exception, and some effect.

It does not know what a control is for. A control is called dead only when nothing at all
happened with filled and with empty fields and nobody listens to it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Error as BrowserError

from homesmith.builder.checks.inside import clock
from homesmith.builder.checks.inside.jobs import Job, Report
from homesmith.builder.checks.inside.serving import Origins
from homesmith.builder.checks.inside.tab import Tab, Trouble

NAMED_ERROR = re.compile(r"\b[A-Z]\w*(Error|Exception)\b")
STALE = ("Execution context was destroyed", "navigation")


DEAD = Trouble(kind="dead", message="does nothing: no event listener is attached to it")
RELOADS = Trouble(kind="dead", message="only reloads the page: nothing listens to it")
HEARD = "selector => window.__homesmith.heard(selector)"
MOST_NEW = 3


def probe(tab: Tab, job: Job, report: Report, origins: Origins, origin: str, until: float) -> None:
    """Add one finding per control that could be operated before `until` (working seconds)."""
    controls = _controls(tab, job)
    known = {control["label"] for control in controls}
    for control in controls:
        if clock.now() > until:
            report.skipped("controls", "not every control was tried: out of time")
            return
        report.begin(f"control:{control['label']}", f"{control['verb']} {control['label']}")
        try:
            fault, note = _try(tab, job, origins, origin, control["selector"])
            _tell(report, control, fault, note)
            _appeared(tab, job, report, known)
        except BrowserError as error:
            tab.replace_page()
            report.skipped(f"control:{control['label']}", error.message)


def _appeared(tab: Tab, job: Job, report: Report, known: set[str]) -> None:
    """Operate the controls that the last one brought up, such as the button of a new row."""
    new = [control for control in _controls(tab, job) if control["label"] not in known]
    for control in new[:MOST_NEW]:
        known.add(control["label"])
        report.begin(f"control:{control['label']}", f"{control['verb']} {control['label']}")
        outcome = _operate(tab, control["selector"], filled=False)
        fault = _fault(tab)
        if not fault and not outcome["effect"] and not outcome["heard"]:
            fault = DEAD
        _tell(report, control, fault, "")


def _controls(tab: Tab, job: Job) -> list[dict[str, str]]:
    found: list[dict[str, str]] = tab.page.evaluate(
        "limit => window.__homesmith.controls(limit)", job.controls
    )
    return found


def _tell(report: Report, control: dict[str, str], fault: Trouble | None, note: str) -> None:
    name = f"control:{control['label']}"
    if fault is None:
        report.passed(name, note)
    else:
        message = f"{control['verb']} {control['label']} {fault.message}"
        report.failed(name, message, file=fault.file, line=fault.line)


def _try(
    tab: Tab, job: Job, origins: Origins, origin: str, selector: str
) -> tuple[Trouble | None, str]:
    """The fault of a control, if any, and a note. First with filled fields, then with empty."""
    outcome: dict[str, Any] = {}
    for filled in (True, False):
        tab.open(origins.fresh() if job.kind == "static" else origin)
        outcome = _operate(tab, selector, filled)
        fault = _fault(tab)
        if fault:
            return fault, ""
        if outcome["effect"] == "left" and job.kind == "static" and not outcome["heard"]:
            return RELOADS, ""
        if outcome["effect"]:
            return None, ""
    if outcome["heard"]:
        return None, "no visible effect from the first page"
    return DEAD, ""


def _operate(tab: Tab, selector: str, filled: bool) -> dict[str, Any]:
    tab.forget()
    url, dialogs = tab.page.url, len(tab.dialogs)
    script = "([selector, filled]) => window.__homesmith.operate(selector, filled)"
    try:
        heard = bool(tab.page.evaluate(HEARD, selector))
        outcome: dict[str, Any] = tab.page.evaluate(script, [selector, filled])
    except BrowserError as error:
        if not any(word in error.message for word in STALE):
            raise
        tab.page.wait_for_load_state("load", timeout=5000)
        return {"effect": "left", "heard": heard}
    if not outcome["effect"] and (
        tab.requests or len(tab.dialogs) > dialogs or tab.page.url != url
    ):
        outcome["effect"] = "outside"
    return outcome


def _fault(tab: Tab) -> Trouble | None:
    worst = tab.worst()
    if worst:
        verb = "threw" if worst.kind == "exception" else "made"
        return _as_fault(worst, f"{verb} {worst.text}")
    for trouble in tab.troubles:
        if trouble.kind == "console" and NAMED_ERROR.search(trouble.message):
            return _as_fault(trouble, f"logged {trouble.text}")
    for response in tab.answers:
        reason = _wrong_call(response.status, response)
        if reason:
            text = (
                f"made {response.request.method} {response.url.split('/', 3)[-1]} answer {reason}"
            )
            return Trouble(kind="request", message=text)
    return None


def _as_fault(trouble: Trouble, message: str) -> Trouble:
    return Trouble(kind=trouble.kind, message=message, file=trouble.file, line=trouble.line)


def _wrong_call(status: int, response: Any) -> str:
    """Why a refusal shows that page and server disagree, not that the input was refused."""
    if status == 405:
        return "405: the server has no such method on that path"
    if status != 422:
        return ""
    try:
        details = json.loads(response.text()).get("detail", [])
        missing = [str(item["loc"][-1]) for item in details if item.get("type") == "missing"]
    except (BrowserError, ValueError, AttributeError, TypeError, LookupError):
        return ""
    return f"422: the field {', '.join(missing)} is not sent" if missing else ""
