"""Say a run's events in a person's words, one line each, and as JSON for programs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from typing import Any, assert_never

from homesmith.core.checks import Verdict
from homesmith.core.runs import (
    Accepted,
    Candidate,
    Checked,
    Entry,
    Finished,
    Rejected,
    Resumed,
    RunEvent,
    RunFailed,
    RunStarted,
    Specified,
    StepStarted,
    Warned,
    event_to_json,
)

MARKS = {"passed": "ok", "failed": "red", "skipped": "skipped"}


def as_line(entry: Entry) -> dict[str, Any]:
    """The event as one JSON object: its kind in snake_case under "event", its run and number."""
    plain = event_to_json(entry.event)
    match entry.event:
        case Finished() as event:
            plain |= {
                "event": "finished",
                "checks": plain.pop("verdicts"),
                "evidence": evidence(event.verdicts),
                "tokens": {
                    "prompt": plain.pop("prompt_tokens"),
                    "cached": plain.pop("cached_tokens"),
                    "answer": plain.pop("answer_tokens"),
                },
            }
        case RunFailed() as event:
            error = {name: plain.pop(name) for name in ("code", "message", "why", "remedy")}
            plain |= {
                "event": "failed",
                "passed": False,
                "error": error,
                "checks": plain.pop("verdicts"),
                "evidence": evidence(event.verdicts),
            }
        case _:
            plain["event"] = snake_case(plain["event"])
    return {
        "event": plain.pop("event"),
        "run": entry.run,
        "number": entry.number,
        "at": entry.at,
        **plain,
    }


def snake_case(name: str) -> str:
    """StepStarted as step_started."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def evidence(verdicts: tuple[Verdict, ...]) -> list[str]:
    """The files the verdicts stand on, each once."""
    return list(dict.fromkeys(path for verdict in verdicts for path in verdict.evidence))


def sentence(event: RunEvent) -> str:
    """One line; an empty one where there is nothing to tell."""
    match event:
        case RunStarted():
            what = "changing" if event.kind == "change" else "building"
            return f"{what} with {event.model}"
        case Resumed():
            return f"taken up again: {event.reason}"
        case Specified():
            return _specified(event.specification)
        case StepStarted():
            return f"step {event.step}  {_unit(event.unit, event.file)}"
        case Candidate():
            rate = event.answer_tokens / event.seconds if event.seconds else 0.0
            told = f"        {event.how}: {event.answer_tokens} tokens in {event.seconds:.0f} s"
            return f"{told}, {rate:.0f} tokens/s"
        case Checked():
            return "        " + verdict_line(event.verdict)
        case Accepted():
            return f"        kept: {event.summary or 'step ' + str(event.step)}"
        case Rejected():
            return f"        given up: {event.reason}"
        case Warned():
            return f"warning: {event.message}"
        case Finished():
            return f"finished in {duration(event.seconds)}, {event.answer_tokens} tokens written"
        case RunFailed():
            return f"stopped: {event.message}"
        case _:
            assert_never(event)


def verdict_line(verdict: Verdict) -> str:
    """One check: its outcome as a word, its name, and what matters about it."""
    told = verdict.summary or (verdict.failures[0].message if verdict.failures else "")
    return f"{MARKS[verdict.outcome]:8}{verdict.check:10} {told}".rstrip()


def verdict_lines(verdict: Verdict) -> list[str]:
    """One check, and below it each red finding that its line does not tell, alike ones once."""
    line = verdict_line(verdict)
    told = Counter(one for one in _findings(verdict) if one not in line)
    rows = (f"{one} ({times} times)" if times > 1 else one for one, times in told.items())
    return [line, *(f"          {row}" for row in rows)]


def _findings(verdict: Verdict) -> list[str]:
    """Each red finding with its place."""
    lines = []
    for finding in verdict.failures:
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        text = finding.message or finding.name
        lines.append(text if not place or place in text else f"{place}  {text}")
    return lines


def duration(seconds: float) -> str:
    """Seconds below two minutes, else minutes and seconds."""
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60:02} s"


def _unit(unit: str, file: str) -> str:
    return unit if not file or file in unit else f"{unit}  {file}"


def _specified(specification: dict[str, Any]) -> str:
    name = specification.get("title") or specification.get("name") or "the app"
    criteria = specification.get("criteria")
    count = len(criteria) if isinstance(criteria, list) else 0
    return f"specified: {name}" + (f", {count} things it must do" if count else "")


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON."""
    return asdict(verdict)
