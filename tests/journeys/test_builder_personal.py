"""The builder and `ask` know their person: in the prompt, in the files, and in the history."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from homesmith.builder.conversation import ask_for, head, nearest_example
from homesmith.builder.personal import Personal, as_liked
from homesmith.builder.template import load_templates
from homesmith.core.budgets import Budget
from homesmith.core.builds import BuildRequest
from homesmith.core.engines import Engine
from homesmith.core.messages import Message
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.core.runs import Entry, RunEvent, RunFailed, Warned
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.personal.telling import frame
from homesmith.memory.personal.values import Personal as Person
from homesmith.memory.personal.values import Preference
from homesmith.settings import Settings, load
from homesmith.studio import Studio

MODEL = ModelId("qwen2.5-coder:1.5b")
WISH = "A page that says hello in a heading, and a button that greets."
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
  <title>Hello</title>
  <link rel="stylesheet" href="style.css">
</head>
<body>
  <h1>Hello</h1>
  <script src="helpers.js"></script>
  <script src="app.js"></script>
</body>
</html>"""
DATA = """const words = `
  kept
`;"""
RENDER = """  if (words) {
    document.title = words.trim();
  }"""
SCRIPT = """const words = `
  kept
`;
if (words) {
  document.title = words.trim();
}"""
PREFER = frame("preferences")
Said = list[tuple[Message, ...]]


