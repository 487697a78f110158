"""Build a new app: specify, scaffold, fill file by file, prove, mend; every step can be undone.

The order of work is a program's, never the model's (research on models under 4B: planning by
the model loses, deterministic control flow with checks by execution wins).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from homesmith.builder.acceptance import derive
from homesmith.builder.composing import Composer, outline_of
from homesmith.builder.controls import read_page
from homesmith.builder.conversation import ask_for, head, in_full, nearest_example
from homesmith.builder.entries import repeated
from homesmith.builder.filling import Attempt, fill, plan, with_file
from homesmith.builder.job import Job, accept, budget_spent
from homesmith.builder.judging import Judge, staged, words
from homesmith.builder.leftovers import Leftovers, leftovers
from homesmith.builder.manifest import FILE, Manifest, manifest_text, read_manifest
from homesmith.builder.outline import Part, bodies_of
from homesmith.builder.pages import completed
from homesmith.builder.script_app import script_app
from homesmith.builder.server_pages import completed_template
from homesmith.builder.specification import Specification
from homesmith.builder.specifying import specified
from homesmith.builder.template import Fill, Template, scaffold
from homesmith.context.relevance import sentences
from homesmith.core.checks import Verdict
from homesmith.core.messages import Message
from homesmith.core.requests import Request
from homesmith.core.runs import Accepted, Checked, Finished, Warned
from homesmith.improve.resample import Judged

PAGE_TRIES, ROUNDS = 2, 20


@dataclass(slots=True, kw_only=True)
class Growing:
    """An app as it grows: its plan, its files, who judges it, and what it shall not keep of the
    worked example.
    """

    template: Template
    specification: Specification
    manifest: Manifest
    judge: Judge
    leftovers: Leftovers
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an earlier process of the same run had done: its specification and finished units."""

    specification: Mapping[str, object] | None = None
    units: frozenset[str] = frozenset()
    step: int = 0


async def build(job: Job, templates: Mapping[str, Template], taken: Taken) -> Finished:
    """Build the app of `job`. Raises HomesmithError; what was accepted by then stands."""
    job.step = taken.step
    specification = await specified(job, templates, taken.specification)
    app = _growing(job, templates[specification.template], specification)
    if "scaffold" not in taken.units:
        await _scaffold(job, app)
    else:
        await asyncio.to_thread(_take_up, job, app)
    for unit in _units(app):
        if unit.path in taken.units:
            job.done += 1
            continue
        await _fill(job, app, unit)
    if "scenarios" not in taken.units:
        await _scenarios(job, app)
    verdicts = await _mend(job, app)
    verdicts = await _dress(job, app, verdicts)
    return await _finish(job, app, verdicts)


def _asked(job: Job, app: Growing) -> str:
    """What is asked for: the person's words, then what they were taken to mean."""
    plan = app.specification
    return in_full(job.request.prompt, plan.criteria, plan.details)


def _growing(job: Job, template: Template, specification: Specification) -> Growing:
    manifest = Manifest(
        name=specification.name,
        template=template.name,
        title=specification.title,
        run=template.run,
        checks=template.checks,
        specification=specification.as_json() | {"request": job.request.prompt},
    )
    judge = Judge(
        manifest=manifest,
        literals=specification.literals,
        sandbox=job.sandbox,
        evidence=job.evidence,
        browser=job.browser,
    )
    example = nearest_example(template, job.request.prompt)
    job.head = head(template, example)
    app = Growing(
        template=template,
        specification=specification,
        manifest=manifest,
        judge=judge,
        leftovers=leftovers(example, job.request.prompt, specification.title),
    )
    job.total = len(_units(app)) + 2
    return app


def _units(app: Growing) -> tuple[Fill, ...]:
    """The files to write: optional ones are left as the template has them."""
    return tuple(
        unit
        for unit in app.template.fills
        if not unit.optional and (app.specification.page or unit.language != "html")
    )


def _take_up(job: Job, app: Growing) -> None:
    """Go on with what stands in the folder: its files, and the scenarios that were written."""
    app.files = {
        path: job.workspace.read_text(path) for path in job.workspace.list() if path != FILE
    }
    app.manifest = replace(app.manifest, scenarios=read_manifest(job.request.root).scenarios)
    app.judge.manifest = app.manifest


async def _scaffold(job: Job, app: Growing) -> None:
    job.begin("scaffold", "")
    values = {"name": app.specification.name, "title": app.specification.title}
    found = scaffold(app.template, values)
    app.files = {path: job.personal.dressed(path, text) for path, text in found.items()}
    files = {**app.files, FILE: manifest_text(app.manifest)}
    await _stand(job, app, files, f"The {app.template.name} template: {app.specification.title}")


