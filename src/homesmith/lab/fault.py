"""Whose fault it is that an attempt came to nothing: the task's, the method's, or this machine's.

What this machine failed at is not judged, and tried again the next time. An answer that never ends
is the method's: it is cut short at its tokens or seconds. `EngineTimeout` is not that: the engine
itself has said nothing for too long.
"""

from __future__ import annotations

from homesmith.core.errors import (
    EngineError,
    EngineOutOfMemory,
    EngineUnavailable,
    HomesmithError,
    SandboxUnavailable,
    StoreError,
    UnsafePath,
    WeightsError,
    WorkspaceError,
)

ABSENT = (EngineUnavailable, EngineOutOfMemory, WeightsError, SandboxUnavailable)
"""What nothing can be tried without: these end an evaluation."""
MACHINE = (EngineError, WeightsError, SandboxUnavailable, StoreError, WorkspaceError, OSError)
"""This machine's trouble, such as an engine that died or a full disk."""


def of_the_machine(kind: type[HomesmithError]) -> bool:
    """Whether an error of this kind says nothing about what was tried."""
    return issubclass(kind, MACHINE) and not issubclass(kind, UnsafePath)


def said(error: Exception) -> str:
    """An error in one line, never an empty one."""
    if isinstance(error, HomesmithError):
        return f"{error.message}: {error.why}" if error.why else error.message
    return str(error) or type(error).__name__
