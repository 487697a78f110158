"""From a person's words to a task, and from an engine and a sandbox to the means of a strategy."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from homesmith.core.budgets import Budget
from homesmith.core.engines import Engine, Wide
from homesmith.core.messages import user
from homesmith.core.models import Profile, Sampling
from homesmith.core.requests import Answer, Request
from homesmith.core.sandboxes import Sandbox
from homesmith.improve.candidates import FENCE, head_of
from homesmith.improve.drafts import Draw, Drawing, Kind, Kit, Task
from homesmith.improve.examples import examples
from homesmith.improve.execution import compare, evaluate
from homesmith.runtime.ask import ask

HEAD = re.compile(r"^(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
CODE_WORDS = re.compile(
    r"\b(?:python|function|def|regex|algorithm|implement|code)\b", re.IGNORECASE
)
ANSWER_WORDS = re.compile(
    r"\b(?:how (?:many|much|far|long|old)|what is the (?:sum|total|value|result|number)|"
    r"calculate|compute|which of|true or false|yes or no)\b",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\b(?:function|method)\s+(?:(?:called|named)\s+)?`?([A-Za-z_]\w*)`?\s*\(|"
    r"\bfunction\s+(?:called|named)\s+`?([A-Za-z_]\w*)`?|\bfunction\s+`([A-Za-z_]\w*)`"
)
NEED = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
COMPLETE = re.compile(r"\b(?:complete|finish|implement|fill in|go on with)\b", re.IGNORECASE)
SEEDS_APART = 1000
"""More than any strategy adds to its seed."""
BUILT_IN = frozenset(
    ("set", "list", "sorted", "tuple", "dict", "len", "str", "int", "float", "abs")
)


def task_of(prompt: str, *, max_tokens: int = 1024) -> Task:
    """The task in a person's words: what kind it is, which function it names, its examples."""
    shown = examples(prompt)
    heads = HEAD.findall(prompt)
    entry = heads[-1] if heads else _called(shown[0].call) if shown else _named(prompt)
    kind: Kind = "prose"
    if entry or CODE_WORDS.search(prompt):
        kind = "code"
    elif ANSWER_WORDS.search(prompt):
        kind = "answer"
    return Task(
        messages=(user(prompt),),
        kind=kind,
        max_tokens=max_tokens,
        entry=entry,
        before=_begun(prompt, entry),
        examples=examples(prompt, entry) if entry else shown,
    )


def _begun(prompt: str, entry: str) -> str:
    """The fenced code of the prompt that ends with the head of the function and its docstring.

    "" without such code, or where the words around it do not ask to complete it.
    """
    if not entry or not COMPLETE.search(FENCE.sub("", prompt)):
        return ""
    heads = (head_of("", entry=entry, before=found[1]) for found in FENCE.finditer(prompt))
    return next(filter(None, heads), "")


def _named(prompt: str) -> str:
    """The function that the words name, as "a function slug(text)" or "a function called slug"."""
    found = NAMED.search(prompt)
    return next((name for name in found.groups() if name), "") if found else ""


def _called(call: str) -> str:
    """The function that an example is about: the innermost one that is not built in."""
    names = [name for name in NEED.findall(call) if name not in BUILT_IN]
    return names[0] if names else ""


def kit_for(
    engine: Engine,
    profile: Profile,
    sandbox: Sandbox | None,
    budget: Budget,
    *,
    seed: int = 0,
    scoreboard: Mapping[str, str] | None = None,
) -> Kit:
    """Ask this engine as its profile says; run candidates in this sandbox, or nowhere.

    Two kits with different seeds never draw the same sample; without dice there is no seed, so
    that a request that was answered is known again. Several at once are drawn where the
    engine says that it pays; else one at a time, always on slot 0.
    """
    deadline = None if budget.seconds is None else time.monotonic() + budget.seconds

    def request(task: Task, how: Draw) -> Request:
        sampling = profile.sampling.get(how.sampling, Sampling())
        return Request(
            model=engine.model,
            messages=task.messages,
            max_tokens=task.max_tokens,
            sampling=sampling,
            prefill=task.prefill + how.head if how.json_schema is None else "",
            stop=(*task.stop, *profile.stop),
            json_schema=how.json_schema,
            seed=seed * SEEDS_APART + how.seed if sampling.temperature else 0,
            slot=how.slot,
            recurs=how.recurs,
        )

    async def draw(task: Task, how: Draw) -> Answer:
        return await ask(engine, request(task, how), deadline=deadline, enough=how.enough)

    async def share(draws: Sequence[Drawing]) -> None:
        assert isinstance(engine, Wide)
        await engine.share([request(task, how) for task, how in draws])

    kit = Kit(
        ask=draw,
        budget=budget,
        tier=profile.tier,
        few_shot=profile.few_shot,
        scoreboard=scoreboard or {},
    )
    if isinstance(engine, Wide) and engine.width > 1:
        kit = replace(kit, width=engine.width, share=share)
    if sandbox is None:
        return kit
    return replace(
        kit,
        compare=partial(compare, sandbox, deadline=deadline),
        evaluate=partial(evaluate, sandbox, deadline=deadline),
    )
