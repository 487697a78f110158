"""The page of a measurement, as a browser shows it on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from homesmith.builder.checks.browser import find_browser
from homesmith.lab.attempts import Attempt
from homesmith.lab.figures import Figure
from homesmith.lab.measurement import Measurement, measurement
from homesmith.lab.page import page

LONG = "auto@qwen2.5-coder:1.5b-with-a-rather-long-name"
OUTSIDE = """
() => [...document.querySelectorAll("main *")]
  .filter(one => one.checkVisibility() && !one.closest("thead") && !one.closest(".axes"))
  .filter(one => { const box = one.getBoundingClientRect();
    return box.right > innerWidth || box.left < 0 })
  .map(one => one.tagName)
"""


def tried(strategy: str, suite: str, solved: int, why: str) -> list[Attempt]:
    return [
        Attempt(
            suite=suite,
            task=f"t{number}",
            strategy=strategy,
            model="m",
            seed=0,
            verdict="passed" if number < solved else "wrong",
            why="" if number < solved else why,
            answer_tokens=100,
            seconds=1.5,
        )
        for number in range(50)
    ]


def measured() -> Measurement:
    why = f"does not contain 'Ada', but {'x' * 90}"
    sides = [
        (name, [*tried(name, "mine", solved, why), *tried(name, "humaneval", solved, "secret")])
        for name, solved in (("direct", 0), (LONG, 49))
    ]
    figure = Figure(suite="memory", way="by words and by meaning", name="any@5", value=0.9)
    made = measurement(sides, model="m", at="now", version="1", figures=[figure])
    return replace(made, left_out={"mine": 22}, removed={"mine": 1})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = find_browser()
    if found is None:
        pytest.skip("there is no browser on this machine")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield made
        made.close()


@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_of_the_page_is_out_of_sight(browser: Browser, tmp_path: Path, width: int) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(measured()), encoding="utf-8")
    shown = browser.new_page(viewport={"width": width, "height": 800})
    shown.goto(file.as_uri())
    shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert shown.evaluate(OUTSIDE) == []
    assert shown.evaluate("document.documentElement.scrollWidth") == width
    assert shown.locator("circle.bar").count() == 4
    shown.close()


def test_failed_tasks_are_told_by_name_with_the_reason_but_for_published_suites() -> None:
    text = page(measured())
    mine, published = text.split('id="suite-2"')
    assert "50 tasks not solved by all, and why" in mine
    assert "direct: wrong; does not contain &#39;Ada&#39;" in mine
    assert "50 tasks not solved by all<" in published
    assert "direct: wrong<" in published
    assert "secret" not in text
    assert "22 left out: they are no tasks." in mine
    assert "1 task tried, no longer in it" in mine
