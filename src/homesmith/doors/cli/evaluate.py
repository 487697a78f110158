"""`homesmith eval`: measure strategies on suites, on this machine."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from homesmith.core.errors import UsageError
from homesmith.core.models import ModelId
from homesmith.doors.cli import comparing, promoting, rooms
from homesmith.doors.cli.commands import group
from homesmith.doors.cli.measured import refuse_unwritable, tell, write_page
from homesmith.doors.cli.telling import duration
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homesmith.lab.attempts import Attempt
    from homesmith.lab.evaluation import Turn
    from homesmith.lab.laboratory import Laboratory
    from homesmith.lab.measurement import Measurement
    from homesmith.lab.suite import Suite
    from homesmith.lab.suites import Problems

EXAMPLES = """\b
Examples:
  homesmith eval humaneval --data ~/suites --limit 20
  homesmith eval mbppplus gsm8k --data ~/suites --strategy direct,verify,auto
  homesmith eval ./my-suite --html report.html
  homesmith eval memory compression prefix --data ~/suites
"""
PROMISE = "Measure what a strategy gains, and what it costs; `run` may be left out."
HELP = ("-h", "--help")
WHY = 100
"""Characters of a reason on a line; all of it is in the JSON and in the ledger."""


class RunByDefault(TyperGroup):
    """`eval SUITE` is `eval run SUITE`: what is no verb is a suite."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As always, with `run` before words that do not begin with a verb."""
        if not args and not ctx.resilient_parsing:
            raise UsageError(
                "homesmith eval needs one more word",
                why=f"it is a suite, or one of {', '.join(self.commands)}",
                remedy="homesmith eval --help",
            )
        if args and args[0] not in self.commands and args[0] not in HELP:
            args = ["run", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add `eval` and its verbs."""
    noun = group(app, "eval", PROMISE, kind=RunByDefault)
    noun.command("run", epilog=EXAMPLES)(evaluate)
    noun.command("compare", epilog=comparing.EXAMPLES)(comparing.compare)
    noun.command("promote", epilog=promoting.EXAMPLES)(promoting.promote)


def evaluate(
    context: typer.Context,
    suites: Annotated[
        list[str],
        typer.Argument(
            metavar="SUITE",
            help="humaneval, humanevalplus, mbppplus, gsm8k, apps, custom, or the path of a folder "
            "of tasks or apps or of a file of questions; docs/suites.md says how to write one. Or "
            "memory, compression, prefix, which ask a model only where --model names one.",
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(help="The folder with the suites' files; else this one, else suites/."),
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="What to compare, the first is the baseline: direct, verify, select, vote, "
            "refine, plan, auto; of apps build, bare. Without it direct,auto, or build.",
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model to measure.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Only so many tasks, the first ones; of memory, and where rooms ask a model, "
            "evenly out of all; of prefix, so many turns.",
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Try each task this often.")] = 1,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens one strategy may write for one task.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a page, too.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Fetch a missing model without asking.")
    ] = False,
) -> int:
    """Measure on this machine what a strategy gains, and what it costs.

    What was tried before is not tried again: an evaluation that was stopped goes on.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({"model": model})
    refuse_unwritable(html)
    if rooms.are_rooms(suites):
        chosen = ModelId(settings.model) if model else None
        return rooms.measure(
            terminal, settings, suites, data=data, limit=limit, model=chosen, html=html, yes=yes
        )
    names = tuple(
        dict.fromkeys(name.strip() for name in (strategy or "").split(",") if name.strip())
    )
    if strategy is not None and not names:
        raise UsageError(
            "--strategy names no strategy", why="it is empty", remedy="--strategy direct,auto"
        )

    async def work() -> int:
        from homesmith.doors.cli.fetching import have_weights
        from homesmith.studio.evaluating import Experiment

        chosen = ModelId(settings.model)
        async with terminal.open_studio(settings) as studio:
            lab = studio.laboratory()
            read = [lab.suite(name, data) for name in dict.fromkeys(suites)]
            for suite in read:
                lab.strategies(suite, names)  # nothing is begun before all of them are known
            await have_weights(terminal, studio, chosen, yes=yes)
            loaded = _named(terminal, lab, read)
            ways = [lab.strategies(suite, names) for suite in loaded]
            counts = [
                len(own) * min(_tasks(terminal, suite), limit or 1 << 30) * seeds
                for suite, own in zip(loaded, ways, strict=True)
            ]
            experiments = [
                Experiment(
                    strategies=own, model=chosen, limit=limit, seeds=seeds, tokens=max_tokens
                )
                for own in ways
            ]
            unmade = map(studio.unmade, loaded, experiments)
            progress = Progress(terminal=terminal, total=sum(counts), unmade=sum(unmade))
            order = [name for own in ways for name in own]
            try:
                for suite, experiment in zip(loaded, experiments, strict=True):
                    running = studio.evaluate(suite, experiment)
                    async with aclosing(running) as turns:
                        async for turn in turns:
                            progress.tell(turn)
            except asyncio.CancelledError:
                if progress.tried:
                    so_far = _summed(lab, chosen, progress, order, loaded)
                    tell(terminal, so_far, unkept=progress.unkept)
                raise
            measured = _summed(lab, chosen, progress, order, loaded)
        tell(terminal, measured, unkept=progress.unkept)
        if html:
            write_page(terminal, measured, html)
        return 0

    return until_done(work())


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far an evaluation is, one line for each attempt that was made now.

    `total` counts those that were known before, too; `unmade` only those that were not.
    """

    terminal: Terminal
    total: int
    unmade: int
    tried: list[Attempt] = field(default_factory=list)
    made: int = 0
    unkept: str = ""
    began: float = field(default_factory=time.monotonic)

    def tell(self, turn: Turn) -> None:
        """Say one more attempt."""
        self.tried.append(turn.attempt)
        self.made += not turn.known
        if turn.unkept and not self.unkept:
            self.unkept = turn.unkept
        if self.terminal.json:
            line = {"event": "trial", "known": turn.known, **asdict(turn.attempt)}
            self.terminal.record(line | ({"unkept": turn.unkept} if turn.unkept else {}))
        elif not turn.known:
            seen = f"{len(self.tried):{len(str(self.total))}}"
            row = f"{seen}/{self.total}  {_line(turn.attempt)}{self._left()}"
            self.terminal.note(f"{row}{_why(turn.attempt)}")

    def _left(self) -> str:
        """The time that is left, for a person who watches."""
        left = self.unmade - self.made
        if not self.terminal.watched or left <= 0:
            return ""
        seconds = (time.monotonic() - self.began) / self.made * left
        return f", about {duration(seconds)} left"


def _line(attempt: Attempt) -> str:
    kept = f", {attempt.recalled} of {attempt.candidates} kept" if attempt.recalled else ""
    return (
        f"{attempt.task:16} {attempt.strategy:8} {attempt.verdict:8} {attempt.answer_tokens:5} "
        f"tokens {attempt.seconds:6.1f} s{kept}"
    )


def _why(attempt: Attempt) -> str:
    """The first words of what the checks found wrong, for whoever writes a suite."""
    words = " ".join(attempt.why.split())
    return f": {words[:WHY]}" if words else ""


def _named(
    terminal: Terminal, lab: Laboratory, suites: Sequence[Problems | Suite]
) -> list[Problems | Suite]:
    """Each suite once. One that could not have its plain name is told."""
    from homesmith.lab.suites import place_of

    found = {suite.name: suite for suite in map(lab.named, suites)}
    for name, suite in found.items():
        other = lab.origins.namesake(name)
        if other is not None:
            terminal.note(f"{place_of(suite)} is called {name} here: {other} has the plain name")
    return list(found.values())


def _tasks(terminal: Terminal, suite: Problems | Suite) -> int:
    """How many tasks a suite has; those that cannot be read are told."""
    from homesmith.lab.suites import tasks_of

    for sentence in _broken(suite):
        if terminal.json:
            terminal.record({"event": "broken", "suite": suite.name, "why": sentence})
        terminal.note(sentence)
    return len(tasks_of(suite))


def _broken(suite: Problems | Suite) -> tuple[str, ...]:
    """A sentence for each task of a suite that cannot be read."""
    from homesmith.lab.suites import Problems

    return suite.broken if isinstance(suite, Problems) else ()


def _summed(
    lab: Laboratory,
    model: ModelId,
    progress: Progress,
    names: Sequence[str],
    suites: Sequence[Problems | Suite],
) -> Measurement:
    """What came of it so far; strategies in the order of their names."""
    return replace(
        lab.measurement(_sides(progress.tried, names), model=model),
        left_out={suite.name: len(_broken(suite)) for suite in suites if _broken(suite)},
        untried=progress.total - len(progress.tried),
    )


def _sides(tried: Sequence[Attempt], names: Sequence[str]) -> list[tuple[str, list[Attempt]]]:
    """The attempts of each strategy, in the order in which the strategies were named."""
    return [(name, [one for one in tried if one.strategy == name]) for name in dict.fromkeys(names)]
