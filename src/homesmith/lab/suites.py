"""Which suites there are, by name or by path, and the problems in them.

It does not know what a method makes of a problem, nor how apps are built.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from homesmith.core.errors import InvalidSettings, UsageError
from homesmith.lab.code_tasks import FILES, load_code_tasks
from homesmith.lab.custom_tasks import load_custom_tasks, task_files
from homesmith.lab.lines import place
from homesmith.lab.number_tasks import (
    FILE,
    GSM8K,
    PUBLISHED_FILE,
    load_number_tasks,
    read_number_tasks,
)
from homesmith.lab.problems import Problem
from homesmith.lab.published import PUBLISHED
from homesmith.lab.suite import Suite, load_suite

ROOMS = ("memory", "compression", "prefix")
"""Suites that measure a room of the house; `rooms` knows how."""
NAMES = (*FILES, GSM8K, "apps", "custom", *ROOMS)
LINES = "write one JSON object with question and answer on each line, as docs/suites.md says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """A suite of questions. `broken`: a sentence for each task that could not be read.

    `place`: the folder or file of a suite of one's own; None for a published one.
    """

    name: str
    problems: tuple[Problem, ...]
    broken: tuple[str, ...] = ()
    place: Path | None = None


def load(name: str, folders: Sequence[Path]) -> Problems | Suite:
    """The suite of this name, or at this path. Files are looked for in `folders`, in their order.

    A path is a folder of tasks, a folder of apps, or a file of questions and answers. Raises
    UsageError when there is no such suite, InvalidSettings when its files are not there or wrong.
    """
    path = Path(name).expanduser()
    if name not in NAMES and path.exists():
        return _at(path)
    if name not in NAMES:
        raise _not_there(name) if is_path(name) else _unknown(name)
    broken: list[InvalidSettings] = []
    for folder in folders:
        try:
            if _is_in(name, folder):
                return _named(name, folder)
        except InvalidSettings as error:
            broken.append(error)
    raise broken[0] if broken else _nowhere(name, folders)


def is_path(name: str) -> bool:
    """Whether a person who writes this means a folder or a file, be it there or not."""
    return "/" in name or name.startswith((".", "~")) or name.endswith((".toml", ".jsonl"))


def place_of(suite: Problems | Suite) -> Path | None:
    """The folder or file of a suite of one's own; None for a published one."""
    return suite.folder if isinstance(suite, Suite) else suite.place


def tasks_of(suite: Problems | Suite) -> frozenset[str]:
    """What its tasks are called in a ledger."""
    if isinstance(suite, Suite):
        return frozenset(app.name for app in suite.apps)
    return frozenset(problem.id for problem in suite.problems)


def renamed(suite: Problems | Suite, name: str) -> Problems | Suite:
    """The same suite, called by another name."""
    if isinstance(suite, Suite):
        return replace(suite, called=name)
    problems = tuple(replace(problem, suite=name) for problem in suite.problems)
    return replace(suite, name=name, problems=problems)


def are_rooms(names: Sequence[str]) -> bool:
    """Whether these are suites of rooms. Raises UsageError where only some of them are."""
    some = [name for name in names if name in ROOMS]
    if some and len(some) < len(names):
        raise UsageError(
            f"{some[0]} is measured in another way than {next(iter(set(names) - set(some)))}",
            why=f"{', '.join(ROOMS)} try no strategies",
            remedy=f"homesmith eval {' '.join(some)}",
        )
    return bool(some)


def _named(name: str, folder: Path) -> Problems | Suite:
    if name == "apps":
        return load_suite(folder)
    if name == "custom":
        return _custom(folder)
    if name in ROOMS:
        raise UsageError(
            f"{name} is no suite of tasks",
            why="it measures a room of the house, with other means",
            remedy=f"homesmith eval {name}",
        )
    tasks, broken = load_number_tasks(folder) if name == GSM8K else load_code_tasks(name, folder)
    return Problems(name=name, problems=tasks, broken=broken)


def _at(path: Path) -> Problems | Suite:
    if path.is_dir():
        return load_suite(path) if any(path.glob("*/app.toml")) else _custom(path)
    if path.suffix == ".toml":
        raise _one_task(path)
    name = _own(path.name.partition(".")[0])
    try:
        tasks, broken = read_number_tasks(path, name)
    except InvalidSettings as error:
        raise InvalidSettings(error.message, why=error.why, remedy=LINES) from error
    return Problems(name=name, problems=tasks, broken=broken, place=path)


def _custom(folder: Path) -> Problems:
    name = _own(folder.resolve().name)
    tasks, broken = load_custom_tasks(folder, name)
    return Problems(name=name, problems=tasks, broken=broken, place=folder)


def _own(name: str) -> str:
    """The name of a suite of one's own, never that of a published one."""
    return f"own-{name}" if name in NAMES or name in PUBLISHED else name


def _is_in(name: str, folder: Path) -> bool:
    """Whether the files of a suite are in a folder, whatever is in them."""
    if name == "apps":
        return any(folder.glob("*/app.toml"))
    if name == "custom":
        return bool(task_files(folder))
    if name == GSM8K:
        return place(GSM8K, [FILE], folder, [PUBLISHED_FILE]) is not None
    return name not in FILES or place(name, [FILES[name]], folder) is not None


def _nowhere(name: str, folders: Sequence[Path]) -> InvalidSettings:
    wanted = {"apps": "a folder with an app.toml", "custom": "a .toml file", GSM8K: FILE}
    return InvalidSettings(
        f"the suite {name} is not in {' or '.join(str(folder) for folder in folders)}",
        why=f"{wanted.get(name) or FILES[name]} was not found there",
        remedy="put it there, or name its folder: --data DIR (docs/suites.md has all of them)",
    )


def _one_task(path: Path) -> UsageError:
    """A suite is a folder, even where it has one task, or one app."""
    app = path.name == "app.toml"
    folder = path.parent.parent if app else path.parent
    return UsageError(
        f"{path} is {'one app' if app else 'one task'}, no suite",
        why="a suite is the folder that it is in",
        remedy=f"homesmith eval {shlex.quote(written(folder))}",
    )


def written(path: Path) -> str:
    """A path as a person writes it, never to be taken for the name of a suite."""
    return str(path) if path.is_absolute() or path.parts[:1] == ("..",) else f"./{path}"


def _not_there(name: str) -> UsageError:
    path = Path(name).expanduser()
    folder = path.parent
    beside = sorted(each.name for each in folder.glob("*"))
    close = difflib.get_close_matches(path.name, beside, n=1)
    return UsageError(
        f"There is no folder or file {name}",
        why=f"did you mean {folder / close[0]}?" if close else f"you are in {Path.cwd()}",
        remedy=f"homesmith eval {shlex.quote(written(folder / close[0]))}"
        if close
        else "name a folder of tasks, as docs/suites.md shows one",
    )


def _unknown(name: str) -> UsageError:
    close = difflib.get_close_matches(name, NAMES, n=1)
    known = f"known are {', '.join(NAMES)}, and the path of a folder or file of your own"
    return UsageError(
        f'There is no suite "{name}"',
        why=f"did you mean {close[0]}? {known}" if close else known,
        remedy=f"homesmith eval {close[0] if close else 'humaneval'} --data DIR",
    )
