"""HTML as the text a person would read; scripts, styles and attributes fall away."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "head"))
NAME = re.compile(r"\w+")
BLOCKS = frozenset(
    NAME.findall(
        "address article aside blockquote body dd div dl dt fieldset figcaption figure footer form"
        " h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul"
    )
)
PARAGRAPHS = frozenset(
    NAME.findall("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre section article")
)
BEFORE = {"li": "- ", "h1": "# ", "h2": "## ", "h3": "### ", "td": " | ", "th": " | "}
LARGEST = 1 << 18
"""Characters that are parsed; larger pages lose their tags by pattern. The parser of Python takes
quadratic time for some that are broken on purpose."""
HIDDEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n)|(?<=\n)[ \t]+")


def text_of(page: str) -> str:
    """What the page says, paragraphs apart, list items and headings marked."""
    reader = _Reader()
    try:
        if len(page) > LARGEST:
            raise ValueError
        reader.feed(_closed(HIDDEN.sub("", page)))
        reader.close()
    except (AssertionError, ValueError):
        plain = html.unescape(TAG.sub("\n", HIDDEN.sub("\n", page)))
        return _tidy(plain)
    return _tidy("".join(reader.parts))


def _closed(page: str) -> str:
    """The page, in which no tag begins that never ends: the parser would read on for each."""
    head, end, rest = page.rpartition(">")
    return head + end + rest.replace("<", "&lt;")


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", TRAILING.sub("", text)).strip()


class _Reader(HTMLParser):
    """Collects the text outside of what is not shown; the title is shown, at the top."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self._title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._hidden.clear()
        self._title = tag == "title"
        if tag in UNSEEN:
            self._hidden.append(tag)
        elif tag == "br":
            self.parts.append("\n")
        elif tag in BLOCKS:
            self.parts.append("\n\n" if tag in PARAGRAPHS else "\n")
        if not self._hidden:
            self.parts.append(BEFORE.get(tag, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "hr"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._title = False
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag in BLOCKS:
            self.parts.append("\n\n" if tag in PARAGRAPHS else "\n")

    def handle_data(self, data: str) -> None:
        if self._title and data.strip():
            self.parts.append(f"# {' '.join(data.split())}\n\n")
        elif not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
