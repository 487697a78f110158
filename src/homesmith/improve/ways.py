"""Other ways to ask for the same function, so that the answers differ in more than dice.

Of 26 tasks whose first answer failed its example (a development quarter of MBPP+, the 1.5B), asking
for code without comments got 6 right by the example in one greedy answer each, a worked example
before the request 6 at 48 tokens each, and together 8; three samples of the request as it stands
got 6 at 89 tokens each. Telling the model what its first answer gave got no more than these. With a
comment on the request's example before the code, 13 of 87 samples of 29 such tasks were right, as
it stands 7; some of the tasks were solved by that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    return _behind(task, [(one.request, one.answer) for one in kit.few_shot])


def traced(task: Task, kit: Kit) -> Task:
    """After such answers that say first, in a comment, how the example in the request comes about.

    It is for requests that show one, where the profile has such answers.
    """
    return _behind(task, [(one.request, one.traced) for one in kit.few_shot if one.traced])


def _behind(task: Task, shown: Sequence[tuple[str, str]]) -> Task:
    """The task with these requests and answers before its own request."""
    *before, asked = task.messages
    turns = [turn for wish, answer in shown for turn in (user(wish), assistant(answer))]
    return replace(task, messages=(*before, *turns, asked))


def _traceable(task: Task, kit: Kit) -> bool:
    """Whether it has an example to speak of and begins no code, and the model was shown how."""
    return bool(task.examples) and not task.before and any(one.traced for one in kit.few_shot)


def in_turn(task: Task, kit: Kit) -> tuple[Way, ...]:
    """The ways to ask for code without dice, in the order in which they are tried.

    Where code alone is wanted (the answer begins with it) and the request begins none, after the
    profile's example: as often right as the makers' layout, at half the tokens; the last one with a
    comment on the request's own example (docs/measurements.md, 11). Else as it stands, so that
    whoever wants words has them.
    """
    if task.kind != "code":
        return (as_asked,)
    if kit.few_shot and task.prefill and not task.before:
        return (after_examples, as_asked, traced if _traceable(task, kit) else tersely)
    return (as_asked, tersely, after_examples)


def with_dice(task: Task, kit: Kit, number: int, *, failed: bool) -> Way:
    """The way to ask for sample `number`; `failed`: the best so far does not satisfy the examples.

    After the profile's example, which is cheap, while that fails in turn with a comment on the
    request's own; where an answer goes on from the request's own code, so that every way is, in
    turn with the request as it stands.
    """
    if failed and number % 2 == 0 and _traceable(task, kit):
        return traced
    return as_asked if task.before and number % 2 else after_examples
