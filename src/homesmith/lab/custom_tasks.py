"""A suite that anybody can write: a folder with one TOML file for each task. See docs/suites.md.

A task is a prompt and what its answer must keep: an end, words, a length, a piece of Python.
"""

from __future__ import annotations

import json
import keyword
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from homesmith.core.errors import InvalidSettings
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.drafts import Kind
from homesmith.lab.assertions import verify
from homesmith.lab.code_judge import Judgement, checked, judge
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.conclusions import comparable, unlike

TEXTS = ("prompt", "kind", "entry")
CHECKS = ("answer", "contains", "lacks", "words", "python")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomTask:
    """One task of somebody's own. Hidden: all but `prompt`, `kind` and `entry`.

    `answer`: what it must conclude. `contains` and `lacks`: texts, whatever their case. `words`:
    the least and the most of them. `python`: statements that raise when the answer is wrong; they
    see it as `answer`, and what its code defines when the kind is "code".
    """

    id: str
    suite: str
    prompt: str
    kind: Kind | Literal[""] = ""
    entry: str = ""
    answer: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    words: tuple[int, int] | None = None
    python: str = ""

    @property
    def run(self) -> bool:
        """Whether a check of it is code, which runs in the sandbox."""
        return bool(self.python.strip())


def load_custom_tasks(folder: Path, suite: str) -> tuple[tuple[CustomTask, ...], tuple[str, ...]]:
    """The tasks of a folder by name, as a suite of this name; a sentence for each that is none.

    Raises InvalidSettings when the folder holds no task.
    """
    tasks, broken = dict[str, CustomTask](), []
    for path in task_files(folder):
        try:
            if path.stem in tasks:
                raise ValueError("another file has its name")
            tasks[path.stem] = _task(_read(path), path.stem, suite)
        except (OSError, ValueError, RecursionError) as error:
            broken.append(f"{path} is not a task: {error}")
    if not tasks:
        raise InvalidSettings(
            f"{folder} holds no task",
            why="; ".join(broken[:1]) or "there is no .toml file in it",
            remedy="write one as docs/suites.md shows",
        )
    return tuple(tasks.values()), tuple(broken)


def task_files(folder: Path) -> list[Path]:
    """The files of a folder that are meant as tasks, by name."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() == ".toml")


def _read(path: Path) -> dict[str, Any]:
    """Raises OSError and ValueError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8; save it as UTF-8 in your editor") from error
    value = tomllib.loads(text, parse_float=Decimal)
    if not value:
        raise ValueError("it is empty")
    return value


def _task(value: Mapping[str, Any], name: str, suite: str) -> CustomTask:
    """Raises ValueError, saying what is wrong."""
    if "check" not in value:
        raise ValueError("it has no [check]")
    checks = value["check"]
    if not isinstance(checks, dict):
        raise ValueError("check must be a table, which begins with [check]")
    if not checks:
        raise ValueError(f"its [check] is empty; it may hold {', '.join(CHECKS)}")
    for given, known in ((value, (*TEXTS, "check")), (checks, CHECKS)):
        unknown = sorted(given.keys() - set(known))
        if unknown:
            raise ValueError(f"{unknown[0]} is not known; known are {', '.join(known)}")
    kind = _text(value, "kind")
    if kind and kind not in get_args(Kind):
        raise ValueError(f"kind must be one of: {', '.join(get_args(Kind))}")
    task = CustomTask(
        id=name,
        suite=suite,
        prompt=_text(value, "prompt").strip(),
        kind=kind,  # type: ignore[arg-type]  # it was looked up above
        entry=_text(value, "entry"),
        answer=_text(checks, "answer"),
        contains=_texts(checks, "contains"),
        lacks=_texts(checks, "lacks"),
        words=_between(checks),
        python=_text(checks, "python"),
    )
    _sensible(task)
    verify(task.python)
    return task


def _sensible(task: CustomTask) -> None:
    """Raises ValueError where nothing is asked, or every answer or none would pass."""
    if not task.prompt:
        raise ValueError("prompt is empty")
    if task.entry and (not task.entry.isidentifier() or keyword.iskeyword(task.entry)):
        raise ValueError(f"entry must be the name of a function, not {task.entry!r}")
    if task.entry and task.kind not in ("", "code"):
        raise ValueError(f'entry is for kind = "code", not "{task.kind}"')
    if not any((task.answer, task.contains, task.lacks, task.words, task.run)):
        raise ValueError("its [check] says nothing, so every answer would pass")
    if task.answer and not comparable(task.answer):
        raise ValueError("answer holds no letter and no digit, so nothing can be compared with it")
    for wanted in task.contains:
        for unwanted in task.lacks:
            if unwanted.casefold() in wanted.casefold():
                raise ValueError(
                    f"contains {wanted!r} and lacks {unwanted!r}, so no answer could pass"
                )


def _text(value: Mapping[str, Any], key: str) -> str:
    match value.get(key, ""):
        case str(text):
            return text
        case list() | dict():
            raise ValueError(f"{key} must be a text")
        case bool(found):
            raise ValueError(f'{key} must be a text: {key} = "{str(found).lower()}"')
        case found:
            raise ValueError(f'{key} must be a text: {key} = "{found}"')


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = value.get(key, [])
    if isinstance(found, str):
        raise ValueError(f"{key} must be a list of texts: {key} = {json.dumps([found])}")
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(f"{key} must be a list of texts")
    if not all(found):
        raise ValueError(f"{key} holds an empty text, which says nothing")
    return tuple(found)


def _between(value: Mapping[str, Any]) -> tuple[int, int] | None:
    match value.get("words"):
        case None:
            return None
        case [int(least), int(most)] if 0 <= least <= most:
            return least, most
        case [int(most), int(least)] if 0 <= least < most:
            raise ValueError(f"words are [least, most]: [{least}, {most}]")
        case _:
            raise ValueError("words must be two numbers: [least, most]")


async def judge_custom(
    sandbox: Sandbox | None, task: CustomTask, answer: str, program: str
) -> Judgement:
    """What the checks say of an answer; `program` is its code, "" of an answer or of prose.

    Raises SandboxUnavailable.
    """
    if not answer.strip():
        return Judgement(verdict="empty", why="nothing was answered")
    trouble = _said(task, answer)
    if trouble or not task.run:
        return Judgement(verdict="wrong" if trouble else "passed", why=trouble)
    asked = CodeTask(
        id=task.id,
        suite=task.suite,
        prompt=task.prompt,
        entry=task.entry,
        reference="",
        test=task.python,
    )
    run = judge if program else checked
    return await run(sandbox, asked, program, {"answer": answer})


def _said(task: CustomTask, answer: str) -> str:
    """What is wrong with the words of an answer, "" when nothing is."""
    if task.answer and (trouble := unlike(answer, task.answer)):
        return trouble
    low, count = answer.casefold(), len(answer.split())
    for text in task.contains:
        if text.casefold() not in low:
            return f"does not contain {text!r}"
    for text in task.lacks:
        if text.casefold() in low:
            return f"contains {text!r}"
    if task.words and not task.words[0] <= count <= task.words[1]:
        return f"has {count} words, not {task.words[0]} to {task.words[1]}"
    return ""
