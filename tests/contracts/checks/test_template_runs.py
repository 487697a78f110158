"""Each template, just scaffolded, is an app that passes every check it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.builder.checks.gate import run_checks
from homesmith.builder.manifest import Manifest, read_manifest, write_manifest
from homesmith.builder.template import load_templates, scaffold
from homesmith.core.checks import Inspection
from homesmith.core.sandboxes import Sandbox

TITLE = 'Tom\'s "best" <b>& {{ 7 * 7 }}'
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.sandbox,
    pytest.mark.usefixtures("browser"),
]


def step(action: str, target: str = "", text: str = "") -> dict[str, str]:
    return {"action": action, "target": target, "text": text}


SCENARIOS = {
    "static": [
        step("see", "h1", TITLE),
        step("type", "main form input", "Bread"),
        step("click", "main form button"),
        step("reload"),
        step("see", "main ul", "Bread"),
    ],
    "fastapi": [
        step("see", "h1", TITLE),
        step("type", "main form input", "Bread"),
        step("click", "main form button"),
        step("see", "main ul", "Bread"),
    ],
}


@pytest.mark.parametrize("name", ["static", "fastapi"])
async def test_a_fresh_app_is_green(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    template = load_templates()[name]
    for path, text in scaffold(template, {"title": TITLE}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    write_manifest(
        tmp_path,
        Manifest(name="app", template=name, title=TITLE, run=template.run, checks=template.checks),
    )
    manifest = read_manifest(tmp_path).as_mapping()
    manifest["scenarios"] = [
        {"criterion": f"shop {turn}", "steps": SCENARIOS[name]} for turn in (1, 2)
    ]
    inspection = Inspection(
        root=tmp_path, manifest=manifest, evidence=tmp_path / "evidence", sandbox=sandbox
    )
    verdicts = await run_checks(inspection, template.checks)
    assert [item.message for verdict in verdicts for item in verdict.failures] == []
    assert {verdict.outcome for verdict in verdicts} == {"passed"}
    assert len(verdicts) == len(template.checks) - 1, "all but exactness, which was asked nothing"
