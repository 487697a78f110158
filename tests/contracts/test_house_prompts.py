"""Every prompt is used, and each of its blanks is filled by whoever uses it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from homesmith.builder.texts import FOLDER, render

PACKAGE = Path(__file__).resolve().parents[2] / "src/homesmith"
BLANK = re.compile(r"\{([a-z_]+)\}")


@cache
def uses() -> tuple[tuple[str, set[str], bool], ...]:
    """Each call of `render`: the prompt, the blanks it names, and whether it passes more by **."""
    return tuple(_uses())


def _uses() -> Iterator[tuple[str, set[str], bool]]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "render":
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                named = {keyword.arg for keyword in node.keywords if keyword.arg}
                yield first.value, named, any(not keyword.arg for keyword in node.keywords)


def blanks(name: str) -> set[str]:
    return set(BLANK.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8")))


def test_every_prompt_is_used_and_every_use_has_its_prompt() -> None:
    assert {name for name, _, _ in uses()} == {path.stem for path in FOLDER.glob("*.md")}


def test_every_blank_is_filled() -> None:
    for name, named, more in uses():
        assert named <= blanks(name), f"{name} has no such blank"
        assert more or blanks(name) <= named, f"{name} has an empty blank"


def test_prompts_render() -> None:
    for name in {name for name, _, _ in uses()}:
        values = {blank: f"<{{{blank}}}>" for blank in blanks(name)}
        text = render(name, **values)
        assert all(value in text for value in values.values())
        assert len(text) > 20
