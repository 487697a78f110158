"""Read the header of a GGUF file without trusting a byte of it.

Weights come from strangers, and engines have read past the end of crafted files (CVE-2026-7482,
CVE-2026-27940). So no engine sees a file before this module has. It does not read tensor data.
Source: the GGUF specification, versions 2 and 3.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

from homesmith.core.errors import WeightsCorrupt

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MOST_VALUES = 65_536
MOST_TENSORS = 65_536
MOST_ITEMS = 4 << 20
LONGEST_TEXT = 64 << 20
KEPT_TEXT = 1 << 20
LONGEST_NAME = 65_535
MOST_DIMENSIONS = 4

STRING, ARRAY, BOOL = 8, 9, 7
SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f",
    BOOL: "<B", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
# Tensor type → (values in a block, bytes of a block), from ggml's type table.
BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4),
    27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a GGUF file says of itself. `metadata` holds scalars and strings; arrays by length."""

    version: int
    tensors: int
    metadata: dict[str, object]

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    @property
    def window(self) -> int:
        """Tokens the model was trained for, 0 when it does not say."""
        value = self.metadata.get(f"{self.architecture}.context_length", 0)
        return value if isinstance(value, int) else 0


def read_header(path: Path) -> Header:
    """The header, every claim in it checked against the file's size.

    Raises WeightsCorrupt with the first thing that is wrong; OSError when unreadable.
    """
    if path.stat().st_size < 24:
        raise _corrupt(path, "too short for a header")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _header(_Reader(data))
        except (ValueError, struct.error) as error:
            raise _corrupt(path, str(error)) from error


def _corrupt(path: Path, why: str) -> WeightsCorrupt:
    return WeightsCorrupt(
        f"{path.name} is not a sound GGUF file",
        why=why,
        remedy="remove it and fetch it again: homesmith models pull",
    )


class _Reader:
    """A place in the bytes that never goes past their end."""

    __slots__ = ("data", "place", "size")

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.size = len(data)
        self.place = 0

    def skip(self, length: int) -> int:
        """Step over `length` bytes; the place before them."""
        start = self.place
        if length > self.size - start:
            raise ValueError(f"claims {length} bytes where {self.size - start} are left")
        self.place = start + length
        return start

    def number(self, form: str) -> int:
        value: int = struct.unpack_from(form, self.data, self.skip(struct.calcsize(form)))[0]
        return value

    def text_length(self, longest: int) -> int:
        length = self.number("<Q")
        if length > longest:
            raise ValueError(f"a text of {length} bytes")
        return length

    def text(self, longest: int) -> str:
        length = self.text_length(longest)
        start = self.skip(length)
        return self.data[start : start + length].decode("utf-8", errors="replace")


def _header(reader: _Reader) -> Header:
    if reader.data[reader.skip(4) : 4] != MAGIC:
        raise ValueError("it does not begin with GGUF")
    version = reader.number("<I")
    if version not in VERSIONS:
        raise ValueError(f"version {version}; 2 and 3 are known")
    tensors, values = reader.number("<Q"), reader.number("<Q")
    if tensors > MOST_TENSORS or values > MOST_VALUES:
        raise ValueError(f"claims {tensors} tensors and {values} values")
    metadata: dict[str, object] = {}
    for key, value in _values(reader, values):
        if key in metadata:
            raise ValueError(f"{key!r} stands twice")
        metadata[key] = value
    _check_tensors(reader, tensors, _alignment(metadata))
    return Header(version=version, tensors=tensors, metadata=metadata)


def _alignment(metadata: dict[str, object]) -> int:
    value = metadata.get("general.alignment", 32)
    if not isinstance(value, int) or not 1 <= value <= 65_536 or value & (value - 1):
        raise ValueError(f"an alignment of {value!r}")
    return value


def _values(reader: _Reader, count: int) -> Iterator[tuple[str, object]]:
    for _ in range(count):
        yield reader.text(LONGEST_NAME), _value(reader, reader.number("<I"))


def _value(reader: _Reader, kind: int) -> object:
    if kind == STRING:
        return reader.text(LONGEST_TEXT)[:KEPT_TEXT]
    if kind == ARRAY:
        return _array_length(reader)
    if kind not in SCALARS:
        raise ValueError(f"a value of unknown type {kind}")
    number = reader.number(SCALARS[kind])
    if kind == BOOL and number not in (0, 1):
        raise ValueError(f"a truth value of {number}")
    return bool(number) if kind == BOOL else number


def _array_length(reader: _Reader) -> int:
    kind, count = reader.number("<I"), reader.number("<Q")
    if count > MOST_ITEMS:
        raise ValueError(f"a list of {count} items")
    if kind == STRING:
        for _ in range(count):
            reader.skip(reader.text_length(LONGEST_TEXT))
    elif kind in SCALARS:
        reader.skip(count * struct.calcsize(SCALARS[kind]))
    else:
        raise ValueError(f"a list of type {kind}")
    return count


def _check_tensors(reader: _Reader, count: int, alignment: int) -> None:
    seen: set[str] = set()
    ends: list[tuple[str, int]] = []
    for _ in range(count):
        name = reader.text(LONGEST_NAME)
        if name in seen:
            raise ValueError(f"tensor {name!r} stands twice")
        seen.add(name)
        ends.append((name, _tensor_end(reader, name, alignment)))
    start = -(-reader.place // alignment) * alignment
    for name, end in ends:
        if start + end > reader.size:
            past = start + end - reader.size
            raise ValueError(f"tensor {name!r} ends {past} bytes past the file")


def _tensor_end(reader: _Reader, name: str, alignment: int) -> int:
    dimensions = reader.number("<I")
    if dimensions > MOST_DIMENSIONS:
        raise ValueError(f"tensor {name!r} has {dimensions} dimensions")
    shape = [reader.number("<Q") for _ in range(dimensions)]
    kind, offset = reader.number("<I"), reader.number("<Q")
    if kind not in BLOCKS:
        raise ValueError(f"tensor {name!r} has the unknown type {kind}")
    per_block, block_bytes = BLOCKS[kind]
    if any(not 0 < length < 1 << 40 for length in shape) or offset % alignment:
        raise ValueError(f"tensor {name!r} has the shape {shape} at {offset}")
    if shape and shape[0] % per_block:
        raise ValueError(f"tensor {name!r} has rows of {shape[0]}, blocks of {per_block}")
    return offset + prod(shape) // per_block * block_bytes
