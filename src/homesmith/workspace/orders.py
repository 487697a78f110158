"""The order that the launcher inside reads: see jail/launch.py for its fields."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from homesmith.core.sandboxes import Command
from homesmith.workspace.mounts import ENVIRONMENT

LAUNCH = "import sys; sys.path.append(sys.argv.pop(1)); from jail.launch import main; main()"
"""What `python -I -S -c` runs; its arguments are the folder that holds `jail`, and the order."""

NEWEST_ABI = 7
"""The newest Landlock ABI we know the rights of."""


def order(
    command: Command,
    *,
    read: Iterable[Path],
    write: Iterable[Path],
    devices: Iterable[Path],
    home: Path,
    ports: Iterable[int] | None = None,
    own_processes: bool = True,
    lock: bool = True,
    abi: int = NEWEST_ABI,
) -> dict[str, Any]:
    """The order for `command`; what only the host knows at the start is added there."""
    limits = command.limits
    home_environment = {"HOME": str(home), "TMPDIR": str(home)}
    return {
        "argv": list(command.argv),
        "environment": ENVIRONMENT | home_environment | dict(command.environment),
        "directory": str(command.workspace.resolve()),
        "reach": command.reach.value,
        "limits": {
            "data": limits.memory,
            "file": limits.file,
            "processes": limits.processes,
            "cpu": limits.cpu_seconds,
        },
        "read": [str(path) for path in read],
        "write": [str(path) for path in write],
        "devices": [str(path) for path in devices],
        "ports": None if ports is None else list(ports),
        "own_processes": own_processes,
        "lock": lock,
        "abi": abi,
    }
