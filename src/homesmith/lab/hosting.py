"""A built app, served on a loopback port for its tests.

Static files are served as they are; a server's code is generated, so it runs in the sandbox only.
Tests get a copy of the app: what they store in it is gone afterwards.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic

import httpx2

from homesmith.builder.manifest import FILE, Run, launch_command, read_manifest
from homesmith.core.errors import WorkFailed
from homesmith.core.sandboxes import Command, Limits, Reach, Sandbox, Serving
from homesmith.lab.suite import Template
from homesmith.workspace.interpreter import python_environment
from homesmith.workspace.preview import expose

PORT = 8000
"""The port a server listens on inside its own sandbox."""

START_SECONDS = 30.0
"""How long a server may take until it answers HTTP; any answer counts."""

LONGEST = 600.0
"""Seconds a server may run: more than its tests are given."""

SERVER = Run(
    kind="server",
    command=("python", "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", "{port}"),
)
"""How an app without a homesmith.toml runs: the layout that a bare model is asked for."""


@asynccontextmanager
async def hosted(root: Path, template: Template, sandbox: Sandbox) -> AsyncIterator[str]:
    """The app in `root`, served while the context is open; the value is its base URL.

    Raises SandboxUnavailable, NotAnApp, InvalidSettings, and WorkFailed when it does not start.
    """
    run = run_of(root, template)
    if run.kind == "static":
        with static_files(root) as url:
            yield url
        return
    async with server(root, run, sandbox) as url:
        yield url


def run_of(root: Path, template: Template) -> Run:
    """How the app in `root` runs: by its own homesmith.toml, else as its template does."""
    if (root / FILE).is_file():
        return read_manifest(root).run
    return Run() if template == "static" else SERVER


@contextmanager
def static_files(root: Path) -> Iterator[str]:
    """Serve a folder's files on a free loopback port; nothing outside it, links included."""
    handler = partial(_Files, directory=str(root.resolve()))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.server_port}"
        finally:
            listener.shutdown()
            thread.join()


@asynccontextmanager
async def server(root: Path, run: Run, sandbox: Sandbox) -> AsyncIterator[str]:
    """Start the app's own command in the sandbox and reach it through a loopback port."""
    command = Command(
        argv=tuple(
            part.replace("{port}", str(PORT)) for part in launch_command(run, python=sys.executable)
        ),
        workspace=root,
        reach=Reach.LOOPBACK,
        limits=Limits(seconds=LONGEST, cpu_seconds=int(LONGEST)),
        environment={"PYTHONDONTWRITEBYTECODE": "1"},
        readable=python_environment(),
    )
    async with sandbox.serve(command, PORT) as serving, expose(serving, 0) as port:
        url = f"http://127.0.0.1:{port}"
        await _answering(url + run.health, serving)
        yield url


async def _answering(url: str, serving: Serving) -> None:
    """Wait for the first HTTP answer. Raises WorkFailed with the end of the server's log."""
    until = monotonic() + START_SECONDS
    async with httpx2.AsyncClient(trust_env=False, timeout=START_SECONDS) as client:
        while monotonic() < until and _alive(serving.pid):
            try:
                await client.get(url)
            except httpx2.TransportError:
                await asyncio.sleep(0.2)
            else:
                return
    log = serving.log.read_text(encoding="utf-8", errors="replace").strip()
    raise WorkFailed("the server does not answer", why=log[-400:])


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def copy_app(root: Path, into: Path) -> Path:
    """A copy of the app's regular files in the new folder `into`; links are left out."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if not _plain(Path(folder) / name)}

    shutil.copytree(root, into, ignore=left_out)
    return into


def _plain(path: Path) -> bool:
    return not path.is_symlink() and (path.is_dir() or path.is_file())


class _Files(SimpleHTTPRequestHandler):
    """Plain files of one folder, never cached, without a line of log per request."""

    def translate_path(self, path: str) -> str:
        found = Path(super().translate_path(path)).resolve()
        root = Path(self.directory)
        return str(found if found.is_relative_to(root) else root / "outside-the-app")

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' output is the record."""
