"""The second sandbox: Landlock, seccomp and limits alone, for machines without bubblewrap.

What it cannot do: the code shares the host's network, process list and /tmp names. It cannot
open them, but it can see that a file exists (stat), and with LOOPBACK it may connect over TCP to
its own port number on any host. LOOPBACK needs Landlock's TCP rules (ABI 4, Linux 6.7); before
ABI 6 (Linux 6.12) code may signal only itself, so that stopping a child fails. Unix sockets and
UDP are refused by seccomp. There is no BROWSER: a browser needs sockets and a /proc that only a
private namespace can give safely.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from homesmith.core.errors import SandboxUnavailable
from homesmith.core.sandboxes import Command, Execution, Reach, Serving
from homesmith.workspace import mounts
from homesmith.workspace.interpreter import SYSTEM, interpreter
from homesmith.workspace.jail.landlock import PORTS_SINCE
from homesmith.workspace.orders import LAUNCH, NEWEST_ABI, order
from homesmith.workspace.processes import Arrangement, Descriptors, execute, serving

PUBLIC = tuple(
    Path(name)
    for name in (
        "/etc/hosts",
        "/etc/nsswitch.conf",
        "/etc/passwd",
        "/etc/group",
        "/proc/self",
        "/proc/cpuinfo",
        "/proc/filesystems",
        "/proc/meminfo",
        "/proc/sys/vm/overcommit_memory",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jailed:
    """The Sandbox that needs nothing but the kernel. `abi` is the Landlock version to use.

    `lock=False` keeps only limits and a clean environment: for a person who asked for that.
    """

    layers: tuple[str, ...]
    abi: int = NEWEST_ABI
    lock: bool = True

    async def run(self, command: Command) -> Execution:
        self._check(command)
        return await execute(self._arrange, command)

    def serve(self, command: Command, port: int) -> AbstractAsyncContextManager[Serving]:
        self._check(command)
        environment = {"PORT": str(port), **command.environment}
        return serving(self._arrange, replace(command, environment=environment), port)

    def _check(self, command: Command) -> None:
        if not self.lock or command.reach is Reach.NOTHING:
            return
        if command.reach is Reach.BROWSER:
            raise SandboxUnavailable(
                "A browser cannot be run safely without bubblewrap.",
                why="it needs sockets that would also reach programs outside",
                remedy="sudo apt install bubblewrap",
            )
        if self.abi < PORTS_SINCE:
            raise SandboxUnavailable(
                "This machine cannot keep an app away from the network.",
                why=f"Landlock ABI {self.abi} has no rules for TCP",
                remedy="sudo apt install bubblewrap",
            )

    def _arrange(self, command: Command, _child: Descriptors, scratch: Path) -> Arrangement:
        home = scratch / "home"
        home.mkdir()
        before = (
            *(str(interpreter()), "-I", "-S", "-B", "-c", LAUNCH),
            *(str(Path(__file__).parent), "{order}"),
        )
        inside = order(
            command,
            read=(
                *SYSTEM,
                *PUBLIC,
                *mounts.system_files(command.reach),
                *mounts.readable(command),
            ),
            write=(*mounts.writable(command), home),
            devices=mounts.DEVICES,
            home=home,
            ports=_ports(command.reach, command.environment),
            own_processes=False,
            lock=self.lock,
            abi=self.abi,
        )
        return Arrangement(before=before, order=inside)


def _ports(reach: Reach, environment: Mapping[str, str]) -> tuple[int, ...]:
    """The one TCP port an app may use: the one it was told in PORT."""
    port = environment.get("PORT", "")
    if reach is Reach.NOTHING or not port.isdecimal() or not 0 < int(port) < 65536:
        return ()
    return (int(port),)
