"""Take an order, lock the door, become the command.

The order is one JSON object read from a file descriptor:
  argv, environment, directory   what to run, and where
  reach                          "nothing", "loopback" or "browser"
  limits                         {"data", "file", "processes", "cpu"}; cpu 0 is no limit
  read, write, devices           paths for Landlock
  ports                          TCP ports for Landlock, or null when the network is private
  own_processes                  true inside a private pid namespace
  lock                           false only for a person who asked for no protection
  abi                            the newest Landlock ABI to use
  status                         descriptor to write READY to just before the command starts
  forward                        [descriptor of a listening unix socket, port] or null
  parent                         the process that gave the order; its death is ours
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import sys
from pathlib import Path
from typing import Any

from . import landlock, seccomp
from .supervise import adopt, supervise
from .system import PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, control

READY = b"ready"
FAILED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127


def main() -> None:
    """Read the order named by the first argument and carry it out; never returns."""
    with os.fdopen(int(sys.argv[1]), "rb") as source:
        order: dict[str, Any] = json.load(source)
    if order["own_processes"]:
        _forward(order)
        _become(order)
    adopt(order["parent"])
    supervisor = os.getpid()
    child = os.fork()
    if child == 0:
        _become(order, parent=supervisor)
    os.close(order["status"])
    _forward(order)
    supervise(child)


def _become(order: dict[str, Any], *, parent: int | None = None) -> None:
    """Lock this process up and replace it by the command."""
    try:
        if order["forward"]:
            os.close(order["forward"][0])
        if parent is not None:
            _tie_to(parent)
        os.chdir(order["directory"])
        _limit(order)
        if order["lock"]:
            _lock(order, signal_only=None if order["own_processes"] else os.getpid())
        _close_all_but(order["status"])
        os.set_inheritable(order["status"], False)
        os.write(order["status"], READY)
    except (OSError, KeyError, ValueError) as error:
        os.write(2, f"jail: {type(error).__name__}: {error}\n".encode())
        os._exit(FAILED)
    _execute(order["argv"], order["environment"])


def _close_all_but(kept: int) -> None:
    """The command gets its three standard streams and nothing else that was open."""
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)


def _execute(argv: list[str], environment: dict[str, str]) -> None:
    try:
        os.execvpe(argv[0], argv, environment)  # noqa: S606 - to become it is the point
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
        os._exit(NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE)


def _tie_to(parent: int) -> None:
    """A session of its own, and a death with its parent."""
    import signal

    from .system import PR_SET_PDEATHSIG

    os.setsid()
    if sys.platform == "linux":
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(FAILED)


def _limit(order: dict[str, Any]) -> None:
    limits = order["limits"]
    processes = limits["processes"]
    if not order["own_processes"]:
        processes += _threads_of_this_user()
    hard = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: limits["data"],
        resource.RLIMIT_FSIZE: limits["file"],
        resource.RLIMIT_NOFILE: 4096,
        resource.RLIMIT_NPROC: processes,
    }
    for kind, value in hard.items():
        _lower(kind, value, value)
    if limits["cpu"]:
        # The soft limit sends SIGXCPU, which tells the host what happened; then SIGKILL.
        _lower(resource.RLIMIT_CPU, limits["cpu"], limits["cpu"] + 1)


def _lower(kind: int, soft: int, hard: int) -> None:
    highest = resource.getrlimit(kind)[1]
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(kind, (soft, hard))


def _threads_of_this_user() -> int:
    """RLIMIT_NPROC counts every thread the user already has, so ours come on top."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                count += sum(1 for _ in (process / "task").iterdir())
    return count


def _lock(order: dict[str, Any], *, signal_only: int | None) -> None:
    control(PR_SET_NO_NEW_PRIVS, 1)
    abi = min(landlock.version(), order["abi"])
    if abi > 0:
        landlock.confine(
            read=order["read"],
            write=order["write"],
            devices=order["devices"],
            ports=order["ports"],
            abi=abi,
        )
    elif not order["own_processes"]:
        raise OSError("this kernel has no Landlock")
    program = seccomp.instructions(
        platform.machine(),
        reach=order["reach"],
        shared_network=order["ports"] is not None,
        signal_only=None if abi >= landlock.SCOPES_SINCE else signal_only,
    )
    seccomp.apply(program)


def _forward(order: dict[str, Any]) -> None:
    """Start the forwarder beside the command; only its listening socket goes to it."""
    if not order["forward"]:
        return
    listener, port = order["forward"]
    if os.fork() != 0:
        if not order["own_processes"]:
            os.close(listener)
        return
    if order["own_processes"]:
        os.close(order["status"])
    if sys.platform == "linux":
        control(PR_SET_DUMPABLE, 0)
    from .forward import forward

    forward(listener, port)
    os._exit(0)
