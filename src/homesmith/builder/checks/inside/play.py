"""Play one scenario in a tab: act like a person, and wait a little for what must be seen."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooSlow

from homesmith.builder.checks.inside import clock
from homesmith.builder.checks.inside.jobs import short
from homesmith.builder.checks.inside.tab import Tab
from homesmith.core.steps import Scenario, Step

POLL_MILLISECONDS = 60
TESTID = re.compile(r'^\[data-testid="([\w-]+)"\]$')
OFF = ("false", "off", "no", "unchecked")
KEYS = {"enter": "Enter", "return": "Enter", "esc": "Escape", "escape": "Escape", "tab": "Tab"}


class StepFailed(Exception):
    """A step could not be done, or what it expects did not come. The text says what was there."""


def play(tab: Tab, scenario: Scenario, seconds: float, begin: Callable[[str], None]) -> str:
    """Run the steps on the page that is open; an empty string, or which step failed, and why.

    `begin` is told each step before it is done. A step waits at most `seconds`.
    """
    for number, step in enumerate(scenario.steps, start=1):
        begin(f"step {number} {describe(step)}")
        try:
            _run(tab.page, step, seconds)
        except StepFailed as failure:
            reason = str(failure)
        except BrowserError as error:
            reason = short(error.message.split("\n")[0], 120)
        else:
            continue
        before = ", ".join(describe(done) for done in scenario.steps[: number - 1])
        return f"{_wanted(step)}, but {reason}" + (f" (after: {before})" if before else "")
    return ""


def describe(step: Step) -> str:
    """A step in one short phrase."""
    words: list[str] = [step.action]
    if step.target:
        words.append(TESTID.sub(r"\1", step.target))
    if step.text:
        words.append(f'"{short(step.text, 60)}"')
    return " ".join(words)


def _wanted(step: Step) -> str:
    """What should be so, as a person would say it."""
    target, text = TESTID.sub(r"\1", step.target) or "the page", short(step.text, 60)
    match step.action:
        case "see":
            return f'{target} should show "{text}"' if text else f"{target} should be visible"
        case "not_see":
            return f'{target} should not show "{text}"' if text else f"{target} should be hidden"
        case "value":
            return f'{target} should hold "{text}"'
        case "count":
            return f"there should be {text} {target}"
        case "enabled" | "disabled":
            return f"{target} should be {step.action}"
        case _:
            return f"{describe(step)} should be possible"


def _run(page: Page, step: Step, seconds: float) -> None:
    match step.action:
        case "reload":
            page.reload(wait_until="load", timeout=8000)
        case "goto":
            page.goto(_inside(page, step.text), wait_until="load", timeout=8000)
        case "press" if not step.target:
            page.keyboard.press(KEYS.get(step.text.lower(), step.text))
        case "click" | "type" | "select" | "check" | "press":
            clock.insist(partial(_act, page, step, seconds), seconds=seconds, gave_up=TooSlow)
        case _:
            _expect(page, step, seconds)


def _inside(page: Page, text: str) -> str:
    url = urljoin(page.url, text or "/")
    if urlsplit(url).netloc != urlsplit(page.url).netloc:
        raise StepFailed("a scenario stays inside the app")
    return url


def _act(page: Page, step: Step, seconds: float) -> None:
    _wait(
        page,
        step,
        seconds,
        lambda sight: _can_act(step, sight),
    )
    target = page.locator(f"css={step.target or 'body'}")
    shown = target.locator("visible=true")
    if step.action == "click" and step.text:
        shown = shown.filter(has_text=step.text)
    element = (shown if shown.count() else target).first
    milliseconds = seconds * 1000
    match step.action:
        case "click":
            element.click(timeout=milliseconds)
        case "press":
            element.press(KEYS.get(step.text.lower(), step.text), timeout=milliseconds)
        case "check":
            _check(element, step.text.lower() not in OFF, milliseconds)
        case _:
            _enter(element, step.text, milliseconds)


def _can_act(step: Step, sight: dict[str, Any]) -> bool:
    if step.action == "click" and step.text:
        return _sees(step.text, sight)
    return sight["seen"] > 0 or (step.action == "check" and sight["found"] > 0)


def _check(element: Locator, on: bool, milliseconds: float) -> None:
    kind = element.get_attribute("type", timeout=milliseconds)
    if kind not in ("checkbox", "radio"):
        element.click(timeout=milliseconds)
    elif element.is_visible():
        if element.is_checked() != on:  # what happens then may take the element away
            element.click(timeout=milliseconds)
    elif element.is_checked() != on:
        element.evaluate("element => element.click()")


def _enter(element: Locator, text: str, milliseconds: float) -> None:
    kind = element.evaluate("element => element.localName + ':' + (element.type ?? '')")
    if kind.startswith("select"):
        options = element.evaluate(
            "element => [...element.options].map(o => [o.value, o.text.trim()])"
        )
        values = [value for value, label in options if text in (value, label)]
        if not values:
            raise StepFailed("its options are " + ", ".join(label for _, label in options))
        element.select_option(values[0], timeout=milliseconds)
    elif kind == "input:number" and not _is_number(text):
        element.fill("", timeout=milliseconds)
        element.press_sequentially(text, timeout=milliseconds)
    else:
        element.fill(text, timeout=milliseconds)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text == ""
    return True


def _expect(page: Page, step: Step, seconds: float) -> None:
    _wait(page, step, seconds, lambda sight: holds(step, sight))


def holds(step: Step, sight: dict[str, Any]) -> bool:
    """Whether what is on the page now satisfies an assertion."""
    match step.action:
        case "see":
            return _sees(step.text, sight) if step.text else sight["seen"] > 0
        case "not_see":
            return not (_sees(step.text, sight) if step.text else sight["seen"] > 0)
        case "value":
            return any(_same(value, step.text) for value in sight["values"][:1])
        case "count":
            return step.text.strip().isdecimal() and sight["seen"] == int(step.text)
        case "enabled":
            return sight["found"] > 0 and not sight["disabled"][0]
        case _:
            return sight["found"] > 0 and bool(sight["disabled"][0])


def _sees(text: str, sight: dict[str, Any]) -> bool:
    """True also when only the style sheet changed the case of the letters."""
    wanted = " ".join(text.split())
    for shown, raw in zip(sight["texts"], sight["raw"], strict=True):
        plain = " ".join(shown.split())
        if wanted in plain:
            return True
        if wanted.lower() in plain.lower() and wanted in " ".join(raw.split()):
            return True
    return False


def _same(value: str, text: str) -> bool:
    if value == text:
        return True
    return (
        _is_number(value)
        and _is_number(text)
        and "" not in (value, text)
        and float(value) == float(text)
    )


def _wait(page: Page, step: Step, seconds: float, done: Callable[[dict[str, Any]], bool]) -> None:
    deadline = clock.now() + seconds
    sight: dict[str, Any] = {}
    while True:
        sight = _look(page, step.target)
        if sight and done(sight):
            return
        if clock.now() > deadline:
            raise StepFailed(_what_is_there(page, step, sight))
        page.wait_for_timeout(POLL_MILLISECONDS)


def _look(page: Page, target: str) -> dict[str, Any]:
    try:
        sight: dict[str, Any] = page.evaluate(
            "selector => window.__homesmith.look(selector)", target
        )
    except BrowserError as error:
        if "not a valid selector" in error.message:
            raise StepFailed("this is not a valid CSS selector") from error
        return {}  # The page is on its way to another one; the next look will see it.
    return sight


def _what_is_there(page: Page, step: Step, sight: dict[str, Any]) -> str:
    if not sight:
        return "the page does not answer"
    if step.action == "count":
        return f"there are {sight['seen']}"
    if sight["found"] == 0:
        return "nothing matches it" + _nearest(page, step.target)
    if sight["seen"] == 0:
        return "it is in the page but not visible"
    if step.action == "value":
        return f'it holds "{short(sight["values"][0], 80)}"'
    if step.action in ("enabled", "disabled"):
        return "it is disabled" if sight["disabled"][0] else "it is enabled"
    shown = short(" ".join(sight["texts"]), 90)
    return f'it shows "{shown}"' if shown else "it is empty"


def _nearest(page: Page, target: str) -> str:
    try:
        names: list[str] = page.evaluate("() => window.__homesmith.names()")
    except BrowserError:
        return ""
    near = difflib.get_close_matches(target, names, n=3, cutoff=0.4) or names[:3]
    return "; the page has " + ", ".join(near) if near else "; the page has no ids"
