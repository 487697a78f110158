"""A bare model's answer is read generously, and never outside its folder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.lab.extraction import files_in

PAGE = "<!doctype html>\n<title>App</title>\n"
SERVER = "from fastapi import FastAPI\n\napp = FastAPI()\n"
DATA = "x = 1\n"
SERVE = "uvicorn app:app\n"


def fenced(text: str, info: str = "") -> str:
    return f"```{info}\n{text}```\n"


@pytest.mark.parametrize(
    "answer",
    [
        f"index.html\n{fenced(PAGE, 'html')}",
        f"**index.html**\n\n{fenced(PAGE, 'html')}",
        f"### 1. `index.html`\n{fenced(PAGE)}",
        f"File: index.html:\n{fenced(PAGE, 'html')}",
        fenced(PAGE, "html index.html"),
        fenced(PAGE, "html:index.html"),
        fenced(PAGE, 'html title="index.html"'),
        f"Here is the whole page:\n{fenced(PAGE, 'html')}Enjoy!",
        fenced(PAGE),
        f"my-app/index.html\n{fenced(PAGE, 'html')}",
        f"page.html\n{fenced(PAGE, 'html')}",
        f"~~~html\n{PAGE}~~~\n",
    ],
)
def test_a_page_is_found_however_it_is_announced(answer: str) -> None:
    assert files_in(answer, "static") == {"index.html": PAGE}


def test_a_name_in_the_first_comment() -> None:
    text = "// app.js\nlet a = 1;\n"
    answer = fenced(f"<!-- index.html -->\n{PAGE}", "html") + fenced(text, "javascript")
    found = files_in(answer, "static")
    assert found["app.js"] == text
    assert PAGE in found["index.html"]


def test_unnamed_blocks_get_the_files_the_page_asks_for() -> None:
    page = '<link href="look.css" rel="stylesheet"><script src="./main.js"></script>\n'
    answer = fenced("a {}\n", "css") + fenced(page, "html") + fenced("let a;\n", "js")
    assert files_in(answer, "static") == {
        "index.html": page,
        "look.css": "a {}\n",
        "main.js": "let a;\n",
    }


def test_an_answer_that_was_cut_off_keeps_what_it_has() -> None:
    assert files_in(f"index.html\n```html\n{PAGE}<p>half", "static") == {
        "index.html": f"{PAGE}<p>half\n"
    }


def test_a_page_without_a_fence() -> None:
    assert files_in(f"Sure!\n{PAGE}</html>\nDone.", "static") == {"index.html": f"{PAGE}</html>"}


def test_commands_and_prose_are_no_files() -> None:
    answer = f"app.py\n{fenced(SERVER, 'python')}Run it:\n{fenced(SERVE, 'bash')}"
    assert files_in(answer, "fastapi") == {"app.py": SERVER}
    assert files_in("I cannot do that.", "static") == {}


def test_a_server_under_another_name_becomes_app_py() -> None:
    answer = f"`shop/main.py`\n{fenced(SERVER, 'python')}`shop/data.py`\n{fenced(DATA, 'py')}"
    assert files_in(answer, "fastapi") == {"app.py": SERVER, "data.py": DATA}


def test_no_path_leaves_the_folder() -> None:
    answer = f"../../index.html\n{fenced(PAGE, 'html')}/etc/evil.html\n{fenced(PAGE, 'html')}"
    assert all(not name.startswith("/") and ".." not in name for name in files_in(answer, "static"))


NAMES = st.from_regex(r"(?:[a-z]{1,8}/)?[a-z]{1,8}\.(?:css|js)", fullmatch=True)
TEXTS = st.text(alphabet="ab<>{}();=\n ", min_size=1).map(lambda text: text.strip() + "\n")


@given(st.dictionaries(NAMES, TEXTS, max_size=4))
def test_files_written_as_asked_come_back_whole(files: dict[str, str]) -> None:
    files = {"index.html": PAGE} | files
    answer = "\n".join(f"{name}\n{fenced(text)}" for name, text in files.items())
    assert files_in(answer, "static") == {n: t.strip("\n") + "\n" for n, t in files.items()}


@given(st.text(alphabet="`~ab.html/\n :<>#", max_size=200))
def test_any_text_is_read_without_an_error(answer: str) -> None:
    for name in files_in(answer, "static"):
        assert not name.startswith("/")
        assert ".." not in name.split("/")
