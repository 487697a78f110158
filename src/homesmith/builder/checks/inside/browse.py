"""Look at an app in a real browser: does it load, are its controls wired, do its scenarios hold.

Run as `python -m homesmith.builder.checks.inside.browse` inside the sandbox, job on stdin.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

from homesmith.builder.checks.inside import clock
from homesmith.builder.checks.inside.jobs import Job, Report, read_job, short, write_report
from homesmith.builder.checks.inside.patience import watch
from homesmith.builder.checks.inside.play import play
from homesmith.builder.checks.inside.probe import probe
from homesmith.builder.checks.inside.serving import Origins, StartFailed, origins
from homesmith.builder.checks.inside.tab import Tab, Trouble
from homesmith.core.steps import scenario_from_json

FLAGS = (
    "--no-sandbox",  # Our own sandbox stands around it, and it cannot nest another one in there.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SHOWN = "() => [document.body?.innerText.trim() ?? '', document.body?.childElementCount ?? 0]"


def main() -> None:
    """Read the job, look, leave a report."""
    job, report = read_job(), Report()
    watch(report, job.out, job.patience)
    deadline = clock.now() + job.seconds
    try:
        with origins(job, expected=1 + len(job.scenarios)) as given:
            given.prepare()
            with browser(job.executable) as chromium:
                look(chromium, job, report, given, deadline)
    except BrowserError as error:
        report.skipped("browser", f"the browser broke off: {error.message}")
    write_report(job.out, report)


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """A headless browser that is closed at the end."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=executable, args=list(FLAGS), timeout=20_000
        )
        try:
            yield opened
        finally:
            opened.close()


def look(chromium: Browser, job: Job, report: Report, given: Origins, deadline: float) -> None:
    """Load the page; if it stands, try its controls and play its scenarios."""
    try:
        report.begin("load", "starting the app")
        origin = given.fresh()
    except StartFailed as failure:
        report.failed("load", str(failure), file=failure.file, line=failure.line)
        return
    report.begin("load", "loading the page")
    tab = Tab(chromium, explain=partial(_explain, given))
    if not _load(tab, job, report, origin):
        return
    if job.controls:
        seconds = min(20.0, (deadline - clock.now()) / 2)
        probe(tab, job, report, given, origin, clock.now() + seconds)
    _scenarios(tab, job, report, given, deadline)


def _explain(given: Origins, trouble: Trouble) -> Trouble:
    if trouble.kind != "server":
        return trouble
    cause = given.cause()
    return replace(
        trouble, message=f"{trouble.message}: {cause.text}", file=cause.file, line=cause.line
    )


def _load(tab: Tab, job: Job, report: Report, origin: str) -> bool:
    """Whether the page came up at all; problems that leave it usable are findings too."""
    try:
        status = tab.open(origin)
        tab.settle(120)
        text, elements = tab.page.evaluate(SHOWN)
    except BrowserError as error:
        slow = "imeout" in error.message
        report.failed(
            "load",
            "the page did not finish loading in 15 s: an endless loop?" if slow else error.message,
        )
        return False
    _picture(tab, job, report, "load")
    if status >= 400:
        worst = tab.worst()
        file, line = (worst.file, worst.line) if worst else ("", 0)
        report.failed(
            "load", worst.text if worst else f"GET / answered {status}", file=file, line=line
        )
        return False
    if not text or not elements:
        report.failed("load", "the page is blank" + _because(tab.troubles))
        return False
    report.passed("load", f"the page shows {short(text, 80)}")
    _troubles(tab.troubles, report)
    return True


def _troubles(troubles: list[Trouble], report: Report) -> None:
    """One finding per kind of trouble that happened while loading, each told once."""
    for kind in ("exception", "console", "request", "server"):
        seen = dict.fromkeys(item.text for item in troubles if item.kind == kind)
        first = next((item for item in troubles if item.kind == kind), None)
        if first is None:
            report.passed(f"load:{kind}")
            continue
        lead = "loading the page threw " if kind == "exception" else "while loading: "
        report.failed(
            f"load:{kind}", lead + "; ".join(list(seen)[:3]), file=first.file, line=first.line
        )


def _because(troubles: list[Trouble]) -> str:
    return f": {troubles[0].text}" if troubles else ""


def _scenarios(tab: Tab, job: Job, report: Report, given: Origins, deadline: float) -> None:
    for number, value in enumerate(job.scenarios, start=1):
        name = f"scenario:{number}"
        if clock.now() > deadline:
            report.failed(name, "not played: the time for the browser check is used up")
            continue
        last = number == len(job.scenarios)
        _scenario(tab, job, report, given, name, value, keep=last)


def _scenario(
    tab: Tab, job: Job, report: Report, given: Origins, name: str, value: Any, *, keep: bool
) -> None:
    try:
        report.begin(name, "opening the page")
        scenario = scenario_from_json(value)
        tab.page.context.clear_cookies()
        tab.open(given.fresh())
        failure = play(tab, scenario, job.step_seconds * tab.pace, partial(report.begin, name))
    except (ValueError, StartFailed, BrowserError) as error:
        report.failed(name, f"cannot be played: {str(error).splitlines()[0]}")
        return
    worst = tab.worst()
    if failure:
        message = short(failure, 130 if worst else 200) + (f"; {worst.text}" if worst else "")
        file, line = (worst.file, worst.line) if worst else ("", 0)
        report.failed(name, message, file=file, line=line)
    else:
        report.passed(name, scenario.criterion)
    if failure or keep:
        _picture(tab, job, report, name.replace(":", "-"))


def _picture(tab: Tab, job: Job, report: Report, name: str) -> None:
    try:
        tab.page.screenshot(path=str(job.out / f"{name}.png"), timeout=5000)
    except BrowserError:
        return
    report.pictures.append(f"{name}.png")


if __name__ == "__main__":
    main()
