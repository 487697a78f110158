"""The exactness check: what was given word for word is in the app, however it is written."""

from __future__ import annotations

from collections.abc import Callable

from homesmith.builder.checks.exactness import ExactnessCheck
from homesmith.core.checks import Inspection

Inspect = Callable[..., Inspection]
FILES = {
    "index.html": '<p data-testid="total">Tom &amp; Ann\n  agree</p>',
    "app.js": "say('It\\'s done'); item.dataset.testid = `row`;",
    "app.py": '@app.get("/api/notes/{note_id}")\ndef note(note_id: int): ...\n',
    "tests/test_app.py": 'client.get("/api/search")',
}


async def test_literals_are_found_in_every_spelling(inspect: Inspect) -> None:
    literals = {
        "testids": ["total", "row"],
        "texts": ["Tom & Ann agree", "It's done"],
        "routes": ["/api/notes/{id}", "/api/notes/:id"],
    }
    inspection = inspect(FILES, literals=literals)
    verdict = await ExactnessCheck().check(inspection)
    assert ExactnessCheck().applies(inspection)
    assert [finding.message for finding in verdict.failures] == []
    assert len(verdict.findings) == 6


async def test_missing_literals_are_named(inspect: Inspect) -> None:
    literals = {"testids": ["tot"], "texts": ["it's done"], "routes": ["/api/search"]}
    verdict = await ExactnessCheck().check(inspect(FILES, literals=literals))
    assert [finding.name for finding in verdict.failures] == [
        "testids:tot",
        "texts:it's done",
        "routes:/api/search",
    ]


def test_nothing_asked_is_nothing_to_check(inspect: Inspect) -> None:
    assert not ExactnessCheck().applies(inspect(FILES))
    assert not ExactnessCheck().applies(inspect(FILES, literals={"texts": []}))
