"""What the hidden tests share: the address of the app, a fresh page for each test, an HTTP client.

`BASE_URL` says where the app under test listens; `BASE_URLS`, a JSON object of app name to address,
does so for several apps in one run. `APP_TEST_PATIENCE` is how many seconds a test
waits for something to appear (default 4). The browser finds no other host, so a page that needs the
internet fails here as it would on a laptop on a train.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect, sync_playwright

PATIENCE = float(os.environ.get("APP_TEST_PATIENCE", "4")) * 1000
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


class Screen:
    """A page as a person uses it: every control is found by its `data-testid`."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url

    def open(self, path: str = "/") -> None:
        """Go to a path of the app."""
        self.page.goto(self.base_url + path, wait_until="load")

    def reload(self) -> None:
        """Load the same page again, as with F5."""
        self.page.reload(wait_until="load")

    def at(self, name: str, within: Locator | None = None) -> Locator:
        """All elements with this `data-testid`, in the page or inside another element."""
        return (within or self.page).get_by_test_id(name)

    def row(self, name: str, text: str) -> Locator:
        """The elements with this `data-testid` whose text or fields hold `text`."""
        return self.at(name).filter(has_text=text)

    def fill(self, name: str, text: str) -> None:
        """Type into a field, replacing what it held."""
        self.at(name).fill(text)

    def click(self, name: str) -> None:
        """Click a control."""
        self.at(name).click()

    def choose(self, name: str, label: str) -> None:
        """Pick the option whose visible text is `label`, whatever its value is."""
        select = self.at(name)
        words = re.compile(rf"^\s*{re.escape(label)}\s*$", re.IGNORECASE)
        exact = select.locator("option", has_text=words)
        expect(exact).to_have_count(1)
        select.select_option(index=exact.evaluate("option => option.index"))

    def says(self, name: str, text: str | re.Pattern[str]) -> None:
        """The element is visible and its text, spaces trimmed, is `text`."""
        expect(self.at(name)).to_be_visible()
        expect(self.at(name)).to_have_text(text)

    def mentions(self, name: str, text: str) -> None:
        """The element is visible and `text` is part of its text."""
        expect(self.at(name)).to_be_visible()
        expect(self.at(name)).to_contain_text(text)

    def silent(self, name: str) -> None:
        """The element shows nothing: absent, hidden or without text all count."""
        shown = self.at(name).filter(visible=True, has_text=re.compile(r"\S"))
        expect(shown).to_have_count(0)

    def shows(self, name: str, number: int) -> None:
        """Exactly this many of the elements are visible."""
        expect(self.at(name).filter(visible=True)).to_have_count(number)

    def lists(self, name: str, texts: list[str]) -> None:
        """The visible elements hold these texts, in this order."""
        expect(self.at(name).filter(visible=True)).to_contain_text(texts)
        self.shows(name, len(texts))

    def holds(self, name: str, value: str) -> None:
        """The field's value is `value`."""
        expect(self.at(name)).to_have_value(value)


@pytest.fixture(scope="module")
def base_url(request: pytest.FixtureRequest) -> str:
    """Where the app of this test file listens, without a slash at the end."""
    addresses: dict[str, str] = json.loads(os.environ.get("BASE_URLS", "{}"))
    return addresses.get(request.path.parent.name, os.environ.get("BASE_URL", "")).rstrip("/")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of an app."""
    path = os.environ.get("APP_TEST_CHROMIUM") or shutil.which("chromium")
    arguments = [OFFLINE, "--disable-gpu", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's own sandbox refuses to run as root
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def _accept(dialog: Dialog) -> None:
    dialog.accept()


@pytest.fixture
def screen(browser: Browser, base_url: str) -> Iterator[Screen]:
    """The app's first page in a browser that has never seen it; "are you sure?" is answered yes."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(max(PATIENCE, 10_000))
    page = context.new_page()
    page.on("dialog", _accept)
    screen = Screen(page, base_url)
    screen.open()
    yield screen
    context.close()


@pytest.fixture
def api(base_url: str) -> Iterator[httpx2.Client]:
    """An HTTP client that speaks to the app and follows no redirects."""
    with httpx2.Client(base_url=base_url, timeout=10.0, trust_env=False) as client:
        yield client


@pytest.fixture
def word() -> str:
    """A word no other test has used: the server keeps its data from test to test."""
    return "w" + uuid.uuid4().hex[:10]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note each test's outcome at once, so that a hang later loses nothing."""
    if report.passed and report.when != "call":
        return
    lines = report.longreprtext.strip().splitlines()
    errors = [line[1:].strip() for line in lines if line.startswith("E ")]
    note = {
        "app": Path(report.fspath).parent.name,
        "name": report.nodeid.rpartition("::")[2],
        "passed": report.passed,
        "message": (errors or lines or [""])[0][:300],
    }
    if path := os.environ.get("APP_TEST_OUTCOMES"):
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(note) + "\n")
