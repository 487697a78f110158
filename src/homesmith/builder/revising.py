"""Change an app along its outline: only the parts that the change speaks of are written anew.

The words of the change join those of the request. What follows from both is written by a program
again; a part above which the same sentences stand keeps its body. So a change costs the model a few
lines, and what it does not speak of cannot break.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from homesmith.builder.acceptance import derive
from homesmith.builder.additions import addition_schema, in_sentences, needs_plan
from homesmith.builder.composing import Composer, outline_of
from homesmith.builder.controls import read_page
from homesmith.builder.conversation import ask_for, head, in_full, nearest_example
from homesmith.builder.entries import repeated
from homesmith.builder.filling import with_file
from homesmith.builder.job import Job
from homesmith.builder.judging import Judge, words
from homesmith.builder.literals import literals
from homesmith.builder.manifest import Manifest
from homesmith.builder.outline import Part, bodies_of, written
from homesmith.builder.pages import completed
from homesmith.builder.script_app import ADDS, SUFFIX
from homesmith.builder.specification import specification_from
from homesmith.builder.template import Fill, Template, scaffold
from homesmith.builder.texts import render
from homesmith.context.relevance import sentences
from homesmith.core.messages import system, user
from homesmith.core.steps import Scenario
from homesmith.improve.resample import Judged

FIXED = frozenset({"helpers.js"})
"""Files that nobody edits: the template's own."""
PLAN_TOKENS = 400
ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """An app after a change: its files, its manifest, and which files differ."""

    files: Mapping[str, str]
    manifest: Manifest
    touched: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Revision:
    """An app as it changes: who judges it, all that is asked of it now, and its script's outline.

    `kept` are the bodies of parts that stay as they were.
    """

    judge: Judge
    template: Template
    request: str
    files: dict[str, str]
    unit: Fill
    parts: tuple[Part, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)


def asked(manifest: Manifest) -> str:
    """All that was asked of an app so far, in words; "" for an app that does not say."""
    kept = manifest.specification
    request = str(kept.get("request", "")).strip()
    if not request:
        return ""
    plan = specification_from(kept)
    changes = [str(one) for one in kept.get("changes", ())]
    return in_full(request, plan.criteria, plan.details, changes)


async def revise(
    job: Job, judge: Judge, manifest: Manifest, files: Mapping[str, str], template: Template
) -> Revised | None:
    """The app with the change of `job`; None where no outline knows what the change speaks of.

    Raises EngineError, PromptTooLong.
    """
    before = asked(manifest)
    unit = next((one for one in template.fills if one.outline == "script"), None)
    if not before or unit is None or unit.path not in files:
        return None
    old = outline_of(unit, files, before, page=True)
    bodies = bodies_of(old, files[unit.path]) if old else None
    if bodies is None:
        return None
    job.head = head(template, nearest_example(template, before))
    told = await _told(job, before)
    app = Revision(
        judge=judge,
        template=template,
        request=f"{before}\n\n{told}",
        files=_up_to_date(files, template),
        unit=unit,
    )
    _complete_pages(app)
    app.parts = outline_of(unit, app.files, app.request, page=True)
    app.kept = kept_bodies(old, app.parts, bodies)
    if written(app.parts, app.kept) == files[unit.path]:
        return None
    await _compose(job, app)
    manifest = _said_too(replace(manifest, scenarios=_scenarios(manifest, app)), told)
    judge.manifest = manifest
    await _mend(job, app)
    touched = tuple(path for path in app.files if app.files[path] != files.get(path))
    return Revised(files=app.files, manifest=manifest, touched=touched)


def _said_too(manifest: Manifest, told: str) -> Manifest:
    changes = [*manifest.specification.get("changes", ()), told]
    return replace(manifest, specification={**manifest.specification, "changes": changes})


def _up_to_date(files: Mapping[str, str], template: Template) -> dict[str, str]:
    """The files, with those that nobody edits as the template has them today."""
    standing = scaffold(template, {"name": "", "title": ""})
    return {
        path: standing.get(path, text) if path in FIXED else text for path, text in files.items()
    }


