"""Three changes in a row: do they work, does what worked still work, does undo go back to each?

    changes.py --app DIR --into DIR    the app of `benchmarks/apps/todo-list`, as `run.py` built it

Each change is made by `homesmith build --in`, shown by a check in a real browser that the builder
never saw, and followed by the app's own hidden tests. Then every step is gone back to and compared
byte for byte.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent / "apps"))

from hidden import hidden_tests

from homesmith.builder.checks.browser import find_browser
from homesmith.lab.suite import load_suite
from homesmith.workspace.sandbox import detect

APPS = Path(__file__).parent / "apps"
Check = Callable[[Page], None]


def add(page: Page, text: str) -> None:
    """Add a task."""
    page.get_by_test_id("new-todo").fill(text)
    page.get_by_test_id("add").click()


def dark(page: Page) -> None:
    """A button turns the page dark; it stays so after a reload, and can be turned back."""
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    button = page.get_by_role("button", name="Dark").first
    button.click()
    shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shown != light, "the background is the same"
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == shown
    page.get_by_role("button", name="Light").first.click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def done(page: Page) -> None:
    """The number of done tasks is shown."""
    add(page, "One")
    add(page, "Two")
    expect(page.get_by_text("0 done", exact=True)).to_be_visible()
    page.get_by_test_id("todo-toggle").first.check()
    expect(page.get_by_text("1 done", exact=True)).to_be_visible()


def priority(page: Page) -> None:
    """A task has the priority that was picked, after a reload too."""
    page.get_by_test_id("new-priority").select_option(label="High")
    add(page, "Pay the rent")
    expect(page.get_by_test_id("todo-priority")).to_have_text("High")
    page.reload()
    expect(page.get_by_test_id("todo-priority")).to_have_text("High")


PRIORITY = """Each task gets a priority: a dropdown `new-priority` with Normal and High beside the
text field, and every task shows its priority in `todo-priority`."""
CHANGES: tuple[tuple[str, Check], ...] = (
    ("Add a dark mode switch.", dark),
    ('Show how many tasks are done, for example "1 done".', done),
    (PRIORITY, priority),
)


def homesmith(*words: str) -> list[dict[str, object]]:
    """Run a command; its JSON lines."""
    command = [sys.executable, "-m", "homesmith.doors.cli", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the app."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def holds(app: Path, check: Check) -> str:
    """What a check in a fresh browser finds wrong; "" if it holds."""
    with sync_playwright() as playwright:
        found = find_browser("")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(4000)
        page.goto((app / "index.html").resolve().as_uri())
        try:
            check(page)
        except (AssertionError, BrowserError) as error:
            return " ".join(str(error).split())[:160]
        finally:
            browser.close()
    return ""


def hidden(app: Path) -> str:
    """How many of the app's hidden tests pass."""
    todo = load_suite(APPS).app("todo-list")
    outcomes, _ = asyncio.run(hidden_tests(todo, app, detect()))
    return f"{sum(one.passed for one in outcomes)}/{len(outcomes)}"


def main() -> int:
    """0 if every change works, nothing broke and every step came back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--minutes", default="10")
    arguments = parser.parse_args()
    app = arguments.into.resolve()
    if app.exists():
        parser.error(f"{app} exists")
    shutil.copytree(arguments.app, app)
    states, first = [contents(app)], steps(app) + 1
    print(f"before: hidden tests {hidden(app)}", flush=True)
    good = True
    for words, _ in CHANGES:
        good = changed(app, words, arguments.minutes, len(states)) and good
        states.append(contents(app))
    for step, state in enumerate(states, start=first):
        homesmith("undo", str(app), str(step))
        same = contents(app) == state
        good = good and same
        print(f"undo to step {step}: {'the same bytes' if same else 'NOT the same'}")
    return 0 if good else 1


def steps(app: Path) -> int:
    """How many steps are known of this folder; an earlier app in the same place left some."""
    command = [sys.executable, "-m", "homesmith.doors.cli", "undo", str(app), "--list"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return sum(line.split()[0].isdecimal() for line in told.splitlines() if line.split())


def changed(app: Path, words: str, minutes: str, number: int) -> bool:
    """Make one change and say what became of it; whether it and all before it work."""
    began = monotonic()
    told = homesmith(
        *("build", "--in", str(app), words),
        *("--budget-minutes", minutes, "--yes", "--no-context"),
    )
    seconds, last = monotonic() - began, told[-1] if told else {}
    wrong = [
        f"change {place}: {found}"
        for place, (_, check) in enumerate(CHANGES[:number], start=1)
        if (found := holds(app, check))
    ]
    tests = hidden(app)
    said = " ".join(words.split())[:48]
    tokens = last.get("tokens")
    written = tokens.get("answer", 0) if isinstance(tokens, dict) else 0
    print(
        f"{said:<48} {seconds:5.0f} s {written:>5} tokens  "
        f"hidden {tests}  {last.get('event')}  {'; '.join(wrong) or 'works'}",
        flush=True,
    )
    return last.get("passed") is True and not wrong


if __name__ == "__main__":
    sys.exit(main())
