"""How a model likes to be asked for code: layouts, worked examples, forms of answer, temperatures.

    variants.py --data DIR [--model qwen2.5-coder:1.5b] [--part 4] [--only official,plain]

Each variant is one direct answer per task of a development split (`development.py`), judged by the
hidden tests. What wins there is for the profile (`engines/profiles/*.toml`); `homesmith eval`
measures all tasks, these among them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from development import Means, means, words
from streams import each

from homesmith.core.budgets import Budget
from homesmith.core.messages import system, user
from homesmith.core.models import Demonstration, Sampling
from homesmith.improve.asking import kit_for
from homesmith.improve.drafts import Draw, Kit, Task
from homesmith.improve.ways import after_examples, traced
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.problems import judged, question
from homesmith.lab.remembered import RememberedEngine
from homesmith.lab.statistics import wilson

CODE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"code": {"type": "string"}},
    "required": ["code"],
    "additionalProperties": False,
}


MORE = (
    (
        """Write a function to count the even digits of a whole number.
assert even_digits(2045) == 3""",
        """def even_digits(number):
    return sum(int(digit) % 2 == 0 for digit in str(abs(number)))""",
    ),
    (
        """Write a python function to pair the items of a list with how often they occur, in order.
assert tally(["b", "a", "b"]) == [("b", 2), ("a", 1)]""",
        """def tally(items):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return list(counts.items())""",
    ),
    (
        """Write a function to check whether a list rises and then falls, with one highest item.
assert has_peak([1, 4, 2]) == True""",
        """def has_peak(items):
    if len(items) < 3:
        return False
    top = items.index(max(items))
    if top in (0, len(items) - 1):
        return False
    rising = all(items[i] < items[i + 1] for i in range(top))
    falling = all(items[i] > items[i + 1] for i in range(top, len(items) - 1))
    return rising and falling""",
    ),
)
"""Further worked examples: what is asked, and the function."""
SHOWN = '''
Can you complete the following Python function?
```python
"""
{asked}
"""
```
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A way to ask. `code` reads the program out of an answer of another form."""

    task: Callable[[Task, Kit], Task] = lambda task, _kit: task
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0))
    schema: Mapping[str, Any] | None = None
    code: Callable[[str], str] = lambda answer: answer


def _plain(task: Task, _kit: Kit) -> Task:
    """The model's usual system text, and the request as it stands."""
    words = task.said.partition("\n")[2]
    usual = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
    return replace(task, messages=(system(usual), user(f"Complete this function.\n{words}")))


def _edges(task: Task, _kit: Kit) -> Task:
    *before, asked = task.messages
    more = "Mind the examples and the edge cases."
    return replace(task, messages=(*before, user(f"{asked.text.rstrip()}\n{more}\n")))


def _after(number: int) -> Callable[[Task, Kit], Task]:
    """After the profile's worked example and so many others."""
    more = [
        Demonstration(request=SHOWN.format(asked=said), answer=f"\n```python\n{code}\n```")
        for said, code in MORE[:number]
    ]
    return lambda task, kit: after_examples(task, replace(kit, few_shot=(*kit.few_shot, *more)))


def _tagged(task: Task, _kit: Kit) -> Task:
    *before, asked = task.messages
    form = "Answer with <code>the whole function</code> and nothing else."
    messages = (*before, user(f"{asked.text.rstrip()}\n{form}\n"))
    return replace(task, messages=messages, prefill="<code>\n", stop=("</code>",))


def _json(task: Task, _kit: Kit) -> Task:
    *before, asked = task.messages
    form = 'Answer in JSON: {"code": "the whole function"}.'
    messages = (*before, user(f"{asked.text.rstrip()}\n{form}\n"))
    return replace(task, messages=messages, prefill="", stop=())


def _read_json(answer: str) -> str:
    try:
        return str(json.loads(answer)["code"])
    except (ValueError, LookupError, TypeError):
        return ""


VARIANTS: Mapping[str, Variant] = {
    "official": Variant(),
    "plain": Variant(task=_plain),
    "one-shot": Variant(task=after_examples),
    "traced": Variant(task=traced),
    "two-shot": Variant(task=_after(1)),
    "four-shot": Variant(task=_after(3)),
    "edges": Variant(task=_edges),
    "no-prefill": Variant(task=lambda task, _kit: replace(task, prefill="", stop=())),
    "xml": Variant(task=_tagged),
    "json": Variant(task=_json, schema=CODE, code=_read_json),
    **{
        f"t{value}": Variant(sampling=Sampling(temperature=value, top_p=0.95))
        for value in (0.2, 0.4, 0.6, 0.8)
    },
}


async def measure(given: argparse.Namespace) -> None:
    """Print one line per variant and suite."""
    async with means(given, given.width) as have:
        for suite, tasks in have.tasks.items():
            for name in given.only.split(",") if given.only else VARIANTS:
                tried = partial(_tried, VARIANTS[name], have)
                found = await each(tasks, have.engines, tried)
                passed, tokens = map(sum, zip(*found, strict=True))
                low, high = wilson(passed, len(tasks))
                share = 100 * passed / len(tasks)
                print(
                    f"{suite:14} {name:10} {passed:3} of {len(tasks)}  {share:.1f} "
                    f"({100 * low:.0f} to {100 * high:.0f})  {tokens / len(tasks):.0f} tokens",
                    flush=True,
                )


async def _tried(
    variant: Variant, have: Means, problem: CodeTask, engine: RememberedEngine
) -> tuple[bool, int]:
    sampling = {**have.profile.sampling, "code": variant.sampling}
    profile = replace(have.profile, sampling=sampling)
    kit = kit_for(engine, profile, None, Budget())
    task = variant.task(question(problem, profile), kit)
    text = await kit.draw(task, Draw(sampling="code", json_schema=variant.schema))
    judgement = await judged(have.sandbox, problem, task, variant.code(text))
    return judgement.verdict == "passed", kit.usage.answer_tokens


def main() -> None:
    """Read the words of the command line."""
    parser = words(__doc__, "humanevalplus,mbppplus")
    parser.add_argument("--only", default="")
    parser.add_argument("--width", type=int, default=1, help="tasks at once; see streams.py")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
