"""Nothing happens at import, imports go downwards only, and what is imported is declared."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/homesmith"
IMPORTED_AS = {"pyyaml": "yaml"}
TEMPLATES = PACKAGE / "builder/templates"

TRAP = """
import os, sys, importlib

FORBIDDEN = ("open", "socket.", "subprocess.", "os.putenv", "os.unsetenv", "os.mkdir", "os.remove",
             "os.rename", "os.rmdir", "os.listdir", "os.scandir", "os.system", "os.posix_spawn",
             "os.fork", "sqlite3.", "shutil.", "tempfile.", "urllib.", "signal.")
watched = sys.argv[1]
seen = []

def hook(event, arguments):
    if not event.startswith(FORBIDDEN):
        return
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib._bootstrap") or "site-packages" in name:
            return  # a module is being read, or a library does what is its own
        if name.startswith(watched):
            seen.append(f"{name}:{frame.f_lineno} does {event} {arguments!r:.80}")
            return
        frame = frame.f_back

sys.addaudithook(hook)
before = dict(os.environ)
for module in sys.argv[2:]:
    importlib.import_module(module)
if dict(os.environ) != before:
    seen.append("the environment was changed")
print("\\n".join(seen))
sys.exit(1 if seen else 0)
"""


def modules() -> list[str]:
    """Every module of ours that is imported by name."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if path.is_relative_to(TEMPLATES) or "migrations" in parts or path.stem == "__main__":
            continue
        names.append(".".join(parts[:-1] if path.stem == "__init__" else parts))
    return names


def imported(folder: Path, names: list[str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", TRAP, str(folder), *names]
    return subprocess.run(words, capture_output=True, text=True, cwd=folder)


def test_nothing_happens_at_import() -> None:
    done = imported(PACKAGE, modules())
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stdout + done.stderr


def test_the_trap_catches_what_happens(tmp_path: Path) -> None:
    (tmp_path / "reads.py").write_text("from pathlib import Path\nPath(__file__).read_text()\n")
    (tmp_path / "calls.py").write_text("import socket\nsocket.socket().close()\n")
    (tmp_path / "sets.py").write_text("import os\nos.environ['X_HOUSE'] = '1'\n")
    (tmp_path / "still.py").write_text("import json, socket, subprocess\nX = json.dumps(1)\n")
    for name in ("reads", "calls", "sets"):
        assert imported(tmp_path, [name]).returncode == 1, name
    assert imported(tmp_path, ["still"]).returncode == 0


def lint(folder: Path) -> str:
    """What lint-imports says of the package in a folder."""
    program = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports"
    words = [sys.executable, "-c", f"{program}; sys.exit(lint_imports(no_cache=True))"]
    return subprocess.run(words, capture_output=True, text=True, cwd=folder).stdout


def verdicts(told: str) -> dict[str, str]:
    return dict(re.findall(r"^(.+) (KEPT|BROKEN)", told, re.MULTILINE))


def house(folder: Path) -> Path:
    """A copy of the house, Python only; its package."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignore = shutil.ignore_patterns("__pycache__", "templates")
    return Path(shutil.copytree(PACKAGE, folder / "src/homesmith", ignore=ignore))


def test_the_house_keeps_its_rules_and_a_violation_breaks_each(tmp_path: Path) -> None:
    package = house(tmp_path)
    kept = verdicts(lint(tmp_path))
    assert set(kept.values()) == {"KEPT"}, kept
    assert len(kept) == len(contracts())
    wrong = {
        "core/wrong.py": "import socket\n",
        "store/wrong.py": "from homesmith.doors import cli\n",
        "doors/wrong.py": "import sqlalchemy, subprocess\n",
        "engines/circle_a.py": "from homesmith.engines import circle_b\n",
        "engines/circle_b.py": "from homesmith.engines import circle_a\n",
    }
    for name, source in wrong.items():
        (package / name).write_text(source)
    broken = verdicts(lint(tmp_path))
    assert broken == dict.fromkeys(kept, "BROKEN")


def test_a_room_without_a_layer_is_refused(tmp_path: Path) -> None:
    cellar = house(tmp_path) / "cellar"
    cellar.mkdir()
    (cellar / "__init__.py").write_text('"""cellar: nobody was told of it."""\n')
    assert verdicts(lint(tmp_path))["Imports go downwards only"] == "BROKEN"


def contracts() -> list[dict[str, Any]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return found


def imports_of(tree: ast.AST) -> Iterator[str]:
    """The first word of each import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def strings_of(tree: ast.AST) -> Iterator[str]:
    """Every text in a file: programs that are run and modules loaded late are named so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.partition(".")[0]


def test_what_is_imported_is_declared_and_what_is_declared_is_used() -> None:
    ours: set[str] = set()
    named: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = set(imports_of(tree))
        named |= found | set(strings_of(tree))
        if not path.is_relative_to(TEMPLATES):
            ours |= found
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [item for items in project["optional-dependencies"].values() for item in items]
    wanted = [re.split(r"[<>=;\[ ]", item)[0] for item in (*project["dependencies"], *extras)]
    declared = {IMPORTED_AS.get(name, name).replace("-", "_") for name in wanted}
    apps = {
        line.strip().replace("-", "_")
        for path in TEMPLATES.rglob("requirements.txt")
        for line in re.split(r"[<>=;\[\n]", path.read_text(encoding="utf-8"))
    }
    assert ours - set(sys.stdlib_module_names) - {"homesmith"} - declared == set()
    assert declared - named - apps == set()


def test_entry_points_name_what_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    points = [point for group in project["entry-points"].values() for point in group.values()]
    for point in (*points, *project["scripts"].values()):
        module, _, name = point.partition(":")
        assert callable(getattr(import_module(module), name)), point


def test_locks_pin_every_dependency_with_a_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runs = project["project"]["dependencies"]
    works = project["dependency-groups"]["dev"]
    for lock, wanted in (("requirements.lock", runs), ("requirements-dev.lock", runs + works)):
        text = (ROOT / lock).read_text()
        pins = re.findall(r"^([a-z0-9-]+)==\S+ .*?\\\n    --hash=sha256:", text, re.MULTILINE)
        names = {re.split(r"[<>=;\[ ]", item)[0] for item in wanted}
        assert names - set(pins) == set()
        assert "://" not in text
