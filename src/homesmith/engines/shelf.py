"""What a model has read before, on disk: the KV cache of prompt heads that come again and again,
and of conversations that go on.

A head of 1,400 tokens takes a laptop 20 seconds to read and a tenth of a second to load. The
files are made by the engine itself; here they only get names, and the least recently used ones
go when they take too much room. Losing any of them costs time, nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORTH_TOKENS = 256
"""A shorter head is read faster than its file is found."""
LIMIT_BYTES = 1 << 30
LARGEST = 1 << 22
"""Tokens; no window is so large, so a file that says so is damaged."""
CONVERSATION = "conversation-"
"""How names of such files begin: what was said to an agent is in them."""
MAGIC = b"qsgg"
"""llama.cpp's LLAMA_STATE_SEQ_MAGIC; at byte 8 stands how many numbers follow. They are the tokens,
or, in its newer servers, PACKED: a mark, a version, how many tokens, the tokens, and more."""
PACKED = -1


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

    def of(self, conversation: str) -> str:
        """The file name for a conversation, one per weights and engine."""
        return f"{_begin(conversation)}-{_hash(self.identity)}.kv"

    def aside(self, tokens: Sequence[int]) -> str:
        """The file name for a prompt that this process alone needs again soon.

        Whatever ends all conversations ends it, too.
        """
        return f"{CONVERSATION}{os.getpid()}-{self.name(tokens)}"

    def tokens(self, name: str) -> list[int]:
        """The tokens whose KV cache a file holds; none when it is no such file."""
        try:
            with (self.folder / name).open("rb") as file:
                head = file.read(12)
                number = int.from_bytes(head[8:12], sys.byteorder)
                if head[:4] != MAGIC or number > LARGEST:
                    return []
                found = array("i", file.read(4 * number)).tolist()
        except (OSError, ValueError):
            return []
        if len(found) != number:
            return []
        return found[3 : 3 + found[2]] if found[:1] == [PACKED] and number > 3 else found

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


def let_go(folder: Path, conversation: str = "") -> int:
    """Remove what was kept of a conversation, or of all; how many files there were."""
    removed = 0
    for file in folder.glob(f"{_begin(conversation) if conversation else CONVERSATION}*"):
        with contextlib.suppress(OSError):
            file.unlink()
            removed += 1
    return removed


def _begin(conversation: str) -> str:
    return CONVERSATION + _hash(conversation)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def weights_identity(path: Path, version: str, slots: int = 1, *, talks: bool = False) -> str:
    """What a KV cache depends on: these very weights and this engine. Raises OSError.

    An engine with another number of slots, or another kind of attention, refuses the files, too.
    """
    state = path.stat()
    kind = (f" {slots} slots" if slots > 1 else "") + (" talks" if talks else "")
    return f"{path.resolve()} {state.st_size} {state.st_mtime_ns} {version}{kind}"
