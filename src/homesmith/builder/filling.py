"""One file: ask, extract, judge, ask again differently, keep the best.

First greedily, then once with what was wrong, then fresh samples: a 1.5B model gains little from
error text (28.6 to 31.6 on Aider's set) and much from another try.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from homesmith.builder.conversation import after
from homesmith.builder.extraction import file_text
from homesmith.builder.job import Job, budget_spent, sha256
from homesmith.builder.template import Fill
from homesmith.builder.texts import render
from homesmith.core.errors import BudgetSpent
from homesmith.core.messages import Message
from homesmith.core.runs import Candidate, Warned
from homesmith.improve.resample import Judged, keep_best

SAME_WARN, SAME_STOP = 3, 5
CHARACTERS_PER_TOKEN, LEAST_TOKENS = 3, 700
MAIN = re.compile(r"<main\b[^>]*>\n?")

Look = Callable[[str], Awaitable[Judged[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the main part of a page: its head, its scripts, its end."""

    opening: str = ""
    closing: str = ""
    stop: tuple[str, ...] = ()

    def around(self, answer: str) -> str:
        """The whole page with the answer, less what the answer has of the frame itself."""
        inside = MAIN.split(answer)[-1]
        main = re.split(r"</(?:main|body|html)>|<script\b", inside)[0].rstrip()
        return f"{self.opening}{main}\n  {self.closing}"


def frame_of(page: str) -> Frame:
    """The frame of a page with one main element; an empty one without."""
    start, end = MAIN.search(page), page.rfind("</main>")
    if not start or end < start.end():
        return Frame()
    return Frame(opening=page[: start.end()], closing=page[end:], stop=("</main>",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one candidate is asked for."""

    how: str
    task: str
    seed: int


def plan(limit: int) -> tuple[Attempt, ...]:
    """Greedy, one repair, then samples: at most `limit` attempts."""
    attempts = [
        Attempt(how="greedy", task="code", seed=0),
        Attempt(how="repair", task="code", seed=1),
    ]
    attempts += [
        Attempt(how="resample", task="code_more", seed=number) for number in range(2, limit)
    ]
    return tuple(attempts[:limit])


async def fill(
    job: Job,
    unit: Fill,
    turns: tuple[Message, ...],
    look: Look,
    *,
    attempts: tuple[Attempt, ...],
    first: Judged[str] | None = None,
    standing: str = "",
) -> Judged[str] | None:
    """The best text for one file, judged by `look`; None if the budget allowed no candidate.

    What surrounds the main part of the page `standing` is kept as it is. Raises EngineError and
    PromptTooLong.
    """
    frame = frame_of(standing) if unit.language == "html" else Frame()
    seen: Counter[str] = Counter()
    known: dict[str, Judged[str]] = {}
    latest: list[Judged[str]] = [first] if first is not None else []

    async def candidates() -> AsyncIterator[str]:
        for number, attempt in enumerate(attempts, start=1):
            try:
                text = await _candidate(job, unit, turns, attempt, number, latest, frame)
            except BudgetSpent:
                return
            if text is None:
                continue
            digest = sha256(text)
            seen[digest] += 1
            if seen[digest] == SAME_WARN:
                job.record(Warned(message=f"{unit.path}: three equal answers", code="loop"))
            if seen[digest] >= SAME_STOP:
                return
            yield text

    async def judge(text: str, _number: int) -> Judged[str]:
        digest = sha256(text)
        if digest not in known:
            job.show("checking")
            known[digest] = await look(text)
        latest.append(known[digest])
        return known[digest]

    return await keep_best(candidates(), judge, first=first)


async def _candidate(
    job: Job,
    unit: Fill,
    turns: tuple[Message, ...],
    attempt: Attempt,
    number: int,
    latest: list[Judged[str]],
    frame: Frame,
) -> str | None:
    messages = turns
    if attempt.how == "repair":
        if not latest or not latest[-1].trouble:
            return None
        last = latest[-1]
        messages = after(
            turns, unit, last.made, render("repair", path=unit.path, trouble=last.trouble)
        )
    prefill = job.profile.code_prefill.replace("{language}", unit.language) + frame.opening
    answer = await job.ask(
        messages,
        max_tokens=_longest(unit, attempt, latest),
        task=attempt.task,
        seed=attempt.seed,
        prefill=prefill,
        stop=(*frame.stop, *job.profile.code_stop),
    )
    text = file_text(answer.text, unit.path, frame.opening)
    text = frame.around(answer.text) if frame.opening else text
    text = job.personal.dressed(unit.path, text)
    job.record(
        Candidate(
            step=job.step,
            attempt=number,
            how=attempt.how,
            sha256=job.keep(text),
            prompt_tokens=answer.usage.prompt_tokens,
            cached_tokens=answer.usage.cached_tokens,
            answer_tokens=answer.usage.answer_tokens,
            seconds=answer.usage.prompt_seconds + answer.usage.answer_seconds,
            reason=answer.reason,
        )
    )
    if answer.reason == "deadline":
        raise budget_spent("seconds", job.clock.budget)
    return text


def _longest(unit: Fill, attempt: Attempt, latest: list[Judged[str]]) -> int:
    """Tokens an answer may have: a sample that outgrows what stands by far is going astray."""
    if attempt.how != "resample" or not latest:
        return unit.max_tokens
    standing = max(len(judged.made) for judged in latest) // CHARACTERS_PER_TOKEN
    return min(unit.max_tokens, max(LEAST_TOKENS, 2 * standing))


def with_file(files: Mapping[str, str], path: str, text: str) -> dict[str, str]:
    """The files with one of them replaced."""
    return {**files, path: text}
