"""A crafted model file is refused before any engine sees it."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homesmith.core.errors import WeightsCorrupt
from homesmith.engines.gguf import read_header

STRING, ARRAY, UINT32, UINT64 = 8, 9, 4, 10


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: str, shape: list[int], kind: int = 0, offset: int = 0) -> bytes:
    lengths = b"".join(struct.pack("<Q", length) for length in shape)
    return text(name) + struct.pack("<I", len(shape)) + lengths + struct.pack("<IQ", kind, offset)


ARCHITECTURE = entry("general.architecture", STRING, text("llama"))
LENGTH = entry("llama.context_length", UINT32, struct.pack("<I", 2048))


def gguf(
    values: list[bytes] | None = None,
    tensors: list[bytes] | None = None,
    *,
    magic: bytes = b"GGUF",
    version: int = 3,
    counts: tuple[int, int] | None = None,
    data: int = 256,
) -> bytes:
    values = [ARCHITECTURE, LENGTH] if values is None else values
    tensors = [tensor("weight", [8, 8])] if tensors is None else tensors
    tensor_count, value_count = counts or (len(tensors), len(values))
    head = magic + struct.pack("<IQQ", version, tensor_count, value_count)
    head += b"".join(values) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + b"\1" * data


def array(kind: int, count: int, items: bytes = b"") -> bytes:
    return entry("list", ARRAY, struct.pack("<IQ", kind, count) + items)


BAD = {
    "empty": b"",
    "another kind of file": b"PK\x03\x04" + b"\0" * 100,
    "wrong magic": gguf(magic=b"GGUG"),
    "unknown version": gguf(version=99),
    "more tensors than can be": gguf(counts=(1 << 60, 2)),
    "more values than can be": gguf(counts=(1, 1 << 40)),
    "values that are not there": gguf(counts=(1, 3000)),
    "a text longer than the file": gguf([text("key")[:8] + struct.pack("<I", STRING)]),
    "a key of 2^63 bytes": gguf([struct.pack("<Q", 1 << 63) + b"key"]),
    "a list in a list": gguf([array(ARRAY, 1, struct.pack("<IQ", ARRAY, 1))]),
    "a list without end": gguf([array(UINT64, 1 << 61)]),
    "a list larger than the file": gguf([array(UINT32, 4000)]),
    "an unknown type of value": gguf([entry("key", 77, b"\0" * 8)]),
    "a truth value of 2": gguf([entry("key", 7, b"\2")]),
    "a key twice": gguf([ARCHITECTURE, ARCHITECTURE]),
    "an alignment of 0": gguf([entry("general.alignment", UINT32, struct.pack("<I", 0))]),
    "an alignment of 3": gguf([entry("general.alignment", UINT32, struct.pack("<I", 3))]),
    "a tensor past the end": gguf(tensors=[tensor("weight", [8, 800])]),
    "a tensor at an offset past the end": gguf(tensors=[tensor("weight", [8], 0, 1 << 20)]),
    "an offset that wraps around": gguf(tensors=[tensor("weight", [8], 0, (1 << 64) - 32)]),
    "a shape whose product wraps around": gguf(tensors=[tensor("w", [1 << 32, 1 << 32, 4])]),
    "a length of 0": gguf(tensors=[tensor("weight", [0, 8])]),
    "nine dimensions": gguf(tensors=[tensor("weight", [1] * 9)]),
    "an unknown type of tensor": gguf(tensors=[tensor("weight", [8], 250)]),
    "rows that are no whole blocks": gguf(tensors=[tensor("weight", [33], 2)]),
    "a tensor twice": gguf(tensors=[tensor("weight", [8]), tensor("weight", [8])]),
    "cut in the middle": gguf()[:60],
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_header_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(BAD[name])
    began = time.monotonic()
    with pytest.raises(WeightsCorrupt) as raised:
        read_header(path)
    assert raised.value.why
    assert time.monotonic() - began < 1


def test_a_sound_header_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.gguf"
    path.write_bytes(gguf([ARCHITECTURE, LENGTH, array(STRING, 2, text("a") + text("b"))]))
    header = read_header(path)
    assert (header.version, header.tensors, header.architecture) == (3, 1, "llama")
    assert header.window == 2048
    assert header.metadata["list"] == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(place=st.integers(0, len(gguf()) - 257), value=st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused_never_worse(
    tmp_path: Path, place: int, value: int
) -> None:
    content = bytearray(gguf())
    content[place] = value
    path = tmp_path / "changed.gguf"
    path.write_bytes(content)
    try:
        header = read_header(path)
    except WeightsCorrupt:
        return
    assert header.tensors <= 1


@pytest.mark.model
def test_the_header_of_real_weights_is_sound(smollm2_path: Path) -> None:
    header = read_header(smollm2_path)
    assert header.window == 8192
    assert "<|im_start|>" in str(header.metadata["tokenizer.chat_template"])
