"""What a run knows of its person: words for the model, and what a program can see to by itself.

A small model copies the style of the worked example, whatever it is told; so tabs and a dark
page are not left to it. Pure text; a file that would mean something else is left as it is.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from homesmith.core.builds import BuildRequest
from homesmith.memory.personal.values import Personal as Person

TABBED = frozenset({".py", ".js", ".css", ".html"})
BOTH_THEMES = re.compile(r"(?m)^(\s*color-scheme:)\s*light dark\s*;")
LEADING = re.compile(r"^( +)(?=\S)")
SCRIPT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL
)
KEEPING = re.compile(
    r"\b(?:saves?|saved|stores?|stored|keeps?|kept|track(?:s|er|ing)?|logs?|records?|lists?|notes?"
    r"|diary|journal|inventory|collection|bookmarks?|expenses?|contacts?|database|remembers?)\b",
    re.IGNORECASE,
)
"""Words of a request that is about things which are still there tomorrow."""
SERVED = re.compile(r"sqlite|fastapi|python", re.IGNORECASE)
DECIDED = ("stack",)
"""Sections that the template of an app decides; told of another, a small model mixes them."""
VERBATIM = re.compile(r"<(pre|textarea)\b.*?</\1>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """`text` for prompts; `indentation` "tabs" and `theme` "dark" or "light" are seen to by us."""

    text: str = ""
    indentation: str = ""
    theme: str = ""
    warnings: tuple[str, ...] = ()

    def before(self, prompt: str) -> str:
        """The prompt with what is known of the person in front of it, if anything is."""
        return f"{self.text}\n\n{prompt}" if self.text else prompt

    def at_home_in(self, files: Iterable[str]) -> Personal:
        """The same person in an app that stands: its own looks go before theirs."""
        tabbed_already = any("\n\t" in text for text in files)
        return replace(self, theme="", indentation=self.indentation if tabbed_already else "")

    def dressed(self, path: str, text: str) -> str:
        """A file as the person likes it; the same file where they say nothing."""
        suffix = PurePosixPath(path).suffix
        if suffix == ".css" and self.theme in ("dark", "light"):
            text = BOTH_THEMES.sub(rf"\1 {self.theme};", text)
        if self.indentation == "tabs" and suffix in TABBED:
            text = tabbed(suffix, text)
        return text


NOBODY = Personal()


def personal_of(text: str, person: Person) -> Personal:
    """What a run is to know: the text that was chosen for it, and what we see to ourselves."""
    return Personal(
        text=text,
        indentation=str(person.prefers("coding_style", "indentation") or ""),
        theme=str(person.prefers("design", "theme") or ""),
        warnings=tuple(trouble.told() for trouble in person.troubles),
    )


def as_liked(request: BuildRequest, person: Person) -> BuildRequest:
    """The request, beginning with the template that keeps data where the person likes it kept.

    A page alone keeps data in the browser, whatever a model is told; so who prefers SQLite or
    FastAPI gets the template that has them, if the request is about things that are kept.
    """
    liked = (person.prefers("stack", "database"), person.prefers("stack", "backend"))
    served = SERVED.search(" ".join(str(one) for one in liked if one))
    if request.change or request.template != "auto" or not served:
        return request
    return replace(request, template="fastapi") if KEEPING.search(request.prompt) else request


def tabbed(suffix: str, text: str) -> str:
    """The text with a tab for each step of indentation, inside of long strings untouched."""
    lines = text.split("\n")
    unit = _unit(lines)
    if not unit:
        return text
    try:
        held = set(_held(suffix, text))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return text
    made = "\n".join(
        line if number in held else LEADING.sub(lambda found: _tabs(found[1], unit), line)
        for number, line in enumerate(lines, start=1)
    )
    return made if suffix != ".py" or _same(text, made) else text


def _unit(lines: list[str]) -> int:
    """Spaces of one step, 0 where nothing is indented by spaces."""
    widths = [len(found[1]) for line in lines if (found := LEADING.match(line))]
    least = min((width for width in widths if width > 1), default=0)
    return least if least in (2, 3, 4, 8) else 0


def _tabs(spaces: str, unit: int) -> str:
    steps, rest = divmod(len(spaces), unit)
    return "\t" * steps + " " * rest


def _held(suffix: str, text: str) -> Iterator[int]:
    """The lines that begin inside a string, or in text that is shown as it stands."""
    if suffix == ".py":
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING or tokenize.tok_name[token.type].startswith("FSTRING"):
                yield from range(token.start[0] + 1, token.end[0] + 1)
        return
    pattern = VERBATIM if suffix == ".html" else SCRIPT
    for found in pattern.finditer(text):
        first = text.count("\n", 0, found.start()) + 1
        if found[0][0] in "`<":
            yield from range(first + 1, first + found[0].count("\n") + 1)


def _same(text: str, made: str) -> bool:
    """Whether two Python files mean the same."""
    try:
        return ast.dump(ast.parse(text)) == ast.dump(ast.parse(made))
    except (SyntaxError, ValueError):
        return False
