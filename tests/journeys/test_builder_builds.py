"""Builds from words to a checked app: everything is real but the model, which plays a tape."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homesmith.builder.controls import read_page
from homesmith.builder.conversation import framed
from homesmith.builder.manifest import read_manifest
from homesmith.builder.outline import written
from homesmith.builder.script_outline import script_outline
from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest, Progress
from homesmith.core.engines import Engine
from homesmith.core.errors import EngineCrashed
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.core.runs import (
    Accepted,
    Candidate,
    Entry,
    Finished,
    Rejected,
    RunEvent,
    RunFailed,
    RunId,
    Warned,
)
from homesmith.engines.scripted import ScriptedEngine
from homesmith.settings import Settings, load
from homesmith.studio import Studio

MODEL = ModelId("qwen2.5-coder:1.5b")
WISH = (
    'A counter. A button (data-testid `more`) labelled "More" adds one to the number in `number`, '
    'which begins at 0. A button (data-testid `clear`) labelled "Clear" sets it to 0.'
)
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Counter</title>
  <link rel="stylesheet" href="style.css">
</head>
<body>
  <main>
    <h1>Counter</h1>
    <p data-testid="number">0</p>
    <button type="button" data-testid="more">More</button>
    <button type="button" data-testid="clear">Clear</button>
  </main>
  <script src="helpers.js"></script>
  <script src="app.js"></script>
</body>
</html>"""
CRITERIA = ("Clicking More shows 1", "Clicking Clear shows 0")
NAMES = ("more", "clear", "number")
PARTS = script_outline(read_page(PAGE, "", NAMES), framed(WISH, CRITERIA))
BODIES = {
    "data": "let number = 0;",
    "more": "  number = number + 1;",
    "clear": "  number = 0;",
    "render": '  find("number").textContent = String(number);',
}
SCRIPT = written(PARTS, BODIES)
CRASHING = {**BODIES, "more": '  find("number").textContent.nothing.at.all();'}
SPECIFICATION = json.dumps(
    {
        "title": "Counter",
        "summary": "Counts clicks.",
        "criteria": CRITERIA,
    }
)


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


