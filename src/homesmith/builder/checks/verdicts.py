"""Turn findings into a verdict, the same way for every check."""

from __future__ import annotations

import time
from collections.abc import Sequence

from homesmith.core.checks import Finding, Outcome, Verdict

MESSAGE_LENGTH = 200


def failed(name: str, message: str, *, file: str = "", line: int = 0) -> Finding:
    """A failed finding with its message on one line of at most 200 characters."""
    text = " ".join(message.split())
    if len(text) > MESSAGE_LENGTH:
        text = text[: MESSAGE_LENGTH - 1] + "…"
    return Finding(name=name, outcome="failed", message=text, file=file, line=line)


def passed(name: str, message: str = "") -> Finding:
    """A passed finding."""
    return Finding(name=name, outcome="passed", message=message)


def conclude(
    check: str,
    findings: Sequence[Finding],
    *,
    started: float,
    evidence: Sequence[str] = (),
    done: str = "",
) -> Verdict:
    """Red when a finding is; skipped when nothing could be judged. `started` is monotonic."""
    red = [finding for finding in findings if finding.outcome == "failed"]
    judged = [finding for finding in findings if finding.outcome != "skipped"]
    outcome: Outcome = "failed" if red else "passed" if judged or not findings else "skipped"
    if red:
        more = f" (and {len(red) - 1} more)" if len(red) > 1 else ""
        summary = red[0].message + more
    elif outcome == "skipped":
        summary = findings[0].message
    else:
        summary = done
    return Verdict(
        check=check,
        outcome=outcome,
        summary=summary,
        findings=tuple(findings),
        evidence=tuple(evidence),
        seconds=round(time.monotonic() - started, 3),
    )


def skipped(check: str, reason: str, *, started: float | None = None) -> Verdict:
    """A verdict that says why nothing was checked."""
    seconds = 0.0 if started is None else round(time.monotonic() - started, 3)
    return Verdict(check=check, outcome="skipped", summary=reason, seconds=seconds)
