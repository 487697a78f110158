"""Put the app on a port of the private loopback: a fresh start for everyone who asks.

A static app gets a new port, and so a new origin with empty storage. A server app gets a new
process in a new copy of its folder, and so an empty database.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from homesmith.builder.checks.inside import clock
from homesmith.builder.checks.inside.jobs import Job

START_SECONDS = 20.0
LOG_SECONDS = 1.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PLACE = re.compile(r'File "([^"]+)", line (\d+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The error a server wrote down, and the line of the app's own code it names, if any."""

    text: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.text} at {self.file}:{self.line}" if self.file else self.text


class StartFailed(Exception):
    """The app's server did not come up. `file` and `line` where its own code broke, if known."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.file, self.line = file, line


class _Files(SimpleHTTPRequestHandler):
    """Files of one folder, silently; a missing favicon is nobody's fault."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return

    def log_error(self, *args: object) -> None:
        return

    def do_GET(self) -> None:
        if self.path == "/favicon.ico" and not Path(self.translate_path(self.path)).exists():
            self.send_response(204)
            self.end_headers()
            return
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


@dataclass(slots=True, kw_only=True)
class _Process:
    """A server process on its way up, in its own copy of the app."""

    folder: Path
    port: int
    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Origins:
    """Gives out fresh origins of one app; `more` tells how many will still be asked for."""

    def __init__(self, job: Job, *, expected: int) -> None:
        self._job = job
        self._left = expected
        self._made = 0
        self._sites: list[ThreadingHTTPServer] = []
        self._processes: list[_Process] = []
        self._next: _Process | None = None

    def fresh(self) -> str:
        """An origin that nobody has used. Raises StartFailed."""
        if self._job.kind == "static":
            return self._site()
        process = self._next or self._spawn()
        self._left -= 1
        _await_answer(process, self._job.health)
        self._next = self._spawn() if self._left > 0 else None
        return process.origin

    def prepare(self) -> None:
        """Let the first server start while something else is done; `fresh` tells if it cannot."""
        if self._job.kind != "static":
            with suppress(StartFailed):
                self._next = self._spawn()

    def cause(self) -> Cause:
        """Why the newest answering server just failed; waits a moment for it to write that."""
        used = [process for process in self._processes if process is not self._next]
        if not used:
            return Cause()
        deadline = clock.now() + LOG_SECONDS
        while True:
            log = _tail(used[-1].log)
            file, line = traceback_place(log, str(used[-1].folder))
            if file or clock.now() > deadline:
                return Cause(text=last_error(log), file=file, line=line)
            time.sleep(0.05)

    def close(self) -> None:
        """Stop every server that was started."""
        for site in self._sites:
            site.shutdown()
            site.server_close()
        for process in self._processes:
            process.popen.kill()
        for process in self._processes:
            process.popen.wait()

    def _site(self) -> str:
        site = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(self._job.app)))
        site.daemon_threads = True
        threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
        self._sites.append(site)
        return f"http://127.0.0.1:{site.server_port}"

    def _spawn(self) -> _Process:
        self._made += 1
        folder = self._job.out / f"app-{self._made}"
        shutil.copytree(self._job.app, folder, symlinks=True)
        port, log = self._job.port or free_port(), self._job.out / f"server-{self._made}.log"
        argv = [part.replace("{port}", str(port)) for part in self._job.command]
        with log.open("wb") as output:
            try:
                popen = subprocess.Popen(
                    argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
                )
            except OSError as error:
                raise StartFailed(f"{argv[0]} cannot be started: {error.strerror}") from error
        process = _Process(folder=folder, port=port, popen=popen, log=log)
        self._processes.append(process)
        return process


@contextmanager
def origins(job: Job, *, expected: int) -> Iterator[Origins]:
    """Origins that are all stopped at the end."""
    given = Origins(job, expected=expected)
    try:
        yield given
    finally:
        given.close()


def free_port() -> int:
    """A port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str, seconds: float = 5.0) -> tuple[int, str]:
    """Status and body (at most 1 MB) of a GET. Raises OSError when nobody answers."""
    try:
        with _OPENER.open(url, timeout=seconds) as answer:
            return answer.status, answer.read(1 << 20).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(1 << 20).decode("utf-8", "replace")


def traceback_place(text: str, folder: str) -> tuple[str, int]:
    """The last line of the app's own code that a traceback names, relative to the app."""
    places = [
        (name.removeprefix(folder + "/"), int(line))
        for name, line in PLACE.findall(text)
        if name.startswith(folder + "/")
    ]
    return places[-1] if places else ("", 0)


def last_error(text: str) -> str:
    """The line of a log that names the error, or its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt)\b", line)]
    return (named or lines or [""])[-1]


def _await_answer(process: _Process, health: str) -> None:
    deadline = clock.now() + START_SECONDS
    while clock.now() < deadline:
        if process.popen.poll() is not None:
            raise _broken(process, "the server stopped at once")
        try:
            fetch(process.origin + health)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise _broken(process, f"the server did not answer within {START_SECONDS:.0f} s")


def _broken(process: _Process, what: str) -> StartFailed:
    log = _tail(process.log)
    file, line = traceback_place(log, str(process.folder))
    cause = last_error(log)
    place = f" at {file}:{line}" if file else ""
    return StartFailed(f"{what}: {cause}{place}" if cause else what, file=file, line=line)


def _tail(log: Path, size: int = 20_000) -> str:
    return log.read_bytes()[-size:].decode("utf-8", "replace")
