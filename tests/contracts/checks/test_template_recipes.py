"""Recipes are code that can be read, are found by the words people use, and stay short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from homesmith.builder.checks.syntax import SyntaxCheck
from homesmith.builder.conversation import ask_for, head, nearest_example, nearest_recipes
from homesmith.builder.template import Recipe, Template, load_templates
from homesmith.core.checks import Inspection
from homesmith.core.sandboxes import Sandbox

TEMPLATES = load_templates()
CODE = re.compile(r"```(?:javascript|python)\n(.*?)\n```\Z", re.DOTALL)
EVERY = [(name, recipe) for name, one in TEMPLATES.items() for recipe in one.recipes]


def code(recipe: Recipe) -> str:
    found = CODE.match(recipe.text)
    assert found, recipe.name
    return found[1]


@pytest.mark.parametrize(("name", "recipe"), EVERY, ids=[recipe.name for _, recipe in EVERY])
def test_a_recipe_is_short_and_its_python_parses(name: str, recipe: Recipe) -> None:
    assert 40 < len(code(recipe)) < 2000
    assert len(recipe.about.split()) > 5
    if name == "fastapi":
        ast.parse(code(recipe))


async def test_the_javascript_of_recipes_parses(sandbox: Sandbox, tmp_path: Path) -> None:
    for recipe in TEMPLATES["static"].recipes:
        (tmp_path / f"{recipe.name}.js").write_text(code(recipe))
    inspection = Inspection(root=tmp_path, manifest={}, evidence=tmp_path, sandbox=sandbox)
    verdict = await SyntaxCheck().check(inspection)
    assert verdict.outcome == "passed", verdict.failures
    assert len(verdict.findings) >= len(TEMPLATES["static"].recipes)


def script(template: Template) -> list[str]:
    fill = next(one for one in template.fills if one.recipes)
    return [one.name for one in nearest_recipes(template, fill, WISH)]


WISH = (
    "A shelf of games. Each game has a checkbox to mark it as played. "
    "Two filter buttons show all games or only those not played."
)


def test_the_sentences_of_a_request_find_their_recipes() -> None:
    assert {"checkbox-in-row", "filter-buttons"} <= set(script(TEMPLATES["static"]))
    fill = TEMPLATES["static"].fills[-1]
    assert nearest_recipes(TEMPLATES["static"], fill, "zzz.") == ()


def test_a_file_is_asked_for_with_its_names_and_the_whole_wish() -> None:
    template = TEMPLATES["static"]
    wish = "A field (data-testid `game`) and lines (`line`)."
    page = '<input data-testid="game">'
    page_fill, script_fill = template.fills
    asked = ask_for(template, script_fill, request=wish, files={"index.html": page})
    assert [message.role for message in asked] == ["user", "assistant", "user"]
    assert asked[0] == ask_for(template, page_fill, request=wish, files={})[0]
    assert "data-testids of the request: game, line." in asked[0].text
    assert page in asked[1].text
    assert wish in asked[2].text
    assert "has the data-testids game, and no others. Not in index.html, so made here: line." in (
        asked[2].text
    )


def test_what_every_prompt_begins_with_holds_nothing_of_the_request() -> None:
    for template in TEMPLATES.values():
        for wish in ("A list of games", "A calculator of odds"):
            example = nearest_example(template, wish)
            begins = head(template, example)
            assert begins[0].role == "system"
            assert all(wish not in message.text for message in begins)
