"""What a request costs more through Homesmith than sent straight to the engine's child.

    overhead.py [--model smollm2:135m] [--pairs 200]

Both ways ask the same of the same slot, turn about, with a prompt that was read before and an
answer of a few tokens, so that what differs is our own work. The straight way sends the very body
that the engine sends, over the standard library's client. Wall time in milliseconds; run it on a
quiet machine.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import statistics
from time import perf_counter
from typing import Any
from unittest import mock

from homesmith.core.engines import fold
from homesmith.core.messages import system, user
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.llamacpp_process import Child
from homesmith.settings import load
from homesmith.studio import Studio

WORDS = "The house stands on the hill, and its door is open. " * 20


async def measure(model: str, pairs: int, tokens: int) -> list[tuple[float, float]]:
    """Milliseconds of each pair: through Homesmith, straight."""
    async with Studio(load({"model": model}, os.environ)) as studio:
        engine = studio.engine(ModelId(model))
        assert isinstance(engine, LlamaCppEngine)
        request = Request(
            model=ModelId(model),
            messages=(system("You are brief."), user(f"{WORDS}\nGo on.")),
            max_tokens=tokens,
        )
        child = await _started(engine, request)
        with mock.patch.object(child, "complete", wraps=child.complete) as sent:
            await fold(engine.stream(request))
        body = json.dumps(sent.call_args.args[0]).encode()
        client = child._client  # noqa: SLF001 - its address and key
        found = []
        for number in range(pairs):
            both = [0.0, 0.0]
            for way in (0, 1) if number % 2 else (1, 0):
                began = perf_counter()
                if way:
                    await asyncio.to_thread(_straight, client, body)
                else:
                    await fold(engine.stream(request))
                both[way] = (perf_counter() - began) * 1000
            found.append((both[0], both[1]))
        return found


async def _started(engine: LlamaCppEngine, request: Request) -> Child:
    await fold(engine.stream(request))
    child = engine._child  # noqa: SLF001 - the child itself is what is measured against
    assert child is not None
    return child


def _straight(client: Any, body: bytes) -> None:
    """The request without anything of ours around it, read to its end."""
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port)
    headers = {
        "Authorization": client.headers["Authorization"],
        "Content-Type": "application/json",
    }
    connection.request("POST", "/completion", body, headers)
    answer = connection.getresponse().read()
    connection.close()
    assert b'"stop":true' in answer, answer[-300:]


def main() -> None:
    """Print the medians and what lies between."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=4)
    given = parser.parse_args()
    found = asyncio.run(measure(given.model, given.pairs, given.tokens))
    ours, straight = ([pair[way] for pair in found] for way in (0, 1))
    more = sorted(one - other for one, other in found)
    print(f"through Homesmith: median {statistics.median(ours):.1f} ms")
    print(f"straight:          median {statistics.median(straight):.1f} ms")
    print(
        f"difference: median {statistics.median(more):.2f} ms, "
        f"middle half {more[len(more) // 4]:.2f} to {more[len(more) * 3 // 4]:.2f} ms, "
        f"{len(found)} pairs, answers of {given.tokens} tokens"
    )


if __name__ == "__main__":
    main()
