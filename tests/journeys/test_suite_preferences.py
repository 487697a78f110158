"""The measurement of ten preferences, with a model that obeys what it is told and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from homesmith.core.errors import InvalidSettings
from homesmith.core.requests import Request
from homesmith.engines.scripted import ScriptedEngine
from homesmith.lab.obeying import CHECKS
from homesmith.lab.preferences import load_tasks, measure, table
from homesmith.runtime.knowing import NOTHING
from homesmith.settings import load
from homesmith.studio import Studio

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks/preferences"
TASKS = load_tasks(FOLDER / "tasks.toml")
GOOD = '''```python
import sqlite3

def countWords(text: str) -> int:
\t"""Count them."""
\treturn len(text.split())
```'''
BAD = "```python\ndef count_words(text):\n    return len(text.split())\n```"
OBEYS = {
    "single_quotes": "```js\nfunction greet(name) {\n  return 'Hi ' + name\n}\n```",
    "no_semicolons": "```js\nlet a = 1\nconsole.log(a)\n```",
    "british": "They are colours.",
    "metric": "It is 8849 metres high.",
    "dark_page": "<style>body { background: #111; color: #eee }</style>",
}
TOLD = {
    "tabs": "tab character",
    "single_quotes": "single quotes",
    "no_semicolons": "without semicolons",
    "type_hints": "type hints for all",
    "docstrings": "a docstring",
    "camel_case": "camelCase, in Python too",
    "british": "British spelling",
    "metric": "metric units only",
    "sqlite": "use SQLite",
    "dark_page": "Pages are dark",
}


def obedient(request: Request) -> str:
    """Keeps to the task's preference exactly if the prompt tells it."""
    said = "\n".join(message.text for message in request.messages)
    task = next(one for one in TASKS if request.messages[-1].text.endswith(one.prompt))
    own = task.checks[0]
    return OBEYS.get(own, GOOD) if TOLD[own] in said else BAD


def test_ten_tasks_each_about_another_preference() -> None:
    assert len(TASKS) == len(CHECKS) == 10
    assert {task.checks[0] for task in TASKS} == set(CHECKS) == set(TOLD)
    for task in TASKS:
        assert task.value.lower() not in task.prompt.lower().split()


async def test_every_preference_reaches_the_model_that_knows(tmp_path: Path) -> None:
    studio = Studio(load({"home": str(tmp_path)}, {}))
    studio.personal().init({(task.section, task.key): task.value for task in TASKS})
    engine = ScriptedEngine(rules=[(".", obedient)])
    asked = measure(TASKS, engine, lambda prompt: studio.known(prompt)[0])
    trials = [trial async for trial in asked]
    assert [trial.passed for trial in trials] == [False] * 10 + [True] * 10
    assert len({trial.prompt_tokens for trial in trials[:10]}) > 1
    text = table(TASKS, trials)
    assert "| **obeyed** | **0 of 10** | **10 of 10** |" in text
    assert len(text.splitlines()) == 13


async def test_a_model_that_is_not_told_gains_nothing() -> None:
    engine = ScriptedEngine(rules=[(".", obedient)])
    trials = [trial async for trial in measure(TASKS, engine, lambda _: NOTHING)]
    assert not any(trial.passed for trial in trials)


@pytest.mark.parametrize(
    "text", ["", "task = 3", "[[task]]\nname = 'a'", "[[task]]\nchecks = ['x']\n", "{"]
)
def test_a_broken_file_of_tasks_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tasks.toml"
    file.write_text(text)
    with pytest.raises(InvalidSettings, match=r"tasks\.toml"):
        load_tasks(file)
    file.write_text(
        "[[task]]\nname='a'\nsection='b'\nvalue='c'\nprompt='d'\nchecks=['no_such_check']\n"
    )
    with pytest.raises(InvalidSettings, match="checks we know"):
        load_tasks(file)


def test_the_program_says_in_three_lines_what_it_lacks(tmp_path: Path) -> None:
    words = [sys.executable, str(FOLDER / "run.py"), "--model", "no-such-model"]
    environ = os.environ | {"HOMESMITH_HOME": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, env=environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 3
