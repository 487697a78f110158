"""Change an app that stands: choose the files, edit them, and let nothing that worked break.

A short file is written whole, a long one by the part that matters (whole-file edits win for new
and short files, fail on long ones: Aider's measurements). What was green stays green, or the
change is taken back.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from homesmith.builder.filling import Attempt, fill, plan, with_file
from homesmith.builder.job import Job, accept
from homesmith.builder.judging import Judge, staged, words
from homesmith.builder.literals import literals
from homesmith.builder.manifest import FILE, Manifest, manifest_text, read_manifest
from homesmith.builder.revising import FIXED, revise
from homesmith.builder.template import LANGUAGES, Fill, Template
from homesmith.builder.texts import render
from homesmith.context.estimate import estimate
from homesmith.context.relevance import rank
from homesmith.context.skeleton import block, skeleton
from homesmith.core.checks import Verdict
from homesmith.core.errors import WorkFailed
from homesmith.core.messages import Message, system, user
from homesmith.core.runs import Accepted, Checked, Finished, Rejected, Warned
from homesmith.improve.resample import Judged

LONG_LINES = 180
"""A file up to this long is written whole; a longer one by its parts."""
EDITABLE = (".html", ".js", ".css", ".py")
ORDER = {".html": 0, ".py": 1, ".js": 2, ".css": 3}
TRIES = 4
MOST_FILES = 3
RULES = (
    "You edit small web apps. You change what the person asks for, completely, and nothing else. "
    "Existing data-testid attributes, texts and behaviour stay exactly as they are."
)


@dataclass(slots=True, kw_only=True)
class Change:
    """An app under change: what it was, what it is becoming, who judges it."""

    manifest: Manifest
    judge: Judge
    before: Mapping[str, str]
    files: dict[str, str]
    past: str = ""
    touched: list[str] = field(default_factory=list)


async def change(
    job: Job, *, past: str = "", templates: Mapping[str, Template] | None = None
) -> Finished:
    """Change the app of `job` as asked, or leave it exactly as it was.

    `past` are earlier requests in words. Raises HomesmithError; WorkFailed when every candidate
    broke something that worked.
    """
    manifest = await asyncio.to_thread(read_manifest, job.request.root)
    files = await asyncio.to_thread(_read, job)
    job.personal = job.personal.at_home_in(files.values())
    judge = Judge(
        manifest=manifest,
        literals=literals(job.request.prompt),
        sandbox=job.sandbox,
        evidence=job.evidence,
        browser=job.browser,
    )
    work = Change(
        manifest=manifest,
        judge=judge,
        before=files,
        files=dict(files),
        past=past,
    )
    await _before(job, work)
    template = (templates or {}).get(manifest.template)
    revised = await _revised(job, work, template) if template else None
    if revised is not None:
        return revised
    chosen = await _choose(job, work)
    job.total = len(chosen) + 1
    for path in chosen:
        await _edit(job, work, path, last=path == chosen[-1])
    return await _conclude(job, work)


async def _revised(job: Job, work: Change, template: Template) -> Finished | None:
    """The change made along the app's outline; None where that cannot be, or breaks something."""
    revised = await revise(job, work.judge, work.manifest, work.files, template)
    if revised is None:
        return None
    verdicts = await work.judge.verdicts(revised.files, early=False)
    if work.judge.lost(verdicts):
        work.judge.manifest = work.manifest
        return None
    work.files, work.manifest = dict(revised.files), revised.manifest
    work.touched = [*revised.touched, FILE]
    return await _conclude(job, work)


def _read(job: Job) -> dict[str, str]:
    texts = {}
    for path in job.workspace.list():
        if path != FILE and PurePosixPath(path).suffix in (*EDITABLE, ".txt", ".ini", ".md"):
            texts[path] = job.workspace.read_text(path)
    return texts


