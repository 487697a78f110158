"""What a model has read before, on disk: the KV cache of prompt heads that come again and again.

A head of 1,400 tokens takes a laptop 20 seconds to read and a tenth of a second to load. The
files are made by the engine itself; here they only get names, and the least recently used ones
go when they take too much room. Losing any of them costs time, nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORTH_TOKENS = 256
"""A shorter head is read faster than its file is found."""
LIMIT_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One folder of KV cache files, shared by every process of this person.

    `identity` says what the files depend on beside their tokens: weights and engine version.
    """

    folder: Path
    identity: str
    limit_bytes: int = LIMIT_BYTES

    def name(self, tokens: Sequence[int]) -> str:
        """The file name for a head; other tokens, weights or engines give another one."""
        text = f"{self.identity}\n{' '.join(map(str, tokens))}"
        return hashlib.sha256(text.encode()).hexdigest()[:32] + ".kv"

    def holds(self, name: str) -> bool:
        """Whether the file is there; if so it counts as used just now."""
        try:
            os.utime(self.folder / name)
        except OSError:
            return False
        return True

    def draft(self, name: str) -> str:
        """A name beside it to write to first, so that nobody ever loads half a file."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return f"{name}.{os.getpid()}.part"

    def keep(self, name: str) -> None:
        """The draft is whole: give it its name, and make room."""
        with contextlib.suppress(OSError):
            os.replace(self.folder / self.draft(name), self.folder / name)
            self._make_room()

    def drop(self, name: str) -> None:
        """Remove a file that the engine cannot use, and its draft."""
        for place in (name, self.draft(name)):
            with contextlib.suppress(OSError):
                (self.folder / place).unlink()

    def _make_room(self) -> None:
        used = 0
        newest_first = sorted(
            ((file.stat(), file) for file in self.folder.iterdir()),
            key=lambda pair: pair[0].st_mtime,
            reverse=True,
        )
        for number, (state, file) in enumerate(newest_first):
            used += state.st_size
            if used > self.limit_bytes and number > 0:
                file.unlink(missing_ok=True)


def weights_identity(path: Path, version: str) -> str:
    """What a KV cache depends on: these very weights and this engine. Raises OSError."""
    state = path.stat()
    return f"{path.resolve()} {state.st_size} {state.st_mtime_ns} {version}"
