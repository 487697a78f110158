"""The imports check: names that lead nowhere are told, names made while running are let pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from homesmith.builder.checks.wiring import ImportsCheck
from homesmith.core.checks import Finding, Inspection

Inspect = Callable[..., Inspection]


async def _red(inspection: Inspection) -> dict[str, Finding]:
    return {item.name: item for item in (await ImportsCheck().check(inspection)).failures}


async def test_python_imports(inspect: Inspect) -> None:
    red = await _red(
        inspect(
            {
                "app.py": "import os, flask\nfrom fastapi import FastAPI\nfrom store import seve\n",
                "store.py": "import json\nif True:\n    def save(): ...\n",
                "pages/__init__.py": "",
                "pages/home.py": "from . import about\nfrom .about import show\nimport pages\n",
                "pages/about.py": "show = 1\n",
                "tests/test_app.py": "import pytest\nfrom app import FastAPI, nothing\n",
            }
        )
    )
    assert set(red) == {
        "import:app.py:flask",
        "import:app.py:store.seve",
        "import:tests/test_app.py:app.nothing",
    }
    assert 'did you mean "save"?' in red["import:app.py:store.seve"].message
    assert red["import:app.py:store.seve"].line == 3


PAGE = '<form id="form"><input id="name" data-testid="name-field"></form><ul id="list"></ul>'


@pytest.mark.parametrize(
    "script",
    [
        'document.getElementById("name")',
        "document.querySelector('#list li')",
        "document.querySelector('[data-testid=\"name-field\"]')",
        "const el = document.createElement('p'); el.id = 'made'; document.getElementById('made')",
        "box.innerHTML = `<b id=\"inner\"></b>`; document.getElementById('inner')",
        "li.id = 'row-' + n; document.getElementById('row-7')",
        "li.dataset.testid = 'task'; document.querySelector('[data-testid=task]')",
        "document.getElementById(`row-${id}`)",
        '// $("id")\nfunction $(id) { return document.getElementById(id); }\n$("name")',
        "jQuery = 1; $('anything')",
    ],
)
async def test_lookups_that_lead_somewhere(inspect: Inspect, script: str) -> None:
    assert await _red(inspect({"index.html": PAGE, "app.js": script})) == {}


@pytest.mark.parametrize(
    ("script", "name", "hint"),
    [
        ("\ndocument.getElementById('nam')", "id:nam", "name"),
        ("\ndocument.querySelector('#lists')", "id:lists", "list"),
        ("\nx.querySelector(`[data-testid=name-feld]`)", "data-testid:name-feld", "name-field"),
        ('const $ = (id) =>document.getElementById(id);\n$("from")', "id:from", "form"),
    ],
)
async def test_lookups_that_lead_nowhere(
    inspect: Inspect, script: str, name: str, hint: str
) -> None:
    red = await _red(inspect({"index.html": PAGE, "app.js": script}))
    assert set(red) == {name}
    assert hint in red[name].message
    assert (red[name].file, red[name].line) == ("app.js", 2)


@pytest.mark.parametrize(
    ("script", "module", "red"),
    [
        ("function go() {}", False, set()),
        ("const go = () => 1", False, set()),
        ("window.go = 1", True, set()),
        ("function go() {}", True, {"handler:go"}),
        ("function other() {}", False, {"handler:go"}),
    ],
)
async def test_handlers_in_attributes(
    inspect: Inspect, script: str, module: bool, red: set[str]
) -> None:
    kind = ' type="module"' if module else ""
    page = f'<button onclick="go(); alert(1)">x</button><script{kind} src="app.js"></script>'
    assert set(await _red(inspect({"index.html": page, "app.js": script}))) == red
