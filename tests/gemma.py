"""Gemma 3 in a few hundred kilobytes: its architecture and its control tokens, with chance weights.

What of a KV cache can be gone on with, saved and loaded depends on how a model attends, not on
what it has learned. So this one says nothing sensible, now and then not even text, but it attends
as Gemma does: five layers of six see only the last WINDOW tokens.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WINDOW = 64
"""Tokens that a layer with a sliding window sees."""
LONGEST = 16384
LAYERS, WIDTH, INNER, HEADS, HEAD = 6, 64, 128, 2, 32
ALIGNMENT = 32
TEXT, ARRAY = 8, 9
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
CONTROLS = ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>")
WORDS = ("▁", "\n", "th", "the", "▁the", "an", "and", "▁and", "▁n", "▁number", "user", "model")

Value = str | bool | int | float | list[str] | list[int] | list[float]


def write(path: Path) -> None:
    """The same file every time, about 1.2 MB."""
    tensors = list(_tensors())
    values = _values()
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(values))]
    head += [_text(key) + _value(value) for key, value in values.items()]
    place = 0
    for name, data in tensors:
        shape = data.shape[::-1]  # GGUF says the length of a row first
        sizes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head.append(_text(name) + sizes + struct.pack("<IQ", 0, place))
        place += _padded(data.nbytes)
    said = b"".join(head)
    bodies = (data.tobytes().ljust(_padded(data.nbytes), b"\0") for _, data in tensors)
    path.write_bytes(said.ljust(_padded(len(said)), b"\0") + b"".join(bodies))


def _vocabulary() -> list[tuple[str, int]]:
    """Every character that can be typed is one token; bytes are there for all others."""
    pieces = [(name, UNKNOWN if name == "<unk>" else CONTROL) for name in CONTROLS]
    typed = range(ord("!"), ord("~") + 1)
    pieces += [(f"<0x{number:02X}>", BYTE) for number in range(256) if number not in typed]
    return pieces + [(word, NORMAL) for word in (*map(chr, typed), *WORDS)]


def _values() -> dict[str, Value]:
    pieces = _vocabulary()
    model: dict[str, Value] = {
        "context_length": LONGEST,
        "embedding_length": WIDTH,
        "block_count": LAYERS,
        "feed_forward_length": INNER,
        "attention.head_count": HEADS,
        "attention.head_count_kv": 1,
        "attention.key_length": HEAD,
        "attention.value_length": HEAD,
        "attention.layer_norm_rms_epsilon": 1e-6,
        "attention.sliding_window": WINDOW,
        "rope.freq_base": 1e6,
    }
    tokenizer: dict[str, Value] = {
        "model": "llama",
        "tokens": [text for text, _ in pieces],
        "scores": [float(len(text)) for text, _ in pieces],
        "token_type": [kind for _, kind in pieces],
        "bos_token_id": CONTROLS.index("<bos>"),
        "eos_token_id": CONTROLS.index("<eos>"),
        "unknown_token_id": CONTROLS.index("<unk>"),
        "padding_token_id": CONTROLS.index("<pad>"),
        "add_bos_token": True,
        "add_eos_token": False,
        "add_space_prefix": False,
    }
    return {
        "general.architecture": "gemma3",
        **{f"gemma3.{key}": value for key, value in model.items()},
        **{f"tokenizer.ggml.{key}": value for key, value in tokenizer.items()},
    }


def _tensors() -> Iterator[tuple[str, NDArray[np.float32]]]:
    chance = np.random.default_rng(3)

    def matrix(inputs: int, outputs: int) -> NDArray[np.float32]:
        drawn = chance.standard_normal((outputs, inputs), np.float32)
        return drawn / np.float32(inputs**0.5)

    said = np.float32(3) * matrix(WIDTH, len(_vocabulary()))
    said[: len(CONTROLS)] = 0  # far less likely than others: it goes on until it is stopped
    yield "token_embd.weight", matrix(WIDTH, len(_vocabulary()))
    yield "output.weight", said
    yield "output_norm.weight", np.ones(WIDTH, np.float32)
    for layer in range(LAYERS):
        parts = {
            "attn_q": matrix(WIDTH, HEADS * HEAD),
            "attn_k": matrix(WIDTH, HEAD),
            "attn_v": matrix(WIDTH, HEAD),
            "attn_output": matrix(HEADS * HEAD, WIDTH),
            "ffn_gate": matrix(WIDTH, INNER),
            "ffn_up": matrix(WIDTH, INNER),
            "ffn_down": matrix(INNER, WIDTH),
            "attn_q_norm": np.ones(HEAD, np.float32),
            "attn_k_norm": np.ones(HEAD, np.float32),
        }
        norms = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
        parts |= {name: np.ones(WIDTH, np.float32) for name in norms}
        for name, data in parts.items():
            yield f"blk.{layer}.{name}.weight", data


def _text(text: str) -> bytes:
    said = text.encode()
    return struct.pack("<Q", len(said)) + said


def _value(value: Value) -> bytes:
    """Its type and its bytes: numbers without a sign, but for lists, where llama.cpp wants one."""
    match value:
        case list():
            kind, form = {str: (TEXT, ""), int: (5, "<i"), float: (6, "<f")}[type(value[0])]
            items = (
                _text(one) if isinstance(one, str) else struct.pack(form, one) for one in value
            )
            return struct.pack("<IIQ", ARRAY, kind, len(value)) + b"".join(items)
        case str():
            return struct.pack("<I", TEXT) + _text(value)
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)


def _padded(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
