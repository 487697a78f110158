"""Where a command reads and writes: the answer to stdout, the rest to stderr, errors in 3 lines.

It does not know what is being said.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from homesmith.core.errors import HomesmithError

if TYPE_CHECKING:  # both are heavy, and many commands need neither
    from homesmith.settings import Settings
    from homesmith.studio import Studio

    OpenStudio = Callable[[Settings], AbstractAsyncContextManager[Studio]]

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control and direction characters, which could make a terminal show what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The person or the program at the other end."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    open_studio: OpenStudio
    json: bool = False
    debug: bool = False

    @property
    def watched(self) -> bool:
        """Whether a person sees stderr as it is written."""
        return not self.json and self.stderr.isatty()

    def answer(self, text: str, end: str = "\n") -> None:
        """What was asked for, and nothing else."""
        self.stdout.write((visible(text) if self.stdout.isatty() else text) + end)
        self.stdout.flush()

    def record(self, value: Mapping[str, Any]) -> None:
        """One line of JSON."""
        self.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        self.stdout.flush()

    def note(self, text: str) -> None:
        """Something for the person beside the answer; never in JSON."""
        if not self.json:
            self.stderr.write(visible(text) + "\n")
            self.stderr.flush()

    def failure(self, error: HomesmithError) -> None:
        """What happened, why, and what to do."""
        if self.json:
            self.record({"event": "failed", **error.as_wire()})
        else:
            self.note("\n".join(three_lines(error)))
        if self.debug:
            traceback.print_exception(error, file=self.stderr)

    def confirm(self, question: str, *, default: bool = True) -> bool | None:
        """The person's yes or no; None when there is nobody to ask. Enter alone is `default`.

        What cannot be undone has the default no.
        """
        if self.json or not (self.stdin.isatty() and self.stderr.isatty()):
            return None
        self.stderr.write(f"{visible(question)} {'[Y/n]' if default else '[y/N]'} ")
        self.stderr.flush()
        reply = self.stdin.readline()
        said = reply.strip().lower()
        return said in (b"y", b"yes") or (default and bool(reply) and not said)

    def question(self, text: str) -> str | None:
        """What the person answers, in one line; None when there is nobody to ask."""
        if self.json or not (self.stdin.isatty() and self.stderr.isatty()):
            return None
        self.stderr.write(f"{visible(text)}: ")
        self.stderr.flush()
        return self.stdin.readline().decode("utf-8", "replace").strip()

    def settings(self, flags: Mapping[str, object], project: Path | None = None) -> Settings:
        """The settings of this call; their warnings are told here, once."""
        from homesmith.settings import load

        settings = load(flags, self.environ, project)
        for warning in settings.warnings:
            self.note(f"warning: {warning}")
        return settings


def visible(text: str) -> str:
    """The text with control characters written out, so that it shows as it is."""
    return UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def three_lines(error: HomesmithError) -> tuple[str, str, str]:
    """What happened · why · hint, each on one line."""
    why = error.why or "the cause is not known"
    remedy = error.remedy or "homesmith doctor"
    return one_line(error.message), "  " + one_line(why), "hint: " + one_line(remedy)


def one_line(text: str) -> str:
    """The text without line breaks, as an error's line must be."""
    return " ".join(text.split())


def standard(open_studio: OpenStudio, environ: Mapping[str, str]) -> Terminal:
    """This process's own streams. A character the terminal cannot show is replaced, not fatal."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    return Terminal(
        stdin=sys.stdin.buffer,
        stdout=sys.stdout,
        stderr=sys.stderr,
        environ=environ,
        open_studio=open_studio,
    )
