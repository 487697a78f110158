"""The strongest sandbox: namespaces by bubblewrap, and the jail's own locks inside them.

The code sees a small file system made for it, its own processes and its own network, where only
a loopback exists. Inside, Landlock and seccomp hold once more. Needs user namespaces.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.sandboxes import Command, Execution, Serving
from homesmith.workspace import mounts
from homesmith.workspace.interpreter import SYSTEM, installation, interpreter
from homesmith.workspace.orders import LAUNCH, order
from homesmith.workspace.processes import Arrangement, Descriptors, execute, serving

INSIDE = "/.homesmith"
"""Where the jail's own modules stand inside; the command cannot read it."""

FILES = {
    "/etc/hosts": b"127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubblewrap:
    """The Sandbox that uses the bwrap program at `program`."""

    program: Path
    layers: tuple[str, ...]
    disables_nesting: bool = True

    async def run(self, command: Command) -> Execution:
        return await execute(self._arrange, command)

    def serve(self, command: Command, port: int) -> AbstractAsyncContextManager[Serving]:
        return serving(self._arrange, command, port)

    def _arrange(self, command: Command, child: Descriptors, scratch: Path) -> Arrangement:
        write = mounts.writable(command)
        read = mounts.readable(command)
        argv = [
            str(self.program),
            *_namespaces(nesting=not self.disables_nesting),
            *_system(command, child),
            *_people(mounts.outermost((*read, *_launcher_needs())), write),
            *("--ro-bind", str(Path(__file__).parent / "jail"), f"{INSIDE}/jail"),
            *("--remount-ro", "/", "--chdir", "/", "--info-fd", "{information}"),
            *("--", str(interpreter()), "-I", "-S", "-B", "-c", LAUNCH, INSIDE, "{order}"),
        ]
        inside = order(
            command,
            read=(*SYSTEM, Path("/etc"), Path("/proc"), Path("/var"), Path("/opt"), *read),
            write=(*write, mounts.TEMPORARY, mounts.SHARED_MEMORY),
            devices=(Path("/dev"),),
            home=mounts.TEMPORARY,
        )
        return Arrangement(before=tuple(argv), order=inside, information=0)


def can_disable_nesting(program: Path) -> bool:
    """Whether this bwrap can forbid further user namespaces (0.8 and later)."""
    done = subprocess.run([program, "--help"], capture_output=True, check=False, timeout=10)
    return b"--disable-userns" in done.stdout + done.stderr


def _namespaces(*, nesting: bool) -> list[str]:
    return [
        "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
        "--unshare-cgroup-try", *([] if nesting else ["--disable-userns"]),
        "--hostname", "homesmith", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        "--clearenv",
    ]  # fmt: skip


def _system(command: Command, child: Descriptors) -> list[str]:
    size = str(min(command.limits.workspace, command.limits.memory))
    argv: list[str] = []
    for path in SYSTEM:
        if path.is_symlink():
            argv += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            argv += ["--ro-bind", str(path), str(path)]
    for path in mounts.system_files(command.reach):
        argv += ["--ro-bind", str(path), str(path)]
    for name, content in (FILES | _accounts()).items():
        argv += ["--ro-bind-data", str(child.data(content)), name]
    argv += ["--proc", "/proc", "--dev", "/dev"]
    for path in (mounts.SHARED_MEMORY, mounts.TEMPORARY):
        argv += ["--size", size, "--tmpfs", str(path)]
    return argv


def _accounts() -> dict[str, bytes]:
    """One user and one group, under the numbers we run with; no names from the host."""
    user, group = os.getuid(), os.getgid()
    return {
        "/etc/passwd": f"user:x:{user}:{group}:user:/tmp:/bin/sh\n".encode(),
        "/etc/group": f"user:x:{group}:\n".encode(),
    }


def _people(read: tuple[Path, ...], write: tuple[Path, ...]) -> list[str]:
    """Mounts of the person's folders, outer ones first, so that none hides another."""
    kinds = dict.fromkeys(read, "--ro-bind") | dict.fromkeys(write, "--bind")
    argv: list[str] = []
    for path in sorted(kinds, key=lambda item: len(item.parts)):
        argv += [kinds[path], str(path.resolve()), str(path)]
    return argv


def _launcher_needs() -> tuple[Path, ...]:
    """The Python that runs the launcher; Landlock hides it again unless it was asked for."""
    folders = installation(interpreter().parent.parent)
    return tuple(path for path in folders if path.exists() and not path.is_relative_to("/usr"))
