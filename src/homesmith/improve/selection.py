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
from homesmith.improve.behaviour import Agreement, differing, ending, most_agreed, spoken
from homesmith.improve.drafts import Draw, Improved, Kit, Task, Tried
from homesmith.improve.examples import Example
from homesmith.improve.execution import Result
from homesmith.improve.inputs import variations
from homesmith.improve.signatures import calls, schema, signature
from homesmith.improve.verification import (
    code_of,
    completed,
    ended,
    how_drawn,
    judged,
    sample,
    verified,
)
from homesmith.improve.ways import as_asked, in_turn

VOICES, FEW, INPUT_TOKENS, NEARBY = 6, 4, 240, 8
"""So many voices at most; some more than two of them, FEW, where those that agree fail on calls."""
INPUTS = (
    "Do not write the function yet. Give inputs to test it with, usual ones and edge cases, as "
    "JSON: each entry of inputs is the list of the arguments of one call."
)
Candidate = tuple[Tried, tuple[Result, ...]]


async def select(task: Task, kit: Kit) -> Improved:
    """The candidate that most others agree with on further inputs; of equals the earliest.

    It stops as soon as two agree, and more than on anything else; where these two fail on some of
    the calls it hears two more, of which one may answer them. One that says the same and ends on
    more calls goes before the others. The first answer stays unless
    another satisfies more examples, answers more calls, or has more on its side.
    """
    best = await verified(task, kit)
    inputs = await _inputs(task, kit)
    if kit.evaluate is None or not inputs:
        return kit.chosen(best.text, ended(best))
    peers = _peers(kit, best)
    seen = [(one, await kit.evaluate(code_of(task, one.text), inputs)) for one in peers]
    # Where no candidate satisfies all examples, those that came closest have their say, no others.
    asked = best.good and not _decided(seen)
    seeds = range(len(kit.tried), len(kit.tried) + (VOICES - len(seen) if asked else 0))
    draws = [sample(task, kit, best, seed, dice=_dice(task, kit, seed)) for seed in seeds]
    hows = [how_drawn(draw) for draw in draws]
    async with aclosing(kit.several(draws)) as texts:
        async for text in texts:
            if text is None:
                break
            candidate, _ = await judged(task, kit, hows.pop(0), completed(task, text))
            kit.note(candidate)
            if candidate.score >= best.score:
                seen.append((candidate, await kit.evaluate(code_of(task, candidate.text), inputs)))
            if _decided(seen):
                break
    seen = await _told_apart(task, kit, seen, inputs)
    found = _agreement(seen)
    chosen = ending([ran for _, ran in seen], found.best)
    agreed = best.good and found.agreed
    return kit.chosen(seen[chosen][0].text, "agreed" if agreed else "tried")


def _dice(task: Task, kit: Kit, number: int) -> bool:
    """The second opinion is the next greedy one, if the first was not asked as the makers do.

    Two answers to one prompt agree too easily. All others are samples.
    """
    return number > 1 or in_turn(task, kit)[0] is as_asked


def _peers(kit: Kit, best: Tried) -> list[Tried]:
    """Those as good as the best by the examples; what a program made of one is no second voice."""
    peers = [one for one in kit.tried if one.score >= best.score and one.text]
    return [one for one in peers if one.how != "import"] or peers or [best]


def _agreement(seen: Sequence[Candidate]) -> Agreement:
    return most_agreed([ran for _, ran in seen])


def _decided(seen: Sequence[Candidate]) -> bool:
    """Whether enough agree; two that leave calls unanswered are not enough."""
    found = _agreement(seen)
    return found.agreed and (len(seen) >= FEW or spoken(seen[found.best][1]) == 1)


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
    """The candidates on more inputs like those where the two best placed differ.

    Only where the two are as good as equal, and there are others to side with one of them.
    """
    found = _agreement(seen)
    if kit.evaluate is None or found.rival is None or len(seen) < 3:
        return seen
    if found.support - found.against > 1:
        return seen
    places = differing(seen[found.best][1], seen[found.rival][1])
    examples = [Example(call=inputs[place], expected="") for place in places[:3]]
    near = [call for call in variations(task.entry, examples, NEARBY) if call not in inputs]
    if not near:
        return seen
    return [
        (tried, (*ran, *await kit.evaluate(code_of(task, tried.text), near))) for tried, ran in seen
    ]
