"""A file written along an outline: each part by itself, read at once, and mended by itself.

The answer to each part begins with everything above it, so an engine that keeps its cache reads
only the few lines in between; what is wrong with one part is asked again, not the whole file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from homesmith.builder.controls import read_page
from homesmith.builder.extraction import mended_script
from homesmith.builder.job import Job, budget_spent
from homesmith.builder.literals import literals
from homesmith.builder.outline import Part, written
from homesmith.builder.script_outline import script_outline
from homesmith.builder.server_facts import server_of
from homesmith.builder.server_outline import server_outline
from homesmith.builder.server_tests import server_tests
from homesmith.builder.template import Fill
from homesmith.core.checks import Finding
from homesmith.core.errors import BudgetSpent
from homesmith.core.messages import Message
from homesmith.core.requests import Usage
from homesmith.core.runs import Candidate
from homesmith.improve.resample import Judged

TRIES = 3
"""Answers for one part until it can be read."""
HEATS = (0.0, 0.7, 0.9, 1.1, 1.2)
"""Temperatures of the answers for one part that is to blame, in one round."""
CAREFUL = "Careful: "
STANDING = ("confirm", "find", "read", "make", "fill", "say", "load", "save", "render")
"""Functions that a script calls; a variable of that name hides them."""
STRAYING = ("addEventListener", "appendChild(", "createElement(", "insertBefore(")
"""What only the outline does: it ties buttons and draws the page."""
SHOWN = re.compile(r"there should be|should show|should be (?:visible|hidden)|should not")
DECLARED = re.compile(r"^(?:const|let) (\w+)", re.MULTILINE)
MISSING = re.compile(r'the text "([^"]+)" was asked for')
SUBJECT = re.compile(r"([\w-]+) should")
LINE = re.compile(r"(?<!\w)app\.(?:js|py):(\d+)")


def outline_of(
    unit: Fill, files: Mapping[str, str], request: str, *, page: bool
) -> tuple[Part, ...]:
    """The outline of a file that its template wants written so; none where the request has no
    words for it. `page`: whether the app has one.
    """
    if unit.outline == "script":
        html = "\n".join(files.get(path, "") for path in unit.sees)
        return script_outline(read_page(html, "", literals(request).testids), request)
    if unit.outline == "server":
        return server_outline(files.get(unit.path, ""), request, page=page)
    if unit.outline == "tests":
        return server_tests(server_of(request, page=page))
    return ()


Sound = Callable[[str], Awaitable[bool]]
Look = Callable[[str], Awaitable[Judged[str]]]


@dataclass(slots=True, kw_only=True)
class Composer:
    """Writes the parts of one file. `turns` lead to the file; `sound` says whether a text with
    the parts so far can be read; `look` judges the whole app with it. `own` gives what was copied
    from the worked example the app's own names.
    """

    job: Job
    unit: Fill
    turns: tuple[Message, ...]
    parts: tuple[Part, ...]
    sound: Sound
    look: Look
    own: Callable[[str], str] = str
    tried: set[str] = field(default_factory=set)
    seed: int = 0

    async def compose(self, kept: Mapping[str, str] | None = None) -> str | None:
        """The whole file, greedily; None if the budget ended before it was written.

        Parts with a body in `kept` have it already.
        """
        bodies = dict(kept or {})
        usage = Usage()
        for part in self._open():
            if part.name in bodies:
                continue
            body = ""
            for attempt in range(TRIES):
                try:
                    body, spent = await self._body(part, bodies, heat=HEATS[min(attempt, 1)])
                except BudgetSpent:
                    return None
                usage = usage + spent
                if not self._strays(part, bodies, body) and await self.sound(
                    written(self.parts, {**bodies, part.name: body})
                ):
                    break
            bodies[part.name] = body
        text = written(self.parts, bodies)
        self._record(text, "greedy", usage)
        return text

    async def mend(
        self, bodies: Mapping[str, str], first: Judged[str], troubles: Sequence[Finding]
    ) -> Judged[str]:
        """The best found by writing the part that is most to blame anew, then the next."""
        best = first
        self.tried.add(first.made)
        names = blamed(self.parts, troubles, first.made)
        for name in names:  # all samples of a part at once: the engine has read what leads to it
            for number in range(len(HEATS)):
                try:
                    made = await self._again(name, bodies, troubles[0].message, number)
                except BudgetSpent:
                    return best
                if made is None:
                    continue
                self.job.show("checking")
                judged = await self.look(made)
                if judged.score > best.score:
                    return judged
        return best

    async def _again(
        self, name: str, bodies: Mapping[str, str], careful: str, number: int
    ) -> str | None:
        """The file with one part written anew; None if that is nothing new, or cannot be read."""
        part = next(one for one in self.parts if one.name == name)
        body, spent = await self._body(part, bodies, heat=HEATS[number], careful=careful)
        text = written(self.parts, {**bodies, name: body})
        if text in self.tried or self._strays(part, bodies, body) or not await self.sound(text):
            return None
        self.tried.add(text)
        self._record(text, f"part {name}", spent)
        return text

    def _open(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.stop)

    async def _body(
        self, part: Part, bodies: Mapping[str, str], *, heat: float, careful: str = ""
    ) -> tuple[str, Usage]:
        place = self.parts.index(part)
        above = written(self.parts[:place], bodies)
        sign = "#" if self.unit.language == "python" else "//"
        told = wanted(careful)
        opening = f"{sign} {CAREFUL}{told}\n" if careful else ""
        fence = self.job.profile.code_prefill.replace("{language}", self.unit.language)
        self.seed += 1
        answer = await self.job.ask(
            self.turns,
            max_tokens=part.tokens,
            task="code_more" if heat else "code",
            seed=self.seed if heat else 0,
            heat=heat,
            prefill=fence + above + opening + part.opening,
            stop=(*part.stop, *self.job.profile.code_stop),
        )
        if answer.reason == "deadline":
            raise budget_spent("seconds", self.job.clock.budget)
        body = answer.text.rstrip()
        if body.lstrip().startswith("}"):  # nothing was left to say
            body = ""
        script = self.unit.language == "javascript"
        made = mended_script(body) if script else self.own(body)
        return part.mended(made), answer.usage

    def _strays(self, part: Part, bodies: Mapping[str, str], body: str) -> bool:
        """Whether a body does what its outline does, or hides a name that stands above it."""
        above = written(self.parts[: self.parts.index(part)], bodies) + part.opening
        script = self.unit.language == "javascript"
        known = [*DECLARED.findall(above), *(STANDING if script else ())]
        names = "|".join(map(re.escape, known))
        hides = bool(names) and re.search(rf"\b(?:const|let|var) (?:{names})\b", body)
        return bool(hides) or any(word in body for word in STRAYING)

    def _record(self, text: str, how: str, usage: Usage) -> None:
        self.job.record(
            Candidate(
                step=self.job.step,
                attempt=self.seed,
                how=how,
                sha256=self.job.keep(text),
                prompt_tokens=usage.prompt_tokens,
                cached_tokens=usage.cached_tokens,
                answer_tokens=usage.answer_tokens,
                seconds=usage.prompt_seconds + usage.answer_seconds,
                reason="stop",
            )
        )


def wanted(message: str) -> str:
    """What a trouble says should be so. What was there instead is left out: it would be copied."""
    should, _, rest = " ".join(message.split()).partition(", but ")
    after = re.search(r"\(after: .*", rest)
    return f"{should[:160]} {after[0][:160] if after else ''}".strip()


def blamed(parts: Sequence[Part], troubles: Sequence[Finding], text: str) -> tuple[str, ...]:
    """The parts that may be the cause, the likeliest first.

    A line of the file names its part. The last thing operated before something was missing did
    not do it, or `render` did not show it.
    """
    score: defaultdict[str, float] = defaultdict(float)
    starts = _starts(parts, text)
    for rank, finding in enumerate(troubles[:3]):
        weight = 1.0 / (1 + rank)
        message = f"{finding.name} {finding.message}"
        lines = [int(found) for found in LINE.findall(message)]
        # A line of a test says where the test stands, nothing of the file that is at fault.
        own = finding.file.rpartition("/")[2] in ("", "app.js", "app.py")
        lines += [finding.line] if finding.line and own else []
        for line in lines:
            inside = [name for name, start in starts if start <= line]
            if inside:
                score[_open_one(parts, inside)] += 4 * weight
        for part in parts:
            if not part.stop:
                continue
            places = [message.rfind(name) for name in part.about if _says(name, message)]
            if places:
                score[part.name] += (1 + max(places) / len(message)) * weight
            subject = SUBJECT.match(finding.message)
            mine = subject is not None and subject[1] in part.about
            if mine:
                score[part.name] += 2.5 * weight
            if (missing := MISSING.search(finding.message)) and missing[1] in part.opening:
                score[part.name] += 3.5 * weight
            if part.name == "render":
                alone = mine or subject is None
                score[part.name] += (2.5 if alone and SHOWN.search(message) else 0.9) * weight
    left = [part.name for part in parts if part.stop and part.name in score]
    return tuple(sorted(left, key=lambda name: -score[name])[:4])


def _open_one(parts: Sequence[Part], inside: Sequence[str]) -> str:
    """The part that a model wrote and that leads to the last of `inside`: itself, or one before."""
    left = {part.name for part in parts if part.stop}
    return next((name for name in reversed(inside) if name in left), inside[-1])


def _says(name: str, message: str) -> bool:
    if name.startswith("test_"):
        return name in message
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", message) is not None


def _starts(parts: Sequence[Part], text: str) -> list[tuple[str, int]]:
    """The line on which each part that was written begins."""
    found = []
    at = 0
    for part in parts:
        place = text.find(part.opening, at)
        if place < 0:
            break
        found.append((part.name, text.count("\n", 0, place) + 1))
        at = place + len(part.opening)
    return [(name, line) for name, line in found if name != "ties"]
