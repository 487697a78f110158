"""Ways to a better answer from the same weights, each one loop over asking and running.

What works on models of 1 to 3B is running the code, sampling, and stopping early; a critique in
words gains nothing there (arXiv 2604.21950, 2412.14352). So code is judged by execution alone.
Each strategy keeps the best it has seen and ends within its budget.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from homesmith.core.errors import UsageError
from homesmith.core.messages import assistant, user
from homesmith.improve.answers import final
from homesmith.improve.candidates import program
from homesmith.improve.drafts import Draw, Improved, Kit, Task, Tried
from homesmith.improve.execution import Result
from homesmith.improve.inputs import variations

Strategy = Callable[[Task, Kit], Coroutine[Any, Any, Improved]]
SAMPLES, REPAIRS, VOICES, REVISIONS = 5, 2, 5, 2
NOTHING = ("none", "no problems", "no problem", "nothing")
REPAIRABLE = ("NameError", "SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError")
"""What a small model repairs when it is told; a wrong value it repairs rarely (2604.10508)."""
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
    text = await kit.draw(task, Draw(sampling=_sampling(task)))
    kit.note(Tried(how="greedy", text=text, good=True))
    return kit.chosen(text, "tried")


async def refine(task: Task, kit: Kit) -> Improved:
    """Draft, critique, improve: for prose of larger models. Stops when nothing is found wrong."""
    chat = Draw(sampling="chat")
    text = await kit.draw(task, chat)
    kit.note(Tried(how="draft", text=text))
    for _ in range(REVISIONS):
        talked = (*task.messages, assistant(text), user(CRITIQUE))
        found = await kit.more(replace(task, messages=talked, max_tokens=200, prefill=""), chat)
        if found is None:
            break
        kit.note(Tried(how="critique", text=found))
        if found.strip().lower().startswith(NOTHING):
            return kit.chosen(text, "good")
        revising = (*talked, assistant(found), user(REVISE))
        revised = await kit.more(replace(task, messages=revising), chat)
        if revised is None:
            break
        kit.note(Tried(how="revision", text=revised))
        if not revised.strip():
            break
        text = revised
    return kit.chosen(text, "tried")


async def plan(task: Task, kit: Kit) -> Improved:
    """Steps first, then each of them in turn; the answer to the last step is the answer."""
    asked = replace(
        task, messages=(*task.messages, user(PLAN)), prefill="", stop=(), max_tokens=300
    )
    text = await kit.draw(asked, Draw(sampling="structure", json_schema=PLANNED))
    kit.note(Tried(how="plan", text=text))
    steps = _steps(text) or ("Do what is asked.",)
    messages = task.messages
    for number, step in enumerate(steps, start=1):
        messages = (*messages, user(f"Step {number}: {step}"))
        done = await kit.more(replace(task, messages=messages), Draw(sampling=_sampling(task)))
        if done is None:
            break
        text = done
        kit.note(Tried(how=f"step {number}", text=text, why=step))
        messages = (*messages, assistant(text))
    return kit.chosen(text, "tried")


async def verify(task: Task, kit: Kit) -> Improved:
    """Run the request's own examples; sample on, with at most two repairs, only while they fail."""
    best = await _verified(task, kit)
    return kit.chosen(best.text, "good" if best.good else "tried")


async def select(task: Task, kit: Kit) -> Improved:
    """Of the candidates that satisfy the examples, one that behaves as most of them do.

    Behaviour is what they return on further inputs. It stops as soon as the largest group can no
    longer be overtaken; the earliest of that group is taken.
    """
    best = await _verified(task, kit)
    calls = [one.call for one in task.examples] + list(variations(task.entry, task.examples))
    if kit.evaluate is None or not calls:
        return kit.chosen(best.text, "good" if best.good else "tried")
    groups: dict[tuple[Result, ...], list[Tried]] = {}
    candidate: Tried | None = best
    for number in range(VOICES):
        if candidate is not None and candidate.score >= best.score:
            behaviour = await kit.evaluate(_program(task, candidate.text), calls)
            groups.setdefault(behaviour, []).append(candidate)
        left = VOICES - number - 1
        if not left or _decided([len(group) for group in groups.values()], left):
            break
        text = await kit.more(task, Draw(sampling="code_more", seed=100 + number))
        if text is None:
            break
        candidate = kit.note((await _judged(task, kit, "sample", text))[0])
    largest = max(groups.values(), key=len)  # The first of equals: it holds the earliest.
    return kit.chosen(largest[0].text, "agreed" if len(largest) > 1 else "tried")


