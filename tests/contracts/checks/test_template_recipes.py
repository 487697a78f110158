"""Recipes are code that can be read, are found by the words people use, and stay short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from homesmith.builder.checks.syntax import SyntaxCheck
from homesmith.builder.conversation import ask_for, head, nearest_example, nearest_recipes
from homesmith.builder.recipes import Recipe, adapted, read_recipe
from homesmith.builder.template import load_templates
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


BOARD = """<ul data-testid="list-wish"></ul><ul data-testid="list-have"></ul>
<b data-testid="count-wish"></b><b data-testid="count-have"></b><i data-testid="search"></i>"""
WISH = (
    "Games (data-testid `game-card`) in two lists. Each card has buttons that move it left, "
    'called "Back" (`move-left`), or right (`move-right`) between the columns.'
)


def test_recipes_are_found_by_sentences_and_come_in_the_names_of_the_app() -> None:
    template = TEMPLATES["static"]
    moving = nearest_recipes(template, template.fills[-1], WISH, {"index.html": BOARD})[0]
    for part in (
        'const STAGES = ["wish", "have"]',
        'let games = load("games", [])',
        "function gameLine(game)",
        'make("li", { testid: "game-card" }',
        'testid: "move-left", text: "Back"',
        'testid: "move-right"',
        'find("list-" + stage)',
        'find("count-" + stage)',
    ):
        assert part in moving
    assert "plant" not in moving.lower()


def test_a_recipe_that_fits_far_less_than_the_best_is_left_out() -> None:
    template, fill = TEMPLATES["static"], TEMPLATES["static"].fills[-1]
    both = "Roll dice at random and shuffle. A date is shown."
    (only,) = nearest_recipes(template, fill, both, {})
    assert "Math.random" in only


def test_what_asks_for_an_element_the_page_lacks_is_left_out() -> None:
    template = TEMPLATES["static"]
    found = nearest_recipes(template, template.fills[-1], WISH, {"index.html": "<p></p>"})
    assert all("STAGES" not in text for text in found)
    assert nearest_recipes(template, template.fills[-1], "zzz.", {"index.html": BOARD}) == ()


def test_a_server_recipe_takes_its_thing_from_the_paths() -> None:
    recipe = read_recipe("r", "words\nsong = entry\n\n```python\nfind_song(songs['song'])\n```")
    made = adapted(recipe, request="", present=(), missing=(), routes=("/api/stories/{id}",))
    assert "find_story(stories['story'])" in made


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
