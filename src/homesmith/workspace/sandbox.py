"""Find the strongest sandbox that really works on this machine."""

from __future__ import annotations

import asyncio
import functools
import platform
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from homesmith.core.errors import HomesmithError, SandboxUnavailable
from homesmith.core.sandboxes import Command, Limits, Sandbox
from homesmith.workspace.bubblewrap import Bubblewrap, can_disable_nesting
from homesmith.workspace.jail import landlock
from homesmith.workspace.jail.numbers import TABLES
from homesmith.workspace.jailed import Jailed
from homesmith.workspace.orders import NEWEST_ABI

PROBE = 'true && touch written && ! cat "$1" && ! ls "$2"'
"""It runs, it may write here, and neither a secret nor the home folder can be read."""

RESTRICTED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def detect(*, allow_unprotected: bool = False) -> Sandbox:
    """The best sandbox whose self-test passes; tested once in a process.

    Raises SandboxUnavailable with a remedy when none does, unless `allow_unprotected`, which
    only a person may set: then code runs with limits and a clean environment, and nothing more.
    """
    found, reasons = _detected()
    if found is not None:
        return found
    if allow_unprotected:
        return Jailed(layers=("resource limits only",), lock=False)
    raise SandboxUnavailable(
        "There is no safe way to run generated code on this machine.",
        why="; ".join(reasons),
        remedy=_remedy(),
    )


def candidates() -> tuple[tuple[Sandbox, ...], tuple[str, ...]]:
    """The sandboxes this machine might carry, best first, and why others are not among them."""
    reasons: list[str] = []
    if platform.system() != "Linux" or platform.machine() not in TABLES:
        return (), (f"there is no sandbox for {platform.system()} on {platform.machine()}",)
    found: list[Sandbox] = []
    abi = min(landlock.version(), NEWEST_ABI)
    locks = (f"Landlock ABI {abi}",) if abi else ()
    program = shutil.which("bwrap")
    if program is None:
        reasons.append("bubblewrap is not installed")
    else:
        found.append(
            Bubblewrap(
                program=Path(program),
                layers=("bubblewrap", *locks, "seccomp", "resource limits"),
                disables_nesting=can_disable_nesting(Path(program)),
            )
        )
    if abi:
        found.append(Jailed(layers=(*locks, "seccomp", "resource limits"), abi=abi))
    else:
        reasons.append("this kernel has no Landlock")
    return tuple(found), tuple(reasons)


def failure(sandbox: Sandbox) -> str:
    """Why this sandbox cannot be trusted here; empty when its self-test passes."""
    # A thread of its own, because the caller may already be inside an event loop.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(_probe(sandbox))).result()


@functools.cache
def _detected() -> tuple[Sandbox | None, tuple[str, ...]]:
    found, reasons = candidates()
    for sandbox in found:
        trouble = failure(sandbox)
        if not trouble:
            return sandbox, ()
        reasons = (*reasons, f"{sandbox.layers[0]}: {trouble}")
    return None, reasons


async def _probe(sandbox: Sandbox) -> str:
    with tempfile.TemporaryDirectory(prefix="homesmith-") as name:
        workspace = Path(name) / "app"
        workspace.mkdir()
        secret = Path(name) / "secret"
        secret.write_text("secret")
        command = Command(
            argv=("/bin/sh", "-c", PROBE, "probe", str(secret), str(Path.home())),
            workspace=workspace,
            limits=Limits(seconds=20),
        )
        try:
            execution = await sandbox.run(command)
        except HomesmithError as error:
            return error.why or error.message
        if execution.ok and (workspace / "written").exists():
            return ""
        return f"its self-test failed: {execution.stderr.decode(errors='replace')[-200:]}"


def _remedy() -> str:
    if platform.system() != "Linux":
        return "run Homesmith on Linux, or in a Linux virtual machine"
    if shutil.which("bwrap") is None:
        return "sudo apt install bubblewrap"
    if RESTRICTED.exists() and RESTRICTED.read_text().strip() == "1":
        return "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
    return "homesmith doctor"
