"""Run checks in order, cheapest first, and never let a broken check break the build."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points

from homesmith.builder.checks.answers import HttpCheck
from homesmith.builder.checks.browser import BrowserCheck
from homesmith.builder.checks.exactness import ExactnessCheck
from homesmith.builder.checks.lint import RuffCheck
from homesmith.builder.checks.syntax import SyntaxCheck
from homesmith.builder.checks.unit import TestsCheck
from homesmith.builder.checks.verdicts import skipped
from homesmith.builder.checks.wiring import ImportsCheck
from homesmith.core.checks import Check, Inspection, Verdict
from homesmith.core.errors import HomesmithError

GROUP = "homesmith.checks"


def builtin() -> tuple[Check, ...]:
    """The checks that come with Homesmith, cheapest first."""
    return (
        SyntaxCheck(),
        ImportsCheck(),
        ExactnessCheck(),
        RuffCheck(),
        TestsCheck(),
        HttpCheck(),
        BrowserCheck(),
    )


def available() -> dict[str, Check]:
    """Built-in checks and those that installed packages bring, by name. Built-ins win."""
    checks: dict[str, Check] = {}
    for point in entry_points(group=GROUP):
        try:
            check: Check = point.load()()
            checks[check.name] = check
        except Exception:  # noqa: BLE001, S112 - plugin load: a broken one is as if not there
            continue
    return checks | {check.name: check for check in builtin()}


async def run_checks(
    inspection: Inspection,
    names: Iterable[str] | None = None,
    *,
    stop_at_first_red: bool = False,
    checks: Mapping[str, Check] | None = None,
    tell: Callable[[Verdict], None] = lambda _: None,
) -> tuple[Verdict, ...]:
    """The verdicts of the named checks (all, without names) that apply, cheapest first.

    `tell` hears each one as it is known.
    """
    known = available() if checks is None else checks
    wanted = list(known) if names is None else list(dict.fromkeys(names))
    verdicts = [
        skipped(name, f'there is no check "{name}"') for name in wanted if name not in known
    ]
    for verdict in verdicts:
        tell(verdict)
    for check in sorted(
        (known[name] for name in wanted if name in known), key=lambda item: item.cost
    ):
        if not check.applies(inspection):
            continue
        verdict = await run_check(check, inspection)
        verdicts.append(verdict)
        tell(verdict)
        if stop_at_first_red and verdict.outcome == "failed":
            break
    return tuple(verdicts)


async def run_check(check: Check, inspection: Inspection) -> Verdict:
    """The verdict of one check; if the check itself breaks, a skipped one that says so."""
    started = time.monotonic()
    try:
        return await check.check(inspection)
    except HomesmithError as error:
        hint = f"; {error.remedy}" if error.remedy else ""
        return skipped(check.name, f"{error.message}{hint}", started=started)
    except Exception as error:  # noqa: BLE001 - check call: its defect is not the app's
        reason = f"the check itself broke: {type(error).__name__}: {error}"
        return skipped(check.name, reason, started=started)
