"""Ways to a better answer from the same weights, each one loop over asking and running.

What works on models of 1 to 3B is running the code, sampling, and stopping early; a critique in
words gains nothing there (arXiv 2604.21950, 2412.14352). So code is judged by execution alone.
Each strategy keeps the best it has seen and ends within its budget.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from homesmith.core.errors import UsageError
from homesmith.core.messages import assistant, user
from homesmith.improve.answers import final
from homesmith.improve.drafts import Draw, Improved, Kit, Task, Tried
from homesmith.improve.selection import select
from homesmith.improve.verification import FIRST, ended, verified

Strategy = Callable[[Task, Kit], Coroutine[Any, Any, Improved]]
VOICES, REVISIONS, PLAN_TOKENS = 5, 2, 300
NOTHING = re.compile(
    r"\W*(?:none|nothing|no problems?)(?: found| to report)?\s*(?:[.!\n]|\Z)", re.IGNORECASE
)
"""A critique whose first sentence is this; one of "None of the dates is right" is another."""
CRITIQUE = (
    "List the problems of this answer, at most three, one line each. Write NONE if there is none."
)
REVISE = "Write the whole answer again without these problems."
PLAN = "List the steps to do this, at most five, in JSON."
PLANNED = {
    "type": "object",
    "properties": {
        "steps": {
            "type": "array",
            "items": {"type": "string", "maxLength": 160},
            "minItems": 1,
            "maxItems": 5,
        }
    },
    "required": ["steps"],
    "additionalProperties": False,
}


async def direct(task: Task, kit: Kit) -> Improved:
    """One answer, as it comes: the baseline of everything else."""
    text = await kit.draw(task, Draw(sampling=FIRST[task.kind]))
    kit.note(Tried(how="greedy", text=text, good=True))
    return kit.chosen(text, "tried")


async def refine(task: Task, kit: Kit) -> Improved:
    """Draft, critique, improve: for prose of larger models. Stops when nothing is found wrong."""
    chat = Draw(sampling="chat")
    text = await kit.draw(task, chat)
    whole = not kit.cut
    kit.note(Tried(how="draft", text=text))
    for _ in range(REVISIONS):
        talked = (*task.messages, assistant(text), user(CRITIQUE))
        found = await kit.more(replace(task, messages=talked, max_tokens=200, prefill=""), chat)
        if found is None:
            break
        kit.note(Tried(how="critique", text=found))
        if NOTHING.match(found):
            return kit.chosen(text, "good")
        revising = (*talked, assistant(found), user(REVISE))
        revised = await kit.more(replace(task, messages=revising), chat)
        if revised is None:
            break
        kit.note(Tried(how="revision", text=revised))
        if not revised.strip() or (whole and kit.cut):
            break
        text, whole = revised, not kit.cut
    return kit.chosen(text, "tried")


async def plan(task: Task, kit: Kit) -> Improved:
    """Steps first, then each of them in turn; the answer to the last whole one is the answer."""
    room = PLAN_TOKENS if kit.budget.tokens is None else min(PLAN_TOKENS, kit.budget.tokens // 3)
    asked = replace(
        task, messages=(*task.messages, user(PLAN)), prefill="", stop=(), max_tokens=max(1, room)
    )
    planned = await kit.draw(asked, Draw(sampling="structure", json_schema=PLANNED))
    steps = _steps(planned)
    listed = "\n".join(steps)
    kit.note(Tried(how="plan", text=listed))
    messages, text = task.messages, ""
    for number, step in enumerate(steps or ("Do what is asked.",), start=1):
        messages = (*messages, user(f"Step {number}: {step}"))
        done = await kit.more(replace(task, messages=messages), Draw(sampling=FIRST[task.kind]))
        if done is None:
            break
        kit.note(Tried(how=f"step {number}", text=done, why=step))
        if text and kit.cut:
            break
        text = done
        messages = (*messages, assistant(text))
    return kit.chosen(text or listed, "tried")


async def verify(task: Task, kit: Kit) -> Improved:
    """Run the request's own examples; sample on, with at most two repairs, only while they fail."""
    best = await verified(task, kit)
    return kit.chosen(best.text, ended(best))


async def vote(task: Task, kit: Kit) -> Improved:
    """Several answers, compared by what they conclude; the most frequent conclusion wins."""
    voices: dict[str, list[str]] = {}

    def hear(text: str, left: int) -> bool:
        """Whether the vote is decided with this voice, and so many still to come."""
        conclusion = final(text)
        kit.note(Tried(how="voice", text=text, why=conclusion))
        voices.setdefault(conclusion, []).append(text)
        return decided([len(texts) for said, texts in voices.items() if said], left)

    left = VOICES - 1
    agreed = hear(await kit.draw(task, Draw(sampling=FIRST[task.kind])), left)
    more = [(task, Draw(sampling="chat", seed=number)) for number in range(1, VOICES)]
    async with aclosing(kit.several([] if agreed else more)) as texts:
        async for text in texts:
            left -= 1
            if text is None or (agreed := hear(text, left)):
                break
    return kit.chosen(max(_spoken(voices), key=len)[0], "agreed" if agreed else "tried")


def decided(sizes: Sequence[int], left: int) -> bool:
    """Whether two agree at least, and no other group can still get ahead of the largest one."""
    ordered = sorted(sizes, reverse=True)
    second = ordered[1] if len(ordered) > 1 else 0
    return bool(ordered) and ordered[0] >= max(2, second + left)


def _spoken(voices: Mapping[str, list[str]]) -> list[list[str]]:
    """The answers that conclude something, or all where none does."""
    return [texts for said, texts in voices.items() if said] or list(voices.values())


async def auto(task: Task, kit: Kit) -> Improved:
    """The strategy that measured best for this kind of task, else the usual one for the model.

    What the usual ones give is their first answer unless running or counting speaks against it:
    another candidate satisfies more of the request's examples, answers more calls, or has more on
    its side.
    """
    return await STRATEGIES[usual(task, kit)](task, kit)


def usual(task: Task, kit: Kit) -> str:
    """The strategy that `auto` follows: by the scoreboard, then by task, means and model tier."""
    name = kit.scoreboard.get(task.kind, "")
    if name in STRATEGIES and name != "auto":
        return name
    if task.kind == "code":
        if kit.evaluate is None:
            return "direct"  # nothing can be run here, and opinion gains nothing
        # The first answer of a large model is mostly right: it is confirmed, not outvoted.
        return "verify" if kit.tier == "large" and task.examples else "select"
    return "vote" if task.kind == "answer" else "direct"


STRATEGIES: Mapping[str, Strategy] = {
    "direct": direct,
    "refine": refine,
    "plan": plan,
    "verify": verify,
    "select": select,
    "vote": vote,
    "auto": auto,
}


SAMPLING = frozenset(("verify", "select", "vote"))
"""Those that may draw several answers to one task, and so gain from an engine's width."""


def named(name: str) -> Strategy:
    """The strategy of this name. Raises UsageError."""
    if name not in STRATEGIES:
        raise UsageError(
            f'There is no strategy "{name}"',
            why=f"known are {', '.join(sorted(STRATEGIES))}",
            remedy='for example: homesmith ask --improve auto "…"',
        )
    return STRATEGIES[name]


def _steps(answer: str) -> tuple[str, ...]:
    try:
        steps = json.loads(answer)["steps"]
    except (ValueError, TypeError, LookupError):
        return ()
    return tuple(str(step) for step in steps if str(step).strip())[:5]
