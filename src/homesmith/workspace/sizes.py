"""How much disk a folder uses, and how much memory a process tree holds."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

BLOCK = 512


def folder_size(folder: Path) -> int:
    """Bytes allocated on disk below `folder`; links are not followed."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    return total


def memory(processes: list[int]) -> int:
    """Bytes of private memory these processes hold (RssAnon; shared pages are not counted)."""
    total = 0
    for process in processes:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{process}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    total += int(line.split()[1]) << 10
    return total


def unlinked(processes: list[int], device: int) -> int:
    """Bytes of deleted files on `device` that these processes keep open, where we may look."""
    seen: dict[int, int] = {}
    for process in processes:
        with contextlib.suppress(OSError):
            for name in Path(f"/proc/{process}/fd").iterdir():
                with contextlib.suppress(OSError):
                    found = name.stat()
                    if found.st_dev == device and found.st_nlink == 0:
                        seen[found.st_ino] = found.st_blocks * BLOCK
    return sum(seen.values())
