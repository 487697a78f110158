"""Other ways to ask for the same function, so that the answers differ in more than dice.

Of 26 tasks whose first answer failed its example (a development quarter of MBPP+, the 1.5B), asking
for code without comments got 6 right by the example in one greedy answer each, a worked example
before the request 6 at 48 tokens each, and together 8; three samples of the request as it stands
got 6 at 89 tokens each. Telling the model what its first answer gave got no more than these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from homesmith.core.messages import assistant, user
from homesmith.improve.drafts import Task

TERSE = "Write no comments and no docstring."
ASKED = (
    'Can you complete the following Python function?\n```python\n"""\nWrite a function to find the '
    "longest text that all words of a list begin with.\n"
    'assert common_start(["wood", "wool"]) == "woo"\n"""\n```\n'
)
SHOWN = """```python
def common_start(words):
    if not words:
        return ""
    start = words[0]
    for word in words[1:]:
        while not word.startswith(start):
            start = start[:-1]
    return start
```"""

Way = Callable[[Task], Task]


def tersely(task: Task) -> Task:
    """For the code alone."""
    *before, asked = task.messages
    return replace(task, messages=(*before, user(f"{asked.text.rstrip()}\n{TERSE}\n")))


def after_an_example(task: Task) -> Task:
    """After a request of the same kind, and an answer to it that is the code alone."""
    *before, asked = task.messages
    return replace(task, messages=(*before, user(ASKED), assistant(SHOWN), asked))