async def vote(task: Task, kit: Kit) -> Improved:
    """Several answers, compared by what they conclude; the most frequent conclusion wins."""
    voices: dict[str, list[str]] = {}
    text: str | None = await kit.draw(task, Draw(sampling=_sampling(task)))
    for number in range(VOICES):
        if text is None:
            break
        conclusion = final(text)
        kit.note(Tried(how="voice", text=text, why=conclusion))
        voices.setdefault(conclusion, []).append(text)
        left = VOICES - number - 1
        counted = [len(texts) for said, texts in voices.items() if said]
        if _decided(counted, left):
            return kit.chosen(max(_spoken(voices), key=len)[0], "agreed")
        if not left:
            break
        text = await kit.more(task, Draw(sampling="chat", seed=number + 1))
    return kit.chosen(max(_spoken(voices), key=len)[0], "tried")


def _spoken(voices: Mapping[str, list[str]]) -> list[list[str]]:
    """The answers that conclude something, or all where none does."""
    return [texts for said, texts in voices.items() if said] or list(voices.values())


async def auto(task: Task, kit: Kit, scoreboard: Mapping[str, str] | None = None) -> Improved:
    """The strategy that measured best for this kind of task, `scoreboard`, or the usual one."""
    usual = {"code": "select", "answer": "vote", "prose": "direct"}[task.kind]
    name = (scoreboard or {}).get(task.kind, usual)
    return await STRATEGIES.get(name, direct)(task, kit)


STRATEGIES: Mapping[str, Strategy] = {
    "direct": direct,
    "refine": refine,
    "plan": plan,
    "verify": verify,
    "select": select,
    "vote": vote,
    "auto": auto,
}


def named(name: str) -> Strategy:
    """The strategy of this name. Raises UsageError."""
    if name not in STRATEGIES:
        raise UsageError(
            f'There is no strategy "{name}"',
            why=f"known are {', '.join(sorted(STRATEGIES))}",
            remedy='for example: homesmith ask --improve auto "…"',
        )
    return STRATEGIES[name]


async def _verified(task: Task, kit: Kit) -> Tried:
    """The first candidate that satisfies every example, else the one that satisfies most."""
    text = await kit.draw(task, Draw(sampling=_sampling(task)))
    best, results = await _judged(task, kit, "greedy", text)
    kit.note(best)
    repairs = 0
    for number in range(1, SAMPLES + 1):
        if best.good:
            break
        told = repairs < REPAIRS and (_repairable(results) or number == SAMPLES)
        repairs += told
        asked = _repair(task, best, results) if told else task
        draw = Draw(sampling=_sampling(task) if told else "code_more", seed=number)
        again = await kit.more(asked, draw)
        if again is None:
            break
        judged, seen = await _judged(task, kit, "repair" if told else "sample", again)
        kit.note(judged)
        if judged.score > best.score:
            best, results = judged, seen
    return best


async def _judged(task: Task, kit: Kit, how: str, text: str) -> tuple[Tried, tuple[Result, ...]]:
    """The score is the part of the examples that hold; without any, that the code loads at all."""
    if kit.compare is None or kit.evaluate is None or task.kind != "code":
        return Tried(how=how, text=text, good=True), ()
    code = _program(task, text)
    if task.examples:
        results = await kit.compare(code, task.examples)
    else:
        results = await kit.evaluate(code, [f"callable({task.entry})" if task.entry else "True"])
    held = sum(one.kind in ("passed", "value") for one in results)
    wrong = next((one for one in results if one.kind not in ("passed", "value")), None)
    why = f"{held} of {len(results)} examples" + (f"; {wrong.shown[:120]}" if wrong else "")
    score = held / max(1, len(results))
    return Tried(how=how, text=text, score=score, good=wrong is None, why=why), results


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


def _decided(sizes: Sequence[int], left: int) -> bool:
    """Whether two agree at least, and no other group can still get ahead of the largest one."""
    ordered = sorted(sizes, reverse=True)
    second = ordered[1] if len(ordered) > 1 else 0
    return bool(ordered) and ordered[0] >= max(2, second + left)


def _program(task: Task, text: str) -> str:
    return program(text, entry=task.entry, before=task.before)


def _sampling(task: Task) -> str:
    return "code" if task.kind == "code" else "chat"


def _steps(answer: str) -> tuple[str, ...]:
    try:
        steps = json.loads(answer)["steps"]
    except (ValueError, TypeError, LookupError):
        return ()
    return tuple(str(step) for step in steps if str(step).strip())[:5]
