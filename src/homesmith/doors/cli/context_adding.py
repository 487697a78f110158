"""`homesmith context add`: one preference, sentence, project or note more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.errors import UsageError
from homesmith.doors.cli.prompts import read_prompt
from homesmith.doors.cli.terminal import Terminal
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.runtime.personal import Repository

SETTING = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?=(.+)", re.DOTALL)
EXAMPLES = """\b
Examples:
  homesmith context add coding_style.indentation=tabs
  homesmith context add "Never use jQuery."
  homesmith context add --project shop --stack FastAPI,SQLite "A web shop."
  homesmith context add --note Deploying --when "deploy, release" --file deploy.md
"""
REMEDY = 'homesmith context add "Never use jQuery."'


def add(
    context: typer.Context,
    text: Annotated[
        str | None,
        typer.Argument(help="A sentence that always holds, or SECTION.NAME=VALUE, or a note."),
    ] = None,
    note: Annotated[
        str | None, typer.Option(metavar="TITLE", help="Keep the text as a note of this title.")
    ] = None,
    file: Annotated[
        str | None, typer.Option(help="Read the note from a file; - is standard input.")
    ] = None,
    when: Annotated[
        str, typer.Option(help="When the note matters, in words a request would have.")
    ] = "",
    tags: Annotated[str, typer.Option(metavar="A,B", help="Words the note is found by.")] = "",
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep a project; the text says what it is.")
    ] = None,
    stack: Annotated[str, typer.Option(metavar="A,B", help="What it is built with.")] = "",
    path: Annotated[str, typer.Option(metavar="DIR", help="Where it stands.")] = "",
    status: Annotated[str, typer.Option(help="active, paused or done.")] = "",
) -> int:
    """Write down one thing more. Undo: homesmith context undo."""
    terminal: Terminal = context.obj
    settings = terminal.settings({})

    async def work() -> Repository:
        async with terminal.open_studio(settings) as studio:
            return studio.personal()

    repository = until_done(work())
    if note is not None and project is not None:
        raise UsageError(
            "A note and a project were given", why="one thing at a time", remedy=REMEDY
        )
    if note is not None:
        body = read_prompt(text, file, terminal.stdin, remedy=REMEDY)
        done = repository.note(note, body, tags=_words(tags), when=when)
    elif project is not None:
        from homesmith.memory.personal.values import Project

        repository.project(
            Project(name=project, about=text or "", stack=_words(stack), path=path, status=status)
        )
        done = project
    else:
        done = _preference(repository, read_prompt(text, None, terminal.stdin, remedy=REMEDY))
    if terminal.json:
        terminal.record({"event": "added", "what": done})
    else:
        terminal.note(f"Kept: {done}. Undo: homesmith context undo")
    return 0


def _preference(repository: Repository, text: str) -> str:
    found = SETTING.fullmatch(text)
    if found is None:
        repository.rule(text)
        return text
    section, name, value = found.groups()
    repository.prefer(section, name or "", value.strip())
    return f"{section}.{name}" if name else section


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
