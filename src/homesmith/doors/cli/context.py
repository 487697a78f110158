"""`homesmith context`: what you wrote down about yourself, in plain files under git."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homesmith.core.errors import UsageError, WorkFailed
from homesmith.doors.cli.columns import columns
from homesmith.doors.cli.commands import group
from homesmith.doors.cli.context_adding import EXAMPLES, add
from homesmith.doors.cli.sight import tell_known, tell_troubles
from homesmith.doors.cli.terminal import Terminal, one_line
from homesmith.doors.cli.until_done import until_done

if TYPE_CHECKING:
    from homesmith.memory.personal.values import Personal
    from homesmith.runtime.knowing import Known
    from homesmith.runtime.personal import Repository
    from homesmith.workspace.snapshots import Snapshot

QUESTIONS = (
    ("coding_style", "indentation", "How do you indent code? tabs, 2 spaces, 4 spaces"),
    ("coding_style", "quotes", "Which quotes for strings? single, double"),
    ("design", "theme", "Dark or light pages? dark, light"),
    ("stack", "database", "Which database do you like? for example SQLite"),
    ("language", "", "In which language shall answers be? for example English"),
    ("tone", "", "In which tone? for example short and friendly"),
)
INIT = """\b
Examples:
  homesmith context init         asks six questions, each may be skipped
  homesmith context init --yes   asks nothing
"""
SHOW = """\b
Examples:
  homesmith context show
  homesmith context show preferences
  homesmith context show --for "how do I deploy my shop?"
