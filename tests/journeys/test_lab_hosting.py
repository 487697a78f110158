"""A built app is served for its tests: files as they are, a server in the real sandbox."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from homesmith.core.errors import HomesmithError, SandboxUnavailable, WorkFailed
from homesmith.core.sandboxes import Sandbox
from homesmith.lab.hosting import copy_app, hosted, static_files
from homesmith.workspace.sandbox import detect

pytestmark = pytest.mark.slow

SERVER = """
from fastapi import FastAPI
app = FastAPI()

@app.get("/")
def home():
    return {"home": "here"}
"""


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    try:
        return detect()
    except SandboxUnavailable as error:
        pytest.skip(error.message)


def get(url: str) -> httpx2.Response:
    return httpx2.get(url, trust_env=False, timeout=10)


def test_files_are_served_and_nothing_outside_them(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "app"
    root.mkdir()
    (root / "index.html").write_text("<p>hello")
    (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    with static_files(root) as url:
        assert get(url + "/").text == "<p>hello"
        assert get(url + "/leak.txt").status_code == 404
        assert get(url + "/..%2fsecret.txt").status_code == 404
    with pytest.raises(httpx2.TransportError):
        get(url)


def test_the_copy_for_the_tests_holds_no_links(tmp_path: Path) -> None:
    root = tmp_path / "app"
    (root / "pages").mkdir(parents=True)
    (root / "pages" / "a.html").write_text("a")
    (root / "etc").symlink_to("/etc")
    copied = copy_app(root, tmp_path / "copy")
    assert sorted(str(path.relative_to(copied)) for path in copied.rglob("*")) == [
        "pages",
        "pages/a.html",
    ]


async def test_a_server_answers_from_the_sandbox(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "app.py").write_text(SERVER)
    async with hosted(tmp_path, "fastapi", sandbox) as url, httpx2.AsyncClient() as client:
        assert (await client.get(url + "/")).json() == {"home": "here"}


async def test_a_server_that_breaks_says_why(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "app.py").write_text("raise RuntimeError('no such luck')")
    with pytest.raises(WorkFailed) as caught:
        async with hosted(tmp_path, "fastapi", sandbox):
            pass
    assert "no such luck" in caught.value.why


async def test_a_manifest_that_cannot_be_read_is_an_error(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "homesmith.toml").write_text("[app\n")
    with pytest.raises(HomesmithError, match="cannot be read"):
        async with hosted(tmp_path, "static", sandbox):
            pass
