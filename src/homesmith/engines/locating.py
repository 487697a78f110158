"""Where the weights of a model already are on this machine: ours, Ollama's, Hugging Face's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from homesmith.core.models import Model

_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")
_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
OLLAMA_MODEL_LAYER = "application/vnd.ollama.image.model"


def locate(
    model: Model, models_dir: Path, *, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """The file of these weights, by its hash in a content-addressed store or by its size.

    Nothing is read but names and sizes: `verify` before use.
    """
    for path in _places(model, models_dir, environment):
        if path.is_file() and (not model.sha256 or path.stat().st_size == model.size):
            return path
    return None


def _places(model: Model, models_dir: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path(one.file) for one in model.sources if one.kind == "path")
    yield models_dir / model.file
    home = Path(environment.get("HOME") or Path.home())
    yield from _ollama(model, Path(environment.get("OLLAMA_MODELS") or home / ".ollama/models"))
    yield from _hugging_face(model, _hub(environment, home))


def _hub(environment: Mapping[str, str], home: Path) -> Path:
    if cache := environment.get("HF_HUB_CACHE"):
        return Path(cache)
    return Path(environment.get("HF_HOME") or home / ".cache/huggingface") / "hub"


def _ollama(model: Model, store: Path) -> Iterator[Path]:
    """By our own hash; without one, by the manifest of the name, whose blob then names its hash."""
    if model.sha256:
        yield store / "blobs" / f"sha256-{model.sha256}"
        return
    for source in model.sources:
        if source.kind != "ollama":
            continue
        name, _, tag = source.repository.partition(":")
        place = name if "/" in name else f"library/{name}"
        if not _NAME.fullmatch(name) or not _NAME.fullmatch(tag or "latest"):
            continue
        manifest = store / "manifests/registry.ollama.ai" / place / (tag or "latest")
        yield from (store / "blobs" / f"sha256-{digest}" for digest in _layers(manifest))


def _layers(manifest: Path) -> Iterator[str]:
    try:
        layers = json.loads(manifest.read_text(encoding="utf-8"))["layers"]
        for layer in layers:
            found = _DIGEST.fullmatch(str(layer["digest"]))
            if layer["mediaType"] == OLLAMA_MODEL_LAYER and found:
                yield found[1]
    except (OSError, ValueError, KeyError, TypeError):
        return


def _hugging_face(model: Model, hub: Path) -> Iterator[Path]:
    for source in model.sources:
        if source.kind == "huggingface":
            folder = hub / f"models--{source.repository.replace('/', '--')}" / "snapshots"
            yield from sorted(folder.glob(f"*/{source.file}"))
