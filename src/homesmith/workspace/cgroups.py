"""A control group around one process tree, where this process may make one.

The kernel exempts root from RLIMIT_NPROC, so for root this is what stops a fork bomb. Both
layouts are known: version 1 (one hierarchy per controller) and version 2 (one for all).
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.sandboxes import Limits

WHOLE_TREE_EXTRA = 8
"""Processes of our own inside the group: the sandbox's monitor, init and forwarder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The folders of one control group; empty where there is none."""

    folders: tuple[Path, ...] = ()

    @property
    def bounds_processes(self) -> bool:
        return any((folder / "pids.max").exists() for folder in self.folders)

    def entering(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The same command, entering the group before it starts."""
        if not self.folders:
            return argv
        script = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1" || exit 125; shift; '
        script += 'n=$((n-1)); done; exec "$@"'
        files = (str(folder / "cgroup.procs") for folder in self.folders)
        return ("/bin/sh", "-c", script, "group", str(len(self.folders)), *files, *argv)

    def ran_out_of_memory(self) -> bool:
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    words = (folder / name).read_text().split()
                    counts = dict(zip(words[::2], words[1::2], strict=False))
                    if int(counts.get("oom_kill", "0")) > 0:
                        return True
        return False

    def end(self) -> None:
        """Kill all that is left in the group and remove it."""
        for folder in self.folders:
            for _ in range(500):
                try:
                    for line in (folder / "cgroup.procs").read_text().split():
                        with contextlib.suppress(OSError):
                            os.kill(int(line), signal.SIGKILL)
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.002)
                else:
                    break


@contextlib.contextmanager
def group(limits: Limits) -> Iterator[Group]:
    """A group with these limits for as long as the context is open; empty if none can be made."""
    made = Group(folders=tuple(_make(limits))) if os.name == "posix" and os.geteuid() == 0 else None
    try:
        yield made or Group()
    finally:
        if made:
            made.end()


def _make(limits: Limits) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for parent in _parents():
            try:
                folder = Path(tempfile.mkdtemp(prefix="homesmith-", dir=parent))
            except OSError:
                continue
            if _set(folder, limits):
                yield folder
            else:
                folder.rmdir()


def _set(folder: Path, limits: Limits) -> bool:
    """Write the limits this group has files for; whether there was one."""
    processes = str(limits.processes + WHOLE_TREE_EXTRA)
    values = {
        "pids.max": processes,
        "memory.max": str(limits.memory),
        "memory.swap.max": "0",
        "memory.limit_in_bytes": str(limits.memory),
    }
    done = False
    for name, value in values.items():
        with contextlib.suppress(OSError):
            if (folder / name).exists():
                (folder / name).write_text(value)
                done = True
    return done


def _parents() -> list[Path]:
    """The folders to make a group in: one per hierarchy that bounds processes or memory."""
    found = []
    own = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    mounts = _mounts()
    for _, controllers, path in own:
        ours = {"pids", "memory"} & set(controllers.split(",")) & mounts.keys()
        found += [mounts[name] / path.lstrip("/") for name in sorted(ours)]
        if controllers == "" and "unified" in mounts:
            found += _delegated(mounts["unified"], path)
    return list(dict.fromkeys(found))


def _mounts() -> dict[str, Path]:
    found = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        place, _, kind = line.partition(" - ")
        words = kind.split()
        if words and words[0] == "cgroup2":
            found["unified"] = Path(place.split()[4])
        elif words and words[0] == "cgroup":
            for name in words[-1].split(","):
                found[name] = Path(place.split()[4])
    return found


def _delegated(mount: Path, path: str) -> list[Path]:
    """The nearest group above us whose children have a process limit."""
    here = mount / path.lstrip("/")
    for folder in (here, *here.parents):
        with contextlib.suppress(OSError):
            if "pids" in (folder / "cgroup.subtree_control").read_text().split():
                return [folder]
        if folder == mount:
            break
    return []
