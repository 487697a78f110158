"""Suites of Python functions to write: HumanEval, HumanEval+ and MBPP+ in their own file formats.

The hidden tests stay in here and in `code_runner.py`; a method is only ever given the prompt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from homesmith.improve.examples import examples
from homesmith.improve.inputs import arguments_of
from homesmith.lab.lines import located, numbered_lines, whole

FILES = {
    "humaneval": "HumanEval.jsonl",
    "humanevalplus": "HumanEvalPlus.jsonl",
    "mbppplus": "MbppPlus.jsonl",
}
# EvalPlus 0.3 compares these as sets, or only asks whether there is a match at all.
AS_SETS = frozenset(
    (
        *("similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly"),
        *("larg_nnum", "intersection_array", "find_dissimilar", "Diff"),
    )
)
NUMBERS = (int, float, complex)
AS_MATCH = frozenset(("check_str", "text_match_three", "text_starta_endb"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTask:
    """One function to write. `prompt` is all that a method may see.

    Hidden: `test` is a program that raises when the candidate is wrong; or `inputs` are argument
    lists on which it must agree with `reference`, floats to `tolerance`, by `compare` ("equal",
    "set" or "match").
    """

    id: str
    suite: str
    prompt: str
    entry: str
    reference: str
    test: str = ""
    inputs: tuple[Any, ...] = ()
    tolerance: float = 0.0
    compare: str = "equal"


def load_code_tasks(suite: str, folder: Path) -> tuple[tuple[CodeTask, ...], tuple[str, ...]]:
    """The tasks of a suite and a sentence for each line that could not be read.

    `suite` is a key of FILES. The file is looked for in `folder` and in `folder/SUITE`, packed by
    gzip or not. Raises InvalidSettings when there is no such file, or no task in it.
    """
    path = located(suite, [FILES[suite]], folder)
    tasks, broken = [], []
    for number, line in numbered_lines(path):
        try:
            tasks.append(_task(suite, json.loads(line)))
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            broken.append(f"{path}:{number} is not a task: {type(error).__name__} {error}")
    whole(path, tasks, broken)
    return tuple(tasks), tuple(broken)


def _task(suite: str, value: Mapping[str, Any]) -> CodeTask:
    entry, prompt = str(value["entry_point"]), str(value["prompt"])
    solution = str(value["canonical_solution"])
    task = CodeTask(
        id=str(value["task_id"]),
        suite=suite,
        prompt=prompt,
        entry=entry,
        reference=solution if suite == "mbppplus" else prompt + solution,
    )
    if suite == "humaneval":
        return replace(task, test=f"{value['test']}\ncheck({entry})\n")
    patterns = _patterns(prompt, entry)
    given = _complex([*value["base_input"], *(value["plus_input"] or ())], patterns)
    return replace(
        task,
        inputs=tuple(
            [_like(one, patterns.get(place)) for place, one in enumerate(arguments)]
            for arguments in given
        ),
        tolerance=float(value["atol"]),
        compare="set" if entry in AS_SETS else "match" if entry in AS_MATCH else "equal",
    )


def _patterns(prompt: str, entry: str) -> dict[int, Any]:
    """The arguments of the first example: they show what JSON cannot, such as tuples and sets."""
    for example in examples(prompt, entry):
        values = arguments_of(example.call, entry)
        if values is not None:
            return dict(enumerate(values))
    return {}


def _like(value: Any, pattern: Any) -> Any:
    """A JSON value in the types of the pattern."""
    if isinstance(pattern, list | tuple | set) and isinstance(value, list):
        inner = (_like(one, _inner(pattern, place, one)) for place, one in enumerate(value))
        return type(pattern)(inner)
    return value


def _complex(given: list[list[Any]], patterns: Mapping[int, Any]) -> list[list[Any]]:
    """The inputs with the complex numbers that JSON had to write as texts.

    An argument is one when the example shows a number and every input a number or the text of one;
    any other text among numbers stays what it is.
    """
    found = [list(arguments) for arguments in given]
    for place in {place for place, one in patterns.items() if isinstance(one, NUMBERS)}:
        if all(len(one) > place and _is_number(one[place]) for one in found):
            for arguments in found:
                if isinstance(arguments[place], str):
                    arguments[place] = complex(arguments[place])
    return found


def _is_number(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, NUMBERS)
    try:
        complex(value)
    except ValueError:
        return False
    return True


def _inner(pattern: list[Any] | tuple[Any, ...] | set[Any], place: int, value: Any) -> Any:
    """What shows the type of the value at a place: its neighbour in the pattern, or one like it."""
    known = list(pattern)
    nearest = known[min(place, len(known) - 1)] if known else None
    if not isinstance(value, list) or isinstance(nearest, list | tuple | set):
        return nearest
    nested = (one for one in known if isinstance(one, list | tuple | set))
    return next(nested, pattern if isinstance(pattern, tuple) else None)