async def _fill(job: Job, app: Growing, unit: Fill) -> None:
    """Write one file of the template for the first time."""
    job.begin(unit.path, unit.path)
    main = unit is _units(app)[-1] or unit.language in ("javascript", "python")
    tries = plan(1 if main else PAGE_TRIES)
    outlined = _outline(job, app, unit)
    if outlined:
        composer = await _composer(job, app, unit, outlined)
        text = await composer.compose()
    else:
        best = await _best(job, app, unit, attempts=tries, whole=main)
        text = best.made if best else None
    if text is None:
        raise budget_spent("seconds", job.clock.budget)
    text = _complete(job, app, text) if unit.language == "html" else text
    app.files = with_file(app.files, unit.path, text)
    await _stand(job, app, {unit.path: text}, f"{unit.path} written")


def _outline(job: Job, app: Growing, unit: Fill) -> tuple[Part, ...]:
    request = _asked(job, app)
    return outline_of(unit, app.files, request, page=app.specification.page)


async def _composer(job: Job, app: Growing, unit: Fill, parts: tuple[Part, ...]) -> Composer:
    request = _asked(job, app)
    turns = job.head + ask_for(
        app.template, unit, request=request, files=app.files, personal=job.personal
    )

    async def sound(text: str) -> bool:
        files = with_file(app.files, unit.path, text)
        verdicts = await app.judge.verdicts(files, names=("syntax", "imports"))
        return not app.judge.troubles(verdicts)

    async def look(text: str) -> Judged[str]:
        return await _look(job, app, unit, text, whole=True)

    return Composer(
        job=job,
        unit=unit,
        turns=await _fitting(job, turns, unit),
        parts=parts,
        sound=sound,
        look=look,
        own=app.leftovers.in_code,
    )


async def _best(
    job: Job,
    app: Growing,
    unit: Fill,
    *,
    attempts: tuple[Attempt, ...],
    whole: bool,
    first: Judged[str] | None = None,
) -> Judged[str] | None:
    request = _asked(job, app)
    turns = job.head + ask_for(
        app.template, unit, request=request, files=app.files, personal=job.personal
    )
    turns = await _fitting(job, turns, unit)

    async def look(text: str) -> Judged[str]:
        return await _look(job, app, unit, text, whole=whole)

    standing = app.files.get(unit.path, "")
    return await fill(job, unit, turns, look, attempts=attempts, first=first, standing=standing)


async def _fitting(job: Job, turns: tuple[Message, ...], unit: Fill) -> tuple[Message, ...]:
    """The turns without the example if the window is too small for both it and the request."""
    probe = Request(model=job.engine.model, messages=turns, max_tokens=1)
    if await job.engine.count(probe) + unit.max_tokens <= job.engine.window:
        return turns
    return (*job.head[:1], *turns[len(job.head) :])


async def _look(job: Job, app: Growing, unit: Fill, text: str, *, whole: bool) -> Judged[str]:
    """Judge the app with `text` in place. While files are missing, only by the cheap gates."""
    files = with_file(app.files, unit.path, text)
    names = None if whole else ("syntax",)
    verdicts = await app.judge.verdicts(files, names=names)
    for verdict in app.judge.settled(verdicts):
        job.record(Checked(step=job.step, attempt=0, verdict=verdict))
    troubles = app.judge.troubles(verdicts)
    score = app.judge.score(verdicts) if whole else (0.0, -float(len(troubles)))
    return Judged(made=text, score=score, good=not troubles, trouble=words(troubles))


def _complete(job: Job, app: Growing, page: str) -> str:
    """The page with what the request names on it, and without what its script makes."""
    request, page = _asked(job, app), app.leftovers.in_page(page)
    if _is_rendered(app):
        return completed_template(page, request)
    names = app.specification.literals.testids
    page = completed(page, names=names, members=repeated(request), request=request)
    seen = script_app(read_page(page, "", names), request)
    if seen.kept and not seen.holder and not seen.groups.ends:
        holder = f'    <ul data-testid="{seen.noun}-list"></ul>\n  </main>'
        page = holder.join(page.rsplit("  </main>", 1))
    return page


def _is_rendered(app: Growing) -> bool:
    """Whether its pages come from a server, without a script."""
    return all(one.language != "javascript" for one in _units(app))


async def _scenarios(job: Job, app: Growing) -> None:
    """Acceptance criteria as browser steps, kept in homesmith.toml; none is no failure."""
    if not app.specification.page:
        return
    job.begin("scenarios", FILE)
    page = "\n".join(app.files[unit.path] for unit in _units(app) if unit.language == "html")
    script = "\n".join(app.files[u.path] for u in _units(app) if u.language == "javascript")
    request = _asked(job, app)
    seen = read_page(page, script, app.specification.literals.testids)
    found = derive(seen, sentences(request))
    app.manifest = replace(app.manifest, scenarios=found)
    app.judge.manifest = app.manifest
    text = manifest_text(app.manifest)
    await _stand(job, app, {FILE: text}, f"{len(found)} acceptance scenarios")


