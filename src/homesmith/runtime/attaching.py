"""Give a question its material: shortened to the room there is, the originals kept before.

The engine counts the whole prompt with the model's own tokenizer; while that is too much, the
material gets less. What the texts are for, it does not know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homesmith.context.compression.handles import content
from homesmith.context.compression.packing import Material, Packed, least, pack
from homesmith.context.compression.values import Editable
from homesmith.core.engines import Engine
from homesmith.core.errors import PromptTooLong
from homesmith.core.requests import Request

TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A request with its material, and what became of each text; `tokens` is the exact prompt."""

    request: Request
    packed: Packed
    tokens: int


async def attach(
    engine: Engine,
    build: Callable[[str], Request],
    question: str,
    materials: Sequence[Material | Editable],
    most: int,
    keep: Callable[[bytes], str],
) -> Attached:
    """The request that `build` makes of the material and the question after it.

    The material takes at most `most` estimated tokens, and the prompt with its answer fits the
    window exactly. `keep` stores the bytes of each original that was shortened. Raises
    PromptTooLong when the question, and what must stay whole, leave no room.
    """
    bare = build(question)
    free = engine.window - bare.max_tokens - await engine.count(bare)
    budget = max(0, min(most, free))
    _refuse_too_long(await asyncio.to_thread(least, materials), most, free)
    for _ in range(TRIES):
        packed = await asyncio.to_thread(pack, materials, question, budget, best_last=True)
        request = build(_prompt(packed, question))
        tokens = await engine.count(request)
        over = tokens + request.max_tokens - engine.window
        if over <= 0:
            for one in packed.shortened:
                await asyncio.to_thread(keep, content(one.original))
            return Attached(request=request, packed=packed, tokens=tokens)
        budget = max(0, min(budget - over, int(budget * 0.9)))
    raise PromptTooLong(
        "The material does not fit the model's window",
        why=f"{tokens} tokens, and {engine.window} are there for prompt and answer",
        remedy="give less of it, or use a model with a larger window",
    )


def _refuse_too_long(needed: int, most: int, free: int) -> None:
    """What must stay whole may be too much for the window, or only for what the person allows."""
    if needed > max(0, free):
        raise PromptTooLong(
            f"What shall stay whole needs {needed} tokens",
            why=f"{max(0, free)} are free for it in the model's window",
            remedy="give less of it, or use a model with a larger window",
        )
    if needed > most:
        raise PromptTooLong(
            f"What shall stay whole needs {needed} tokens",
            why=f"--material-tokens allows {most}; {free} are free for it in the model's window",
            remedy=f"--material-tokens {needed}, or give less of it",
        )


def _prompt(packed: Packed, question: str) -> str:
    return f"{packed.context.text}\n\n{question}" if packed.context.text else question