"""
BECAME = {"added": "is there again", "changed": "is as it was then", "removed": "is taken away"}
MOST_NAMED = 20
"""Files that an undo names."""
File = Annotated[str | None, typer.Argument(metavar="FILE", help="One of its files.")]


def register(app: typer.Typer) -> None:
    """Add `context` and its verbs."""
    noun = group(app, "context", "What you wrote down about yourself; models are told of it.")
    noun.command("init", epilog=INIT)(init)
    noun.command("show", epilog=SHOW)(show)
    noun.command("edit")(edit)
    noun.command("add", epilog=EXAMPLES)(add)
    noun.command("search")(search)
    noun.command("lint")(lint)
    noun.command("path")(path)
    noun.command("log")(log)
    noun.command("undo")(undo)


def init(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing, begin empty.")] = False,
) -> int:
    """Begin your personal context. Undo: homesmith context undo."""
    terminal: Terminal = context.obj
    repository = _repository(terminal)
    if repository.written:
        terminal.note("There is one already.")
        return _told_path(terminal, repository)
    answers = {} if yes else _answers(terminal)
    repository.init(answers)
    terminal.note("Begun. Undo: homesmith context undo")
    return _told_path(terminal, repository)


def _answers(terminal: Terminal) -> dict[tuple[str, str], str]:
    found = {}
    for section, name, question in QUESTIONS:
        reply = terminal.question(f"{question} (Enter: no preference)")
        if reply is None:
            raise UsageError(
                "Nobody can be asked",
                why="this is no terminal",
                remedy="homesmith context init --yes",
            )
        if reply:
            found[section, name] = reply
    return found


def show(
    context: typer.Context,
    file: File = None,
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="REQUEST", help="What a model is told for this request."),
    ] = None,
) -> int:
    """What is kept, one file of it, or what a model is told of it for a request."""
    terminal: Terminal = context.obj
    if for_ is not None:
        return _show_for(terminal, for_)
    repository = _repository(terminal)
    if file is not None:
        place = repository.place(file)
        if not place.is_file() or place.is_symlink():
            raise UsageError(
                f"There is no file {file!r} yet",
                why=f"{place} is not there",
                remedy="homesmith context edit " + file,
            )
        text = place.read_text(encoding="utf-8", errors="replace")
        if terminal.json:
            terminal.record({"event": "file", "path": str(place), "text": text})
        else:
            terminal.answer(text, end="" if text.endswith("\n") else "\n")
        return 0
    personal = repository.read()
    tell_troubles(terminal, personal.troubles)
    rows = _rows(personal)
    for name, what in rows:
        if terminal.json:
            terminal.record({"event": "file", "file": name, "what": what})
    if not terminal.json:
        for line in columns(("FILE", "WHAT"), rows):
            terminal.answer(line)
    if not repository.begun:
        terminal.note("Nothing is written down yet: homesmith context init")
    return 0


def _rows(personal: Personal) -> list[tuple[str, str]]:
    rows = [("preferences.json", f"{len(personal.preferences)} preferences")]
    rows.append(("projects.json", ", ".join(one.name for one in personal.projects) or "none"))
    rows += [(note.file, one_line(note.title)) for note in personal.notes]
    days: dict[str, int] = {}
    for entry in personal.history:
        days[entry.at[:10]] = days.get(entry.at[:10], 0) + 1
    return [*rows, *((f"history, {day}", f"{count} entries") for day, count in days.items())]


def _show_for(terminal: Terminal, request: str) -> int:
    settings = terminal.settings({})

    async def work() -> tuple[Known, Personal]:
        async with terminal.open_studio(settings) as studio:
            return studio.known(request, Path.cwd())

    known, personal = until_done(work())
    tell_troubles(terminal, personal.troubles)
    tell_known(terminal, known)
    if not terminal.json and known.text:
        terminal.answer(known.text)
        for example in known.examples:
            terminal.answer(f"\n{example.asked}\n{example.answer}")
    return 0


def edit(context: typer.Context, file: File = None) -> int:
    """Open one of the files in your editor; what you save is checked and committed.

    A file of knowledge that does not exist yet is begun: homesmith context edit knowledge/tea.md
    """
    from homesmith.workspace.editor import edit as open_editor

    terminal: Terminal = context.obj
    repository = _repository(terminal)
    repository.init({})
    place = repository.place(file or "preferences.json")
    repository.keep()
    place.parent.mkdir(exist_ok=True)
    open_editor(place, terminal.environ)
    name = place.relative_to(repository.folder).as_posix()
    repository.keep(f"Edit {name}")
    for trouble in repository.read().troubles:
        if trouble.file == name:
            raise trouble.error()
    terminal.note("Undo: homesmith context undo")
    return 0


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option(min=1, help="How many, best first.")] = 10,
) -> int:
    """Find words in everything that is kept."""
    terminal: Terminal = context.obj
    if not words.strip():
        raise UsageError(
            "The words to look for are empty",
            why="they would be found everywhere",
            remedy="homesmith context show",
        )
    found = _repository(terminal).search(words, limit)
    for item, text in found:
        if terminal.json:
            terminal.record(
                {"event": "found", "file": item.name, "score": item.score, "text": text}
            )
    if not terminal.json:
        rows = [(item.name, _short(text)) for item, text in found]
        for line in columns(("WHERE", "WHAT"), rows):
            terminal.answer(line)
    if not found:
        terminal.note("Nothing of what is kept has these words.")
    return 0


def lint(context: typer.Context) -> int:
    """Say what is wrong in the files, and what could be better. Exit code 1: a file is broken."""
    terminal: Terminal = context.obj
    found = _repository(terminal).lint(terminal.settings({}).context_tokens)
    for remedy, of in groupby(found, key=attrgetter("remedy")):
        for trouble in of:
            kind = "broken" if trouble.fatal else "hint"
            if terminal.json:
                terminal.record({"event": "finding", "kind": kind, **asdict(trouble)})
            else:
                terminal.answer(f"{kind:8}{trouble.where}  {trouble.what}")
        if not terminal.json:
            terminal.answer(f"{'':8}{remedy}")
    broken = [trouble for trouble in found if trouble.fatal]
    if broken:
        files = len({trouble.file for trouble in broken})
        raise WorkFailed(
            f"{files} of the files cannot be read",
            why="; ".join(dict.fromkeys(trouble.where for trouble in broken))[:300],
            remedy=broken[0].remedy,
        )
    terminal.note("Every file can be read.")
    return 0


def path(
    context: typer.Context,
    schemas: Annotated[
        bool, typer.Option("--schemas", help="The folder of the JSON Schemas, for your editor.")
    ] = False,
) -> int:
    """Where the files are. They are yours: edit them, and use git there."""
    terminal: Terminal = context.obj
    if schemas:
        from homesmith.memory.personal.shapes import SCHEMAS

        return _told_folder(terminal, SCHEMAS)
    return _told_path(terminal, _repository(terminal))


def log(context: typer.Context) -> int:
    """Every change, oldest first."""
    terminal: Terminal = context.obj
    steps = _repository(terminal).log()
    for step in steps:
        if terminal.json:
            terminal.record({"event": "change", **asdict(step)})
    if not terminal.json:
        rows = [(str(one.number), one.at[:16].replace("T", " "), _subject(one)) for one in steps]
        for line in columns(("STEP", "WHEN (UTC)", "WHAT"), rows):
            terminal.answer(line)
    return 0


def undo(
    context: typer.Context,
    step: Annotated[int | None, typer.Argument(help="The step to go back to.")] = None,
) -> int:
    """Take back the last change, byte for byte; what you edited by hand counts as one.

    What stood there before is kept, so an undo can be undone.
    """
    terminal: Terminal = context.obj
    done, files = _repository(terminal).undo(step)
    if terminal.json:
        terminal.record({"event": "change", **asdict(done), "files": files})
    else:
        terminal.note(_subject(done))
        for name, state in list(files.items())[:MOST_NAMED]:
            terminal.note(f"  {name} {BECAME[state]}")
        if len(files) > MOST_NAMED:
            terminal.note(f"  and {len(files) - MOST_NAMED} files more")
        terminal.note(f"Undo this: homesmith context undo {done.number - 1}")
    return 0


def _repository(terminal: Terminal) -> Repository:
    settings = terminal.settings({})

    async def work() -> Repository:
        async with terminal.open_studio(settings) as studio:
            return studio.personal()

    return until_done(work())


def _told_path(terminal: Terminal, repository: Repository) -> int:
    return _told_folder(terminal, repository.folder)


def _told_folder(terminal: Terminal, folder: Path) -> int:
    if terminal.json:
        terminal.record({"event": "path", "path": str(folder)})
    else:
        terminal.answer(str(folder))
    return 0


def _subject(step: Snapshot) -> str:
    return step.message.partition("\n")[0]


def _short(text: str, length: int = 70) -> str:
    line = one_line(text)
    return line if len(line) <= length else line[: length - 1] + "…"
