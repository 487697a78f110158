"""What it means to run code nobody has read yet."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol


class Reach(StrEnum):
    """How far the code can reach. Never the host's network, home, environment or processes."""

    NOTHING = "nothing"
    LOOPBACK = "loopback"
    """A private loopback: it can serve and call itself, nothing else."""
    BROWSER = "browser"
    """As LOOPBACK, and the local sockets that a browser needs between its own processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a command may use. Seconds of wall time, bytes, count of processes."""

    seconds: float = 60.0
    cpu_seconds: int = 120
    memory: int = 2 << 30
    file: int = 256 << 20
    workspace: int = 512 << 20
    processes: int = 256
    output: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to run with `workspace` as its only writable folder and its working directory.

    `argv` uses paths as they are on the host for everything in `readable`; the workspace is
    seen at its own host path too. `environment` is all the environment it gets, beside PATH,
    HOME, LANG and TMPDIR.
    """

    argv: tuple[str, ...]
    workspace: Path
    reach: Reach = Reach.NOTHING
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    stdin: bytes = b""


EndedBy = Literal["itself", "time", "memory", "size", "signal", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How a command ended. `stdout` and `stderr` are cut in the middle at `Limits.output`."""

    exit_code: int
    stdout: bytes
    stderr: bytes
    seconds: float
    ended_by: EndedBy = "itself"

    @property
    def ok(self) -> bool:
        return self.exit_code == 0 and self.ended_by == "itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """An app that runs in a sandbox and is reached only through `socket`, a unix socket path.

    `log` is a file with what it printed, from the beginning up to `Limits.output`; `pid` ends
    when the app does. Wall time and CPU time of the limits do not apply to an app that serves.
    """

    socket: Path
    pid: int
    log: Path


class Sandbox(Protocol):
    """Runs generated code. `layers` names what stands between it and the person's machine."""

    @property
    def layers(self) -> tuple[str, ...]: ...

    async def run(self, command: Command) -> Execution:
        """Run to the end. Raises SandboxUnavailable, never runs without protection."""
        ...

    def serve(self, command: Command, port: int) -> AbstractAsyncContextManager[Serving]:
        """Keep `command` running while the context is open; it listens on its own `port`."""
        ...
