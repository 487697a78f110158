"""The first candidate that the request's own examples confirm, else the one they confirm most of.

A greedy answer, further samples, at most two repairs; what is wrong is known from running it only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from homesmith.core.messages import assistant, user
from homesmith.improve.candidates import program
from homesmith.improve.drafts import Draw, Kit, Task, Tried
from homesmith.improve.execution import Result

SAMPLES, REPAIRS = 5, 2
REPAIRABLE = ("NameError", "SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError")
"""What a small model repairs when it is told; a wrong value it repairs rarely (2604.10508)."""
FIRST = {"code": "code", "answer": "greedy", "prose": "chat"}
"""How the first answer to each kind of task is drawn, whatever the strategy."""


async def verified(task: Task, kit: Kit) -> Tried:
    """The best candidate by the examples. Raises BudgetSpent when not even one may be drawn."""
    text = await kit.draw(task, Draw(sampling=FIRST[task.kind]))
    best, results = await judged(task, kit, "greedy", text)
    kit.note(best)
    repairs = 0
    for number in range(1, SAMPLES + 1):
        if best.good:
            break
        told = repairs < REPAIRS and (_repairable(results) or number == SAMPLES)
        repairs += told
        asked = _repair(task, best, results) if told else task
        draw = Draw(sampling=FIRST[task.kind] if told else "code_more", seed=number)
        again = await kit.more(asked, draw)
        if again is None:
            break
        tried, seen = await judged(task, kit, "repair" if told else "sample", again)
        kit.note(tried)
        if tried.score > best.score:
            best, results = tried, seen
    return best


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
    why = f"{held} of {len(results)} examples" + (f"; {wrong.shown[:120]}" if wrong else "")
    score = held / max(1, len(results))
    return Tried(how=how, text=text, score=score, good=wrong is None, why=why), results


def code_of(task: Task, text: str) -> str:
    """The whole program that an answer is."""
    return program(text, entry=task.entry, before=task.before)


def _repair(task: Task, best: Tried, results: Sequence[Result]) -> Task:
    wrong = [
        f"{one.call} should give {one.expected}, but "
        + (f"gives {result.shown}" if result.kind == "wrong" else result.shown or "never ends")
        for one, result in zip(task.examples, results, strict=False)
        if result.kind != "passed"
    ] or [result.shown for result in results if result.kind != "value"]
    said = "This code was run:\n" + "\n".join(line[:300] for line in wrong[:2])
    said += "\nWrite the whole corrected code."
    text = best.text if "```" in best.text else f"```python\n{best.text.rstrip()}\n```"
    return replace(task, messages=(*task.messages, assistant(text), user(said)))


def _repairable(results: Sequence[Result]) -> bool:
    return any(one.kind == "raised" and one.shown.startswith(REPAIRABLE) for one in results)
