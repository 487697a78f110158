"""What a program printed, kept up to a size: the beginning and the end, with the middle cut."""

from __future__ import annotations

from collections import deque


class Clipped:
    """Bytes up to `limit`; what lies between the first and the last half is counted and dropped."""

    __slots__ = ("_dropped", "_head", "_limit", "_tail", "_tail_size")

    def __init__(self, limit: int) -> None:
        self._limit = max(0, limit)
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0

    def add(self, data: bytes) -> None:
        room = self._limit // 2 - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data)
        self._tail_size += len(data)
        allowed = self._limit - self._limit // 2
        while self._tail_size > allowed:
            first = self._tail.popleft()
            surplus = min(len(first), self._tail_size - allowed)
            if surplus < len(first):
                self._tail.appendleft(first[surplus:])
            self._tail_size -= surplus
            self._dropped += surplus

    def value(self) -> bytes:
        """All of it, or both ends around a line that says how much is missing."""
        tail = b"".join(self._tail)
        if not self._dropped:
            return bytes(self._head) + tail
        return bytes(self._head) + f"\n[{self._dropped} bytes cut]\n".encode() + tail
