"""Read what the person wants from a word, a file or standard input; refuse what is not text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from homesmith.core.errors import InvalidText, UsageError

LARGEST = 500_000
"""Bytes. A model of today reads far less; a file beyond this was given by mistake."""
TRY = 'homesmith build "a to-do list" --into todo'


def read_prompt(
    words: str | None,
    file: str | None,
    stdin: BinaryIO,
    *,
    remedy: str = TRY,
    what: str = "prompt",
    option: str = "--prompt-file",
) -> str:
    """The prompt as text, without a byte order mark and outer blank space.

    `file` "-" is standard input, `remedy` a command that would do, `what` a person calls it and
    `option` names its file. Raises UsageError when not exactly one is given, or the file cannot be
    read; InvalidText when it is empty, too large or not UTF-8.
    """
    if words is not None and file is not None:
        raise UsageError(
            f"A {what} and a {option} were given",
            why="only one of them can say what you want",
            remedy=remedy,
        )
    if words is not None:
        return _checked(words.encode("utf-8", "surrogateescape"), f"The {what}", remedy)
    if file is None:
        raise UsageError(
            f"There is no {what}",
            why=f"neither words nor a {option} say what you want",
            remedy=remedy,
        )
    return _checked(_content(file, stdin), "Standard input" if file == "-" else file, remedy)


def _content(file: str, stdin: BinaryIO) -> bytes:
    if file == "-":
        return stdin.read(LARGEST + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The prompt file {file} cannot be read",
            why=getattr(error, "strerror", None) or str(error),
            remedy="check the name, or give the prompt in quotes",
        ) from error


def _checked(content: bytes, name: str, remedy: str) -> str:
    if len(content) > LARGEST:
        raise InvalidText(
            f"{name} is too long",
            why=f"at most {LARGEST // 1000} kB are read as a prompt",
            remedy="give the part of it that matters",
        )
    try:
        text = content.decode("utf-8").removeprefix("\ufeff").strip()
    except UnicodeDecodeError as error:
        raise InvalidText(
            f"{name} is not UTF-8 text",
            why=f"byte {error.start + 1} is not part of any character",
            remedy="iconv -t UTF-8 FILE > prompt.txt",
        ) from error
    if not text:
        raise InvalidText(f"{name} is empty", why="it says nothing", remedy=remedy)
    if "\0" in text:
        raise InvalidText(
            f"{name} is not text",
            why="it holds a NUL character",
            remedy="save it as plain UTF-8 text",
        )
    return text


def printable(path: Path) -> str:
    """A path as text that any terminal and any JSON reader takes."""
    return os.fsencode(path).decode("utf-8", "replace")
