"""The browser check: the app in a real browser, as a person would meet it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from homesmith.builder.checks.confined import NO_SANDBOX, run_inside
from homesmith.builder.checks.inside.jobs import Job
from homesmith.builder.checks.scratch import Scratch, read_plain, scratch
from homesmith.builder.checks.verdicts import conclude, failed, skipped
from homesmith.builder.manifest import launch_command, run_of
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Execution, Limits, Reach

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
OWN = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
NO_BROWSER = (
    "the app was not opened in a browser: none is installed; "
    "`playwright install chromium` or your system's chromium package brings one"
)
LIMITS = Limits(
    seconds=300, cpu_seconds=180, memory=8 << 30, file=512 << 20, processes=512, output=1 << 18
)
PICTURE_BYTES = 8 << 20
PNG = b"\x89PNG\r\n\x1a\n"


class BrowserCheck:
    """Loads the page, tries every control and plays the scenarios of the manifest."""

    name = "browser"
    cost = 3

    def applies(self, inspection: Inspection) -> bool:
        return (
            run_of(inspection.manifest).kind == "server"
            or (inspection.root / "index.html").is_file()
        )

    async def check(self, inspection: Inspection) -> Verdict:
        started = time.monotonic()
        executable = find_browser(str(inspection.options.get("browser", "")))
        if executable is None:
            return skipped(self.name, NO_BROWSER, started=started)
        if inspection.sandbox is None:
            return skipped(self.name, NO_SANDBOX, started=started)
        with scratch(inspection.root) as place:
            findings, pictures, execution = await run_inside(
                inspection.sandbox,
                place,
                "browse",
                _job(inspection, place, executable),
                reach=Reach.BROWSER,
                limits=LIMITS,
                readable=(_browser_folder(executable),),
            )
            evidence = _keep(place, pictures, inspection.evidence)
        if not findings:
            findings = [_broke_off(execution)]
        return conclude(
            self.name,
            findings,
            started=started,
            evidence=evidence,
            done="the page loads, its controls work and every scenario holds",
        )


def find_browser(setting: str = "") -> Path | None:
    """The browser to use: the one that was set, else the first that is installed."""
    if setting:
        path = shutil.which(setting)
        return _real(Path(path)) if path else None
    found = [path for path in (shutil.which(name) for name in NAMES) if path]
    known = [Path(path) for path in (*found, *MAC) if os.access(path, os.X_OK)]
    return next((_real(place) for place in (*_downloaded(), *known)), None)


def _downloaded() -> list[Path]:
    """What `playwright install` fetched, newest first, the headless build before the full one."""
    caches = (
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""),
        str(Path.home() / ".cache/ms-playwright"),
        str(Path.home() / "Library/Caches/ms-playwright"),
    )
    folders = [Path(cache) for cache in caches if cache and Path(cache).is_dir()]
    return [
        path
        for pattern in OWN
        for folder in folders
        for path in sorted(folder.glob(pattern), reverse=True)
        if os.access(path, os.X_OK)
    ]


def _real(path: Path) -> Path:
    """The program behind a distribution's start script, which would look at the whole machine."""
    path = path.resolve()
    if read_plain(path, 2) != b"#!":
        return path
    for place in (Path("/usr/lib", path.name, path.name), Path("/usr/lib64", path.name, path.name)):
        if os.access(place, os.X_OK):
            return place
    return path


def _browser_folder(executable: Path) -> Path:
    """What a browser reads beside the system's files: its own folder, on a Mac its bundle."""
    return executable.parents[2] if sys.platform == "darwin" else executable.parent


def _job(inspection: Inspection, place: Scratch, executable: Path) -> Job:
    run, options = run_of(inspection.manifest), inspection.options
    scenarios = options.get("scenarios", inspection.manifest.get("scenarios", ()))
    return Job(
        app=place.app,
        out=place.out,
        kind=run.kind,
        command=launch_command(run, python=sys.executable),
        health=run.health,
        executable=str(executable),
        scenarios=tuple(scenarios),
        controls=int(options.get("controls", 12)),
        step_seconds=float(options.get("step_seconds", 2.5)),
        seconds=float(options.get("seconds", 60)),
        patience=float(options.get("patience", 25)),
    )


def _keep(place: Scratch, pictures: Sequence[str], evidence: Path) -> list[str]:
    """Copy the pictures beside the run; only what is a PNG file of a sensible size."""
    kept = []
    for name in pictures:
        data = place.read(name, PICTURE_BYTES + 1)
        if not data.startswith(PNG) or len(data) > PICTURE_BYTES:
            continue
        evidence.mkdir(parents=True, exist_ok=True)
        (evidence / name).write_bytes(data)
        kept.append(str(evidence / name))
    return kept


def _broke_off(execution: Execution) -> Finding:
    """No report: the app hung the browser, or the browser did not run at all."""
    if execution.ended_by in ("time", "memory", "size"):
        return failed(
            "load", f"the browser check used up its {execution.ended_by}: an endless loop?"
        )
    lines = execution.stderr.decode("utf-8", "replace").strip().splitlines() or ["no output"]
    return Finding(
        name="browser", outcome="skipped", message=f"the browser did not run: {lines[-1][:150]}"
    )
