"""Suites of questions that end in a number, in the format of GSM8K: a question and an answer.

The last number of the known answer is what a method's last number is compared with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from homesmith.improve.answers import last_number
from homesmith.lab.code_judge import Judgement
from homesmith.lab.lines import located, numbered_lines, whole

GSM8K = "gsm8k"
FILE, PUBLISHED_FILE = "gsm8k.jsonl", "test.jsonl"
"""The name for a file of one's own; and the one that GSM8K's publisher gives, as others do too, so
that it counts in a folder `gsm8k` only.
"""
HOW = "Think step by step. End with one line that holds only #### and the number."


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTask:
    """One question. Hidden: `number`, as `improve.answers.number` writes it."""

    id: str
    suite: str
    prompt: str
    number: str


def load_number_tasks(folder: Path) -> tuple[tuple[NumberTask, ...], tuple[str, ...]]:
    """The questions of the file in `folder`, and a sentence for each line that is none.

    Raises InvalidSettings when there is no such file, or no question in it.
    """
    return read_number_tasks(located(GSM8K, [FILE], folder, [PUBLISHED_FILE]), GSM8K)


def read_number_tasks(path: Path, suite: str) -> tuple[tuple[NumberTask, ...], tuple[str, ...]]:
    """The questions of one file, each known by its line. Raises InvalidSettings."""
    tasks, broken = [], []
    for place, line in numbered_lines(path):
        try:
            value = json.loads(line)
            asked, known = str(value["question"]), last_number(str(value["answer"]))
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            broken.append(f"{path}:{place} is not a question: {type(error).__name__} {error}")
            continue
        if not asked.strip() or not known:
            broken.append(f"{path}:{place} is not a question: no {'number' if asked else 'words'}")
            continue
        tasks.append(NumberTask(id=f"{suite}/{place}", suite=suite, prompt=asked, number=known))
    whole(path, tasks, broken)
    return tuple(tasks), tuple(broken)


def judge_number(task: NumberTask, answer: str) -> Judgement:
    """Whether the last number of an answer is the one that is known."""
    if not answer.strip():
        return Judgement(verdict="empty", why="nothing was answered")
    said = last_number(answer)
    if said == task.number:
        return Judgement(verdict="passed")
    return Judgement(verdict="wrong", why=f"ends with {said}" if said else "no number in it")
