"""Whether several answers at once pay here: tokens/s in total of 1, 2 and 4 streams, measured once.

On two CPU cores four streams wrote 16 to 25 tokens/s in total where one wrote 27; a GPU writes four
as fast as one. So it is measured, once for each model, engine version and machine, and kept in one
small file. A busy machine tells nothing about itself: a lone stream suffers most there, so several
seem to pay. What was measured on one is kept as unsteady, and means one at a time.
It does not know who draws several answers, nor when there is time to measure.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from homesmith.core.errors import WorkspaceError
from homesmith.core.messages import user
from homesmith.core.models import Model
from homesmith.core.requests import Delta, Failed, Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.machine import EnginePlan, accelerators, busy

ORDER = (1, 2, 1, 4, 1)
PAYS = 1.3
"""Fewer are not worth it: answers that turn out not to be needed take their part of the speed."""
SECONDS, FEWEST, MOST = 0.7, 8, 64
"""One stream writes for about so long, between 8 and 64 tokens; each of several writes as much."""
AT_MOST_SECONDS = 30
WINDOW = 512
PROMPT = "Write a long story about a lighthouse, its keeper and the sea, in many chapters."


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What was measured: tokens/s in total by the number of streams, and when.

    `key` says of what: weights, engine version, threads and accelerators. Not `steady`: it failed,
    or the machine was busy.
    """

    key: str
    speeds: Mapping[int, float]
    at: str
    steady: bool = True

    @property
    def width(self) -> int:
        """The number that writes most tokens/s, 1 unless it is at least 1.3 times as fast."""
        alone = self.speeds.get(1, 0.0) if self.steady else 0.0
        worth = [count for count, speed in self.speeds.items() if speed >= PAYS * alone > 0]
        return max(worth, key=lambda count: (self.speeds[count], -count), default=1)


def key_of(model: Model, version: str, threads: int) -> str:
    """What the speeds depend on; a change of any of it is another key."""
    beside = accelerators() or ("no accelerator",)
    return " ".join((model.sha256, version, f"{threads} threads", *beside))


def kept(file: Path, key: str) -> Streams | None:
    """What was measured for this key; None if nothing was, or the file cannot be read."""
    try:
        found = _all(file)[key]
        speeds = {int(count): float(speed) for count, speed in found["speeds"].items()}
        return Streams(key=key, speeds=speeds, at=str(found["at"]), steady=found["steady"] is True)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def keep(file: Path, measured: Streams) -> None:
    """Write it beside what was measured for other keys. Raises WorkspaceError."""
    found = {**_all(file), measured.key: asdict(measured)}
    unfinished = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        os.replace(unfinished, file)
    except OSError as error:
        raise WorkspaceError(
            f"{file} cannot be written", why=str(error), remedy="homesmith doctor"
        ) from error


def unmeasured(key: str) -> Streams:
    """That it was tried, and failed."""
    return Streams(key=key, speeds={}, at=now(), steady=False)


async def measure(model: Model, path: Path, plan: EnginePlan, key: str) -> Streams:
    """Load the model with four small slots, let 1, 2 and 4 streams write. Some seconds.

    One stream is measured before, between and after the others, and counts as fast as it was at its
    best; where it was not always as fast, the machine was busy. Raises EngineError kinds.
    """
    was_busy = busy()
    small = replace(plan, window=WINDOW, parallel=max(ORDER), cache_mib=0)
    engine = LlamaCppEngine(model, path, small)
    try:
        await engine.count(_request(engine, 0, 1))  # which loads it
        async with asyncio.timeout(AT_MOST_SECONDS):
            first = await _speed(engine, 1, FEWEST)
            tokens = max(FEWEST, min(MOST, int(first * SECONDS)))
            found = [(count, await _speed(engine, count, tokens)) for count in ORDER]
    except TimeoutError:
        return unmeasured(key)
    finally:
        await engine.close()
    alone = [speed for count, speed in found if count == 1]
    speeds = {**dict(found), 1: max(alone)}
    return Streams(
        key=key,
        speeds={count: round(speeds[count], 1) for count in sorted(speeds)},
        at=now(),
        steady=not was_busy and max(alone) <= PAYS * min(alone),
    )


def now() -> str:
    """The time as it is kept."""
    return datetime.now(UTC).isoformat(timespec="seconds")


async def _speed(engine: LlamaCppEngine, count: int, tokens: int) -> float:
    """Tokens/s in total of so many streams, from when all have read until the first one ends."""
    requests = [_request(engine, slot, tokens) for slot in range(count)]
    for request in requests:
        await engine.warm(request)
    began, written, ended = monotonic(), [0] * count, list[float]()
    async with asyncio.TaskGroup() as group:
        for request in requests:
            group.create_task(_write(engine, request, written, ended))
    return ended[0] / max(ended[1] - began, 1e-3)


async def _write(
    engine: LlamaCppEngine, request: Request, written: list[int], ended: list[float]
) -> None:
    """Write to the end; the first to do so puts down how much all have written, and when."""
    async with aclosing(engine.stream(request)) as events:
        async for event in events:
            if isinstance(event, Failed):
                raise event.error
            written[request.slot] += isinstance(event, Delta)
    if not ended:
        ended += sum(written), monotonic()


def _request(engine: LlamaCppEngine, slot: int, tokens: int) -> Request:
    return Request(
        model=engine.model,
        messages=(user(PROMPT),),
        max_tokens=tokens,
        slot=slot,
        repeat_limit=WINDOW,
    )


def _all(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