async def _before(job: Job, work: Change) -> None:
    """Keep the app as the person left it, and learn what works in it now."""
    job.begin("look at the app", "")
    snapshot = job.snapshots.head()
    if snapshot is None or not job.snapshots.matches(snapshot.id):
        snapshot = await asyncio.to_thread(job.snapshots.take, "As it was before the change")
        job.record(Accepted(step=job.step, snapshot=snapshot.id, summary=snapshot.message))
    asked, work.judge.literals = work.judge.literals, literals("")
    verdicts = await work.judge.verdicts(work.files, early=False)
    work.judge.literals = asked
    green = {
        f"{verdict.check}/{finding.name}"
        for verdict in verdicts
        for finding in verdict.findings
        if finding.outcome == "passed"
    }
    whole = {verdict.check for verdict in verdicts if verdict.outcome == "passed"}
    work.judge.must_hold = frozenset(green)
    work.judge.whole = frozenset(whole)


async def _choose(job: Job, work: Change) -> tuple[str, ...]:
    """The files to edit, in the order in which an app is read: page, server, script, style."""
    offered = [
        path
        for path in work.files
        if PurePosixPath(path).suffix in EDITABLE
        and path not in FIXED
        and not path.startswith("tests/")
    ]
    if len(offered) <= 1:
        return tuple(offered)
    names = "\n".join(f"- {path}" for path in offered)
    shape = {
        "type": "array",
        "items": {"enum": offered},
        "minItems": 1,
        "maxItems": min(MOST_FILES, len(offered)),
    }
    messages = (
        system(RULES),
        user(render("choose_files", files=names, request=job.request.prompt)),
    )
    answer = await job.ask(messages, max_tokens=80, task="structure", json_schema=shape)
    return _ordered(_named(answer.text), offered, job.request.prompt, work.files)


def _named(answer: str) -> list[str]:
    try:
        value = json.loads(answer)
    except ValueError:
        return []
    return [str(item) for item in value] if isinstance(value, list) else []


def _ordered(
    named: Sequence[str], offered: Sequence[str], request: str, files: Mapping[str, str]
) -> tuple[str, ...]:
    """What the model named, else what the words of the request point at."""
    chosen = [path for path in dict.fromkeys(named) if path in offered]
    if not chosen:
        ranked = rank(request, {path: files[path] for path in offered})
        chosen = [item.name for item in ranked[:2]] or list(offered[:1])
    if any(path.endswith(".html") for path in chosen):
        chosen += [path for path in offered if path.endswith(".js") and path not in chosen]
    if not re.search(r"\b(colou?r|style|dark|theme|font|layout|look)", request, re.IGNORECASE):
        chosen = [path for path in chosen if not path.endswith(".css")] or chosen
    return tuple(sorted(chosen, key=lambda path: ORDER.get(PurePosixPath(path).suffix, 9)))


async def _edit(job: Job, work: Change, path: str, *, last: bool) -> None:
    """Candidates for one file; the best stands in `work.files`, the folder stays as it is."""
    job.begin(f"change {path}", path)
    text = work.files[path]
    language = LANGUAGES.get(PurePosixPath(path).suffix, "text")
    part = _part(job.request.prompt, path, text) if text.count("\n") > LONG_LINES else ""
    unit = Fill(
        path=path,
        language=language,
        purpose="the change",
        max_tokens=min(4096, estimate(part or text) * 2 + 700),
    )
    turns = _turns(job, work, unit, part)

    async def look(made: str) -> Judged[str]:
        whole = text.replace(part, made.rstrip("\n"), 1) if part else made
        return await _look(job, work, path, whole, made, deep=last)

    best = await fill(job, unit, turns, look, attempts=_attempts(last=last))
    if best is None or best.score[0] < 0:
        raise _broken(job, path, best)
    made = text.replace(part, best.made.rstrip("\n"), 1) if part else best.made
    if made != text:
        work.files = with_file(work.files, path, made)
        work.touched.append(path)
    job.done += 1


def _attempts(*, last: bool) -> tuple[Attempt, ...]:
    return plan(TRIES if last else 2)


