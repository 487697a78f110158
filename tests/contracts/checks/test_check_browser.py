"""The browser check, on small real apps in a real browser in the real sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from homesmith.builder.checks.browser import BrowserCheck, find_browser
from homesmith.core.checks import Finding, Inspection, Verdict
from homesmith.core.sandboxes import Sandbox

Inspect = Callable[..., Inspection]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.sandbox,
    pytest.mark.usefixtures("browser"),
]

PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tasks</title></head>
<body><h1>Tasks</h1>
<form id="form"><input id="text" required><button data-testid="add">Add</button></form>
<label><input type="checkbox" id="big"> Big</label>
<select id="sort"><option value="n">New</option><option value="o">Old</option></select>
<ul id="list"></ul><p id="left" style="text-transform: uppercase"></p>
<button id="clear">Clear</button>
<script src="app.js"></script></body></html>
"""
SCRIPT = """\
"use strict";
let tasks = JSON.parse(localStorage.getItem("tasks") ?? "[]");
const list = document.getElementById("list");
function draw() {
  list.replaceChildren(...tasks.map((task) => {
    const item = document.createElement("li");
    item.textContent = task;
    const remove = document.createElement("button");
    remove.dataset.testid = "remove";
    remove.addEventListener("click", () => { REMOVE });
    item.append(remove);
    return item;
  }));
  document.getElementById("left").textContent = tasks.length + " left";
  localStorage.setItem("tasks", JSON.stringify(tasks));
}
document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  tasks.push(document.getElementById("text").value);
  event.target.reset();
  draw();
});
document.getElementById("clear").addEventListener("click", () => {
  if (confirm("Sure?")) { tasks = []; draw(); }
});
draw();
"""
GOOD = SCRIPT.replace("REMOVE", "tasks = tasks.filter((other) => other !== task); draw();")


SERVER = """\
from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse

PAGE = '''
<h1>Notes</h1>
<form method="post" action="/add"><input name="title"><button id="add">Add</button></form>
<form method="post" action="/break"><button id="break">Break</button></form>
'''
app = FastAPI()


@app.get("/", response_class=HTMLResponse)
def index():
    return PAGE


@app.post("/add")
def add(name: Annotated[str, Form()]):
    return {"name": name}


@app.post("/break")
def broken():
    return 1 / 0
"""


def step(action: str, target: str = "", text: str = "") -> dict[str, str]:
    return {"action": action, "target": target, "text": text}


def red(verdict: Verdict) -> dict[str, Finding]:
    return {item.name: item for item in verdict.failures}


async def test_a_good_app_passes_with_a_picture(inspect: Inspect, sandbox: Sandbox) -> None:
    play = [
        step("type", "#text", "Milk"),
        step("click", "[data-testid=add]"),
        step("see", "#list", "Milk"),
        step("count", "#list li", "1"),
        step("value", "#text", ""),
        step("select", "#sort", "Old"),
        step("value", "#sort", "o"),
        step("check", "#big"),
        step("reload"),
        step("see", "", "1 left"),
        step("click", "#clear"),
        step("not_see", "#list", "Milk"),
        step("enabled", "#clear"),
    ]
    keys = [
        step("type", "#text", "Tea"),
        step("press", "#text", "enter"),
        step("see", "", "Tea"),
        step("not_see", "", "Milk"),
    ]
    scenarios = [{"criterion": "a", "steps": play}, {"criterion": "b", "steps": keys}]
    inspection = inspect({"index.html": PAGE, "app.js": GOOD}, sandbox=sandbox, scenarios=scenarios)
    before = {path.name: path.read_bytes() for path in inspection.root.iterdir()}
    verdict = await BrowserCheck().check(inspection)
    assert verdict.outcome == "passed", verdict
    names = {item.name for item in verdict.findings}
    assert {"load", 'control:[data-testid="add"]', "control:#clear", "scenario:2"} <= names
    assert 'control:[data-testid="remove"]' in names, "controls that appear later are tried too"
    assert [Path(file).name for file in verdict.evidence] == ["load.png", "scenario-2.png"]
    assert all(Path(file).read_bytes().startswith(b"\x89PNG") for file in verdict.evidence)
    assert before == {path.name: path.read_bytes() for path in inspection.root.iterdir()}


