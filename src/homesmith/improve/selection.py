"""Of the candidates that satisfy the examples, one that behaves as most of them do.

Behaviour is what they return on further inputs: made from the examples or, where a request shows
none, asked of the model under a grammar from the request alone (a test written while looking at a
wrong candidate is worse: arXiv 2409.09464). No opinion of the model decides, only what ran.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from homesmith.core.messages import user
from homesmith.improve import behaviour
from homesmith.improve.candidates import with_imports
from homesmith.improve.drafts import Draw, Improved, Kit, Task, Tried
from homesmith.improve.examples import Example
from homesmith.improve.execution import Result
from homesmith.improve.inputs import variations
from homesmith.improve.signatures import calls, schema, signature
from homesmith.improve.verification import code_of, judged, sample, verified

VOICES, INPUT_TOKENS, NEARBY = 4, 240, 8
INPUTS = (
    "Do not write the function yet. Give inputs to test it with, usual ones and edge cases, as "
    "JSON: each entry of inputs is the list of the arguments of one call."
)
Candidate = tuple[Tried, tuple[Result, ...]]


async def select(task: Task, kit: Kit) -> Improved:
    """The earliest candidate of the largest group that returns the same on further inputs.

    It stops as soon as two agree, and more than on anything else. The first answer stays unless
    another satisfies more examples, or strictly more candidates agree on something else.
    """
    best = await verified(task, kit)
    peers = [one for one in kit.tried if one.score >= best.score]
    inputs = await _inputs(task, kit)
    if kit.evaluate is None or not inputs:
        return kit.chosen(best.text, "good" if best.good else "tried")
    seen = [(one, await kit.evaluate(code_of(task, one.text), inputs)) for one in peers]
    # Where no candidate satisfies all examples, those that came closest have their say, no others.
    asked = best.good and not agreed(behaviour.sizes(_grouped(seen)))
    seeds = range(len(kit.tried), len(kit.tried) + (VOICES - len(seen) if asked else 0))
    async with aclosing(kit.several([sample(task, best, seed) for seed in seeds])) as texts:
        async for text in texts:
            if text is None:
                break
            candidate, _ = await judged(task, kit, "sample", with_imports(text))
            kit.note(candidate)
            if candidate.score >= best.score:
                seen.append((candidate, await kit.evaluate(code_of(task, candidate.text), inputs)))
            if agreed(behaviour.sizes(_grouped(seen))):
                break
    chosen, several = behaviour.winner(_grouped(await _told_apart(task, kit, seen, inputs)))
    return kit.chosen(chosen.text, "agreed" if several else "tried")


def agreed(sizes: Sequence[int]) -> bool:
    """Whether two agree at least, and more than in any other group."""
    ordered = sorted(sizes, reverse=True)
    return bool(ordered) and ordered[0] >= 2 and ordered[0] > sum(ordered[1:2])


def _grouped(seen: Sequence[Candidate]) -> dict[tuple[Result, ...], list[Tried]]:
    groups: dict[tuple[Result, ...], list[Tried]] = {}
    for candidate, ran in seen:
        groups.setdefault(ran, []).append(candidate)
    return groups


async def _inputs(task: Task, kit: Kit) -> list[str]:
    """Calls to compare candidates on; asked of the model only when the request shows none."""
    shown = [one.call for one in task.examples]
    if shown or kit.evaluate is None or task.kind != "code":
        return shown + list(variations(task.entry, task.examples))
    head = signature(task.said, task.entry)
    if head is None:
        return []
    asked = replace(
        task,
        messages=(*task.messages, user(INPUTS)),
        prefill="",
        stop=(),
        max_tokens=INPUT_TOKENS,
    )
    answer = await kit.more(asked, Draw(sampling="structure", json_schema=schema(head)))
    if answer is None:
        return []
    found = calls(head, answer)
    kit.note(Tried(how="inputs", text=answer, why=f"{len(found)} inputs"))
    near = variations(task.entry, [Example(call=call, expected="") for call in found], NEARBY)
    return [*found, *near]


async def _told_apart(
    task: Task, kit: Kit, seen: list[Candidate], inputs: Sequence[str]
) -> list[Candidate]:
    """The candidates on more inputs like those where the two largest groups differ.

    Only where the two are as good as equal, and there are others to side with one of them.
    """
    groups = _grouped(seen)
    ordered = sorted((one for one in groups if behaviour.works(one)), key=lambda b: -len(groups[b]))
    if kit.evaluate is None or len(ordered) < 2 or len(seen) < 3:
        return seen
    one, two = ordered[:2]
    if len(groups[one]) - len(groups[two]) > 1:
        return seen
    differing = [call for call, a, b in zip(inputs, one, two, strict=True) if a != b]
    examples = [Example(call=call, expected="") for call in differing[:3]]
    near = [call for call in variations(task.entry, examples, NEARBY) if call not in inputs]
    if not near:
        return seen
    return [
        (tried, (*ran, *await kit.evaluate(code_of(task, tried.text), near))) for tried, ran in seen
    ]
