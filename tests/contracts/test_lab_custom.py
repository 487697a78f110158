"""A task of one's own that is none: the message says what is wrong with it, and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.core.errors import InvalidSettings
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import profile_for
from homesmith.lab.custom_tasks import load_custom_tasks
from homesmith.lab.problems import question
from homesmith.lab.suites import Problems, load

BEGIN = 'prompt = "a"\n'
ANSWER = '[check]\nanswer = "1"\n'


def broken_by(folder: Path, data: bytes | str) -> str:
    """What is said of a file that holds this, "" when it is a task."""
    (folder / "t.toml").write_bytes(data.encode() if isinstance(data, str) else data)
    (folder / "good.toml").write_text(BEGIN + ANSWER)
    _, broken = load_custom_tasks(folder, "s")
    return broken[0].partition("is not a task: ")[2] if broken else ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("  \n\n", "it is empty"),
        ("# to be written\n", "it is empty"),
        (BEGIN, "it has no [check]"),
        (
            f"{BEGIN}[check]\n",
            "its [check] is empty; it may hold answer, contains, lacks, words, python",
        ),
        (f'{BEGIN}check = "1"\n', "check must be a table, which begins with [check]"),
        (f"{BEGIN}[check]\nwords = [20, 1]\n", "words are [least, most]: [1, 20]"),
        (f"{BEGIN}[check]\nwords = [-1, 1]\n", "words must be two numbers: [least, most]"),
        (f'{BEGIN}[check]\nanswer = ""\n', "its [check] says nothing, so every answer would pass"),
        (f"{BEGIN}[check]\nwords = 5\n", "words must be two numbers: [least, most]"),
        (f'{BEGIN}[check]\ncontains = [""]\n', "contains holds an empty text, which says nothing"),
        (f"{BEGIN}[check]\ncontains = [1]\n", "contains must be a list of texts"),
        (f'{BEGIN}[check]\nlacks = "b"\n', 'lacks must be a list of texts: lacks = ["b"]'),
        (f"{BEGIN}[check]\nanswer = 4\n", 'answer must be a text: answer = "4"'),
        (f"{BEGIN}[check]\nanswer = 3.10\n", 'answer must be a text: answer = "3.10"'),
        (f"{BEGIN}[check]\nanswer = 2026-03-01\n", 'answer must be a text: answer = "2026-03-01"'),
        (f"{BEGIN}[check]\nanswer = true\n", 'answer must be a text: answer = "true"'),
        (f"{BEGIN}[check]\nanswer = [4]\n", "answer must be a text"),
        (
            f'{BEGIN}[check]\nanswer = "?!"\n',
            "answer holds no letter and no digit, so nothing can be compared with it",
        ),
        (
            f'{BEGIN}entry = "not a name"\n{ANSWER}',
            "entry must be the name of a function, not 'not a name'",
        ),
        (
            f'{BEGIN}entry = "class"\n{ANSWER}',
            "entry must be the name of a function, not 'class'",
        ),
        (
            f'{BEGIN}kind = "prose"\nentry = "f"\n{ANSWER}',
            'entry is for kind = "code", not "prose"',
        ),
        (
            f'{BEGIN}[check]\ncontains = ["ok"]\nlacks = ["OK"]\n',
            "contains 'ok' and lacks 'OK', so no answer could pass",
        ),
        (
            f'{BEGIN}[check]\ncontains = ["Book"]\nlacks = ["ok"]\n',
            "contains 'Book' and lacks 'ok', so no answer could pass",
        ),
        # What no answer could fail.
        (
            f"{BEGIN}[check]\npython = '''\nimport re\nanswer == \"zzz\"\n'''\n",
            "python, line 2: answer == 'zzz' decides nothing; write assert answer == 'zzz'",
        ),
        (
            f"{BEGIN}[check]\npython = '''\nassert answer\nanswer.isupper()\n'''\n",
            "python, line 2: answer.isupper() decides nothing; write assert answer.isupper()",
        ),
        (
            f"{BEGIN}[check]\npython = 'any(answer.split())'\n",
            "python, line 1: any(answer.split()) decides nothing; write assert any(answer.split())",
        ),
        (
            f"{BEGIN}[check]\npython = 'found = answer'\n",
            "python asserts nothing, so every answer would pass; write assert …",
        ),
        (
            f"{BEGIN}[check]\npython = '''\ndef test_it():\n    assert answer\n'''\n",
            "python defines test_it and never calls it; write test_it(…)",
        ),
        (
            f"{BEGIN}[check]\npython = 'right = lambda: int(answer)'\n",
            "python asserts nothing, so every answer would pass; write assert …",
        ),
        (
            f"{BEGIN}[check]\npython = 'assert (answer, \"a text\")'\n",
            "python, line 1: assertion is always true, perhaps remove parentheses?",
        ),
        (
            f"{BEGIN}[check]\npython = 'return answer'\n",
            "python, line 1: 'return' outside function",
        ),
        (
            f"{BEGIN}[check]\npython = '# later'\n",
            "python asserts nothing, so every answer would pass; write assert …",
        ),
    ],
)
def test_what_is_wrong_with_a_task_is_told(tmp_path: Path, text: str, why: str) -> None:
    assert broken_by(tmp_path, text) == why


@pytest.mark.parametrize(
    "python",
    [
        "import json\njson.loads(answer)",
        "int(answer)",
        "if answer != 'a': raise ValueError",
        "def right(text): assert text\nright(answer)",
        "len(answer) > 3 or exit()",
        "answer.split()[3]",
        "import re\nassert re.match('\\\\d', answer)",
        "Trie().search('a')",
    ],
)
def test_a_check_that_can_find_something_wrong_is_one(tmp_path: Path, python: str) -> None:
    assert broken_by(tmp_path, f'{BEGIN}[check]\npython = """{python}"""\n') == ""


def test_a_file_is_read_as_editors_save_it(tmp_path: Path) -> None:
    text = 'prompt = "Größe?"\n[check]\nanswer = "5"\n'
    assert broken_by(tmp_path, text.encode("utf-8-sig")) == ""
    assert broken_by(tmp_path, text.replace("\n", "\r\n").encode()) == ""
    for other in ("latin-1", "utf-16"):
        assert broken_by(tmp_path, text.encode(other)) == (
            "it is not UTF-8; save it as UTF-8 in your editor"
        )
    (tmp_path / "t.toml").unlink()


def test_the_ending_of_a_file_may_be_in_capital_letters(tmp_path: Path) -> None:
    (tmp_path / "ONE.TOML").write_text(BEGIN + ANSWER)
    (tmp_path / "two.toml").write_text(BEGIN + ANSWER)
    tasks, broken = load_custom_tasks(tmp_path, "s")
    assert ([task.id for task in tasks], broken) == (["ONE", "two"], ())
    (tmp_path / "two.Toml").write_text(BEGIN + ANSWER)
    tasks, broken = load_custom_tasks(tmp_path, "s")
    assert [task.id for task in tasks] == ["ONE", "two"]
    assert "another file has its name" in broken[0]
    (tmp_path / "two.Toml").unlink()
    (tmp_path / "two.toml").unlink()
    found = load("custom", [tmp_path])
    assert isinstance(found, Problems)
    assert [problem.id for problem in found.problems] == ["ONE"]


def test_a_folder_without_a_task_says_so(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text("")
    with pytest.raises(InvalidSettings) as refused:
        load_custom_tasks(tmp_path, "s")
    assert refused.value.why.endswith("t.toml is not a task: it is empty")


def test_a_function_that_is_named_is_code(tmp_path: Path) -> None:
    text = 'prompt = "Make the mean."\nentry = "mean"\n[check]\npython = "assert mean([1]) == 1"\n'
    assert broken_by(tmp_path, text) == ""
    tasks, _ = load_custom_tasks(tmp_path, "s")
    asked = question(tasks[-1], profile_for(load_catalogue().find("qwen2.5-coder:1.5b")))
    assert (asked.kind, asked.entry) == ("code", "mean")