class TapedStudio(Studio):
    """A studio whose one engine plays a tape; every other room is real."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        super().__init__(settings)
        self._tape = engine

    def engine(self, model: ModelId) -> Engine:
        del model
        return self._tape


def taped(*rules: tuple[str, Any], home: Path) -> TapedStudio:
    """A studio whose model gives, for a prompt that matches, the next of the answers beside it."""
    waiting = {
        pattern: answers if callable(answers) else iter(answers) for pattern, answers in rules
    }
    last: dict[str, str] = {}

    def answer(request: Request) -> str:
        asked = request.messages[-1].text
        for pattern, answers in waiting.items():
            if re.search(pattern, asked, re.DOTALL):
                if callable(answers):
                    return str(answers(request))
                last[pattern] = next(answers, last.get(pattern, ""))
                return last[pattern]
        return "[]" if request.json_schema else ""

    engine = ScriptedEngine(rules=[(".", answer)], model=MODEL, window=32768)
    return TapedStudio(load({"home": str(home)}, {}), engine)


async def collect(studio: Studio, request: BuildRequest) -> list[RunEvent]:
    events: list[RunEvent] = []
    async with studio:
        async for item in studio.build(request):
            if isinstance(item, Entry):
                events.append(item.event)
            else:
                assert isinstance(item, Progress)
    return events


def request(root: Path, prompt: str = WISH, *, change: bool = False) -> BuildRequest:
    return BuildRequest(prompt=prompt, root=root, change=change, model=MODEL)


def along(*tapes: dict[str, str]) -> Callable[[Request], str]:
    """Answers for the parts of app.js, those of the next tape when a part is asked for again."""
    asked: Counter[str] = Counter()

    def answer(request: Request) -> str:
        (name,) = (part.name for part in PARTS if request.prefill.endswith(part.opening))
        tape = tapes[min(asked[name], len(tapes) - 1)]
        asked[name] += 1
        return tape[name]

    return answer


def good_tape(home: Path) -> TapedStudio:
    return taped(
        (r"Write app\.js", along(BODIES)),
        (r"Write index\.html", [fence("html", PAGE)]),
        (r"^A counter", [SPECIFICATION]),
        home=home,
    )


@pytest.fixture
async def built(tmp_path: Path) -> Path:
    """The counter, built."""
    events = await collect(good_tape(tmp_path / "home"), request(tmp_path / "app"))
    assert isinstance(events[-1], Finished), events[-1]
    return tmp_path / "app"


async def test_an_app_is_built_checked_and_kept_step_by_step(tmp_path: Path) -> None:
    root = tmp_path / "app"
    events = await collect(good_tape(tmp_path / "home"), request(root))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.passed, [v for v in finished.verdicts if v.outcome == "failed"]
    assert {"syntax", "imports", "exactness", "browser"} <= {v.check for v in finished.verdicts}
    assert (root / "index.html").read_text() == PAGE + "\n"
    assert (root / "app.js").read_text() == SCRIPT
    manifest = read_manifest(root)
    assert manifest.title == "Counter"
    (scenario,) = manifest.scenarios
    assert scenario.criterion.endswith("which begins at 0.")
    steps = [event for event in events if isinstance(event, Accepted)]
    assert [step.summary.split()[0] for step in steps] == ["The", "index.html", "app.js", "1"]
    async with TapedStudio(load({"home": str(tmp_path / "home")}, {}), ScriptedEngine()) as studio:
        kept = studio.snapshots(root)
        assert [snapshot.id for snapshot in kept] == [step.snapshot for step in steps]
        await studio.undo(root, 2)
        assert (root / "index.html").read_text() == PAGE + "\n"
        assert (root / "app.js").read_text() != SCRIPT
        await studio.undo(root, 4)
        assert (root / "app.js").read_text() == SCRIPT


async def test_a_script_that_throws_is_mended(tmp_path: Path) -> None:
    studio = taped(
        (r"Write app\.js", along(CRASHING, BODIES)),
        (r"Write index\.html", [fence("html", PAGE)]),
        (r"^A counter", [SPECIFICATION]),
        home=tmp_path / "home",
    )
    events = await collect(studio, request(tmp_path / "app"))
    assert isinstance(events[-1], Finished)
    assert events[-1].passed
    assert "part more" in [event.how for event in events if isinstance(event, Candidate)]
    assert (tmp_path / "app" / "app.js").read_text() == SCRIPT


@pytest.mark.slow
async def test_an_app_that_stays_red_is_kept_and_said_to_be_red(tmp_path: Path) -> None:
    studio = taped(
        (r"app\.js", along(CRASHING)),
        (r"index\.html", [fence("html", PAGE)]),
        (r"^A counter", [SPECIFICATION]),
        home=tmp_path / "home",
    )
    events = await collect(studio, request(tmp_path / "app"))
    assert isinstance(events[-1], Finished)
    assert not events[-1].passed
    assert any("TypeError" in f.message for v in events[-1].verdicts for f in v.failures)
    assert len([event for event in events if isinstance(event, Candidate)]) < 30


async def test_the_request_reaches_the_model_word_for_word(tmp_path: Path) -> None:
    details = "\n".join(
        f"Field {n} has data-testid `field-{n}` and says “Value {n}”." for n in range(120)
    )
    studio = good_tape(tmp_path / "home")
    wish = f"{WISH}\n{details}"
    await collect(
        studio,
        BuildRequest(prompt=wish, root=tmp_path / "app", model=MODEL, budget=Budget(steps=3)),
    )
    engine = studio._tape
    assert isinstance(engine, ScriptedEngine)
    assert any(wish in message.text for asked in engine.requests for message in asked.messages)


async def test_a_spent_budget_ends_the_work_and_keeps_what_stands(tmp_path: Path) -> None:
    budget = Budget(steps=2)
    asked = BuildRequest(prompt=WISH, root=tmp_path / "app", model=MODEL, budget=budget)
    events = await collect(good_tape(tmp_path / "home"), asked)
    assert isinstance(events[-1], RunFailed)
    assert (tmp_path / "app" / "homesmith.toml").is_file()


async def test_half_a_file_never_takes_the_place_of_a_whole_one(tmp_path: Path) -> None:
    root = tmp_path / "app"
    engine = ScriptedEngine(
        [SPECIFICATION, PAGE.partition("</main>")[0] * 9], model=MODEL, seconds_per_token=0.02
    )
    studio = TapedStudio(load({"home": str(tmp_path / "home")}, {}), engine)
    budget = Budget(seconds=17)
    asked = BuildRequest(prompt=WISH, root=root, model=MODEL, budget=budget)
    events = await collect(studio, asked)
    assert isinstance(events[-1], RunFailed)
    assert events[-1].code == "budget_spent"
    assert (root / "index.html").read_text().rstrip().endswith("</html>")


async def test_a_dead_engine_is_the_last_event(tmp_path: Path) -> None:
    engine = ScriptedEngine(
        [EngineCrashed("The engine died", remedy="homesmith doctor")], model=MODEL
    )
    studio = TapedStudio(load({"home": str(tmp_path / "home")}, {}), engine)
    events = await collect(studio, request(tmp_path / "app"))
    assert isinstance(events[-1], RunFailed)
    assert events[-1].code == "engine_crashed"
    assert events[-1].remedy


DARK = PAGE.replace(
    "  </main>", '    <button type="button" data-testid="dark">Dark</button>\n  </main>'
)
DARK_SCRIPT = SCRIPT + (
    '\nfind("dark").addEventListener("click", () => {\n'
    '  document.body.classList.toggle("dark");\n});'
)
DARK_WISH = 'Add a button (data-testid `dark`) labelled "Dark" that switches to dark colours.'


def change_tape(home: Path, script: str) -> TapedStudio:
    return taped(
        (r"Which of the files", ['["index.html", "app.js"]']),
        (r"complete new index\.html", [fence("html", DARK)]),
        (r"complete new app\.js|was run, and", [fence("javascript", script)]),
        home=home,
    )


def by_hand(root: Path) -> None:
    """Leave the outline: a person wrote in the script."""
    script = root / "app.js"
    script.write_text(script.read_text() + "\n// Mine.\n")


async def test_a_change_is_one_step_that_can_be_undone(built: Path, tmp_path: Path) -> None:
    by_hand(built)
    before = {path.name: path.read_bytes() for path in built.iterdir() if path.is_file()}
    studio = change_tape(tmp_path / "home", DARK_SCRIPT)
    events = await collect(studio, request(built, DARK_WISH, change=True))
    assert isinstance(events[-1], Finished), events[-1]
    assert events[-1].passed
    assert "dark" in (built / "index.html").read_text()
    async with TapedStudio(load({"home": str(tmp_path / "home")}, {}), ScriptedEngine()) as later:
        await later.undo(built, None)
    assert {path.name: path.read_bytes() for path in built.iterdir() if path.is_file()} == before


async def test_a_change_that_breaks_what_worked_is_taken_back(built: Path, tmp_path: Path) -> None:
    by_hand(built)
    before = {path.name: path.read_bytes() for path in built.iterdir() if path.is_file()}
    studio = change_tape(tmp_path / "home", DARK_SCRIPT.replace('find("more")', 'find("nowhere")'))
    events = await collect(studio, request(built, DARK_WISH, change=True))
    assert isinstance(events[-1], RunFailed)
    assert events[-1].code == "work_failed"
    assert any(isinstance(event, Rejected) for event in events)
    assert {path.name: path.read_bytes() for path in built.iterdir() if path.is_file()} == before


HALVING = 'Add a button (data-testid `half`) labelled "Half" that halves the number in `number`.'


async def test_a_change_along_the_outline_asks_only_for_what_is_new(
    built: Path, tmp_path: Path
) -> None:
    before = (built / "app.js").read_text()
    asked: list[str] = []

    def part(request: Request) -> str:
        asked.append(request.prefill.splitlines()[-1])
        return "  number = number / 2;" if "function half" in asked[-1] else BODIES["render"]

    studio = taped((r"Write app\.js", part), home=tmp_path / "home")
    events = await collect(studio, request(built, HALVING, change=True))
    assert isinstance(events[-1], Finished), events[-1]
    assert events[-1].passed
    assert asked == ["function half() {", "function render() {"]
    script = (built / "app.js").read_text()
    assert "number = number + 1;" in script
    assert "number = number / 2;" in script
    assert 'data-testid="half">Half</button>' in (built / "index.html").read_text()
    assert HALVING in read_manifest(built).specification["changes"]
    async with TapedStudio(load({"home": str(tmp_path / "home")}, {}), ScriptedEngine()) as later:
        await later.undo(built, None)
    assert (built / "app.js").read_text() == before
    assert "changes" not in read_manifest(built).specification


async def test_a_dark_switch_needs_no_model(built: Path, tmp_path: Path) -> None:
    events = await collect(
        taped((r"Write app\.js", [BODIES["render"]]), home=tmp_path / "home"),
        request(built, "add a dark mode switch", change=True),
    )
    assert isinstance(events[-1], Finished), events[-1]
    assert 'themeSwitch("theme", "Dark mode", "Light mode");' in (built / "app.js").read_text()
    assert 'data-testid="theme"' in (built / "index.html").read_text()


async def test_a_run_that_broke_off_goes_on_from_its_last_step(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "app"
    broken = taped(
        (r"Write index\.html", [fence("html", PAGE)]),
        (r"^A counter", [SPECIFICATION]),
        home=home,
    )
    asked = BuildRequest(prompt=WISH, root=root, model=MODEL, budget=Budget(steps=3))
    first = await collect(broken, asked)
    assert isinstance(first[-1], RunFailed | Finished)
    (root / "index.html").write_text("half of a")
    studio = good_tape(home)
    async with studio:
        run = RunId(studio.runs()[0].id[:6])
        events = [item.event async for item in studio.resume(run) if isinstance(item, Entry)]
    assert isinstance(events[-1], Finished), events[-1]
    assert events[-1].passed
    assert (root / "index.html").read_text() == PAGE + "\n"
    assert not any(isinstance(e, Warned) and e.code == "no_sandbox" for e in events)
