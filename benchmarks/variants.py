"""How a model likes to be asked for code: layouts, worked examples, forms of answer, temperatures.

    variants.py --data DIR [--model qwen2.5-coder:1.5b] [--part 4] [--only official,plain]

Each variant is one direct answer per task, judged by the hidden tests, on a development split:
every task whose name falls into one of `--part` parts of a hash. What wins there is for the profile
(`engines/profiles/*.toml`); `homesmith eval` measures all tasks, these among them. The
answers are kept, so that a run that is broken off goes on.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from homesmith.core.budgets import Budget
from homesmith.core.messages import system, user
from homesmith.core.models import ModelId, Profile, Sampling
from homesmith.engines.profiles import profile_for
from homesmith.improve.asking import kit_for
from homesmith.improve.drafts import Draw, Kit, Task
from homesmith.improve.ways import after_examples
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.problems import judged, question
from homesmith.lab.remembered import RememberedEngine
from homesmith.lab.statistics import wilson
from homesmith.lab.suites import Problems
from homesmith.settings import load
from homesmith.studio import Studio
from homesmith.workspace.sandbox import detect

CODE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"code": {"type": "string"}},
    "required": ["code"],
    "additionalProperties": False,
}


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
    model = ModelId(given.model)
    async with Studio(load({"model": given.model}, os.environ)) as studio:
        known, lab, sandbox = studio.model(model), studio.laboratory(), detect()
        identity = f"{known.sha256} {importlib.metadata.version('xllamacpp')}"
        engine = RememberedEngine(studio.engine(model), lab.answers(model), identity=identity)
        for suite in given.suites.split(","):
            problems = lab.suite(suite, given.data)
            assert isinstance(problems, Problems)
            tasks = [
                one
                for one in problems.problems
                if isinstance(one, CodeTask) and zlib.crc32(one.id.encode()) % given.part == 0
            ]
            for name in given.only.split(",") if given.only else VARIANTS:
                passed, tokens = 0, 0
                for problem in tasks:
                    good, spent = await _tried(
                        VARIANTS[name], problem, profile_for(known), engine, sandbox
                    )
                    passed, tokens = passed + good, tokens + spent
                low, high = wilson(passed, len(tasks))
                share = 100 * passed / len(tasks)
                print(
                    f"{suite:14} {name:10} {passed:3} of {len(tasks)}  {share:.1f} "
                    f"({100 * low:.0f} to {100 * high:.0f})  {tokens / len(tasks):.0f} tokens",
                    flush=True,
                )


async def _tried(
    variant: Variant, problem: CodeTask, profile: Profile, engine: RememberedEngine, sandbox: Any
) -> tuple[bool, int]:
    profile = replace(profile, sampling={**profile.sampling, "code": variant.sampling})
    kit = kit_for(engine, profile, None, Budget())
    task = variant.task(question(problem, profile), kit)
    text = await kit.draw(task, Draw(sampling="code", json_schema=variant.schema))
    judgement = await judged(sandbox, problem, task, variant.code(text))
    return judgement.verdict == "passed", kit.usage.answer_tokens


def main() -> None:
    """Read the words of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default="qwen2.5-coder:1.5b")
    parser.add_argument("--suites", default="humanevalplus,mbppplus")
    parser.add_argument("--part", type=int, default=4)
    parser.add_argument("--only", default="")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
