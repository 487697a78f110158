"""`homesmith chat`: talk with an agent that remembers; lines in, answers out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.errors import HomesmithError
from homesmith.core.models import ModelId
from homesmith.doors.cli.answering import tell_answer
from homesmith.doors.cli.chat_commands import obey
from homesmith.doors.cli.reading import Reader, reading
from homesmith.doors.cli.seen import tell_seen
from homesmith.doors.cli.sight import tell_troubles
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done
from homesmith.doors.cli.whose import AGENT
from homesmith.memory.times import day

if TYPE_CHECKING:
    from homesmith.core.memories import Memory
    from homesmith.memory.personal.values import Trouble
    from homesmith.runtime.conversation.companion import Companion
    from homesmith.studio import Studio

EXAMPLES = """\b
Examples:
  homesmith chat
  homesmith chat --agent ada
  printf 'My cat is called Tom.\\nWhat is my cat called?\\n' | homesmith chat --json
"""
RECALLED = 200
"""Messages of both sides whose lines the person can have again by arrow up."""


def register(app: typer.Typer) -> None:
    """Add `chat`."""
    app.command("chat", epilog=EXAMPLES)(chat)


def chat(
    context: typer.Context,
    agent: Annotated[
        str, typer.Option("--agent", metavar="NAME", help="Who to talk with; made when new.")
    ] = AGENT,
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model to ask.")] = None,
    no_context: Annotated[
        bool, typer.Option("--no-context", help="Tell the model nothing you wrote down.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="After each answer, show what the model saw, and why.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Fetch a missing model without asking.")
    ] = False,
) -> int:
    """Talk with an agent that remembers everything, in this talk and the next.

    Ctrl-C stops an answer and keeps what was written; /help lists what else there is.
    At a terminal, arrow up brings what you said before, and what you paste is one message.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({"model": model, "context": False if no_context else None})

    async def work() -> int:
        from homesmith.doors.cli.fetching import have_weights

        chosen = ModelId(settings.model)
        async with terminal.open_studio(settings) as studio:
            await have_weights(terminal, studio, chosen, yes=yes)
            companion = studio.agent(agent, folder=Path.cwd())
            await _Chat(terminal, studio, companion, explain=explain).run()
        return 0

    return until_done(work())


class _Chat:
    """One sitting. A person at a terminal goes on after an error; a pipe ends with it."""

    def __init__(
        self, terminal: Terminal, studio: Studio, agent: Companion, *, explain: bool
    ) -> None:
        self._terminal = terminal
        self._studio = studio
        self._agent = agent
        self._explain = explain
        self._person = not terminal.json and terminal.stdin.isatty()
        self._answering: asyncio.Task[None] | None = None
        self._main = asyncio.current_task()
        self._told: tuple[Trouble, ...] = ()

    async def run(self) -> None:
        """Line after line, until /quit or the end of input."""
        with reading(self._terminal, self._said) as lines, self._interruptible():
            self._greet()
            going = True
            while going:
                try:
                    going = await self._go_on(lines)
                except HomesmithError as error:
                    if not self._person:
                        raise
                    self._terminal.failure(error)

    async def _go_on(self, lines: Reader) -> bool:
        """Do what the next line says; whether there may be another."""
        line = await self._next(lines)
        if line in (None, "/quit", "/exit"):
            return False
        if line:
            await self._do(line)
        return True

    def _said(self) -> list[str]:
        """The person's own newest messages, oldest first, as they are remembered now."""
        return [one.text for one in self._agent.messages(RECALLED) if one.speaker == "user"]

    async def _do(self, line: str) -> None:
        if line.startswith("/"):
            await obey(self._terminal, self._studio, self._agent, line)
            return
        self._tell_troubles()
        known = self._agent.messages(1)
        self._answering = asyncio.create_task(
            tell_answer(self._terminal, self._agent.ask(line)), name="answer"
        )
        try:
            await self._answering
        except asyncio.CancelledError:
            if not self._person or (self._main is not None and self._main.cancelling()):
                raise
            self._terminal.answer("")
            self._terminal.note(f"stopped; {_kept(known, self._agent.messages(1))}")
        finally:
            self._answering = None
        if self._explain:
            tell_seen(self._terminal, self._agent.conversation().seen)

    def _tell_troubles(self) -> None:
        """What is wrong with files of the context, once until it is mended or another."""
        troubles = self._studio.person().troubles
        if troubles != self._told:
            self._told = troubles
            tell_troubles(self._terminal, self._told)

    async def _next(self, lines: Reader) -> str | None:
        """The next line. While a person is away, the agent rests, and stops when they are back."""
        if not self._person:
            return await lines.next()
        learned: Counter[str] = Counter()
        resting = asyncio.create_task(self._rest(learned, lines))
        try:
            return await lines.next()
        finally:
            resting.cancel()
            await asyncio.wait([resting])
            self._tell_learned(learned)

    async def _rest(self, learned: Counter[str], lines: Reader) -> None:
        seconds = self._studio.settings.idle_seconds
        if not seconds:
            return
        await lines.quiet(seconds)
        with contextlib.suppress(HomesmithError):  # the next message meets it too, and says so
            await self._agent.rest(tell=lambda done: learned.update(done.counts))

    def _tell_learned(self, learned: Counter[str]) -> None:
        from homesmith.runtime.learning import gained

        if gain := gained(learned):
            self._terminal.note(f"Learned while you were away ({gain}); /memory shows it")

    def _greet(self) -> None:
        self._tell_troubles()
        if not self._person:
            return
        last = self._agent.messages(1)
        known = f"last time: {day(last[0].at)}" if last else "you have not talked before"
        self._terminal.note(f"{self._agent.name} listens; {known}. /help lists what you can do")

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C ends the answer that is being written, else the talk."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGINT, self._interrupt)
        except (NotImplementedError, ValueError, RuntimeError):
            yield  # not on Windows, and not outside the main thread
            return
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def _interrupt(self) -> None:
        stopped = self._answering or self._main
        if stopped is not None:
            stopped.cancel()


def _kept(known: Sequence[Memory], now: Sequence[Memory]) -> str:
    """What a stopped answer left in memory, told by the newest message before it and now."""
    if now == known:
        return "nothing was begun, your message is not kept"
    written = now[0].speaker == "assistant"
    kept = "what was written is kept" if written else "nothing was written yet"
    return f"{kept}. /undo takes your message back"
