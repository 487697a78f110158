"""The first candidate that the request's own examples confirm, else the one they confirm most of.

A greedy answer, imports that a program adds, greedy answers to the same request asked otherwise
(`ways`), further samples, at most two repairs of what does not even load; what is wrong is known
from running it only. Told which value is wrong, the 1.5B wrote the same code again in 16 of 25
repairs and the right one in none. Where the request begins the function, every candidate goes on
from there: nearly two thirds of an answer are not written. Candidates come in rounds of the kit's
width: each of a round begins from the best one before it, they are judged in the order of their
seeds, and the first good one ends it. None is begun once they cost ANSWERS whole answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from homesmith.context.estimate import estimate
from homesmith.core.messages import assistant, user
from homesmith.improve.candidates import head_of, program, with_imports
from homesmith.improve.drafts import Draw, Drawing, Kit, Task, Tried
from homesmith.improve.execution import Result
from homesmith.improve.ways import as_asked, in_turn, tersely, with_dice

SAMPLES, REPAIRS, ANSWERS = 16, 2, 4
"""Further candidates at most, repairs among them, and how many whole answers they may cost."""
LONGER, LEAST_TOKENS = 2, 160
"""A candidate twice as long as the first answer is going astray."""
REPAIRABLE = ("NameError", "SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError")
"""What a small model repairs when it is told; a wrong value it repairs rarely (2604.10508)."""
MISCALLED = "TypeError"
"""What is raised where a function takes other arguments than it is called with."""
LOADS = {True: "it loads", False: "it does not load"}
"""All that can be said of code whose request shows no example."""
FIRST = {"code": "code", "answer": "greedy", "prose": "chat"}
"""How the first answer to each kind of task is drawn, whatever the strategy."""


async def verified(task: Task, kit: Kit) -> Tried:
    """The best candidate by the examples. Raises BudgetSpent when not even one may be drawn."""
    begun, first = _head(task, ""), in_turn(task, kit)[0]
    drawn = Draw(sampling=FIRST[task.kind], head=begun, recurs=task.kind == "code")
    text = await kit.draw(first(task, kit), drawn)
    best, results = await judged(task, kit, "greedy", text)
    kit.note(best)
    if not best.good and (whole := completed(task, text)) != text:
        tried, seen = await judged(task, kit, "import", whole)
        kit.note(tried)
        if tried.score > best.score:
            best, results = tried, seen
    number, repairs = 1, 0
    room = kit.usage.answer_tokens + int(ANSWERS * _length(text))
    while number <= SAMPLES and not best.good and kit.usage.answer_tokens < room:
        left = (room - kit.usage.answer_tokens) // _length(text)
        seeds = range(number, min(number + max(1, min(kit.width, left)), SAMPLES + 1))
        draws = [sample(task, kit, best, seed, agreed=_agreed(results)) for seed in seeds]
        hows = [how_drawn(one) for one in draws]
        # At most one of a round is told what is wrong: a second one would be told the same.
        if _repairable(results) and repairs < REPAIRS:
            repairs += 1
            hows[0], draws[0] = "repair", _repair(task, best, results, number)
        number = seeds.stop
        async with aclosing(kit.several(draws)) as texts:
            async for again in texts:
                if again is None:
                    return best
                tried, seen = await judged(task, kit, hows.pop(0), completed(task, again))
                kit.note(tried)
                if tried.score > best.score:
                    best, results = tried, seen
                if tried.good:
                    break
    return best


def sample(
    task: Task, kit: Kit, first: Tried, number: int, *, dice: bool = False, agreed: bool = True
) -> Drawing:
    """Another candidate. Unless dice are wanted the first ones are greedy: see `in_turn`.

    What any candidate would begin with is given, so that only the rest is written. `agreed`: the
    first one's head may be right.
    """
    if task.kind != "code":
        return task, Draw(sampling="code_more", seed=number)
    greedy = () if dice else in_turn(task, kit)[number : number + 1]
    asked = (greedy[0] if greedy else with_dice(task, kit, number, failed=not first.good))(
        task, kit
    )
    if as_asked not in greedy:
        asked = replace(asked, max_tokens=min(task.max_tokens, LONGER * _length(first.text)))
    if greedy:
        recurs = tersely not in greedy  # samples are asked for in the other ways
        return asked, Draw(sampling="code", seed=number, head=_head(task, ""), recurs=recurs)
    head = _head(task, code_of(task, first.text) if agreed else "")
    return asked, Draw(sampling="code_more", seed=number, head=head, recurs=True)


def how_drawn(drawing: Drawing) -> str:
    """What a person is told of how it was drawn."""
    return "sample" if drawing[1].sampling == "code_more" else "greedy"


def _length(text: str) -> int:
    """Of a whole answer, in tokens; an estimate, and never very few."""
    return max(LEAST_TOKENS // LONGER, estimate(text))


def _head(task: Task, code: str) -> str:
    """How a candidate begins: as the request does, else as this code does; "" if not known."""
    if task.kind != "code" or not task.entry:
        return ""
    head = head_of(code, entry=task.entry, before=task.before)
    return head if task.prefill or not head else f"```python\n{head}"


async def judged(task: Task, kit: Kit, how: str, text: str) -> tuple[Tried, tuple[Result, ...]]:
    """The score is the part of the examples that hold; without any, that the code loads at all."""
    if kit.compare is None or kit.evaluate is None or task.kind != "code":
        return Tried(how=how, text=text, good=True), ()
    code = code_of(task, text)
    if task.examples:
        results = await kit.compare(code, task.examples)
    else:
        results = await kit.evaluate(code, [f"callable({task.entry})" if task.entry else "True"])
    held = sum(one.kind in ("passed", "value") for one in results)
    wrong = next((one for one in results if one.kind not in ("passed", "value")), None)
    said = f"{held} of {len(results)} examples" if task.examples else LOADS[wrong is None]
    why = said + (f"; {wrong.shown[:120]}" if wrong else "")
    score, failed = held / max(1, len(results)), wrong is not None
    return Tried(how=how, text=text, score=score, good=not failed, failed=failed, why=why), results


def ended(best: Tried) -> str:
    """Why nothing more is tried after this candidate."""
    if not best.good:
        return "tried"
    return "good" if best.score else "unchecked"


def code_of(task: Task, text: str) -> str:
    """The whole program that an answer is."""
    return program(text, entry=task.entry, before=task.before)


def _repair(task: Task, best: Tried, results: Sequence[Result], number: int) -> Drawing:
    wrong = [
        f"{one.call} should give {one.expected}, but "
        + (f"gives {result.shown}" if result.kind == "wrong" else result.shown or "never ends")
        for one, result in zip(task.examples, results, strict=False)
        if result.kind != "passed"
    ] or [result.shown for result in results if result.kind != "value"]
    said = "This code was run:\n" + "\n".join(line[:300] for line in wrong[:2])
    said += "\nWrite the whole corrected code."
    text = best.text if "```" in best.text else f"```python\n{best.text.rstrip()}\n```"
    asked = replace(
        task,
        messages=(*task.messages, assistant(text), user(said)),
        max_tokens=min(task.max_tokens, LONGER * _length(best.text)),
    )
    return asked, Draw(sampling="code_more", seed=number, head=_head(task, ""))


def completed(task: Task, text: str) -> str:
    """The answer; its code with the imports of the standard library that it lacks, if any."""
    if task.kind != "code":
        return text
    code = code_of(task, text)
    whole = with_imports(code)
    return f"```python\n{whole}```" if whole != code else text


def _agreed(results: Sequence[Result]) -> bool:
    return not any(one.kind == "raised" and one.shown.startswith(MISCALLED) for one in results)


def _repairable(results: Sequence[Result]) -> bool:
    return any(one.kind == "raised" and one.shown.startswith(REPAIRABLE) for one in results)
