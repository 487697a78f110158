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
from homesmith.improve.drafts import Kit, Task

TERSE = "Write no comments and no docstring."
Way = Callable[[Task, Kit], Task]


def tersely(task: Task, _kit: Kit) -> Task:
    """For the code alone."""
    *before, asked = task.messages
    return replace(task, messages=(*before, user(f"{asked.text.rstrip()}\n{TERSE}\n")))


def after_examples(task: Task, kit: Kit) -> Task:
    """After requests of the same kind, each with an answer to it: those of the model's profile.

    A model whose profile has none is asked tersely.
    """
    if not kit.few_shot:
        return tersely(task, kit)
    *before, asked = task.messages
    shown = [turn for wish, answer in kit.few_shot for turn in (user(wish), assistant(answer))]
    return replace(task, messages=(*before, *shown, asked))
