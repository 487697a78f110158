"""A test the model wrote is doubted only by versions otherwise sound; doubt is never green."""

from __future__ import annotations

from pathlib import Path

from homesmith.builder.judging import DISPUTED_AFTER, Judge
from homesmith.builder.literals import Literals
from homesmith.builder.manifest import Manifest
from homesmith.core.checks import Finding, Verdict


def judge() -> Judge:
    manifest = Manifest(name="a", template="static", checks=("browser",))
    return Judge(manifest=manifest, literals=Literals(), sandbox=None, evidence=Path())


def seen(*red: str) -> tuple[Verdict, ...]:
    findings = tuple(Finding(name=name, outcome="failed", message="no") for name in red)
    return (Verdict(check="browser", outcome="failed", findings=findings),)


def test_a_page_that_crashes_says_nothing_about_its_scenarios() -> None:
    looking = judge()
    for _ in range(DISPUTED_AFTER + 2):
        looking._remember(seen("load:exception", "scenario:1"))
    assert not looking.disputed("browser/scenario:1")
    assert not looking.good(seen("scenario:1"))


def test_what_no_sound_version_satisfied_is_not_shown_and_never_green() -> None:
    looking = judge()
    for _ in range(DISPUTED_AFTER):
        looking._remember(seen("scenario:1"))
    (verdict,) = looking.settled(seen("scenario:1"))
    assert verdict.outcome == "skipped"
    assert "not shown" in verdict.summary
    assert not looking.disputed("browser/load:exception")
