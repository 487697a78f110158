"""Code in an answer, indented as the person likes it, while it is written.

A small model that is told of tabs and shown tabs still writes spaces now and then. Only what
people see is changed: what an agent remembers and its model reads again stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing

from homesmith.core.requests import Delta, Ended, Event, Failed

WIDTH = re.compile(r"([1-8]) spaces")
FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([\w+#.-]*)")
MAYBE_FENCE = re.compile(r"[ \t]*(?:`{1,2}|~{1,2})?|[ \t]*(?:`{3,}|~{3,}).*")
"""How a line begins that may become a fence: it is held back until that is known."""
SHOWN = re.compile(r"[:{(\[][ \t]*\n([ \t]+)\S")
"""Code in what was given: the first line that is indented after one that opens something."""
CHOICE = (
    "bash c c# c++ cpp cs csharp css htm html java javascript js json jsx kotlin kt php py python"
    " rs rust scss sh sql svelte swift ts tsx typescript vue xml"
)
INDENTED = frozenset(CHOICE.split())
"""Languages whose indentation is the writer's choice; that of YAML and Go is not."""
STEPS = (2, 3, 4, 8)
STRINGS = {"python": ('"""', "'''"), "py": ('"""', "'''"), "javascript": ("`",), "js": ("`",)}
STRINGS |= dict.fromkeys(("ts", "typescript", "jsx", "tsx"), ("`",))


def level(indentation: str) -> str:
    """One level of it, as characters; "" for what is no such wish."""
    if indentation == "tabs":
        return "\t"
    found = WIDTH.fullmatch(indentation)
    return " " * int(found[1]) if found else ""


def indented(text: str, indentation: str, shown: Iterable[str] = ()) -> str:
    """A whole answer with its code so indented; as it is where `shown` code has another way."""
    writer = _writer(indentation, shown)
    return writer.more(text) + writer.rest() if writer else text


async def indenting(
    events: AsyncGenerator[Event, None], indentation: str, shown: Iterable[str] = ()
) -> AsyncGenerator[Event, None]:
    """The same stream with its code so indented; as it is where `shown` code has another way."""
    writer = _writer(indentation, shown)
    async with aclosing(events):
        async for event in _written(events, writer) if writer else events:
            yield event


async def _written(events: AsyncIterator[Event], writer: _Writer) -> AsyncIterator[Event]:
    async for event in events:
        match event:
            case Delta(text=text):
                if shown := writer.more(text):
                    yield Delta(text=shown)
                continue
            case Ended() | Failed():
                if shown := writer.rest():
                    yield Delta(text=shown)
            case _:
                pass
        yield event


def _writer(indentation: str, shown: Iterable[str]) -> _Writer | None:
    """None where nothing is wished, or where what was given is indented in another way."""
    step = level(indentation)
    there = [found[1] for text in shown if (found := SHOWN.search(text))]
    return _Writer(step) if step and all(one == step for one in there) else None


class _Writer:
    """Takes text in pieces of any size and gives it back, the beginnings of lines changed.

    `_unit` is what the model indents by in this block, from its first indented line; None until
    there is one, 0 where it is no usual step. `_string` is the mark of a string that goes over
    lines; what stands in it is not ours to change, but where it `_documents` the code around it.
    """

    def __init__(self, step: str) -> None:
        self._step = step
        self._held = ""
        self._line = ""
        self._begun = False
        self._fence = ""
        self._language = ""
        self._base = 0
        self._unit: int | None = None
        self._string = ""
        self._documents = False

    def more(self, text: str) -> str:
        """What can be shown now."""
        return "".join(self._pieces(text))

    def rest(self) -> str:
        """What was held back, at the end."""
        held, self._held = self._held, ""
        return held if self._begun or not held else self._begin(held)

    def _pieces(self, text: str) -> Iterator[str]:
        for part in text.splitlines(keepends=True):
            yield self._part(part)

    def _part(self, part: str) -> str:
        """A piece of one line, perhaps with its end."""
        self._line += part
        ended = part.endswith("\n")
        if self._begun:
            said = part
        else:
            self._held += part
            if not ended and MAYBE_FENCE.fullmatch(self._held):
                return ""
            said, self._held = self._begin(self._held), ""
            self._begun = True
        if ended:
            self._end()
        return said

    def _begin(self, line: str) -> str:
        """The beginning of a line as it is shown."""
        if self._language not in INDENTED or FENCE.match(line):
            return line
        said = line.lstrip(" \t")
        blank = line[: len(line) - len(said)]
        own = len(blank) - self._base
        if own <= 0 or not said.strip() or (self._string and not self._documents):
            return line
        if "\t" in blank:
            return blank.replace("\t", self._step) + said
        if self._unit is None:
            self._unit = own if own in STEPS else 0
        if not self._unit:
            return line
        steps, over = divmod(own, self._unit)
        return " " * self._base + self._step * steps + " " * over + said

    def _end(self) -> None:
        line, self._line, self._begun = self._line, "", False
        found = FENCE.match(line)
        if found and not self._fence:
            self._fence, self._language = found[2], found[3].casefold()
            self._base, self._unit, self._string = len(found[1]), None, ""
        elif found and self._closes(found, line):
            self._fence = self._language = ""
        else:
            self._strings(line)

    def _closes(self, found: re.Match[str], line: str) -> bool:
        alone = not line[found.end(2) :].strip()
        return alone and found[2][0] == self._fence[0] and len(found[2]) >= len(self._fence)

    def _strings(self, line: str) -> None:
        """Whether the next line begins inside of a string."""
        at, marks = 0, STRINGS.get(self._language, ())
        while at < len(line):
            looked = (self._string,) if self._string else marks
            places = [(place, mark) for mark in looked if (place := line.find(mark, at)) >= 0]
            if not places:
                return
            place, mark = min(places)
            self._documents = not line[:place].strip()
            self._string = "" if self._string else mark
            at = place + len(mark)
