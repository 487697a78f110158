"""Every engine keeps the same promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from homesmith.core.models import Model
from homesmith.engines.contract import EngineContract
from homesmith.engines.echo import EchoEngine
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.machine import cores, memory, plan
from homesmith.engines.scripted import ScriptedEngine
from homesmith.engines.shelf import Shelf

MONTHS = "January, February, March, April, May, June, July, August"


class TestEcho(EngineContract):
    @pytest.fixture
    def engine(self) -> EchoEngine:
        return EchoEngine(window=200)


class TestScripted(EngineContract):
    @pytest.fixture
    def engine(self) -> ScriptedEngine:
        return ScriptedEngine(rules=[("", MONTHS)], window=200)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def smollm2_engine(smollm2: Model, smollm2_path: Path) -> AsyncIterator[LlamaCppEngine]:
    chosen = replace(plan(cores(), memory(), smollm2), window=2048)
    running = LlamaCppEngine(smollm2, smollm2_path, chosen)
    yield running
    await running.close()


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.asyncio(loop_scope="module")
class TestLlamaCpp(EngineContract):
    grammar = True

    @pytest.fixture
    def engine(self, smollm2_engine: LlamaCppEngine) -> LlamaCppEngine:
        return smollm2_engine


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def wide_engine(
    smollm2: Model, smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LlamaCppEngine]:
    chosen = replace(plan(cores(), memory(), smollm2), window=2048, parallel=3)
    shelf = Shelf(folder=tmp_path_factory.mktemp("read"), identity="wide")
    running = LlamaCppEngine(smollm2, smollm2_path, chosen, shelf=shelf)
    yield running
    await running.close()


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.asyncio(loop_scope="module")
class TestWideLlamaCpp(EngineContract):
    grammar = True

    @pytest.fixture
    def engine(self, wide_engine: LlamaCppEngine) -> LlamaCppEngine:
        return wide_engine
