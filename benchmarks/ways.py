"""Other ways to ask for a function whose first answer failed its example, each by itself.

    ways.py --data DIR [--model qwen2.5-coder:1.5b] [--suites mbppplus] [--part 4] [--only as-asked]

Of the development split (`development.py`), the tasks whose greedy answer, asked as its makers do,
does not satisfy the request's own examples. Each way draws one greedy answer, or three with
dice; "hold" counts by the examples, "pass" by the hidden tests.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from development import means, words

from homesmith.core.budgets import Budget
from homesmith.core.messages import system, user
from homesmith.improve.asking import kit_for
from homesmith.improve.candidates import head_of
from homesmith.improve.drafts import Draw, Kit, Task
from homesmith.improve.execution import Result
from homesmith.improve.verification import code_of, judged
from homesmith.improve.ways import TERSE, after_examples, tersely, traced
from homesmith.lab import problems

SEEDS = 3
Way = Callable[[Task, Kit, Sequence[Result]], Task]


def _said(task: Task, more: str) -> Task:
    *before, asked = task.messages
    return replace(task, messages=(*before, user(f"{asked.text.rstrip()}\n{more}\n")))


def _plain(task: Task, _kit: Kit, _results: Sequence[Result]) -> Task:
    """The model's usual system text in place of the makers' for code."""
    usual = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
    asked = f"Write this Python function. {TERSE}\n{task.said.partition(chr(10))[2]}"
    return replace(task, messages=(system(usual), user(asked)))


def _told(task: Task, _kit: Kit, results: Sequence[Result]) -> Task:
    """With what the first answer gave, but without that answer."""
    example, result = task.examples[0], results[0]
    gave = f"gives {result.shown}" if result.kind == "wrong" else "never ends"
    if result.kind != "wrong" and result.shown:
        gave = f"fails with {result.shown[:80]}"
    more = f"Mind that {example.call} has to be {example.expected}; a first attempt {gave} there."
    return _said(task, more)


def _told_tersely(task: Task, kit: Kit, results: Sequence[Result]) -> Task:
    told = _told(task, kit, results)
    return replace(told, messages=(*told.messages[:-1], user(f"{told.said.rstrip()} {TERSE}\n")))


EXPLAINED = 'In the example both words begin with "woo", and "d" is not "l" after that.'
"""What the profile's worked example shows, for an answer that says so before its code."""


def _reasoned(task: Task, kit: Kit, _results: Sequence[Result]) -> Task:
    """What the example shows in a sentence, before the code."""
    shown = [replace(one, answer=f"{EXPLAINED}\n{one.answer.lstrip()}") for one in kit.few_shot[:1]]
    asked = after_examples(task, replace(kit, few_shot=tuple(shown)))
    return replace(asked, prefill="In the example", stop=(), max_tokens=400)


def _asked_why(task: Task, _kit: Kit, _results: Sequence[Result]) -> Task:
    """The same asked for in words, without a worked example."""
    more = (
        "First say in one sentence how the value of the example comes about, then write the code."
    )
    return replace(_said(task, f"{more} {TERSE}"), prefill="", stop=(), max_tokens=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A way to ask, with dice or without; with dice an answer begins as the first one did."""

    way: Way
    dice: bool = False


ARMS: Mapping[str, Arm] = {
    "as-asked": Arm(way=lambda task, _kit, _results: task, dice=True),
    "terse": Arm(way=lambda task, kit, _results: tersely(task, kit), dice=True),
    "terse-greedy": Arm(way=lambda task, kit, _results: tersely(task, kit)),
    "example-greedy": Arm(way=lambda task, kit, _results: after_examples(task, kit)),
    "plain-greedy": Arm(way=_plain),
    "told-greedy": Arm(way=_told),
    "told-terse-greedy": Arm(way=_told_tersely),
    "traced-greedy": Arm(way=lambda task, kit, _results: traced(task, kit)),
    "traced": Arm(way=lambda task, kit, _results: traced(task, kit), dice=True),
    "reasoned-greedy": Arm(way=_reasoned),
    "asked-why-greedy": Arm(way=_asked_why),
    "reasoned": Arm(way=_reasoned, dice=True),
}


async def measure(given: argparse.Namespace) -> None:
    """Print one line per way."""
    async with means(given) as have:
        failed = []
        for problem in (one for tasks in have.tasks.values() for one in tasks):
            task = problems.question(problem, have.profile)
            kit = kit_for(have.engine, have.profile, have.sandbox, Budget())
            first = await kit.draw(task, Draw(sampling="code"))
            tried, results = await judged(task, kit, "greedy", first)
            if not tried.good and task.examples:
                failed.append((problem, task, first, results))
        print(f"{len(failed)} tasks whose first answer fails its examples", flush=True)
        for name in given.only.split(",") if given.only else ARMS:
            drawn, held, passed, tokens, solved = 0, 0, 0, 0, set()
            for problem, task, first, results in failed:
                kit = kit_for(have.engine, have.profile, have.sandbox, Budget())
                asked = ARMS[name].way(task, kit, results)
                for draw in _draws(ARMS[name], asked, first):
                    text = await kit.draw(asked, draw)
                    tried, _ = await judged(task, kit, name, text)
                    drawn, held = drawn + 1, held + tried.good
                    if not tried.good:
                        continue
                    judgement = await problems.judged(have.sandbox, problem, task, text)
                    if judgement.verdict == "passed":
                        passed += 1
                        solved.add(problem.id)
                tokens += kit.usage.answer_tokens
            print(
                f"{name:18} {drawn:3} drawn  {held:3} hold  {passed:3} pass  "
                f"{len(solved):3} tasks  {tokens / max(1, drawn):.0f} tokens each  "
                f"{' '.join(sorted(solved))}",
                flush=True,
            )


def _draws(arm: Arm, task: Task, first: str) -> list[Draw]:
    if not arm.dice:
        return [Draw(sampling="code")]
    head = head_of(code_of(task, first), entry=task.entry, before=task.before)
    head = "" if task.prefill != "```python\n" else head
    return [Draw(sampling="code_more", seed=seed, head=head) for seed in range(1, SEEDS + 1)]


def main() -> None:
    """Read the words of the command line."""
    parser = words(__doc__, "mbppplus")
    parser.add_argument("--only", default="")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
