"""Several tasks under way in one server, for machines that write more with many streams.

Each task has a slot of its own and asks exactly what it asks alone. What candidates do in the
sandbox is run one at a time and before the model's own threads, so that no time limit is missed
for want of a processor. Seconds that were measured so say nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from homesmith.core.engines import Engine
from homesmith.core.messages import user
from homesmith.core.models import ModelId
from homesmith.core.requests import Event, Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.studio import Studio

WINDOW = 4096
"""Tokens of a slot: more than any task with its answer."""
STALL_SECONDS = 1800.0
"""A prompt waits for those of all the others."""


Item = TypeVar("Item")
Means = TypeVar("Means")
Found = TypeVar("Found")


class OneSlot:
    """Implements core.engines.Engine: asks everything in one slot of another one."""

    def __init__(self, engine: LlamaCppEngine, slot: int) -> None:
        self._engine = engine
        self._slot = slot

    @property
    def model(self) -> ModelId:
        return self._engine.model

    @property
    def window(self) -> int:
        return self._engine.window

    async def count(self, request: Request) -> int:
        return await self._engine.count(replace(request, slot=self._slot))

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        return self._engine.stream(replace(request, slot=self._slot))

    async def close(self) -> None:
        """The engine is closed by whoever opened it."""


class OneAtATime:
    """A sandbox in which one command runs at a time."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self._free = asyncio.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    async def run(self, *given: Any, **named: Any) -> Any:
        async with self._free:
            return await self._sandbox.run(*given, **named)


@asynccontextmanager
async def engines(studio: Studio, name: ModelId, width: int) -> AsyncIterator[Sequence[Engine]]:
    """So many engines; they share one server, which loads now. One is the studio's own."""
    if width == 1:
        yield [studio.engine(name)]
        return
    model = studio.model(name)
    weights = studio.weights(model)
    assert weights is not None, f"homesmith models pull {name}"
    plan = replace(studio.plan(model), window=WINDOW, parallel=width, cache_mib=0)
    shared = LlamaCppEngine(model, weights, plan, stall_seconds=STALL_SECONDS)
    try:
        await shared.count(Request(model=name, messages=(user("Hello"),), max_tokens=1))
        for thread in Path(f"/proc/{shared.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), 10)
        yield [OneSlot(shared, slot) for slot in range(width)]
    finally:
        await shared.close()


async def each(
    items: Iterable[Item],
    having: Sequence[Means],
    work: Callable[[Item, Means], Awaitable[Found]],
) -> list[Found]:
    """What comes of every item, in their order; each of the means has one under way at a time."""
    waiting = deque(enumerate(items))
    found = dict[int, Found]()

    async def in_turn(means: Means) -> None:
        while waiting:
            number, item = waiting.popleft()
            found[number] = await work(item, means)

    async with asyncio.TaskGroup() as group:
        for means in having:
            group.create_task(in_turn(means))
    return [found[number] for number in sorted(found)]
