"""Find the calls of tools in an answer while it is written, and keep them from the person.

Pure: pieces of text in, what may be shown out; cut anywhere, the same comes out. A call that
cannot be read is a `Misread` with what is wrong, for the model to hear.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homesmith.core.models import Calling

DECODER = json.JSONDecoder()
FENCE = re.compile(r"```(?:json)?\s*|\s*```")
BARE = tuple(f'{fence}{{"name":' for fence in ("", "```json", "```"))
"""How a call begins, but for blank space, in an answer that is nothing else: many models leave
their family's markers out."""
APART = " \t\r\n;,`"
"""What may stand between two bare calls, and after the last."""
ENDLESS = "the call has no end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool by name, with its arguments."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """What was meant as a call, and why it is none."""

    why: str


class Listening:
    """One answer. `calls` are those so far; `over`: what comes now is not worth hearing.

    A model that writes on behind its calls makes up what came of them.
    """

    def __init__(self, style: Calling) -> None:
        self._style = style
        self._text = ""
        self._place = 0
        self._inside = False
        self._shown = False
        self.calls: list[Call | Misread] = []
        self.over = False

    @property
    def raw(self) -> str:
        """All that was written, up to where it was not worth hearing any more."""
        return self._text[: self._place] if self.over else self._text

    def feed(self, text: str) -> str:
        """Take in the next piece; what of all so far may be shown now."""
        self._text += text
        return self._advance(last=False)

    def end(self) -> str:
        """There is no next piece; the rest that may be shown."""
        return self._advance(last=True)

    @property
    def _rest(self) -> str:
        return self._text[self._place :]

    def _advance(self, *, last: bool) -> str:
        shown = ""
        while self._rest and not self.over:
            if self._inside:
                going = self._in_call(last=last)
            elif self.calls:
                going = self._behind_call(last=last)
            else:
                more, going = self._before_call(last=last)
                shown += more
            # a step that cannot go on without the next piece ends the loop
            if not going:
                break
        return shown

    def _in_call(self, *, last: bool) -> bool:
        """Take the call up to its end, or to the end of all; whether it was taken."""
        body, end, _ = self._rest.partition(self._style.end)
        if not end and not last:
            return False
        self.calls.append(read(body, whole=bool(end)))
        self._place += len(body) + len(end)
        self._inside = False
        return True

    def _behind_call(self, *, last: bool) -> bool:
        rest = self._rest.lstrip(APART)
        self._place = len(self._text) - len(rest)
        begin = self._style.begin
        if not rest or (not last and begin and begin.startswith(rest)):
            return False
        if begin and rest.startswith(begin):
            self._inside, self._place = True, self._place + len(begin)
            return True
        bare = self._bare(last=last)
        self.over = bare is False
        return bare is True

    def _before_call(self, *, last: bool) -> tuple[str, bool]:
        """What may be shown, and whether a call follows at once."""
        if not self._shown:
            bare = self._bare(last=last)
            if bare is not False:
                return "", bool(bare)
        begin, rest = self._style.begin, self._rest
        at = rest.find(begin) if begin else -1
        if at >= 0:
            self._inside, self._place = True, self._place + at + len(begin)
            more = rest[:at].rstrip()
        else:
            more = rest if last else rest[: len(rest) - _held(rest, begin)]
            self._place += len(more)
        self._shown = self._shown or bool(more)
        return more, at >= 0

    def _bare(self, *, last: bool) -> bool | None:
        """Whether the rest begins with a call without markers, which is taken; None: not yet."""
        rest = self._rest
        compact = "".join(rest.split())
        if any(compact.startswith(head) for head in BARE):
            start = rest.index("{")
            try:
                found, stop = DECODER.raw_decode(rest, start)
            except ValueError:
                return False if last else None
            if "arguments" not in found and "parameters" not in found:
                return False
            self.calls.append(_call(found))
            self._place += stop
            return True
        return None if not last and any(head.startswith(compact) for head in BARE) else False


def _held(text: str, begin: str) -> int:
    """How much of the end may belong to a call, with the blank space before it."""
    sizes = range(min(len(begin) - 1, len(text)), 0, -1)
    size = next((size for size in sizes if text.endswith(begin[:size])), 0)
    return len(text) - len(text[: len(text) - size].rstrip())


def read(body: str, *, whole: bool) -> Call | Misread:
    """What stands between the markers of a call. `whole`: its end was there."""
    text = FENCE.sub("", body).strip()
    if text.startswith("{{") and text.endswith("}}"):
        text = text[1:-1]  # as one family's own template shows it
    try:
        found, stop = DECODER.raw_decode(text)
    except ValueError as error:
        return Misread(why=f"it is not JSON: {error}" if whole else ENDLESS)
    if text[stop:].strip():
        return Misread(why="there is more than one JSON object in it")
    return _call(found)


def _call(found: Any) -> Call | Misread:
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        return Misread(why='it is no JSON object with a "name"')
    arguments = found.get("arguments", found.get("parameters", {}))
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except ValueError as error:
            return Misread(why=f"its arguments are not JSON: {error}")
    if not isinstance(arguments, dict):
        return Misread(why="its arguments are no JSON object")
    return Call(name=found["name"], arguments=arguments)


def without_calls(text: str, style: Calling) -> str:
    """What of a whole answer a person may see."""
    listening = Listening(style)
    return (listening.feed(text) + listening.end()).strip()
