"""The gate: order, stopping, and checks that break."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from homesmith.builder.checks.confined import read_report
from homesmith.builder.checks.gate import available, builtin, run_checks
from homesmith.builder.checks.scratch import scratch
from homesmith.core.checks import Inspection, Outcome, Verdict
from homesmith.core.errors import SandboxUnavailable

Inspect = Callable[..., Inspection]


class Fixed:
    """A check that always says the same, or breaks."""

    def __init__(self, name: str, cost: int, outcome: Outcome | Exception) -> None:
        self.name, self.cost, self.outcome = name, cost, outcome

    def applies(self, inspection: Inspection) -> bool:
        return True

    async def check(self, inspection: Inspection) -> Verdict:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return Verdict(check=self.name, outcome=self.outcome)


async def test_cheapest_first_and_stop_at_the_first_red(inspect: Inspect) -> None:
    inspection = inspect({"a.py": ""})
    checks = {
        "dear": Fixed("dear", 3, "passed"),
        "red": Fixed("red", 1, "failed"),
        "cheap": Fixed("cheap", 0, "passed"),
    }
    stopped = await run_checks(inspection, checks, stop_at_first_red=True, checks=checks)
    assert [verdict.check for verdict in stopped] == ["cheap", "red"]
    everything = await run_checks(inspection, ["dear", "red", "red"], checks=checks)
    assert [verdict.check for verdict in everything] == ["red", "dear"]


async def test_a_check_that_breaks_is_skipped_and_says_why(inspect: Inspect) -> None:
    checks = {
        "bug": Fixed("bug", 0, KeyError("x")),
        "box": Fixed("box", 1, SandboxUnavailable("no sandbox", remedy="homesmith doctor")),
    }
    bug, box = await run_checks(inspect({"a.py": ""}), checks=checks)
    assert (bug.outcome, box.outcome) == ("skipped", "skipped")
    assert "KeyError" in bug.summary
    assert "homesmith doctor" in box.summary
    [unknown] = await run_checks(inspect({"a.py": ""}), ["nope"], checks=checks)
    assert (unknown.check, unknown.outcome) == ("nope", "skipped")


async def test_without_a_sandbox_app_code_never_runs(inspect: Inspect, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    code = f"open({str(proof)!r}, 'w')\n"
    inspection = inspect(
        {"app.py": code, "test_app.py": code, "conftest.py": code, "index.html": "<p>hi</p>"},
        server=True,
    )
    verdicts = {verdict.check: verdict for verdict in await run_checks(inspection)}
    assert not proof.exists()
    for name in ("ruff", "tests", "http", "browser"):
        assert verdicts[name].outcome == "skipped", name
        assert verdicts[name].summary


def test_the_builtin_checks_are_known_by_name_and_cost() -> None:
    costs = {check.name: check.cost for check in builtin()}
    assert list(costs) == ["syntax", "imports", "exactness", "ruff", "tests", "http", "browser"]
    assert list(costs.values()) == sorted(costs.values())
    assert set(costs) <= set(available())


def test_results_are_read_like_a_strangers(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    app = tmp_path / "app"
    app.mkdir()
    (app / "leak.txt").symlink_to(secret)
    (app / "data.db").write_text("x")
    (app / "app.py").write_text("x")
    with scratch(app) as place:
        assert [path.name for path in place.app.iterdir()] == ["app.py"]
        (place.out / "link").symlink_to(secret)
        os.mkfifo(place.out / "pipe")
        (place.out / "big").write_bytes(b"x" * 100)
        assert place.read("link") == place.read("pipe") == place.read("none") == b""
        assert place.read("big", 10) == b"x" * 10
    assert not place.app.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"findings": [{"name": "a"}], "pictures": []}',
        b'{"findings": [{"name": "", "outcome": "great", "message": ""}], "pictures": []}',
        b"[" * 100_000,
    ],
)
def test_a_report_that_makes_no_sense_is_no_report(data: bytes) -> None:
    assert read_report(data) == ([], [])
