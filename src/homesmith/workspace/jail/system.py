"""The system calls that Python has no function for."""

from __future__ import annotations

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def call(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make system call `number`. Raises OSError with its errno."""
    library = ctypes.CDLL(None, use_errno=True)
    result: int = library.syscall(ctypes.c_long(number), *[_wide(item) for item in arguments])
    if result < 0:
        _fail()
    return result


def control(option: int, argument: int | ctypes.Array[ctypes.c_char], more: object = None) -> None:
    """prctl(option, argument, more, 0, 0). Raises OSError with its errno."""
    library = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    second = zero if more is None else more
    if library.prctl(ctypes.c_int(option), _wide(argument), second, zero, zero) != 0:
        _fail()


def _wide(value: object) -> object:
    """Integers at full register width; a bare int would be passed as a 32-bit C int."""
    return ctypes.c_long(value) if isinstance(value, int) else value


def _fail() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
