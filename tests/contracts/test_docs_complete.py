"""Everything a person can meet is in the docs, and the docs say what the code says."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from homesmith.core import errors
from homesmith.core.errors import HomesmithError
from homesmith.doors.cli.commands import COMMANDS
from homesmith.settings.keys import KEYS

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "changelog.d/README.md")
TREE = re.compile(r"^(?P<indent>[│ ]*)[├└]── (?P<name>\w+) .* exit (?P<exit>\d+)$")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rooms() -> list[Path]:
    package = ROOT / "src/homesmith"
    return sorted(path.parent for path in package.glob("*/__init__.py"))


def kinds(kind: type[HomesmithError] = HomesmithError) -> list[type[HomesmithError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in kinds(below))]


def drawn() -> dict[str, tuple[str, int]]:
    """Each class of the tree in the docstring: its parent's name and its exit code."""
    found: dict[str, tuple[str, int]] = {}
    above = ["HomesmithError"]
    for line in (errors.__doc__ or "").splitlines():
        if match := TREE.match(line):
            depth = len(match["indent"]) // 4 + 1
            found[match["name"]] = (above[depth - 1], int(match["exit"]))
            above[depth:] = [match["name"]]
    return found


def test_generated_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "96")
    written = runpy.run_path(str(ROOT / "scripts/reference.py"))["pages"]()
    assert set(written) == {f"docs/reference/{name}.md" for name in ("help", "settings", "errors")}
    for name, page in written.items():
        assert text(name) == page, f"{name} is out of date: make docs"


def test_every_command_and_setting_and_error_is_told() -> None:
    commands, settings = text("docs/reference/commands.md"), text("docs/reference/settings.md")
    assert [name for name in COMMANDS if f"| `homesmith {name}` |" not in commands] == []
    assert [key for key in KEYS if f"| `{key}` |" not in settings] == []
    codes = text("docs/reference/errors.md")
    assert [kind.code for kind in kinds() if f"| `{kind.code}` |" not in codes] == []


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    real = {kind.__name__: (kind.__base__, kind.exit_code) for kind in kinds()[1:]}
    shown = {name: (parent.__name__, code) for name, (parent, code) in real.items() if parent}
    assert drawn() == shown
    assert len({kind.code for kind in kinds()}) == len(kinds())
    assert all(errors.by_code(kind.code) is kind for kind in kinds())


def test_every_room_has_its_line_its_readme_and_its_layer() -> None:
    architecture = text("ARCHITECTURE.md")
    layers = re.findall(
        r"\w+",
        " ".join(
            tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]["layers"]
        ),
    )
    for room in rooms():
        assert f"| [`{room.name}`]" in architecture, f"{room.name} is not in ARCHITECTURE.md"
        assert room.name in layers
        lines = (room / "README.md").read_text(encoding="utf-8").strip().splitlines()
        assert lines[0].partition(":")[0] == f"# {room.name}"
        assert len(lines) > 4


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [item for items in extras for item in items]
    names = {re.split(r"[<>=;\[ ]", item)[0] for item in wanted}
    told = set(re.findall(r"^\| `([\w-]+)` \|", text("docs/dependencies.md"), re.MULTILINE))
    assert names == told


def test_links_lead_somewhere() -> None:
    pages = [ROOT / name for name in PAPERS] + sorted((ROOT / "docs").rglob("*.md"))
    broken = []
    for page in pages:
        for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            whole = "://" in target or (page.parent / target).exists()
            broken += [] if whole else [f"{page.relative_to(ROOT)} → {target}"]
    assert broken == []


def test_the_makefile_is_short_and_told() -> None:
    targets = re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE)
    assert len(targets) <= 12
    told = text("CONTRIBUTING.md") + text("README.md")
    assert [name for name in targets if f"{name}`" not in told and f"make {name}" not in told] == []


def test_decisions_have_numbers_and_a_status() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        lines = page.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {int(page.name[:4])}. ")
        assert lines[2].startswith("Status: ")
        assert page.name in text("docs/index.md")
        assert page.name in text("mkdocs.yml")
