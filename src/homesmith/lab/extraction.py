"""Files out of one long answer, read generously, so that a bare model is judged on its code.

A file's name is looked for in the fence line, in the lines before the fence, in a comment on the
first line of the block, and last guessed from the language. It does not judge the content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from homesmith.lab.suite import Template

SUFFIXES = "html|htm|css|js|mjs|json|py|sql|svg|md|txt|toml|j2|jinja2|csv"
PATH = re.compile(rf"(?<![\w/.-])((?:[\w.-]+/)*[\w.-]+\.(?:{SUFFIXES}))(?![\w/-])", re.IGNORECASE)
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*(.*?)\s*$")
COMMENT = re.compile(r"^\s*(?:<!--|//|/\*|#|\{#)\s*(.*?)\s*(?:-->|\*/|#\})?\s*$")
LANGUAGES = {
    "html": "index.html",
    "css": "style.css",
    "js": "script.js",
    "javascript": "script.js",
    "py": "app.py",
    "python": "app.py",
}
LINES_BEFORE = 2
"""How many lines of text before a fence may name its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its fence line's info, the text lines just before it, and its text."""

    info: str
    before: tuple[str, ...]
    text: str


def files_in(answer: str, template: Template) -> dict[str, str]:
    """Path to text of every file in `answer`, laid out so that the app stands at the root."""
    named: dict[str, str] = {}
    unnamed: list[tuple[str, str]] = []
    for block in blocks_in(answer):
        name = _name(block)
        if name:
            named[name] = block.text
        elif _language(block.info) in LANGUAGES:
            unnamed.append((_language(block.info), block.text))
        elif not block.info and _looks_like(block.text):
            unnamed.append((_looks_like(block.text), block.text))
    files = _with_guesses(named, unnamed) or _unfenced(answer)
    return _at_root(files, template)


def blocks_in(answer: str) -> Iterator[Block]:
    """Every fenced block in order; one that never closes reaches to the end."""
    before: list[str] = []
    info, fence = "", ""
    inside: list[str] = []
    for line in answer.splitlines():
        found = FENCE.match(line)
        if fence and found and _closes(found[1], found[2], fence):
            yield Block(info=info, before=tuple(before[-LINES_BEFORE:]), text=_text(inside))
            before, fence = [], ""
        elif fence:
            inside.append(line)
        elif found:
            info, fence, inside = found[2], found[1], []
        elif line.strip():
            before.append(line)
    if fence:
        yield Block(info=info, before=tuple(before[-LINES_BEFORE:]), text=_text(inside))


def _closes(marks: str, info: str, fence: str) -> bool:
    return not info and marks[0] == fence[0] and len(marks) >= len(fence)


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"


def _name(block: Block) -> str:
    first = COMMENT.match(block.text.split("\n", 1)[0])
    for place in (block.info, *reversed(block.before), first[1] if first else ""):
        found = PATH.findall(place)
        if len(found) == 1 and _safe(found[0]) and not _prose(place):
            return str(PurePosixPath(found[0]))
    return ""


def _prose(place: str) -> bool:
    """A long sentence that happens to mention a file does not name the block after it."""
    return len(place.split()) > 12


def _safe(name: str) -> bool:
    return not name.startswith("/") and ".." not in PurePosixPath(name).parts


def _language(info: str) -> str:
    words = re.split(r"[\s:{,]", info.strip().lower(), maxsplit=1)
    return words[0]


def _looks_like(text: str) -> str:
    if re.search(r"<!doctype html|<html", text, re.IGNORECASE):
        return "html"
    return "python" if "FastAPI(" in text else ""


def _with_guesses(named: dict[str, str], unnamed: list[tuple[str, str]]) -> dict[str, str]:
    """Blocks without a name get the file a page asks for and nobody wrote, else the usual name."""
    files = dict(named)
    for language, text in sorted(unnamed, key=lambda pair: pair[0] != "html"):
        name = _wanted(files, LANGUAGES[language]) or LANGUAGES[language]
        if name not in named and len(text) > len(files.get(name, "")):
            files[name] = text
    return files


def _wanted(files: Mapping[str, str], usual: str) -> str:
    suffix = PurePosixPath(usual).suffix
    if suffix not in (".css", ".js"):
        return ""
    pages = "\n".join(text for name, text in files.items() if name.endswith((".html", ".htm")))
    asked = re.findall(rf"""(?:src|href)=["']\.?/?([\w./-]+\{suffix})["']""", pages)
    return next((name for name in asked if name not in files and _safe(name)), "")


def _unfenced(answer: str) -> dict[str, str]:
    page = re.search(r"(?:<!doctype html|<html).*", answer, re.IGNORECASE | re.DOTALL)
    if page:
        end = page[0].lower().rfind("</html>")
        return {"index.html": page[0][: end + len("</html>")] if end > 0 else page[0]}
    return {"app.py": answer} if "FastAPI(" in answer else {}


def _at_root(files: dict[str, str], template: Template) -> dict[str, str]:
    entry = "index.html" if template == "static" else "app.py"
    start = _start(files, entry)
    if not start or start == entry:
        return files
    folder = PurePosixPath(start).parent
    moved = {}
    for name, text in files.items():
        path = PurePosixPath(name)
        inside = path.is_relative_to(folder)
        moved[str(path.relative_to(folder)) if inside else name] = text
    moved[entry] = moved.pop(PurePosixPath(start).name)
    return moved


def _start(files: Mapping[str, str], entry: str) -> str:
    """The file an app begins with: at the root, in one folder, or under another name."""
    same = [name for name in files if PurePosixPath(name).name == entry]
    if same:
        return min(same, key=len)
    suffix = PurePosixPath(entry).suffix
    others = [name for name, text in files.items() if name.endswith(suffix)]
    if entry == "app.py":
        others = [name for name in others if "FastAPI(" in files[name]]
    return others[0] if len(others) == 1 else ""
