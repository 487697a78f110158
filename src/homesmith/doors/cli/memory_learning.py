"""The verbs of `homesmith memory` about what is learned from talk: facts, and what waits."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.budgets import Budget
from homesmith.core.counting import counted, noun
from homesmith.core.errors import UsageError
from homesmith.core.learning import YIELDS
from homesmith.core.memories import Memory
from homesmith.core.models import ModelId
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.remembered import as_facts, in_columns, plain, short
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done
from homesmith.doors.cli.whose import AGENT, Name, with_agent
from homesmith.memory.times import day

if TYPE_CHECKING:
    from homesmith.core.learning import Standing
    from homesmith.memory.agent import Agent
    from homesmith.runtime.learning import Outcome, Worked

Numbers = Annotated[
    list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Proposals, by number.")
]
Every = Annotated[bool, typer.Option("--all", help="All that wait.")]


def add(noun: typer.Typer) -> None:
    """Add the verbs to the noun."""
    noun.command("consolidate")(consolidate)
    noun.command("proposals")(proposals)
    noun.command("confirm")(confirm)
    noun.command("refuse")(refuse)


def consolidate(
    context: typer.Context,
    name: Name = AGENT,
    status: Annotated[bool, typer.Option("--status", help="Only say how far it is.")] = False,
    minutes: Annotated[float | None, typer.Option(min=0, help="Stop after so long.")] = None,
    model: Annotated[str | None, typer.Option(help="The model that reads.")] = None,
) -> int:
    """Learn from what was said: facts, summaries, and edits of blocks, each checked by us.

    A chat does the same after ten quiet minutes. Stop it whenever you like; it goes on where it
    stood.
    What did not come from you waits for you: homesmith memory proposals.
    """
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    def tell(worked: Worked) -> None:
        said = ", ".join(_became(what, number) for what, number in worked.counts.items())
        terminal.note(f"stretch {worked.job}: {said or f'no {worked.step}'}")

    async def work() -> tuple[Outcome | None, Standing]:
        async with terminal.open_studio(settings) as studio:
            outcome = None
            if not status:
                idle = studio.idle(name, ModelId(model) if model else None)
                seconds = None if minutes is None else 60 * minutes
                outcome = await idle.learn(Budget(seconds=seconds), settled=True, tell=tell)
            return outcome, studio.agent(name, create=False).learner.standing()

    outcome, standing = until_done(work())
    _tell_outcome(terminal, name, outcome, standing)
    return 0


def proposals(context: typer.Context, name: Name = AGENT) -> int:
    """What was read in files, pages, tools or answers, and waits until you confirm it."""
    terminal: Terminal = context.obj
    found = with_agent(terminal, name, lambda agent: agent.knowledge.proposals())
    if terminal.json:
        for one in found:
            terminal.record({"event": "proposal", **asdict(one)})
    else:
        for line in in_columns(found):
            terminal.answer(line)
    if found:
        terminal.note(
            f"homesmith memory confirm NUMBER --agent {shlex.quote(name)}, or refuse NUMBER"
        )
    else:
        terminal.note("Nothing waits for you")
    return 0


def confirm(
    context: typer.Context, numbers: Numbers = None, every: Every = False, name: Name = AGENT
) -> int:
    """Let proposals be facts. Undo: homesmith memory forget FACT, by the number that it tells."""
    return _decide(context.obj, name, numbers or (), every=every, confirmed=True)


def refuse(
    context: typer.Context, numbers: Numbers = None, every: Every = False, name: Name = AGENT
) -> int:
    """Let proposals go, and never come again."""
    return _decide(context.obj, name, numbers or (), every=every, confirmed=False)


def tell_line(terminal: Terminal, line: Sequence[Memory]) -> int:
    """What was true of one matter, oldest first."""
    rows = []
    for fact in line:
        if terminal.json:
            terminal.record({"event": "fact", **plain(fact)})
        rows.append((str(fact.id), day(fact.at), day(fact.until) or "now", fact.text))
    if not terminal.json:
        for text in columns(("NUMBER", "FROM", "UNTIL", "FACT"), rows):
            terminal.answer(text)
    return 0


def tell_sources(terminal: Terminal, name: str, memory: Memory) -> None:
    """The messages that a fact or a summary rests on."""
    for one in with_agent(terminal, name, lambda agent: agent.knowledge.sources(memory.id)):
        if terminal.json:
            terminal.record({"event": "source", "of": memory.id, **plain(one)})
        else:
            terminal.note(
                f"rests on {one.id}, {one.speaker} on {day(one.at)}: {short(one.text, 100)}"
            )


def _decide(
    terminal: Terminal, name: str, numbers: Sequence[int], *, every: bool, confirmed: bool
) -> int:
    if bool(numbers) == every:
        raise UsageError(
            "Say which proposals, in one way",
            why="numbers and --all are two ways, and one of them is needed",
            remedy=f"homesmith memory proposals --agent {shlex.quote(name)}",
        )

    def decide(agent: Agent) -> tuple[int, tuple[int, ...]]:
        knowledge = agent.knowledge
        wanted = [one.id for one in knowledge.proposals()] if every else list(numbers)
        if confirmed:
            return len(wanted), knowledge.confirm(wanted)
        knowledge.refuse(wanted)
        return len(wanted), ()

    number, facts = with_agent(terminal, name, decide)
    done = "confirmed" if confirmed else "refused"
    if terminal.json:
        told = {"event": "finished", "agent": name, done: number}
        terminal.record(told | ({"facts": facts} if confirmed else {}))
    else:
        terminal.note(f"{number} {done}{as_facts(facts, name)}")
    return 0


def _tell_outcome(
    terminal: Terminal, name: str, outcome: Outcome | None, standing: Standing
) -> None:
    if terminal.json:
        told = {"event": "finished", "agent": name, "standing": asdict(standing)}
        terminal.record(told | ({} if outcome is None else asdict(outcome)))
        return
    terminal.answer(
        f"{counted(standing.facts, 'facts')} ({standing.past} no longer true), "
        f"{counted(standing.summaries, 'summaries')}, "
        f"{counted(standing.proposals, 'proposals')} waiting"
    )
    terminal.answer(
        f"{counted(standing.waiting, 'messages')} waiting, "
        f"{counted(standing.open, 'stretches')} open, {standing.done} done"
    )
    for what, number in standing.report.items():
        terminal.answer(f"{number:6}  {noun(number, what) if what in YIELDS else what}")
    if outcome is not None:
        answers = counted(outcome.spent.steps, "answers of the model")
        terminal.note(f"{outcome.ended}; {answers}")


def _became(what: str, number: int) -> str:
    """So many of what was learned; or why something was not, and how often."""
    return counted(number, what) if what in YIELDS else f"{what}: {number}"