async def test_what_does_not_work_is_told_with_its_place(
    inspect: Inspect, sandbox: Sandbox
) -> None:
    page = PAGE.replace("<h1>", '<button id="dead">Dead</button><h1>')
    page = page.replace("<h1>", '<form><input><button id="lost">Send</button></form><h1>')
    script = SCRIPT.replace("REMOVE", "gone.remove();")
    scenarios = [
        {"criterion": "a", "steps": [step("see", "#left", "5 left")]},
        {"criterion": "b", "steps": [step("click", "[data-testid=addd]")]},
        {"criterion": "c", "steps": [step("count", "#list li", "2")]},
        {"criterion": "d", "steps": [step("select", "#sort", "Best")]},
        {"criterion": "e", "steps": [step("see", "li:contains('x')", "x")]},
        {"criterion": "f", "steps": [step("goto", "", "https://example.com/")]},
        {"steps": [{"action": "dance"}]},
    ]
    verdict = await BrowserCheck().check(
        inspect(
            {"index.html": page, "app.js": script},
            sandbox=sandbox,
            scenarios=scenarios,
            step_seconds=0.5,
        )
    )
    found = red(verdict)
    assert set(found) == {
        "control:#dead",
        "control:#lost",
        'control:[data-testid="remove"]',
        *(f"scenario:{number}" for number in range(1, 8)),
    }
    remove = found['control:[data-testid="remove"]']
    assert "threw ReferenceError: gone is not defined at app.js:10" in remove.message
    assert (remove.file, remove.line) == ("app.js", 10)
    assert "nothing listens" in found["control:#lost"].message
    said = [found[f"scenario:{number}"].message for number in range(1, 8)]
    assert said[0] == '#left should show "5 left", but it shows "0 LEFT"'
    assert '[data-testid="add"]' in said[1]
    assert "there are 0" in said[2]
    assert "its options are New, Old" in said[3]
    assert "not a valid CSS selector" in said[4]
    assert "stays inside the app" in said[5]
    assert "not a step" in said[6]
    assert all(len(item.message) <= 200 for item in verdict.findings)


async def test_a_page_that_loads_with_troubles(inspect: Inspect, sandbox: Sandbox) -> None:
    page = PAGE.replace("</body>", '<script src="gone.js"></script></body>')
    script = "console.error('no good');fetch('https://api.test/x').catch(() => 0);\nnull.x;"
    verdict = await BrowserCheck().check(
        inspect({"index.html": page, "app.js": script}, sandbox=sandbox, controls=0)
    )
    found = red(verdict)
    assert set(found) == {"load:exception", "load:console", "load:request"}
    assert "threw TypeError" in found["load:exception"].message
    assert (found["load:exception"].file, found["load:exception"].line) == ("app.js", 2)
    assert "no good at app.js:1" in found["load:console"].message
    assert "GET gone.js answered 404" in found["load:request"].message
    assert "https://api.test/x; the app must work offline" in found["load:request"].message


async def test_a_blank_page_is_red(inspect: Inspect, sandbox: Sandbox) -> None:
    page = "<!doctype html><body><div id=root></div><script>null.x</script></body>"
    found = red(await BrowserCheck().check(inspect({"index.html": page}, sandbox=sandbox)))
    assert set(found) == {"load"}
    assert "blank: TypeError" in found["load"].message


async def test_page_and_server_that_disagree(inspect: Inspect, sandbox: Sandbox) -> None:
    verdict = await BrowserCheck().check(
        inspect({"app.py": SERVER}, sandbox=sandbox, server=True, step_seconds=0.5)
    )
    found = red(verdict)
    assert "made POST add answer 422: the field name is not sent" in found["control:#add"].message
    broken = found["control:#break"]
    assert "POST break answered 500: ZeroDivisionError" in broken.message
    assert (broken.file, broken.line) == ("app.py", 26)
    assert set(found) == {"control:#add", "control:#break"}


async def test_an_endless_loop_ends(inspect: Inspect, sandbox: Sandbox) -> None:
    script = "document.getElementById('clear').onclick = () => { for (;;); };"
    verdict = await BrowserCheck().check(
        inspect({"index.html": PAGE, "app.js": script}, sandbox=sandbox, patience=12)
    )
    assert "endless loop" in red(verdict)["control:#clear"].message
    assert "load" in {item.name for item in verdict.findings}


async def test_without_a_browser_it_says_so(inspect: Inspect, sandbox: Sandbox) -> None:
    inspection = inspect({"index.html": PAGE}, sandbox=sandbox, browser="no-such-browser")
    verdict = await BrowserCheck().check(inspection)
    assert verdict.outcome == "skipped"
    assert "playwright install" in verdict.summary


def test_a_named_browser_is_found(browser: Path, tmp_path: Path) -> None:
    assert find_browser(str(browser)) == browser
    assert find_browser(str(tmp_path / "none")) is None


ROUNDS = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rounds</title></head><body>
<button data-testid="pick">Rome</button><button data-testid="pick">Oslo</button>
<p data-testid="told"></p><script src="app.js"></script></body></html>
"""
PICKING = """\
const told = document.querySelector("[data-testid=told]");
for (const pick of document.querySelectorAll("[data-testid=pick]"))
  pick.onclick = () => { told.textContent = pick.textContent; };
"""


async def test_a_click_with_a_text_is_on_what_shows_it(inspect: Inspect, sandbox: Sandbox) -> None:
    pick, told = '[data-testid="pick"]', '[data-testid="told"]'

    def picking(text: str) -> dict[str, object]:
        click = {"action": "click", "target": pick, "text": text}
        return {
            "criterion": text,
            "steps": [click, {"action": "see", "target": told, "text": "Oslo"}],
        }

    inspection = inspect(
        {"index.html": ROUNDS, "app.js": PICKING},
        sandbox=sandbox,
        scenarios=[picking("Oslo"), picking("Rome"), picking("Bern")],
    )
    verdict = await BrowserCheck().check(inspection)
    outcomes = {one.name: one.outcome for one in verdict.findings if "scenario" in one.name}
    assert outcomes == {"scenario:1": "passed", "scenario:2": "failed", "scenario:3": "failed"}
