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

SETTING = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?=(.*)", re.DOTALL)
NAME = re.compile(r"[\w-]+(?:\.[\w-]*)*")
"""What a person may have meant as the name of a preference; before the = of a sentence is more."""
EXAMPLES = """\b
Examples:
  homesmith context add coding_style.indentation=tabs
  homesmith context add "Never use jQuery."
  homesmith context add --project shop --stack FastAPI,SQLite "A web shop."
  homesmith context add --note Deploying --when "deploy, release" --file deploy.md
"""
REMEDY = 'homesmith context add "Never use jQuery."'
NOTE = 'homesmith context add --note Deploying --when "deploy" "Run fly deploy."'


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
    if file is not None and note is None:
        raise UsageError(
            "--file goes with --note", why="a file is kept as a note", remedy="add --note TITLE"
        )
    if note is not None and not note.strip():
        raise UsageError(
            "The title of the note is empty", why="a note is found by its title", remedy=NOTE
        )
    if note is not None:
        body = read_prompt(text, file, terminal.stdin, remedy=NOTE, what="note", option="--file")
        done, new = repository.note(note, body, tags=_words(tags), when=when), True
    elif project is not None:
        from homesmith.memory.personal.values import Project

        told = Project(
            name=project, about=text or "", stack=_words(stack), path=path, status=status
        )
        done, new = project, repository.project(told) is not None
    else:
        done, new = _preference(repository, _sentence(terminal, text))
    _tell(terminal, done, new=new)
    return 0


def _sentence(terminal: Terminal, text: str | None) -> str:
    if text is None:
        raise UsageError(
            "There is nothing to add", why="no sentence, project or note was given", remedy=REMEDY
        )
    return read_prompt(text, None, terminal.stdin, remedy=REMEDY, what="sentence")


def _tell(terminal: Terminal, done: str, *, new: bool) -> None:
    if terminal.json:
        terminal.record({"event": "added" if new else "unchanged", "what": done})
    elif new:
        stop = "" if done.endswith((".", "!", "?", "…")) else "."
        terminal.note(f"Kept: {done}{stop} Undo: homesmith context undo")
    else:
        terminal.note(f"It stands there already: {done}")


def _preference(repository: Repository, text: str) -> tuple[str, bool]:
    """What was kept of the text, and whether that is new. Raises UsageError."""
    found = SETTING.fullmatch(text)
    if found is None:
        _refuse_misnamed(text)
        return text, repository.rule(text) is not None
    section, name, value = found.groups()
    said = f"{section}.{name}" if name else section
    if not value.strip():
        raise UsageError(
            f"{said} has no value",
            why="nothing stands behind the =; what holds no more is taken out of its file",
            remedy="homesmith context edit preferences.json",
        )
    return said, repository.prefer(section, name or "", value.strip()) is not None


def _refuse_misnamed(text: str) -> None:
    """A sentence is told to a model as it is; what was meant as a preference shall not be."""
    from homesmith.memory.personal.shapes import SECTIONS

    name, equals, value = text.partition("=")
    meant = "." in name or name.casefold() in SECTIONS or not value
    if equals and meant and NAME.fullmatch(name):
        raise UsageError(
            f"{name[:80]!r} is no name of a preference",
            why=f"it is SECTION.NAME=VALUE in small letters, of a section of your own or of"
            f" {', '.join(SECTIONS)}; a sentence has spaces around its =",
            remedy="homesmith context add coding_style.indentation=tabs",
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