async def _mend(job: Job, app: Growing) -> tuple[Verdict, ...]:
    """Look at the whole app; while something is red, rewrite the file that is to blame."""
    job.unit, job.file = "the whole app", ""
    job.show("checking")
    tried: set[str] = set()
    verdicts = await app.judge.verdicts(app.files, early=False)
    for number in range(1, ROUNDS + 1):
        troubles = app.judge.troubles(verdicts)
        if not troubles or job.clock.over():
            break
        unit = _to_blame(app, [t.file for t in troubles], [t.name for t in troubles], number)
        job.begin(f"mend {unit.path}", unit.path)
        first = Judged(
            made=app.files[unit.path],
            score=app.judge.score(verdicts),
            good=False,
            trouble=words(troubles),
        )
        parts = _outline(job, app, unit)
        bodies = bodies_of(parts, first.made) if parts else None
        best: Judged[str] | None
        if bodies is not None:
            composer = await _composer(job, app, unit, parts)
            composer.seed, composer.tried = number * 100, tried
            best = await composer.mend(bodies, first, troubles)
        else:
            attempts = _mending(number)
            best = await _best(job, app, unit, attempts=attempts, whole=True, first=first)
        if best is not None and best.made != first.made:
            rendered = unit.language == "html" and _is_rendered(app)
            made = _complete(job, app, best.made) if rendered else best.made
            app.files = with_file(app.files, unit.path, made)
            await _stand(job, app, {unit.path: made}, f"{unit.path} mended")
        verdicts = await app.judge.verdicts(app.files, early=False)
    return verdicts


async def _dress(job: Job, app: Growing, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Give files that were written along an outline the looks that the person likes."""
    for unit in _units(app):
        text = app.files[unit.path]
        liked = job.personal.dressed(unit.path, text) if unit.outline else text
        if liked != text:
            job.begin(f"dress {unit.path}", unit.path)
            app.files = with_file(app.files, unit.path, liked)
            await _stand(job, app, {unit.path: liked}, f"{unit.path} as you like it")
            verdicts = await app.judge.verdicts(app.files, early=False)
    return verdicts


def _mending(number: int) -> tuple[Attempt, ...]:
    """A repair first, then samples that get bolder with each round."""
    fresh = tuple(
        Attempt(how="resample", task="code_more", seed=number * 100 + extra) for extra in range(2)
    )
    return (Attempt(how="repair", task="code", seed=number), *fresh)


def _to_blame(app: Growing, files: list[str], names: list[str], number: int) -> Fill:
    """The file a repair should rewrite: the one named most, else the one with the behaviour."""
    units = {unit.path: unit for unit in _units(app) if unit.outline != "tests"}
    main = next((u for u in _units(app) if u.language in ("javascript", "python")), _units(app)[-1])
    named = [file for file in files if file in units]
    if any(name.startswith("exactness/testids") for name in names) and number % 2 == 1:
        page = next((u for u in _units(app) if u.language == "html"), main)
        return page if _static_names_missing(app) else main
    if named and number % 2 == 1:
        return units[max(set(named), key=named.count)]
    return main


def _static_names_missing(app: Growing) -> bool:
    page = next((app.files[u.path] for u in _units(app) if u.language == "html"), "")
    names = app.specification.literals.testids
    return bool(names) and sum(name in page for name in names) < len(names) / 2


async def _finish(job: Job, app: Growing, verdicts: tuple[Verdict, ...]) -> Finished:
    settled = app.judge.settled(verdicts)
    for verdict in settled:
        job.record(Checked(step=0, attempt=0, verdict=verdict))
        if verdict.outcome == "skipped":
            job.record(Warned(message=verdict.summary, code="not_checked"))
        for finding in verdict.findings:
            if finding.outcome == "skipped" and finding.message.startswith("not shown"):
                job.record(Warned(message=finding.message, code="not_shown"))
    head_now = job.snapshots.head()
    usage = job.clock.usage
    return Finished(
        passed=app.judge.good(verdicts) and all(v.outcome != "failed" for v in settled),
        root=str(job.request.root),
        verdicts=settled,
        seconds=job.clock.seconds,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        answer_tokens=usage.answer_tokens,
        snapshot=head_now.id if head_now else "",
    )


async def _stand(job: Job, app: Growing, changed: Mapping[str, str], summary: str) -> None:
    with staged(app.files, app.manifest) as stage:
        snapshot = await accept(job, changed, summary, stage)
    job.done += 1
    job.record(Accepted(step=job.step, snapshot=snapshot.id, summary=summary))
