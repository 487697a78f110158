"""A real sandbox, and small apps written from strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from homesmith.builder.checks.browser import find_browser
from homesmith.core.checks import Inspection
from homesmith.core.sandboxes import Sandbox
from homesmith.workspace.sandbox import detect

Inspect = Callable[..., Inspection]
SERVER = {
    "kind": "server",
    "command": ["python", "-m", "uvicorn", "app:app", "--port", "{port}"],
    "health": "/",
}


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return detect()


@pytest.fixture(scope="session")
def browser() -> Path:
    found = find_browser()
    if found is None:
        pytest.skip("no browser is installed")
    return found


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    """Write files into an app and describe it to a check."""

    def write(
        files: Mapping[str, str],
        *,
        sandbox: Sandbox | None = None,
        server: bool = False,
        scenarios: object = (),
        only: tuple[str, ...] = (),
        **options: Any,
    ) -> Inspection:
        root = tmp_path / "app"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        manifest = {"run": SERVER if server else {"kind": "static"}, "scenarios": scenarios}
        return Inspection(
            root=root,
            manifest=manifest,
            evidence=tmp_path / "evidence",
            sandbox=sandbox,
            only=only,
            options=options,
        )

    return write
