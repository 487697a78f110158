"""From a person's words to a specification: by a program, with the model where they say little.

It does not know files, checks or folders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from homesmith.builder.job import Job
from homesmith.builder.literals import literals
from homesmith.builder.specification import (
    Specification,
    likely_template,
    schema,
    slug,
    specification_from,
    specify,
)
from homesmith.builder.template import Template
from homesmith.builder.texts import render
from homesmith.builder.wishes import plan_schema, spelled_out
from homesmith.core.errors import TemplateError
from homesmith.core.messages import system, user
from homesmith.core.runs import Specified

SPECIFICATION_TOKENS, PLAN_TOKENS = 500, 900
ENOUGH_WORDS = 60
"""A request this long says what it wants; the model is not asked to embroider it."""


def refuse_unknown(wanted: str, templates: Mapping[str, Template]) -> None:
    """Raises TemplateError when a person names a template that there is not."""
    if wanted != "auto" and wanted not in templates:
        raise TemplateError(
            f'There is no template "{wanted}"',
            why=f"known are {', '.join(sorted(templates))}",
            remedy="homesmith build --help",
        )


async def specified(
    job: Job, templates: Mapping[str, Template], taken: Mapping[str, object] | None
) -> Specification:
    """What is to be built: `taken` from an earlier process of the run, else made and recorded.

    Raises EngineError, BudgetSpent.
    """
    if taken is not None:
        return specification_from({str(k): v for k, v in taken.items()})
    request, wanted = job.request.prompt, job.request.template
    template = wanted if wanted != "auto" else likely_template(request, tuple(templates))
    answer, found = "", literals(request)
    wish = template == "static" and not found.testids
    if len(request.split()) < ENOUGH_WORDS and not wish:
        job.unit, job.file = "specification", ""
        offered = [template] if template else sorted(templates)
        messages = (system(render("specification")), user(request))
        answer = (
            await job.ask(
                messages,
                max_tokens=SPECIFICATION_TOKENS,
                task="structure",
                json_schema=schema(offered),
            )
        ).text
    specification = specify(answer, request=request, template=template or "static", found=found)
    if wish:
        specification = await _spelled_out(job, specification)
    if specification.template not in templates:
        specification = replace(specification, template=min(templates))
    job.record(Specified(specification=specification.as_json()))
    return specification


async def _spelled_out(job: Job, specification: Specification) -> Specification:
    """The specification of a short wish with its names and its behaviour said in sentences."""
    request = job.request.prompt
    job.unit, job.file = "specification", ""
    answer = await job.ask(
        (system(render("wish")), user(f"Wish: {request}")),
        max_tokens=PLAN_TOKENS,
        task="structure",
        json_schema=plan_schema(request),
    )
    title, details = spelled_out(answer.text, request)
    if not details:
        return specification
    return replace(
        specification,
        title=title,
        name=slug(title),
        details=details,
        literals=literals(f"{request}\n\n{details}"),
    )