def _turns(job: Job, work: Change, unit: Fill, part: str) -> tuple[Message, ...]:
    """The app as far as it matters: whole files while they are short, outlines of the others."""
    shown = []
    for path, text in work.files.items():
        suffix = PurePosixPath(path).suffix
        if suffix not in EDITABLE or path.startswith("tests/"):
            continue
        if suffix == ".css" and path != unit.path:
            continue
        long = text.count("\n") > LONG_LINES and (path != unit.path or part)
        body = skeleton(path, text).text if long else text
        shown.append(f"{path}:\n```{LANGUAGES.get(suffix, '')}\n{body.rstrip()}\n```")
    past = f"{work.past}\n\n" if work.past else ""
    values = {
        "files": "\n\n".join(shown),
        "past": past,
        "request": job.request.prompt.strip(),
        "path": unit.path,
    }
    if part:
        text = render("change_block", **values, language=unit.language, block=part)
    else:
        text = render("change", **values)
    return (system(RULES), user(job.personal.before(text)))


def _part(request: str, path: str, text: str) -> str:
    """The part of a long file that the request is about; the whole of it if there are no parts."""
    symbols = skeleton(path, text).symbols
    parts = {f"{s.first}:{s.name}": block(text, s) for s in symbols}
    ranked = rank(request, {name: f"{name} {body}" for name, body in parts.items()})
    return parts[ranked[0].name] if ranked else ""


async def _look(
    job: Job, work: Change, path: str, text: str, made: str, *, deep: bool
) -> Judged[str]:
    """Judge the app with this file; until the last file is changed only what reads text counts."""
    files = with_file(work.files, path, text)
    verdicts = await work.judge.verdicts(files, names=None if deep else ("syntax",))
    for verdict in work.judge.settled(verdicts):
        job.record(Checked(step=job.step, attempt=0, verdict=verdict))
    troubles = work.judge.troubles(verdicts)
    lost = (
        work.judge.lost(verdicts) if deep else [t for t in troubles if t.name.startswith("syntax")]
    )
    unchanged = files == dict(work.before) and deep
    score = (-float(len(lost)), -float(unchanged), *work.judge.score(verdicts))
    trouble = words(troubles) or ("- nothing was changed" if unchanged else "")
    return Judged(made=made, score=score, good=not troubles and not unchanged, trouble=trouble)


def _broken(job: Job, path: str, best: Judged[str] | None) -> WorkFailed:
    why = best.trouble.split("\n")[0].removeprefix("- ") if best else "no candidate was finished"
    job.record(Rejected(step=job.step, reason=why))
    return WorkFailed(
        f"The change was taken back: {path} broke what worked",
        why=why,
        remedy="say the change in other words, or in smaller steps",
    )


async def _conclude(job: Job, work: Change) -> Finished:
    """All gates once more, then every touched file goes into the folder as one step."""
    verdicts = await work.judge.verdicts(work.files, early=False)
    lost = work.judge.lost(verdicts)
    if lost or not work.touched:
        why = lost[0].message if lost else "no candidate changed a file"
        job.record(Rejected(step=job.step, reason=why))
        raise WorkFailed(
            "The change was taken back: something that worked would break"
            if lost
            else "The model changed nothing",
            why=why,
            remedy="say the change in other words, or in smaller steps",
        )
    job.begin("keep the change", "")
    files = {**work.files, FILE: manifest_text(work.manifest)}
    changed = {path: files[path] for path in work.touched}
    with staged(work.files, work.manifest) as stage:
        snapshot = await accept(job, changed, job.request.prompt[:120], stage)
    job.record(Accepted(step=job.step, snapshot=snapshot.id, summary=snapshot.message))
    return _finished(job, work, verdicts, snapshot.id)


def _finished(job: Job, work: Change, verdicts: tuple[Verdict, ...], snapshot: str) -> Finished:
    settled = work.judge.settled(verdicts)
    for verdict in settled:
        job.record(Checked(step=0, attempt=0, verdict=verdict))
    for trouble in work.judge.troubles(verdicts):
        job.record(Warned(message=trouble.message, code="red"))
    usage = job.clock.usage
    return Finished(
        passed=work.judge.good(verdicts),
        root=str(job.request.root),
        verdicts=settled,
        seconds=job.clock.seconds,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        answer_tokens=usage.answer_tokens,
        snapshot=snapshot,
    )
