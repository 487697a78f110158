"""`homesmith ask`: one question, answered as it is written."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from homesmith.core.budgets import Budget
from homesmith.core.errors import UsageError
from homesmith.core.models import ModelId
from homesmith.doors.cli.answering import cost, tell_answer
from homesmith.doors.cli.materials import read_materials, tell_materials
from homesmith.doors.cli.prompts import read_prompt
from homesmith.doors.cli.seen import tell_seen
from homesmith.doors.cli.sight import tell_known, tell_troubles
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.improve.drafts import Improved

EXAMPLES = """\b
Examples:
  homesmith ask "what is a closure in JavaScript?"
  git diff | homesmith ask --prompt-file - --system "Write a commit message."
  homesmith ask --explain "how do I deploy my shop?"
  homesmith ask --agent ada "what did I tell you about my cat?"
  homesmith ask "why did it fail?" --with build.log --whole app.py
  homesmith ask "three fruits" --schema fruits.json
  homesmith ask --improve auto "Write a Python function f. f(2) -> 4, f(3) -> 9"
"""
UNCHECKED = {
    "code": "nothing of it could be run here; what is missing: homesmith doctor",
    "answer": "no code was asked for, so nothing was run; to compare answers: --improve vote",
    "prose": "no code was asked for, so nothing was run; to work over a text: --improve refine",
}
TRY = 'homesmith ask "what is a closure in JavaScript?"'


def register(app: typer.Typer) -> None:
    """Add `ask`."""
    app.command("ask", epilog=EXAMPLES)(ask)


def ask(
    context: typer.Context,
    prompt: Annotated[str | None, typer.Argument(help="The question.")] = None,
    prompt_file: Annotated[
        str | None, typer.Option(help="Read the question from a file; - is standard input.")
    ] = None,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="FILE",
            help="Something to read for the question, shortened where it is long; - is standard "
            "input. May be given often.",
        ),
    ] = None,
    whole: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="The same, but never shortened: what shall be edited."),
    ] = None,
    material_tokens: Annotated[
        int, typer.Option(min=1, help="Tokens that all of --with and --whole may take.")
    ] = 4000,
    model: Annotated[str | None, typer.Option(metavar="ID", help="The model to ask.")] = None,
    system: Annotated[str | None, typer.Option(help="What the model shall be.")] = None,
    schema: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A JSON schema that the answer must follow."),
    ] = None,
    improve: Annotated[
        str | None,
        typer.Option(
            metavar="STRATEGY",
            help="Try several answers and keep the best: verify and select run code in the "
            "sandbox, vote compares conclusions, plan and refine work in steps, auto chooses.",
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(min=1, help="With --improve: tokens that all tries together may write."),
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ask an agent that remembers, and remember both sides."),
    ] = None,
    no_context: Annotated[
        bool, typer.Option("--no-context", help="Tell the model nothing about you.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what the model sees, and why.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Fetch a missing model without asking.")
    ] = False,
) -> int:
    """Ask the model one question. It knows what you wrote down about yourself, no app."""
    terminal: Terminal = context.obj
    text = read_prompt(prompt, prompt_file, terminal.stdin, remedy=TRY)
    settings = terminal.settings({"model": model, "context": False if no_context else None})
    shape = _schema(schema) if schema else None
    if improve and shape:
        raise UsageError("--improve and --schema do not go together", remedy="leave one out")
    materials = read_materials(with_ or (), whole or (), terminal.stdin)
    if improve and materials:
        raise UsageError("--improve takes no --with or --whole", remedy="leave one out")
    if max_tokens and not improve:
        raise UsageError(
            "--max-tokens goes with --improve only",
            why="it bounds what all tries together may write",
            remedy="add --improve auto, or leave it out",
        )
    if agent is not None and (improve or shape or materials or system):
        raise UsageError(
            "--agent goes with none of --improve, --schema, --with, --whole and --system",
            why="an agent's prompt begins and grows in one way only",
            remedy="leave one out",
        )

    async def work() -> int:
        from homesmith.doors.cli.fetching import have_weights

        chosen = ModelId(settings.model)
        async with terminal.open_studio(settings) as studio:
            companion = None if agent is None else studio.agent(agent, folder=Path.cwd())
            await have_weights(terminal, studio, chosen, yes=yes)
            # an agent's engine is planned for conversations: nothing else may start it before
            known, personal = studio.known(text, Path.cwd(), chosen if companion is None else None)
            tell_troubles(terminal, personal.troubles)
            if companion is not None:
                if all(one.name != agent for one in studio.agents()):
                    terminal.note(f"{agent} is new, and remembers from here on")
                await tell_answer(terminal, companion.ask(text))
                if explain:
                    tell_seen(terminal, companion.conversation().seen)
                return 0
            if explain:
                tell_known(terminal, known, text, system)
            if improve:
                found = await studio.ask(
                    text,
                    model=chosen,
                    strategy=improve,
                    system=system,
                    budget=Budget(tokens=max_tokens),
                    known=known,
                    progress=terminal.note,
                )
                _tell_improved(terminal, found)
                return 0
            answer = studio.ask(
                text,
                model=chosen,
                system=system,
                json_schema=shape,
                known=known,
                materials=materials,
                material_tokens=material_tokens,
                tell=lambda packed: tell_materials(terminal, packed),
            )
            await tell_answer(terminal, answer)
        return 0

    return until_done(work())


def _tell_improved(terminal: Terminal, found: Improved) -> None:
    """The chosen answer, and on the side what it cost; what was tried was told meanwhile."""
    if terminal.json:
        terminal.record({"event": "finished", **asdict(found)})
        return
    terminal.answer(found.text)
    terminal.note(f"{cost(found.usage, '')}; stopped: {found.stopped}")
    if found.doubt:
        terminal.note(f"warning: no answer passed its check; this one: {found.doubt}")
    if found.cut:
        more = "; give it more: --max-tokens" if found.stopped == "tokens" else ""
        terminal.note(f"warning: the answer was cut before its end{more}")
    if found.stopped == "unchecked":
        terminal.note(f"warning: {UNCHECKED[found.kind or 'code']}")


def _schema(file: str) -> dict[str, Any]:
    try:
        value = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"The schema {file} cannot be read",
            why=getattr(error, "strerror", None) or str(error),
            remedy="give a file with a JSON schema",
        ) from error
    if not isinstance(value, dict):
        raise UsageError(
            f"{file} is not a JSON schema",
            why="a schema is a JSON object",
            remedy='for example {"type": "array"}',
        )
    return value
