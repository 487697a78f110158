"""A skeleton names what a file defines and exactly the lines it stands on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import homesmith
from homesmith.context.skeleton import block, skeleton

PYTHON = '''import os
LIMIT: int = 3

@app.get("/")
async def home(request: Request, *, page: int = 1) -> str:
    """Doc."""
    return "x"


class Note(Base, metaclass=Meta):
    title = "t"

    def save(self):
        return 1
'''
SCRIPT = """// function hidden() {}
const KEY = "tasks { not a block";
let state = { items: [] };
const total = (items) => items.reduce((sum, item) => sum + item.price, 0);

async function load({ limit, page }) {
  const inner = () => { return 1; };
  return `${limit} }}}`;
}

class Board extends HTMLElement {
  connect() { this.render(); }
}

document.querySelector("#add").addEventListener("click", () => {
  state.items.push({ name: "a" });
});
"""
STYLE = """:root { --gap: 4px; }
/* .hidden { } */
.card,
.card:hover {
  margin: 0;
}
.card::after { content: "} {"; }
@media (max-width: 600px) {
  .card { margin: 1px; }
}
"""
PAGE = """<!doctype html>
<main id="board" class="x">
  <button data-testid="add-task" type="button" id="add">Add</button>
  <p data-id="no">text</p>
</main>
<script>
function start() {
  return 1;
}
</script>
"""


def places(path: str, text: str) -> list[tuple[str, str, int, int]]:
    return [(item.name, item.kind, item.first, item.last) for item in skeleton(path, text).symbols]


def test_python() -> None:
    assert places("app/main.py", PYTHON) == [
        ("home", "function", 4, 7),
        ("Note", "class", 10, 14),
        ("Note.save", "function", 13, 14),
    ]
    text = skeleton("main.py", PYTHON).text
    assert "async def home(request: Request, *, page: int=1) -> str: ...  # lines 4-7" in text
    assert "@app.get('/')" in text
    assert "class Note(Base, metaclass=Meta):" in text
    assert "return" not in text
    ast.parse(text)


def test_python_that_does_not_parse_is_outlined_by_its_margin() -> None:
    assert places("x.py", "def a(:\n    pass\n\nclass B:\n    x = (\n") == [
        ("a", "function", 1, 3),
        ("B", "class", 4, 6),
    ]


def test_javascript() -> None:
    assert places("app.js", SCRIPT) == [
        ("KEY", "constant", 2, 2),
        ("state", "constant", 3, 3),
        ("total", "function", 4, 4),
        ("load", "function", 6, 9),
        ("inner", "function", 7, 7),
        ("Board", "class", 11, 13),
        ('document.querySelector("#add")', "listener", 15, 17),
    ]


def test_css() -> None:
    assert places("style.css", STYLE) == [
        (":root", "rule", 1, 1),
        (".card, .card:hover", "rule", 3, 6),
        (".card::after", "rule", 7, 7),
        ("@media (max-width: 600px)", "rule", 8, 10),
    ]


def test_html() -> None:
    assert places("index.html", PAGE) == [
        ("#board", "element", 2, 2),
        ("[data-testid=add-task]", "element", 3, 3),
        ("#add", "element", 3, 3),
        ("start", "function", 7, 9),
    ]


def test_a_block_is_the_text_of_its_symbol() -> None:
    load = next(item for item in skeleton("app.js", SCRIPT).symbols if item.name == "load")
    text = block(SCRIPT, load)
    assert text.startswith("async function load(")
    assert text.endswith("\n}")


def test_other_files_have_no_skeleton() -> None:
    assert skeleton("notes.txt", "def a(): pass").symbols == ()


def test_our_own_modules_are_outlined_as_python_itself_sees_them() -> None:
    for path in sorted(Path(homesmith.__file__).parent.glob("core/*.py")):
        text = path.read_text(encoding="utf-8")
        names = [
            node.name
            for node in ast.parse(text).body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        found = [item.name for item in skeleton(path.name, text).symbols if "." not in item.name]
        assert found == names


PIECES = st.sampled_from(
    [
        "function f(",
        "class A ",
        "{",
        "}",
        "(",
        ")",
        '"',
        "'",
        "`",
        "/*",
        "*/",
        "//",
        "\n",
        ";",
        "const a = ",
        "=>",
        "<script>",
        "</script>",
        '<p id="x">',
        "a:b",
        "def f():",
        "\x0c",
        "\u2028",
    ]
)


@pytest.mark.parametrize("path", ["a.py", "a.js", "a.css", "a.html"])
@given(text=st.lists(PIECES, max_size=30).map("".join))
def test_any_text_gives_symbols_inside_the_file(path: str, text: str) -> None:
    for symbol in skeleton(path, text).symbols:
        assert 1 <= symbol.first <= symbol.last <= text.count("\n") + 1
        assert symbol.name


@pytest.mark.parametrize("path", ["a.py", "a.js", "a.css", "a.html"])
@pytest.mark.parametrize("piece", ["/*", "`", "<script>", "<a", "(", "x", '"', "a.b", "{", ";"])
def test_a_large_odd_file_takes_no_time_to_speak_of(path: str, piece: str) -> None:
    skeleton(path, piece * 20_000)
