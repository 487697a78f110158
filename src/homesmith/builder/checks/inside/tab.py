"""One browser page and everything that goes wrong in it, in words a reader can act on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as TooSlow

from homesmith.builder.checks.inside import clock
from homesmith.builder.checks.inside.jobs import short

HELPERS = "helpers.js"
PLACE = re.compile(r"(https?://[^\s()]+?):(\d+):\d+")
ORIGIN = re.compile(r"https?://127\.0\.0\.1:\d+")
USUAL_LOAD_SECONDS = 0.5
LOAD_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that went wrong: kind is exception, console, request or server."""

    kind: str
    message: str
    file: str = ""
    line: int = 0
    detail: str = ""

    @property
    def text(self) -> str:
        place = f" at {self.file}:{self.line}" if self.file and self.line else ""
        return short(self.message + place, 170)


def _as_it_is(trouble: Trouble) -> Trouble:
    return trouble


@dataclass  # Without slots: Playwright keeps its wrappers of our methods on the instance.
class Tab:
    """A page that records. `troubles` grow until `forget`; dialogs are accepted and noted.

    `explain` may add to a trouble what only the server knows.
    """

    browser: Browser
    troubles: list[Trouble] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: int = 0
    load_seconds: float = 0.0
    explain: Callable[[Trouble], Trouble] = _as_it_is
    page: Page = field(init=False)
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self._new_page()

    def open(self, origin: str, path: str = "/") -> int:
        """Go to a page with a clean record; its HTTP status. Raises BrowserError."""
        self.forget()
        started = clock.now()
        try:
            status = clock.insist(
                partial(self._go, origin + path), seconds=LOAD_SECONDS, gave_up=TooSlow
            )
        except BrowserError:
            self.replace_page()
            raise
        self.load_seconds = clock.now() - started
        return status

    @property
    def pace(self) -> float:
        """How much slower than usual this machine is right now, 1 to 4, by its last page load."""
        return max(1.0, min(4.0, self.load_seconds / USUAL_LOAD_SECONDS))

    def forget(self) -> None:
        """Start a new record."""
        self.troubles.clear()
        self.dialogs.clear()
        self.answers.clear()
        self.requests = 0

    def replace_page(self) -> None:
        """Throw away a page that hangs or crashed."""
        old, self.page = self.page, self._new_page()
        try:
            old.context.close()
        except BrowserError:
            return

    def worst(self) -> Trouble | None:
        """The first uncaught exception or server error on record, explained."""
        found = (item for item in self.troubles if item.kind in ("exception", "server"))
        trouble = next(found, None)
        return self.explain(trouble) if trouble else None

    def settle(self, milliseconds: int = 40) -> None:
        """Let events that are already on their way arrive."""
        self.page.wait_for_timeout(milliseconds)

    def _go(self, url: str) -> int:
        response = self.page.goto(url, wait_until="load", timeout=1000 * LOAD_SECONDS)
        return response.status if response else 200

    def _new_page(self) -> Page:
        context = self.browser.new_context(viewport={"width": 1024, "height": 720})
        context.add_init_script(path=str(Path(__file__).with_name("page.js")))
        page = context.new_page()
        page.on("pageerror", self._on_exception)
        page.on("console", self._on_console)
        page.on("dialog", self._on_dialog)
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failed_request)
        page.on("response", self._on_response)
        return page

    def _on_exception(self, error: BrowserError) -> None:
        name = error.name or "Error"
        message = error.message.removeprefix(f"{name}: ")
        file, line = _place(error.stack or "")
        self.troubles.append(
            Trouble(kind="exception", message=f"{name}: {message}", file=file, line=line)
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or message.text.startswith("Failed to load resource"):
            return
        url, line = message.location.get("url", ""), message.location.get("lineNumber", -1) + 1
        self.troubles.append(
            Trouble(kind="console", message=message.text, file=local_path(url), line=line)
        )

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        if dialog.type == "prompt":
            dialog.accept(dialog.default_value or "Sample text")
        else:
            dialog.accept()

    def _on_request(self, request: Request) -> None:
        self.requests += 1

    def _on_failed_request(self, request: Request) -> None:
        if request.failure and "ERR_ABORTED" in request.failure:
            return
        outside = not ORIGIN.match(request.url) and request.url.startswith("http")
        what = (
            f"the page asks the internet for {request.url}; the app must work offline"
            if outside
            else f"{request.method} {local_path(request.url)} got no answer"
        )
        self.troubles.append(Trouble(kind="request", message=what))

    def _on_response(self, response: Response) -> None:
        if response.status < 400:
            return
        request = response.request
        what = f"{request.method} {local_path(response.url)} answered {response.status}"
        kind = "server" if response.status >= 500 else "request"
        self.answers.append(response)
        self.troubles.append(Trouble(kind=kind, message=what, detail=str(response.status)))


def local_path(url: str) -> str:
    """The path of a URL of the app itself, without the leading slash; other URLs whole."""
    if not ORIGIN.match(url):
        return url
    parts = urlsplit(url)
    return parts.path.lstrip("/") or "index.html"


def _place(stack: str) -> tuple[str, int]:
    """Where an exception comes from; a helper that throws was called wrongly by somebody."""
    places = [
        (local_path(url), int(line)) for url, line in PLACE.findall(stack) if ORIGIN.match(url)
    ]
    return next((one for one in places if one[0] != HELPERS), places[0] if places else ("", 0))
