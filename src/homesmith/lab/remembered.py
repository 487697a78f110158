"""An engine that answers the exact same request from what it kept, as it answered it then.

The same means: model, weights, engine, messages, sampling, limits, grammar, and the seed unless
the sampling is greedy. Only whole answers are kept. It does not know what the answers are for.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from homesmith.core.engines import Engine
from homesmith.core.models import ModelId
from homesmith.core.requests import Delta, Ended, Event, Request, Started, Usage
from homesmith.lab.ledger import Ledger


class RememberedEngine:
    """Implements core.engines.Engine around another one.

    `recalled` counts the answers that were not made anew, `spared` the seconds they had taken.
    `identity` names the weights and the engine's version.
    """

    def __init__(self, engine: Engine, ledger: Ledger, *, identity: str) -> None:
        self._engine = engine
        self._ledger = ledger
        self._identity = identity
        self._known: dict[str, dict[str, Any]] = {
            entry["request"]: entry for entry in ledger.entries() if _whole(entry)
        }
        self.recalled = 0
        self.spared = 0.0

    @property
    def model(self) -> ModelId:
        return self._engine.model

    @property
    def window(self) -> int:
        return self._engine.window

    async def count(self, request: Request) -> int:
        """As the engine counts."""
        return await self._engine.count(request)

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """The engine's own events, or Started, one Delta and Ended of the answer that was kept."""
        name = exact(self._identity, request)
        if (kept := self._known.get(name)) is not None:
            self.recalled += 1
            self.spared += kept["seconds"]
            usage = Usage(**kept["usage"])
            yield Started(model=self.model, prompt_tokens=usage.prompt_tokens)
            yield Delta(text=kept["text"])
            yield Ended(reason=kept["reason"], usage=usage)
            return
        began, pieces = time.monotonic(), list[str]()
        async with aclosing(self._engine.stream(request)) as events:
            async for event in events:
                if isinstance(event, Delta):
                    pieces.append(event.text)
                if isinstance(event, Ended):
                    self._keep(name, "".join(pieces), event, time.monotonic() - began)
                yield event

    async def close(self) -> None:
        """The engine around which this stands is closed by whoever opened it."""

    def _keep(self, name: str, text: str, ended: Ended, seconds: float) -> None:
        entry = {
            "request": name,
            "text": text,
            "reason": ended.reason,
            "usage": asdict(ended.usage),
            "seconds": round(seconds, 3),
        }
        self._known[name] = entry
        with contextlib.suppress(OSError):  # a full disk costs the next run time, this one nothing
            self._ledger.add(entry)


def exact(identity: str, request: Request) -> str:
    """A name that two requests share only when the answer to one is an answer to the other."""
    plain = {
        "identity": identity,
        "model": request.model,
        "messages": [(message.role, message.text) for message in request.messages],
        "max_tokens": request.max_tokens,
        "sampling": asdict(request.sampling),
        "prefill": request.prefill,
        "stop": request.stop,
        "json_schema": request.json_schema,
        "seed": request.seed if request.sampling.temperature > 0 else 0,
        "repeat_limit": request.repeat_limit,
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _whole(entry: dict[str, Any]) -> bool:
    """Whether a line is an answer that can be given again."""
    try:
        Usage(**entry["usage"])
        texts = isinstance(entry["request"], str) and isinstance(entry["text"], str)
        return texts and isinstance(entry["reason"], str) and float(entry["seconds"]) >= 0
    except (LookupError, TypeError, ValueError):
        return False
