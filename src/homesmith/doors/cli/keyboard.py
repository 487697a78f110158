"""Read what a person types at a real terminal: edited, recalled, pasted, and never cut.

Arrow up brings the messages that the agent remembers, read anew before each line, and the lines of
this talk. Nothing of them is written anywhere, and a message that was forgotten meanwhile does not
come back. Commands do until the talk ends: also a `/memory LABEL: TEXT` whose block was forgotten.

Between two lines the terminal neither shows nor cuts what is typed: the next line begins with it.
It does not know what a line means. It is imported late, for prompt_toolkit takes a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import termios
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.history import History
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from homesmith.core.errors import InvalidText
from homesmith.doors.cli.lines import PROMPT


class Keyboard:
    """The lines that are typed at a terminal, as a Reader; a context that holds it meanwhile."""

    def __init__(
        self, stdin: int, stdout: TextIO, *, term: str, recalled: Callable[[], Sequence[str]]
    ) -> None:
        self._stdin = stdin
        # Only its number and its encoding are used; who opened the terminal closes it.
        keys = open(stdin, encoding="utf-8", closefd=False)  # noqa: SIM115
        self._screen = Vt100_Output.from_pty(
            stdout, term=term, default_color_depth=ColorDepth.DEPTH_1_BIT
        )
        self._screen.enable_cpr = False  # its answer could come after the line, as if typed
        self._keys = Vt100Input(keys)
        self._session: PromptSession[str] = PromptSession(
            PROMPT,
            history=_Recalled(recalled),
            input=self._keys,
            output=self._screen,
            enable_suspend=True,
            reserve_space_for_menu=0,
        )
        self._session.default_buffer.on_text_changed += lambda _: self._pressed.set()
        self._pressed = asyncio.Event()
        self._found: list[Any] = []

    def __enter__(self) -> Self:
        self._found = termios.tcgetattr(self._stdin)
        self._hold()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        clear_typeahead(self._keys)  # it is kept by the terminal's number, and for ever
        with contextlib.suppress(OSError, termios.error):  # a terminal may be gone by now
            termios.tcsetattr(self._stdin, termios.TCSANOW, self._found)
            self._screen.disable_bracketed_paste()
            self._screen.flush()

    async def next(self) -> str | None:
        """The next line, or what was pasted as one; None after Ctrl-D.

        Raises InvalidText, and CancelledError after Ctrl-C or when the terminal is gone.
        """
        try:
            line = await self._session.prompt_async(
                handle_sigint=False, set_exception_handler=False
            )
            self._hold()
        except EOFError:
            return None
        except (KeyboardInterrupt, OSError) as error:
            raise asyncio.CancelledError from error
        return _whole(line)

    async def quiet(self, seconds: float) -> None:
        """Return when no key was pressed for so long."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._pressed.clear()
                await asyncio.wait_for(self._pressed.wait(), seconds)

    def _hold(self) -> None:
        """Keep what is typed until the next line. Ctrl-C is a signal, as ever."""
        held = termios.tcgetattr(self._stdin)
        held[3] &= ~(termios.ICANON | termios.ECHO)
        held[6][termios.VMIN] = 1
        termios.tcsetattr(self._stdin, termios.TCSANOW, held)
        self._screen.enable_bracketed_paste()
        self._screen.flush()


class _Recalled(History):
    """What arrow up brings: what is remembered, then the lines of this talk but the forgotten."""

    def __init__(self, recalled: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self._recalled = recalled
        self._typed: list[str] = []
        self._kept: set[str] = set()

    async def load(self) -> AsyncGenerator[str, None]:
        """The lines, newest first, as they are at this moment."""
        self._loaded = False
        async for line in super().load():
            yield line

    def load_history_strings(self) -> Iterable[str]:
        """The lines, newest first. One that was kept once and is no longer was forgotten."""
        known = self._recalled()
        self._typed = [one for one in self._typed if one in known or one not in self._kept]
        self._kept.update(one for one in self._typed if one in known)
        yield from reversed(self._typed)
        yield from (one for one in reversed(known) if one not in self._typed)

    def store_string(self, string: str) -> None:
        """Keep a line for this talk. What is no text shows as a replacement character."""
        given = string.encode("utf-8", "surrogateescape")  # as the bytes came
        self._typed.append(given.decode("utf-8", "replace").strip())


def _whole(line: str) -> str:
    """The line, if all of it is text. Raises InvalidText."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidText(
            "The line is not UTF-8 text, and was not sent",
            why=f"a byte after {error.start} characters is not part of any",
            remedy="arrow up brings the line back: mend what shows as \ufffd",
        ) from error
    return line.strip()
