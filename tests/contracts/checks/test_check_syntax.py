"""The syntax check finds what cannot be read, on the right line, and lets good files pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from homesmith.builder.checks.markup import read_markup
from homesmith.builder.checks.syntax import SyntaxCheck, read_file
from homesmith.core.checks import Inspection
from homesmith.core.sandboxes import Sandbox

Inspect = Callable[..., Inspection]
PAGE = "<!doctype html><html><head><title>a</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("app.py", "x = 1\ndef broken(:\n", 2, "near `def broken(:`"),
        ("app.py", "x = '\0'", 0, "null"),
        ("a.json", '{"a": 1,\n}', 2, "a.json:"),
        ("a.toml", "a = 1\nb =\n", 2, "Invalid value"),
        ("a.css", "p { color: red;\n", 1, "{ is never closed"),
        ("a.css", "p { }\n}\n", 2, "} closes nothing"),
        ("a.html", PAGE.format("<div>\n<section></div>"), 2, "<section> of line 2"),
        ("a.html", PAGE.format("</section>"), 1, "</section> closes nothing"),
        ("a.html", PAGE.format('<p id="a"></p>\n<p id="a"></p>'), 2, '"a" is used twice'),
        ("a.html", "Sure! Here is the code.", 1, "there is no page"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    name: str, text: str, line: int, said: str
) -> None:
    [finding] = read_file(name, text)
    assert finding.outcome == "failed"
    assert finding.name == f"syntax:{name}"
    assert finding.line == line
    assert said in finding.message
    assert len(finding.message) <= 200


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", PAGE.format("<ul><li>one<li>two</ul><p>a<p>b<table><tr><td>x</table>")),
        ("a.html", PAGE.format('<img src="a"><br/><svg><path d="M0"/><g></g></svg><input>')),
        ("a.html", PAGE.format("<script>if (1 < 2) { '</div>'.length }</script>")),
        ("t.html", PAGE.format('{% for a in b %}<i id="x-{{ a }}">{{ a }}</i>{% endfor %}')),
        ("a.css", "/* } */ a::before { content: '{'; } @media (x) { b { } }"),
        ("app.py", "def a():\n    return '''{'''\n"),
        ("notes.md", "# anything {"),
    ],
)
def test_what_a_browser_accepts_passes(name: str, text: str) -> None:
    assert [finding.message for finding in read_file(name, text) if finding.message] == []


def test_markup_notes_names_with_their_lines() -> None:
    markup = read_markup('<div id="a"\n data-testid="b"></div>\n<button onclick="go()">x</button>')
    assert [(item.value, item.line) for item in markup.ids] == [("a", 1)]
    assert [item.value for item in markup.testids] == ["b"]
    assert [(item.value, item.line) for item in markup.handlers] == [("go()", 3)]


async def test_files_that_a_page_asks_for_must_exist(inspect: Inspect) -> None:
    page = PAGE.format(
        '<script src="app.js"></script><script src="https://cdn.test/x.js"></script>'
        '<link rel="stylesheet" href="style.css"><script src="./js/../gone.js"></script>'
    )
    verdict = await SyntaxCheck().check(
        inspect({"index.html": page, "app.js": "", "style.css": ""})
    )
    assert {item.name for item in verdict.failures} == {
        "link:index.html:https://cdn.test/x.js",
        "link:index.html:./js/../gone.js",
    }


@pytest.mark.sandbox
async def test_javascript_is_parsed_as_script_or_module(inspect: Inspect, sandbox: Sandbox) -> None:
    page = PAGE.format('<script src="ok.js"></script><script type="module" src="mod.js"></script>')
    verdict = await SyntaxCheck().check(
        inspect(
            {
                "index.html": page + "<script>let inline = ;</script>",
                "ok.js": "const a = b?.c ?? 1;\n",
                "mod.js": "import './ok.js'; export const x = await 1;\n",
                "bad.js": "let a = 1;\nfunction broken( {\n",
            },
            sandbox=sandbox,
        )
    )
    assert {item.name for item in verdict.failures} == {
        "syntax:bad.js",
        "syntax:index.html:script-1",
    }
    bad = next(item for item in verdict.failures if item.file == "bad.js")
    assert bad.line in (2, 3)
    assert "SyntaxError" in bad.message


async def test_only_narrows_the_check(inspect: Inspect) -> None:
    inspection = inspect({"a.py": "(", "b.py": "x = 1"}, only=("b.py",))
    assert (await SyntaxCheck().check(inspection)).outcome == "passed"
