"""Serving an app from every sandbox, reaching it, stopping it; and a real browser inside one."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import time
from pathlib import Path

import httpx2
import pytest

from homesmith.core.errors import SandboxUnavailable, WorkspaceError
from homesmith.core.sandboxes import Command, Limits, Reach, Sandbox
from homesmith.workspace.bubblewrap import Bubblewrap
from homesmith.workspace.interpreter import python_environment
from homesmith.workspace.jailed import Jailed
from homesmith.workspace.preview import expose
from homesmith.workspace.sandbox import candidates, detect

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

BROWSE = """
import functools, http.server, sys, threading
from playwright.sync_api import sync_playwright
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=".")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8000), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=sys.argv[1], args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    page = browser.new_page()
    page.goto("http://127.0.0.1:8000/index.html")
    print(page.inner_text("h1"))
    page.screenshot(path="seen.png")
    browser.close()
"""


@pytest.fixture(params=["Bubblewrap", "Jailed"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    found, reasons = candidates()
    for item in found:
        if type(item).__name__ == request.param:
            return item
    pytest.skip(f"{request.param}: {'; '.join(reasons)}")


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        number: int = made.getsockname()[1]
        return number


def server(workspace: Path, port: int) -> Command:
    (workspace / "page.txt").write_text("served from inside")
    return Command(
        argv=(sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", str(port)),
        workspace=workspace,
        reach=Reach.LOOPBACK,
        readable=python_environment(),
    )


async def test_an_app_is_reached_through_its_socket_only(sandbox: Sandbox, tmp_path: Path) -> None:
    port = free_port()
    async with sandbox.serve(server(tmp_path, port), port) as serving:
        async with expose(serving, 0) as shown, httpx2.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{shown}/page.txt")
            assert answer.text == "served from inside"
            if isinstance(sandbox, Bubblewrap):
                with pytest.raises(httpx2.ConnectError):
                    await client.get(f"http://127.0.0.1:{port}/page.txt")
        assert b"GET /page.txt" in serving.log.read_bytes()
    assert not serving.socket.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(serving.pid, 0)


async def test_a_taken_port_is_an_error_with_a_remedy(sandbox: Sandbox, tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with sandbox.serve(server(tmp_path, port), port) as serving:
            with pytest.raises(WorkspaceError):
                async with expose(serving, taken.getsockname()[1]):
                    pass


async def test_cancelling_kills_and_cancels(sandbox: Sandbox, tmp_path: Path) -> None:
    script = "echo started > started; sleep 60"
    command = Command(argv=("/bin/sh", "-c", script), workspace=tmp_path)
    running = asyncio.create_task(sandbox.run(command))
    await asyncio.to_thread(wait_for, tmp_path / "started")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    sleepers = [path for path in Path("/proc").glob("[0-9]*/cwd") if reads(path) == tmp_path]
    assert sleepers == []


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.02)


def reads(link: Path) -> Path | None:
    try:
        return link.readlink()
    except OSError:
        return None


async def test_input_environment_and_missing_program(sandbox: Sandbox, tmp_path: Path) -> None:
    script = 'cat; echo "$WORD"; pwd'
    command = Command(
        argv=("/bin/sh", "-c", script),
        workspace=tmp_path,
        environment={"WORD": "given"},
        stdin=b"read\n",
    )
    done = await sandbox.run(command)
    assert done.ok
    assert done.stdout.decode() == f"read\ngiven\n{tmp_path}\n"
    missing = await sandbox.run(Command(argv=("no-such-program",), workspace=tmp_path))
    assert missing.exit_code == 127
    assert b"no-such-program" in missing.stderr


@pytest.mark.parametrize("folder", [Path("/"), Path.home(), Path("/usr"), Path("/etc")])
async def test_broad_folders_are_refused(sandbox: Sandbox, folder: Path) -> None:
    with pytest.raises(WorkspaceError):
        await sandbox.run(Command(argv=("true",), workspace=folder))


async def test_extra_folders_are_read_only_or_writable_as_asked(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    for name in ("app", "seen", "filled"):
        (tmp_path / name).mkdir()
    (tmp_path / "seen" / "file").write_text("seen\n")
    script = 'cat "$1/file"; echo x > "$2/file"; echo x > "$1/more"; ls "$3"'
    seen, filled = tmp_path / "seen", tmp_path / "filled"
    command = Command(
        argv=("/bin/sh", "-c", script, "sh", str(seen), str(filled), str(Path.home())),
        workspace=tmp_path / "app",
        readable=(seen,),
        writable=(filled,),
    )
    done = await sandbox.run(command)
    assert done.stdout == b"seen\n"
    assert (filled / "file").read_text() == "x\n"
    assert not (seen / "more").exists()


async def test_the_home_shows_nothing_but_the_interpreter(tmp_path: Path) -> None:
    sandbox = detect()
    if not isinstance(sandbox, Bubblewrap):
        pytest.skip("only namespaces can show a home with less in it")
    code = "import os, sys; print(os.listdir(os.path.expanduser(sys.argv[1])))"
    command = Command(
        argv=(sys.executable, "-c", code, str(Path.home())),
        workspace=tmp_path,
        readable=python_environment(),
    )
    done = await sandbox.run(command)
    assert b"PermissionError" in done.stderr or b"FileNotFoundError" in done.stderr


async def test_a_jail_without_namespaces_refuses_a_browser(tmp_path: Path) -> None:
    for sandbox in candidates()[0]:
        if isinstance(sandbox, Jailed):
            command = Command(argv=("true",), workspace=tmp_path, reach=Reach.BROWSER)
            with pytest.raises(SandboxUnavailable, match="browser"):
                await sandbox.run(command)


@pytest.mark.browser
async def test_a_real_browser_works_inside(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    sandbox = detect()
    if chromium is None or not isinstance(sandbox, Bubblewrap):
        pytest.skip("needs bubblewrap and a Chromium of the system")
    (tmp_path / "index.html").write_text("<h1>Hello from inside</h1>")
    (tmp_path / "browse.py").write_text(BROWSE)
    command = Command(
        argv=(sys.executable, "browse.py", chromium),
        workspace=tmp_path,
        reach=Reach.BROWSER,
        readable=python_environment(),
        limits=Limits(memory=4 << 30, file=2 << 30, workspace=1 << 30, processes=512),
    )
    done = await sandbox.run(command)
    assert done.ok, done
    assert done.stdout == b"Hello from inside\n"
    assert (tmp_path / "seen.png").stat().st_size > 1000