async def _told(job: Job, before: str) -> str:
    """The change in sentences that name what is new."""
    change = job.request.prompt.strip()
    names = literals(before).testids
    answer = ""
    if needs_plan(change):
        job.unit, job.file = "specification", ""
        first = next(iter(sentences(before)), "")
        page = f"Page: {first[:160]}; {', '.join(names)}\nChange: {change}"
        made = await job.ask(
            (system(render("addition")), user(page)),
            max_tokens=PLAN_TOKENS,
            task="structure",
            json_schema=addition_schema(),
        )
        answer = made.text
    thing = SUFFIX.sub("", next(iter(repeated(before)), ""))
    return in_sentences(change, answer, thing=thing, taken=frozenset(names))


def _complete_pages(app: Revision) -> None:
    """Give the pages what the change names."""
    names, members = literals(app.request).testids, repeated(app.request)
    for unit in app.template.fills:
        if unit.language != "html" or unit.path not in app.files:
            continue
        controls = read_page(app.files[unit.path], "", names).controls
        buttons = [one.testid for one in controls if one.kind == "button"]
        app.files[unit.path] = completed(
            app.files[unit.path],
            names=names,
            members=members,
            request=app.request,
            beside=next(filter(ADDS.match, buttons), "") if members else "",
        )


def kept_bodies(
    old: Sequence[Part], new: Sequence[Part], bodies: Mapping[str, str]
) -> dict[str, str]:
    """The bodies of parts that are as they were: the same words lead to them and follow them.

    What an entry is made of is asked again where what is typed for it changed.
    """
    known = {part.name: (part.opening, part.ending) for part in old}
    kept = {
        part.name: bodies[part.name]
        for part in new
        if part.name in bodies and known.get(part.name) == (part.opening, part.ending)
    }
    adding = [part.name for part in new if part.stop and ADDS.match(part.name)]
    if any(name not in kept for name in adding):
        kept.pop("shape", None)
    return kept


async def _composer(job: Job, app: Revision) -> Composer:
    unit, files = app.unit, app.files
    told = ask_for(app.template, unit, request=app.request, files=files, personal=job.personal)

    async def sound(text: str) -> bool:
        changed = with_file(files, unit.path, text)
        found = await app.judge.verdicts(changed, names=("syntax", "imports"))
        return not app.judge.troubles(found)

    async def look(text: str) -> Judged[str]:
        verdicts = await app.judge.verdicts(with_file(files, unit.path, text))
        troubles = app.judge.troubles(verdicts)
        score = app.judge.score(verdicts)
        return Judged(made=text, score=score, good=not troubles, trouble=words(troubles))

    turns = job.head + told
    return Composer(job=job, unit=unit, turns=turns, parts=app.parts, sound=sound, look=look)


async def _compose(job: Job, app: Revision) -> None:
    """Write the script along its new outline."""
    job.begin(f"change {app.unit.path}", app.unit.path)
    text = await (await _composer(job, app)).compose(app.kept)
    job.done += 1
    if text is not None:
        app.files = with_file(app.files, app.unit.path, text)


def _scenarios(manifest: Manifest, app: Revision) -> tuple[Scenario, ...]:
    """Those that the app had, in their order, and those that the change adds."""
    fills = [unit for unit in app.template.fills if unit.path in app.files]
    pages = [app.files[unit.path] for unit in fills if unit.language == "html"]
    scripts = [app.files[unit.path] for unit in fills if unit.language == "javascript"]
    seen = read_page("\n".join(pages), "\n".join(scripts), literals(app.request).testids)
    known = {scenario.steps for scenario in manifest.scenarios}
    found = derive(seen, sentences(app.request))
    return (*manifest.scenarios, *(one for one in found if one.steps not in known))


async def _mend(job: Job, app: Revision) -> None:
    """While something is red, write the part anew that is most to blame."""
    tried: set[str] = set()
    for number in range(1, ROUNDS + 1):
        verdicts = await app.judge.verdicts(app.files, early=False)
        troubles = app.judge.troubles(verdicts)
        text = app.files[app.unit.path]
        bodies = bodies_of(app.parts, text)
        if not troubles or bodies is None or job.clock.over():
            break
        job.begin(f"mend {app.unit.path}", app.unit.path)
        score = app.judge.score(verdicts)
        first = Judged(made=text, score=score, good=False, trouble=words(troubles))
        composer = await _composer(job, app)
        composer.seed, composer.tried = number * 100, tried
        best = await composer.mend(bodies, first, troubles)
        app.files = with_file(app.files, app.unit.path, best.made)
