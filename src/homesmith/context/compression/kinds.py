"""What a text is made of, by its content alone. In doubt it is prose, which any text can be."""

from __future__ import annotations

import ast
import json
import re

from homesmith.context.compression.logs import template
from homesmith.context.compression.values import Kind

SAMPLE = 20_000
"""Characters at the start by which most kinds are known."""
MANY = 20
"""Lines, of which most resemble another one, that make a log without times."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
PAGE = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Nothing in it is tried twice: a text may begin with a thousand comments and be no page."""
TAG = re.compile(
    r"</?(?:div|p|span|a|li|ul|ol|table|tr|td|th|h[1-6]|script|style|section|br)\b[^<>]*>",
    re.IGNORECASE,
)
STAMP = re.compile(
    r"\s*[\[(]?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d|\d{2}/\w{3}/\d{4}:"
    r"|\w{3} [ \d]\d \d\d:\d\d|\d+\.\d+\]|\d{4}/\d\d/\d\d)"
    r"|.{0,30}?\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
    r"|.{0,40}?\b(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|TRACE|CRITICAL|NOTICE)\b"
    r"|\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:"
)
PYTHON = re.compile(
    r"^(?:[ \t]*(?:async[ \t]+)?def \w+\(.*|[ \t]*class \w+.*:\s*|from [\w.]+ import .+"
    r"|import [\w.]+(?: as \w+)?|if __name__ == .*|[ \t]*@\w[\w.]*(?:\(.*\))?)$",
    re.MULTILINE,
)
SCRIPT = re.compile(
    r"^[ \t]*(?:(?:export |default |async )*function\b.*[({]"
    r"|(?:export )?(?:const|let|var) [\w${\[ ].*[=,{].*|import .* from ['\"].*"
    r"|(?:export )?(?:default )?(?:abstract )?class \w+.*\{|\w+\(.*\) \{|\}\)?;?"
    r"|module\.exports.*|.*=> \{)[ \t]*$",
    re.MULTILINE,
)
TYPED = re.compile(
    r"^[ \t]*(?:export )?(?:declare )?(?:interface \w+.*\{|type \w+(?:<.*>)? = |enum \w+)"
    r"|\b(?:private|public|readonly) \w+[:(]"
    r"|[\w)?]: (?:string|number|boolean|void|Promise<|unknown)\b",
    re.MULTILINE,
)
FENCE = re.compile(r"^```", re.MULTILINE)
"""Code inside of prose."""


def detect(text: str) -> Kind:
    """The kind of a text."""
    sample = text[:SAMPLE]
    if not text.strip():
        return "empty"
    if "\0" in sample or len(CONTROL.findall(sample)) * 10 > len(sample):
        return "binary"
    if is_json(text):
        return "json"
    if PAGE.match(sample) or _share(TAG, sample) > 0.3:
        return "html"
    lines = [line for line in sample.split("\n") if line.strip()]
    if _stamped(lines):
        return "log"
    return _source(text, sample, lines) or ("log" if _alike(lines) else "prose")


def is_json(text: str) -> bool:
    """Whether the text is one JSON array or object, or one per line."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start not in ("[", "{"):
        return False
    try:
        json.loads(text.strip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        return start == "{" and _by_line(text)
    return True


def _by_line(text: str) -> bool:
    lines = [line for line in text.strip("\ufeff \t\r\n").split("\n") if line.strip()]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def _share(pattern: re.Pattern[str], text: str) -> float:
    """How much of the text is tags, by characters."""
    return sum(len(match[0]) for match in pattern.finditer(text)) / max(1, len(text))


def _stamped(lines: list[str]) -> bool:
    """Whether most lines of a few begin with a time or name a level."""
    stamped = sum(STAMP.match(line) is not None for line in lines)
    return len(lines) >= 4 and stamped * 2 > len(lines)


def _alike(lines: list[str]) -> bool:
    """Whether many lines are of few kinds, as those of a program that tells what it does."""
    return len(lines) >= MANY and len(set(map(template, lines))) * 3 < len(lines)


def _source(text: str, sample: str, lines: list[str]) -> Kind | None:
    """The language of which at least one line in twelve, and three, are typical."""
    if FENCE.search(sample):
        return None
    needed = max(3, len(lines) // 12)
    python = len(PYTHON.findall(sample))
    script = len(SCRIPT.findall(sample))
    if (python >= needed and python >= script) or (python and _parses(text)):
        return "python"
    if script >= needed:
        return "typescript" if len(TYPED.findall(sample)) >= 2 else "javascript"
    return None


def _parses(text: str) -> bool:
    """Whether a text of moderate length is Python, which English hardly ever is."""
    try:
        return len(text) <= SAMPLE and bool(ast.parse(text).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
