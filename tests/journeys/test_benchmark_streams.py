"""What the programs in benchmarks/ share for several tasks under way at once."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "streams.py"


@pytest.fixture(scope="module")
def streams() -> ModuleType:
    specification = importlib.util.spec_from_file_location("benchmark_streams", PATH)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


async def test_each_keeps_the_order_and_gives_each_of_the_means_one_at_a_time(
    streams: ModuleType,
) -> None:
    under_way: dict[str, int] = {"a": 0, "b": 0}
    together = 0

    async def work(item: int, means: str) -> tuple[int, str]:
        nonlocal together
        under_way[means] += 1
        assert under_way[means] == 1
        together = max(together, sum(under_way.values()))
        await asyncio.sleep(0.01 if item == 0 else 0)  # the first one ends last
        under_way[means] -= 1
        return item * item, means

    found = await streams.each(range(5), ["a", "b"], work)
    assert [square for square, _ in found] == [0, 1, 4, 9, 16]
    assert {means for _, means in found} == {"a", "b"}
    assert together == 2


async def test_each_ends_with_the_error_of_its_work(streams: ModuleType) -> None:
    async def work(item: int, _means: str) -> int:
        if item == 1:
            raise ValueError("no such task")
        return item

    with pytest.raises(ExceptionGroup, match="unhandled") as error:
        await streams.each(range(3), ["a"], work)
    assert error.group_contains(ValueError, match="no such task")


async def test_a_sandbox_runs_one_command_at_a_time(streams: ModuleType) -> None:
    class Sandbox:
        name = "stand-in"
        running = 0

        async def run(self, number: int) -> int:
            self.running += 1
            assert self.running == 1
            await asyncio.sleep(0)
            self.running -= 1
            return number

    alone = streams.OneAtATime(Sandbox())
    assert alone.name == "stand-in"
    assert await asyncio.gather(*(alone.run(number) for number in range(4))) == [0, 1, 2, 3]
