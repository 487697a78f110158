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


def as_asked(task: Task, _kit: Kit) -> Task:
    """As it stands, which for code is how the model's makers ask."""
    return task


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


def in_turn(task: Task, kit: Kit) -> tuple[Way, ...]:
    """The ways to ask for code without dice, in the order in which they are tried.

    Where code alone is wanted (the answer begins with it) and the request begins none, after the
    profile's example: as often right as the makers' layout, at half the tokens
    (docs/measurements.md, 11). Else as it stands, so that whoever wants words has them.
    """
    if task.kind != "code":
        return (as_asked,)
    if kit.few_shot and task.prefill and not task.before:
        return (after_examples, as_asked, tersely)
    return (as_asked, tersely, after_examples)


def with_dice(task: Task, number: int) -> Way:
    """The way to ask for sample `number`.

    After the example, which is cheap; where an answer goes on from the request's own code, so that
    every way is, in turn with the request as it stands.
    """
    return as_asked if task.before and number % 2 else after_examples
