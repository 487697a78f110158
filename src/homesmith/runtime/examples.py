"""Examples of the person's style that go before a request: which, and how people are shown them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from homesmith.context.prompt.values import Example
from homesmith.context.slices import Slice
from homesmith.memory.personal.samples import Sample, wanted
from homesmith.memory.personal.telling import frame
from homesmith.memory.personal.values import Preference

Count = Callable[[str], int]


def examples_for(
    request: str, preferences: Sequence[Preference], room: int, count: Count
) -> tuple[Example, ...]:
    """The person's style in what a request asks for, as far as it fits into `room` tokens."""
    chosen: list[Example] = []
    for one in map(_example, wanted(request, preferences)):
        cost = count(one.asked) + count(one.answer)
        if cost <= room:
            room -= cost
            chosen.append(one)
    return tuple(chosen)


def example_slices(examples: Sequence[Example], count: Count) -> tuple[Slice, ...]:
    """Examples as people are shown them."""
    return tuple(
        Slice(
            source=one.source,
            text=f"{one.asked}\n{one.answer}",
            tokens=count(one.asked) + count(one.answer),
            why="what a model sees it copies",
        )
        for one in examples
    )


def _example(sample: Sample) -> Example:
    sha = hashlib.blake2b(sample.answer.encode(), digest_size=8).hexdigest()
    return Example(
        key=f"{sample.kind} {sha}",
        source=f"your style ({sample.kind})",
        asked=f"{frame('sample')} {sample.asked}",
        answer=sample.answer,
    )
