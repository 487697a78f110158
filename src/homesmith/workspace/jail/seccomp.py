"""Which system calls generated code may not make: a classic BPF program built by hand.

Refused calls answer EPERM (clone3 and io_uring ENOSYS, so that libraries fall back). It sees
numbers and plain arguments only; what a path or an address points to is Landlock's to judge.
Source: Linux Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable

from .numbers import ARCHITECTURES, TABLES
from .system import PR_SET_SECCOMP, control

ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 0x00050001, 0x00050026
LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
SYSTEM_CALL, ARCHITECTURE = 0, 4
X32_BIT = 0x40000000
NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
UNIX, INET, INET6, NETLINK = 1, 2, 10, 16
STREAM, SEQPACKET = 1, 5
TYPE_MASK = 0xF
ANY_PROTOCOL: tuple[int, ...] = ()
TCP = (0, 6)
"""Protocol 0 is TCP for a stream; MPTCP (262) would slip past Landlock's TCP rules."""

REFUSED = (
    "acct", "add_key", "bpf", "chroot", "delete_module", "fanotify_init", "finit_module",
    "fsconfig", "fsmount", "fsopen", "fspick", "init_module", "ioperm", "iopl", "kcmp",
    "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "memfd_secret", "migrate_pages",
    "mknod", "mknodat", "modify_ldt", "mount", "mount_setattr", "move_mount", "move_pages",
    "name_to_handle_at", "open_by_handle_at", "open_tree", "open_tree_attr", "perf_event_open",
    "personality", "pidfd_getfd", "pivot_root", "process_madvise", "process_vm_readv",
    "process_vm_writev", "ptrace", "quotactl", "quotactl_fd", "reboot", "request_key", "setns",
    "swapoff", "swapon", "syslog", "umount2", "unshare", "uselib", "userfaultfd", "vhangup",
)  # fmt: skip
MISSING = ("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register")
SIGNALS = ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")

Instruction = tuple[int, int, int, int]


def instructions(
    machine: str, *, reach: str, shared_network: bool, signal_only: int | None = None
) -> list[Instruction]:
    """The filter for one machine and reach. KeyError for a machine without a table.

    `shared_network`: the code is in the host's network namespace, so only TCP streams may exist.
    `signal_only`: the one process it may signal, for kernels whose Landlock cannot scope signals.
    """
    number = TABLES[machine]
    program: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, SYSTEM_CALL),
    ]
    if machine == "x86_64":
        program += [(AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, ENOSYS)]
    for name in REFUSED:
        program += _refuse(number[name], EPERM) if name in number else []
    for name in MISSING:
        program += _refuse(number[name], ENOSYS)
    program += _when(number["clone"], [*_bits(0, NEW_NAMESPACES)])
    program += _when(number["ioctl"], [*_equal(1, TIOCSTI), *_equal(1, TIOCLINUX)])
    program += _when(number["prlimit64"], _only(0, (0,)))
    program += _sockets(number, reach, shared_network=shared_network)
    if signal_only is not None:
        program += _signals(number, signal_only)
    return [*program, (RETURN, 0, 0, ALLOW)]


def apply(program: Iterable[Instruction]) -> None:
    """Put the filter on this process and all it will start. OSError if the kernel refuses."""
    packed = b"".join(struct.pack("HBBI", *item) for item in program)
    body = ctypes.create_string_buffer(packed, len(packed))
    head = struct.pack("HxxxxxxQ", len(packed) // 8, ctypes.addressof(body))
    control(PR_SET_SECCOMP, 2, ctypes.create_string_buffer(head, len(head)))


def _sockets(number: dict[str, int], reach: str, *, shared_network: bool) -> list[Instruction]:
    families = {"nothing": (), "loopback": (INET, INET6), "browser": (INET, INET6)}[reach]
    if reach == "browser" and not shared_network:
        return _when(number["socket"], _only(0, (UNIX, NETLINK, *families)))
    checks = _only(0, families)
    if shared_network:
        checks = [*checks, *_only(1, (STREAM,), mask=TYPE_MASK), *_only(2, TCP)]
    # A datagram pair could still send to a named socket of the host; streams cannot.
    pairs = [*_only(0, (UNIX,)), *_only(1, (STREAM, SEQPACKET), mask=TYPE_MASK)]
    return [*_when(number["socket"], checks), *_when(number["socketpair"], pairs)]


def _signals(number: dict[str, int], process: int) -> list[Instruction]:
    program = []
    for name in SIGNALS:
        program += _refuse(number[name], EPERM)
    program += _when(number["kill"], _only(0, (0, process)))
    return [*program, *_when(number["tgkill"], _only(0, (process,)))]


def _refuse(number: int, answer: int) -> list[Instruction]:
    return [(EQUAL, 0, 1, number), (RETURN, 0, 0, answer)]


def _when(number: int, checks: list[Instruction]) -> list[Instruction]:
    """Run the checks for one call; the number is loaded again for what follows."""
    return [(EQUAL, 0, len(checks) + 1, number), *checks, (LOAD, 0, 0, SYSTEM_CALL)]


def _argument(index: int) -> Instruction:
    return (LOAD, 0, 0, 16 + 8 * index)


def _bits(index: int, bits: int) -> list[Instruction]:
    return [_argument(index), (ANY_BIT, 0, 1, bits), (RETURN, 0, 0, EPERM)]


def _equal(index: int, value: int) -> list[Instruction]:
    return [_argument(index), (EQUAL, 0, 1, value), (RETURN, 0, 0, EPERM)]


def _only(index: int, values: tuple[int, ...], *, mask: int = 0xFFFFFFFF) -> list[Instruction]:
    """Refuse unless the argument is one of the values."""
    tests = [(EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_argument(index), (AND, 0, 0, mask), *tests, (RETURN, 0, 0, EPERM)]
