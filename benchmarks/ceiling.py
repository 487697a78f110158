"""How much the weights can at most give: tasks solved by any of k answers, against their tokens.

    ceiling.py --data DIR [--model qwen2.5-coder:1.5b] [--suites mbppplus] [--part 4] [--samples 10]

Of each task of the development split (`development.py`) one greedy answer as the model's makers
ask, one after the profile's worked example, and `--samples` with dice after that example, each by
itself and none stopped early. A line for every k: `pass` is the part of the tasks that the hidden
tests accept with the best of k samples (unbiased, Chen et al. 2021), `example` the part where one
that satisfies the request's own example is among them, `chosen` how often the first such one
passes, which is what a method that runs examples can reach. Tokens are given as so many times those
of the greedy answers as asked.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from math import comb

from development import Means, means, words

from homesmith.core.budgets import Budget
from homesmith.improve.asking import kit_for
from homesmith.improve.drafts import Draw, Task
from homesmith.improve.verification import completed
from homesmith.improve.verification import judged as tried_on_examples
from homesmith.improve.ways import after_examples
from homesmith.lab.code_tasks import CodeTask
from homesmith.lab.problems import judged, question


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One answer: by the request's example, by the hidden tests, and its tokens."""

    holds: bool
    passes: bool
    tokens: int


async def measure(given: argparse.Namespace) -> None:
    """Print the curve of each suite."""
    async with means(given) as have:
        for suite, tasks in have.tasks.items():
            firsts, examples, samples = [], [], []
            for problem in tasks:
                asked = question(problem, have.profile)
                firsts.append(await _drawn(have, problem, asked, Draw(sampling="code")))
                shown = after_examples(asked, kit_for(have.engine, have.profile, None, Budget()))
                examples.append(await _drawn(have, problem, shown, Draw(sampling="code")))
                draws = [Draw(sampling="code_more", seed=seed + 1) for seed in range(given.samples)]
                samples.append([await _drawn(have, problem, shown, draw) for draw in draws])
            _print(suite, firsts, examples, samples)


async def _drawn(have: Means, problem: CodeTask, asked: Task, draw: Draw) -> Drawn:
    kit = kit_for(have.engine, have.profile, have.sandbox, Budget())
    text = completed(asked, await kit.draw(asked, draw))
    tried, _ = await tried_on_examples(asked, kit, "sample", text)
    judgement = await judged(have.sandbox, problem, asked, text)
    return Drawn(
        holds=tried.good,
        passes=judgement.verdict == "passed",
        tokens=kit.usage.answer_tokens,
    )


def _print(
    suite: str, firsts: list[Drawn], examples: list[Drawn], samples: list[list[Drawn]]
) -> None:
    number, baseline = len(firsts), sum(one.tokens for one in firsts)
    for name, greedy in (("as asked", firsts), ("after the example", examples)):
        passed = sum(one.passes for one in greedy)
        times = sum(one.tokens for one in greedy) / baseline
        print(f"{suite} greedy, {name}: {passed} of {number}, {times:.2f} times the tokens")
    for k in range(1, len(samples[0]) + 1):
        best = sum(any_of(k, [one.passes for one in drawn]) for drawn in samples)
        holds = sum(any_of(k, [one.holds for one in drawn]) for drawn in samples)
        chosen = [next((one for one in drawn[:k] if one.holds), drawn[0]) for drawn in samples]
        right = sum(one.passes for one in chosen)
        times = k * sum(one.tokens for drawn in samples for one in drawn) / len(samples[0])
        print(
            f"{suite} k={k:2}: pass {100 * best / number:.1f}  example {100 * holds / number:.1f}  "
            f"chosen {100 * right / number:.1f}  {times / baseline:.2f} times the tokens",
            flush=True,
        )


def any_of(k: int, good: list[bool]) -> float:
    """The chance that one of `k`, taken from these without putting back, is good."""
    return 1 - comb(len(good) - sum(good), k) / comb(len(good), k)


def main() -> None:
    """Read the words of the command line."""
    parser = words(__doc__, "mbppplus")
    parser.add_argument("--samples", type=int, default=10)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
