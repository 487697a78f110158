"""Which files and TCP ports generated code may touch, by the kernel's Landlock.

It cannot hide metadata (stat works everywhere) and knows nothing of UDP or of unix sockets that
have a path. Source: Linux Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from .system import call

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
ON_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
BIND_AND_CONNECT = 3
ABSTRACT_SOCKETS_AND_SIGNALS = 3
BELOW_PATH, NET_PORT = 1, 2
SCOPES_SINCE, PORTS_SINCE = 6, 4


def version() -> int:
    """The ABI of the running kernel; 0 when it has no Landlock."""
    try:
        return call(CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def handled(abi: int) -> int:
    """All file rights that this ABI knows."""
    widths = {1: 13, 2: 14, 3: 15, 4: 15}
    return int((1 << widths.get(abi, 16)) - 1)


def confine(
    *,
    read: Iterable[str],
    write: Iterable[str],
    devices: Iterable[str],
    ports: Iterable[int] | None,
    abi: int,
) -> None:
    """Allow these paths and nothing else, now and in all that is started. OSError if refused.

    `ports`: the only TCP ports to bind and connect; None leaves TCP to others. Paths that do
    not exist are passed over.
    """
    rights = handled(abi)
    ruleset = _ruleset(abi, rights, limits_ports=ports is not None)
    try:
        for path in read:
            _allow(ruleset, path, READ & rights)
        for path in devices:
            _allow(ruleset, path, (READ_FILE | WRITE_FILE | READ_DIR) & rights)
        for path in write:
            _allow(ruleset, path, rights & ~(MAKE_CHAR | MAKE_BLOCK))
        if ports is not None and abi >= PORTS_SINCE:
            for port in ports:
                rule = struct.pack("=QQ", BIND_AND_CONNECT, port)
                call(ADD_RULE, ruleset, NET_PORT, rule, 0)
        call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _ruleset(abi: int, rights: int, *, limits_ports: bool) -> int:
    attributes = struct.pack(
        "QQQ",
        rights,
        BIND_AND_CONNECT if limits_ports and abi >= PORTS_SINCE else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if abi >= SCOPES_SINCE else 0,
    )
    size = 8 if abi < PORTS_SINCE else 16 if abi < SCOPES_SINCE else 24
    return call(CREATE_RULESET, attributes[:size], size, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= ON_A_FILE
        call(ADD_RULE, ruleset, BELOW_PATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
