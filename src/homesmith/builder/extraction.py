"""The file a model meant, out of what it wrote.

Small models add fences, a sentence before or after, or lose their indentation. The path is
known to the host, so nothing has to be parsed but where the file begins and ends.
"""

from __future__ import annotations

import ast
import re

LOST = re.compile(r"^([ \t]*)([\w.$\[\]\"'()]+) = ([\w.$\[\]\"'()]+);\s*\3 = \2;", re.MULTILINE)
MEMBER = re.compile(r"[.\[]")
FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n`]*$", re.MULTILINE)
KEY = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|//[^\n]*|/\*.*?\*/)"""
    r"""|([{,]\s*)([A-Za-z]\w*(?:-\w+)+)(?=\s*:)""",
    re.DOTALL,
)
"""A string or comment, to be passed over, or a name with hyphens that a colon follows."""
TAB = 4


def file_text(answer: str, path: str, opening: str = "") -> str:
    """The text of the file `path`. `opening` is what the answer was made to begin with."""
    text = (opening + answer).replace("\r\n", "\n").replace("\x00", "")
    text = _inside_fence(text)
    if path.endswith(".html"):
        text = _whole_page(text)
    if path.endswith(".py"):
        text = reindented(text)
    if path.endswith(".js"):
        text = mended_script(text)
    return text.strip("\n") + "\n"


def mended_script(text: str) -> str:
    """JavaScript without the slips that can mean one thing only."""
    return exchanged(quoted_keys(text))


def quoted_keys(text: str) -> str:
    """JavaScript with keys such as data-testid in quotes, as they must be in an object."""
    return KEY.sub(lambda found: found[1] or f'{found[2]}"{found[3]}"', text)


def exchanged(text: str) -> str:
    """JavaScript in which two values that are put in each other's place both arrive there.

    `a = b; b = a;` loses what `a` held, and can mean nothing else than an exchange. But what a
    field was given from a variable may be read back as the field made it: `field.value = n`.
    """

    def both(found: re.Match[str]) -> str:
        indent, one, other = found.groups()
        before = text[: found.start()].rstrip()
        # Behind what has no semicolon, as a function can be, a bracket would go on with it.
        whole = not before or before[-1] in ";{}"
        alike = bool(MEMBER.search(one)) == bool(MEMBER.search(other))
        if not whole or not alike:
            return found[0]
        ends = ";" if before.endswith("}") else ""
        return f"{indent}{ends}[{one}, {other}] = [{other}, {one}];"

    return LOST.sub(both, text)


def _inside_fence(text: str) -> str:
    """The longest fenced block; the whole text where there is none."""
    marks = list(FENCE.finditer(text))
    if not marks:
        return text
    blocks = []
    for first, second in zip(marks[::2], marks[1::2], strict=False):
        blocks.append(text[first.end() + 1 : second.start()])
    if len(marks) % 2 == 1:
        last = marks[-1]
        before = text[: last.start()] if len(marks) == 1 else ""
        after = text[last.end() + 1 :]
        blocks += [before, after]
    return max(blocks, key=len)


def _whole_page(text: str) -> str:
    """From the doctype to the end of the page, closed if the model stopped before."""
    start = re.search(r"<!doctype html>|<html", text, re.IGNORECASE)
    text = text[start.start() :] if start else text
    end = text.lower().rfind("</html>")
    if end >= 0:
        return text[: end + len("</html>")]
    for tag in ("body", "html"):
        if f"<{tag}" in text.lower() and f"</{tag}>" not in text.lower():
            text = f"{text.rstrip()}\n</{tag}>"
    return text


def reindented(text: str) -> str:
    """Python whose indentation does not parse, with whole indentation steps; else as it is.

    Repairs what small models do most: tabs beside spaces, and a first line that lost its indent.
    """
    if _parses(text):
        return text
    for attempt in (text.expandtabs(TAB), _dedented(text), _rounded(text)):
        if _parses(attempt):
            return attempt
    return text


def _dedented(text: str) -> str:
    lines = text.expandtabs(TAB).split("\n")
    rest = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(rest, default=0)
    return "\n".join([lines[0].lstrip(), *(line[margin:] for line in lines[1:])])


def _rounded(text: str) -> str:
    lines = []
    for line in text.expandtabs(TAB).split("\n"):
        body = line.lstrip()
        lines.append(" " * (round((len(line) - len(body)) / TAB) * TAB) + body)
    return "\n".join(lines)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
