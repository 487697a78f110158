"""The Python a model meant, as a whole program that can be run.

Small models fence it, talk around it, answer with the body alone, or go on with examples of
their own; none of that counts against the code.
"""

from __future__ import annotations

import ast
import re

FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)


def python_of(answer: str, entry: str = "") -> str:
    """The code of an answer: the fenced block that defines `entry`, else the longest, else all."""
    blocks = [found[1] for found in FENCE.finditer(answer)]
    if not blocks:
        return _parsing(answer.replace("```", ""))
    defining = [block for block in blocks if entry and _definition(entry).search(block)]
    return _parsing((defining or sorted(blocks, key=len, reverse=True))[0])


def program(answer: str, *, entry: str = "", before: str = "") -> str:
    """A program that defines `entry`: the code, or the body it is, with what it relies on before.

    `before` is the beginning of the request's own code, up to and with the definition's head.
    """
    code = python_of(answer, entry)
    if not entry:
        return code
    if not _definition(entry).search(code):
        # A body needs the head that the request gives; without one a name may be bound otherwise.
        return before + _as_body(code) if before else code
    head = _definition(entry).split(before)
    return f"{head[0]}\n{code}" if len(head) > 1 else code


def _definition(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b", re.MULTILINE)


def _as_body(code: str) -> str:
    lines = code.split("\n")
    if any(line and not line[0].isspace() for line in lines):
        lines = [f"    {line}" if line else line for line in lines]
    return "\n".join(lines)


def _parsing(code: str) -> str:
    """The code, less lines at its end that keep it from parsing, such as a closing sentence."""
    lines = code.strip("\n").split("\n")
    for end in range(len(lines), max(0, len(lines) - 12), -1):
        part = "\n".join(lines[:end])
        try:
            ast.parse(part)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return part + "\n"
    return "\n".join(lines) + "\n"
