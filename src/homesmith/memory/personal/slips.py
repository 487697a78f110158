"""What is wrong with a text that is no JSON or no YAML, in a person's words, with what to do.

It knows the slips that people make; of any other it says what is expected.
"""

from __future__ import annotations

import json
import re

STANDING = re.compile(r'"(?:\\.|[^"\\\n]){0,30}"?|[\w\'-]{1,30}|\S')
"""What a person sees at a place: a quoted text, a word or a sign."""
JSON = {
    "Expecting ',' delimiter": "a comma or a closing bracket is missing {before}",
    "Expecting ':' delimiter": "a colon is missing {before}",
    "Expecting property name": "a name in double quotes is expected {where}",
    "Expecting value": "a value is expected {where}; a text stands in double quotes",
    "Extra data": "it has ended {before}: there is a bracket too many, or too much behind it",
    "Unterminated string": "a text has no closing quote",
    "Invalid control character": r"a text ends with its line; \n in it is a new line, \t a tab",
    "Invalid \\": r"a \ in a text is written \\",
}
YAML = (
    (r"expected ',' or '\]'", "a comma or the closing ] of a list is missing"),
    (r"expected ',' or '}'", "a comma or a closing } is missing"),
    (r"expected the node content, .*stream end", "a bracket has no closing ] or }"),
    (r"expected the node content", "a value is missing; one that begins with a sign is quoted"),
    (
        r"mapping values are not allowed",
        "there is a colon too many, or the line is indented; a text with a colon is quoted",
    ),
    (r"found unexpected end of stream", "a text has no closing quote"),
    (r"found character '\\t'", "the line begins with a tab; spaces are expected"),
    (r"found character", "a text that begins with a sign such as @, % or ` is quoted"),
    (r"found undefined alias", "a text that begins with * is quoted"),
    (r"could not determine a constructor", "a text that begins with ! or = is quoted"),
    (r"could not find expected ':'", "a colon is missing behind a name"),
    (r"found unknown escape|expected escape", r"in double quotes a \ is written \\"),
    (
        r"expected <block end>",
        "the line does not go with those before it: see its indentation, quotes and brackets",
    ),
    (r"", "each line is expected as NAME: VALUE; a text with signs such as : or [ is quoted"),
)
"""How the parser's words begin, and ours."""


def json_slip(error: json.JSONDecodeError, text: str) -> str:
    """What keeps `text` from being JSON."""
    if not text.strip():
        return "it is empty"
    rest = text[error.pos :].lstrip()
    behind = rest.removeprefix(",").lstrip()[:1]
    if (text[: error.pos].rstrip()[-1:] == "," or rest[:1] == ",") and behind in ("}", "]"):
        return f"there is a comma too many before the closing {behind}"
    found = STANDING.match(rest)
    places = {
        "before": f"before {found[0]}" if found else "at the end",
        "where": f"where {found[0]} stands" if found else "at the end",
    }
    told = (ours for begin, ours in JSON.items() if error.msg.startswith(begin))
    return next(told, "it is no JSON {before}").format_map(places)


def yaml_slip(problem: str) -> str:
    """What keeps a text from being YAML, of which its parser says `problem`."""
    return next(ours for begin, ours in YAML if re.match(begin, problem))