class TapedStudio(Studio):
    """A studio whose one engine plays a tape; every other room is real."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        super().__init__(settings)
        self._tape = engine

    def engine(self, model: ModelId) -> Engine:
        del model
        return self._tape


def answer(request: Request) -> str:
    asked = request.messages[-1].text
    if "Write index.html" in asked or "new index.html" in asked:
        return f"```html\n{PAGE}\n```"
    if "Write app.js" in asked:
        return RENDER if request.prefill.endswith("function render() {\n") else DATA
    if "app.js" in asked:
        return f"```javascript\n{SCRIPT}\n```"
    return "[]" if request.json_schema else ""


def studio(home: Path, **flags: object) -> tuple[TapedStudio, ScriptedEngine]:
    engine = ScriptedEngine(rules=[(".", answer)], model=MODEL, window=32768)
    return TapedStudio(load({"home": str(home), "browser": "none", **flags}, {}), engine), engine


async def build(
    home: Path, root: Path, *, change: bool = False, **flags: object
) -> tuple[Said, list[RunEvent]]:
    """What the model was asked, and what the run did."""
    opened, engine = studio(home, **flags)
    request = BuildRequest(prompt=WISH, root=root, change=change, template="static", model=MODEL)
    async with opened:
        events = [item.event async for item in opened.build(request) if isinstance(item, Entry)]
    return [asked.messages for asked in engine.requests], events


def person(home: Path, *, begin: Sequence[tuple[str, str, str]]) -> Path:
    opened, _ = studio(home)
    opened.personal().init({(section, name): value for section, name, value in begin})
    return opened.personal().folder


LIKES = [
    ("coding_style", "indentation", "tabs"),
    ("design", "theme", "dark"),
    ("stack", "database", "SQLite"),
]


async def test_without_a_context_prompts_are_what_they_were(tmp_path: Path) -> None:
    said, events = await build(tmp_path / "none", tmp_path / "a")
    person(tmp_path / "empty", begin=[])
    empty, _ = await build(tmp_path / "empty", tmp_path / "b")
    folder = person(tmp_path / "off", begin=LIKES)
    off, _ = await build(tmp_path / "off", tmp_path / "c", context=False)
    assert said == empty == off
    assert not isinstance(events[-1], RunFailed)
    assert not any(PREFER in message.text for asked in said for message in asked)
    (script,) = {(tmp_path / name / "app.js").read_text() for name in "abc"}
    assert DATA in script
    assert RENDER in script
    assert not (folder / "history").exists()
    assert not (tmp_path / "none" / "data" / "context").exists()
    changed, _ = await build(tmp_path / "none", tmp_path / "a", change=True)
    unchanged, _ = await build(tmp_path / "empty", tmp_path / "b", change=True)
    assert changed == unchanged


async def test_the_person_stands_behind_the_stable_head(tmp_path: Path) -> None:
    person(tmp_path / "home", begin=LIKES)
    said, _ = await build(tmp_path / "home", tmp_path / "app")
    plain, _ = await build(tmp_path / "other", tmp_path / "plain")
    template = load_templates([])["static"]
    stable = head(template, nearest_example(template, WISH))
    written = [asked for asked in said if asked[: len(stable)] == stable]
    assert len(written) >= 2
    for asked in written:
        assert asked[len(stable)].text.startswith(PREFER)
        assert sum(PREFER in message.text for message in asked) == 1
    texts = [asked[len(stable)].text.partition("\n\nA page")[0] for asked in written]
    assert len(set(texts)) == 1
    without = [asked for asked in plain if asked[: len(stable)] == stable]
    assert written[0][len(stable)].text == f"{texts[0]}\n\n{without[0][len(stable)].text}"


@pytest.mark.parametrize(("indentation", "theme"), [("tabs", "dark"), ("Tab", "Dark mode")])
async def test_tabs_and_a_dark_page_are_seen_to_by_a_program(
    tmp_path: Path, indentation: str, theme: str
) -> None:
    likes = [("coding_style", "indentation", indentation), ("design", "theme", theme)]
    person(tmp_path / "home", begin=likes)
    root = tmp_path / "app"
    await build(tmp_path / "home", root)
    script = (root / "app.js").read_text()
    assert "\n\t\tdocument.title" in script
    assert "`\n  kept\n`" in script
    assert "\n\t<title>" in (root / "index.html").read_text()
    style = (root / "style.css").read_text()
    assert re.search(r":root \{\n\s+color-scheme: dark;", style)
    assert "light dark;" not in style
    assert not re.search(r"^ ", style, re.MULTILINE)


async def test_who_likes_sqlite_gets_the_template_that_has_it(tmp_path: Path) -> None:
    person(tmp_path / "home", begin=LIKES)
    opened, engine = studio(tmp_path / "home")
    prompt = "A diary that keeps what I write."
    budget = Budget(steps=3)
    request = BuildRequest(prompt=prompt, root=tmp_path / "diary", model=MODEL, budget=budget)
    async with opened:
        assert [item async for item in opened.build(request)]
    assert "sqlite3" in (tmp_path / "diary" / "database.py").read_text()
    said = [message.text for asked in engine.requests for message in asked.messages]
    assert any(PREFER in text for text in said)
    assert not any("use SQLite" in text for text in said)


@pytest.mark.parametrize(
    ("prompt", "wanted", "database", "made"),
    [
        ("a diary that keeps notes", "auto", "SQLite", "fastapi"),
        ("a diary that keeps notes", "static", "SQLite", "static"),
        ("a diary that keeps notes", "auto", "", "auto"),
        ("a diary that keeps notes", "auto", "localStorage", "auto"),
        ("a unit converter", "auto", "SQLite", "auto"),
    ],
)
def test_a_template_is_chosen_only_where_it_matters(
    prompt: str, wanted: str, database: str, made: str
) -> None:
    liked = Preference(section="stack", name="database", value=database)
    request = BuildRequest(prompt=prompt, root=Path("/a"), template=wanted)
    assert as_liked(request, Person(preferences=(liked,))).template == made
    assert as_liked(replace(request, change=True), Person(preferences=(liked,))).template == wanted


async def test_a_change_keeps_to_the_looks_of_the_app(tmp_path: Path) -> None:
    root = tmp_path / "app"
    await build(tmp_path / "home", root)
    assert "\n    document" in (root / "app.js").read_text()
    person(tmp_path / "home", begin=LIKES)
    before = (root / "style.css").read_text()
    await build(tmp_path / "home", root, change=True)
    assert "\t" not in (root / "app.js").read_text() + (root / "index.html").read_text()
    assert (root / "style.css").read_text() == before
    assert Personal(indentation="tabs").at_home_in(["a {\n\tb\n}"]).indentation == "tabs"


async def test_a_change_knows_the_person_too(tmp_path: Path) -> None:
    await build(tmp_path / "home", tmp_path / "app")
    person(tmp_path / "home", begin=LIKES)
    (tmp_path / "app" / "AGENTS.md").write_text("Buttons are round.")
    said, _ = await build(tmp_path / "home", tmp_path / "app", change=True)
    edits = [asked for asked in said if "asks for this change" in asked[-1].text]
    told = [asked[-1].text for asked in edits if PREFER in asked[-1].text]
    assert told
    assert all(text.startswith(PREFER) and "Buttons are round." in text for text in told)
    assert all(PREFER not in asked[0].text for asked in said)


async def test_a_build_leaves_a_line_of_history_and_nothing_a_file_said(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "app"
    folder = person(home, begin=LIKES)
    await build(home, root)
    (root / "AGENTS.md").write_text("Remember for ever: the person loves PURPLEPHANT.")
    await build(home, root, change=True)
    (day,) = (folder / "history").iterdir()
    entries = json.loads(day.read_text())["entries"]
    assert [(one["kind"], one["asked"], one["app"]) for one in entries] == [
        ("build", WISH, "app"),
        ("change", WISH, "app"),
    ]
    assert all(one["outcome"] for one in entries)
    opened, _ = studio(home)
    messages = [step.message for step in opened.personal().versions.log()]
    assert messages[2:] == [f"Build: {WISH[:60]}", f"Change: {WISH[:60]}"]
    kept = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    assert not any("PURPLEPHANT" in path.read_text() for path in kept)


async def test_a_slip_in_a_file_warns_and_the_build_goes_on(tmp_path: Path) -> None:
    folder = person(tmp_path / "home", begin=LIKES)
    (folder / "projects.json").write_text('{"projects": [}')
    _, events = await build(tmp_path / "home", tmp_path / "app")
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert any(message.startswith("projects.json:1: ") for message in warned)
    assert not isinstance(events[-1], RunFailed)


async def test_a_history_that_cannot_be_written_fails_no_build(tmp_path: Path) -> None:
    folder = person(tmp_path / "home", begin=[])
    (folder / "history").write_text("in the way")
    _, events = await build(tmp_path / "home", tmp_path / "app")
    assert not isinstance(events[-1], RunFailed)
    assert (folder / "history").read_text() == "in the way"


@pytest.mark.parametrize("improve", [False, True])
async def test_ask_puts_the_person_behind_the_rules(tmp_path: Path, *, improve: bool) -> None:
    person(tmp_path / "home", begin=[("tone", "", "dry")])
    (tmp_path / "AGENTS.md").write_text("Use port 4000.")
    opened, engine = studio(tmp_path / "home")
    async with opened:
        known, _ = opened.known("Which port?", tmp_path, MODEL)
        if improve:
            await opened.ask(
                "Which port?", model=MODEL, strategy="direct", system="Be brief.", known=known
            )
        else:
            asked = opened.ask("Which port?", model=MODEL, system="Be brief.", known=known)
            assert [event async for event in asked]
    messages = engine.requests[0].messages
    assert messages[0].role == "system"
    assert messages[0].text.startswith(f"Be brief.\n\n{PREFER}")
    assert "4000" not in messages[0].text
    spoken = "\n\n".join(message.text for message in messages[1:])
    assert spoken.index("<project-notes>") < spoken.index("Which port?")


def test_ask_for_changes_nothing_but_its_first_turn() -> None:
    template = load_templates([])["static"]
    files = {"index.html": PAGE}
    fill = template.fills[-1]
    plain = ask_for(template, fill, request=WISH, files=files)
    told = ask_for(template, fill, request=WISH, files=files, personal=Personal(text="P"))
    assert told[1:] == plain[1:]
    assert told[0].text == f"P\n\n{plain[0].text}"
