"""The embedded engine: llama.cpp's server in a child process that we start, watch and end.

The prompt is rendered and tokenized here and sent as tokens, so the count is exact by construction
and the server cannot reinterpret what people wrote. It does not know where weights come from.

The server finds a common prefix only within one slot. So before several answers to one task are
drawn at once, `share` reads their common beginning in the one slot that knows most of it, and gives
the others its KV cache by way of a file: for 28 kB per token a disk, or the cache of it in memory,
is a hundred times as fast as reading the prompt again on a CPU. The server's own way, `n_cmpl`,
copies in memory, but knows only answers to one request that end together, with seeds of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from time import monotonic
from typing import Any

from homesmith.core.errors import (
    EngineCrashed,
    EngineTimeout,
    EngineUnavailable,
    HomesmithError,
    PromptTooLong,
)
from homesmith.core.models import Model, ModelId, Profile
from homesmith.core.requests import Delta, Ended, Event, Failed, Reading, Request, Started, Usage
from homesmith.engines import machine
from homesmith.engines.gguf import read_header
from homesmith.engines.llamacpp_process import Child
from homesmith.engines.llamacpp_wire import READ_ONLY, Counted, body, refuse_invalid
from homesmith.engines.machine import EnginePlan
from homesmith.engines.pace import Pace, common_prefix, found_behind
from homesmith.engines.profiles import profile_for
from homesmith.engines.repetition import Repetition
from homesmith.engines.shelf import WORTH_TOKENS, Shelf
from homesmith.engines.slots import Slots
from homesmith.engines.templates import Piece, pieces

MOVED = 64
"""Tokens in a row that stand further behind in the cache are moved and not read again; what they
were read after is gone from the prompt then, so only turns of a conversation are moved."""

SLIDING = ".attention.sliding_window"
"""How the key of a header ends whose model attends to what is near only; it cannot be moved."""

REMEMBERED_PIECES = 4096
"""More than the turns of a conversation that fits the largest window."""


class LlamaCppEngine:
    """Implements core.engines.Engine. Starts its child at first use, and again after a crash.

    One engine belongs to one event loop; use it from a thread that lives as long as it does,
    because Linux ends a child when the thread that started it ends.
    """

    def __init__(
        self,
        model: Model,
        path: Path,
        plan: EnginePlan,
        *,
        start_seconds: float = 300,
        stall_seconds: float = 120,
        shelf: Shelf | None = None,
    ) -> None:
        self._model = model
        self._path = path
        self._plan = plan
        self._start_seconds = start_seconds
        self._stall_seconds = stall_seconds
        self._child: Child | None = None
        self._profile: Profile | None = None
        self._starting = asyncio.Lock()
        self._slots = Slots(plan.parallel, shelf)
        self._stopping: set[asyncio.Task[None]] = set()
        self._pace = Pace(plan.batch)
        self._moves = True
        self._tokens: OrderedDict[tuple[str, bool, bool], list[int]] = OrderedDict()

    @property
    def model(self) -> ModelId:
        return self._model.id

    @property
    def window(self) -> int:
        return self._plan.window

    @property
    def width(self) -> int:
        """As many requests at once as there are slots; the plan has them where that pays."""
        return self._plan.parallel

    @property
    def plan(self) -> EnginePlan:
        """What `doctor` shows: threads, window, batch."""
        return self._plan

    @property
    def pid(self) -> int:
        """The child's process id, 0 while there is none."""
        return self._child.pid if self._child is not None and self._child.alive else 0

    async def count(self, request: Request) -> int:
        """Exact tokens of the whole prompt. Raises EngineError kinds and InvalidText."""
        return len(await self._prompt(await self._running(), request))

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Started, Reading…, Delta…, then Ended or Failed; never raises."""
        slot = self._slots.choose(request.slot, request.conversation)
        try:
            async with (
                self._slots[slot].lock,
                contextlib.aclosing(self._answer(request, slot)) as events,
            ):
                async for event in events:
                    yield event
        except HomesmithError as error:
            if isinstance(error, EngineCrashed | EngineTimeout):
                await self._end_child()
            yield Failed(error=error)

    async def warm(self, request: Request) -> Usage:
        """Read the prompt without answering. Raises EngineError kinds and PromptTooLong.

        Cancelled, it stops within a second, and what was read stays.
        """
        slot = self._slots.choose(request.slot, request.conversation)
        async with self._slots[slot].lock:
            child, prompt = await self._ready(request)
            state = Counted(prompt_tokens=len(prompt), began=monotonic())
            try:
                async for _ in self._read(child, slot, prompt, request, state, last=False):
                    pass
            except (EngineCrashed, EngineTimeout):
                await self._end_child()
                raise
        return Usage(
            prompt_tokens=len(prompt),
            cached_tokens=len(prompt) if state.cached is None else state.cached,
            prompt_seconds=monotonic() - state.began,
        )

    async def share(self, requests: Sequence[Request]) -> None:
        """Read the common beginning of these prompts once, for all the slots they name.

        What a file does not spare is left to each slot: too short a beginning, or one it knows.
        """
        child = await self._running()
        prompts = [await self._prompt(child, request) for request in requests]
        common = reduce(lambda one, other: one[: common_prefix(one, other)], prompts)
        numbers = sorted({self._slots.choose(one.slot, one.conversation) for one in requests})
        async with contextlib.AsyncExitStack() as held:
            for number in numbers:  # in this order, so that two who share do not wait in a circle
                await held.enter_async_context(self._slots[number].lock)
            known = {at: common_prefix(common, self._slots[at].tokens) for at in numbers}
            source = max(numbers, key=lambda at: known[at])
            lacking = [at for at in numbers if len(common) - known[at] >= WORTH_TOKENS]
            if len(common) >= self.window or not set(lacking) - {source}:
                return
            try:
                await self._spread(child, common, source, lacking)
            except (EngineCrashed, EngineTimeout):
                await self._end_child()
                raise

    async def _spread(
        self, child: Child, common: list[int], source: int, lacking: Sequence[int]
    ) -> None:
        for number in {source, *lacking}:
            await self._slots.take(child, number, "", common)
        held = self._slots[source]
        place = common_prefix(common, held.tokens)
        while place < len(common):
            place = min(place + self._pace.tokens, len(common))
            held.hold(common[:place])
            timings = await child.read({**READ_ONLY, "prompt": common[:place], "id_slot": source})
            self._pace.learn(timings["prompt_n"], timings["prompt_ms"] / 1000)
        await self._slots.copy(child, source, [at for at in lacking if at != source])

    async def keep(self, conversation: str) -> str:
        """Keep what was read of a conversation for later processes; "" or why that failed."""
        slot = self._slots.holding(conversation)
        if slot is None:
            return ""
        async with self._slots[slot].lock:
            if self._child is None or not self._child.alive:
                return "the engine is not running"
            try:
                return await self._slots.keep(self._child, conversation)
            except (EngineCrashed, EngineTimeout) as error:
                await self._end_child()
                return error.message

    def drop(self, conversation: str) -> None:
        """Never keep what was read of a conversation up to now."""
        self._slots.drop(conversation)

    async def close(self) -> None:
        """End the child; the engine may be used again and then starts a new one."""
        if self._stopping:
            await asyncio.wait(self._stopping)
        async with self._starting:
            await self._end_child()

    async def _answer(self, request: Request, slot: int) -> AsyncGenerator[Event, None]:
        child, prompt = await self._ready(request)
        yield Started(model=self._model.id, prompt_tokens=len(prompt))
        state = Counted(prompt_tokens=len(prompt), began=monotonic())
        said = body(request, prompt, self._profile_stop())
        chunks = child.complete({**said, "id_slot": slot})
        try:
            async for reading in self._read(child, slot, prompt, request, state):
                yield reading
            async for event in self._write(chunks, request, state):
                yield event
        finally:
            if state.over or state.first_token:  # else only as far as it was read
                size = len(prompt) + state.answer_tokens
                self._slots[slot].hold(prompt + state.written, size)
            if not state.over:
                await self._stop(child, chunks, slot)
        if not state.over:
            yield Ended(reason="repetition", usage=state.usage())

    async def _stable(self, child: Child, request: Request, prompt: list[int]) -> int:
        """How many tokens of the prompt come from its stable messages; 0 if too few to keep."""
        if self._slots.shelf is None or not request.stable:
            return 0
        alone = replace(request, messages=request.messages[: request.stable], prefill="")
        shared = common_prefix(prompt, await self._prompt(child, alone))
        return shared if shared >= WORTH_TOKENS else 0

    async def _read(
        self,
        child: Child,
        slot: int,
        prompt: list[int],
        request: Request,
        state: Counted,
        *,
        last: bool = True,
    ) -> AsyncGenerator[Reading, None]:
        """Read the prompt, looking up after every stretch; `last`: the last one is the answer's.

        Without an answer the slot then holds this prompt and nothing behind it.
        """
        await self._slots.take(child, slot, request.conversation, prompt)
        head, held = await self._stable(child, request, prompt), self._slots[slot]
        place = held.known(prompt)
        missing = place < head
        if missing and await self._restored(child, slot, prompt[:head]):
            place, missing = head, False
        held.unsaved, held.recurs = True, len(prompt) if request.recurs else 0
        behind = found_behind(prompt, held.tokens, place, MOVED) if self._moves else 0
        if behind and request.conversation and not missing:
            place += behind
            held.hold(prompt[:place])
            moving = {**READ_ONLY, "prompt": prompt[:place], "n_cache_reuse": MOVED}
            timings = await child.read({**moving, "id_slot": slot})
            self._moves = timings["cache_n"] >= place - MOVED
            yield state.read(timings)
        while (
            missing
            or len(prompt) - place > self._pace.tokens
            or (not last and held.tokens != prompt)
        ):
            place = min(place + self._pace.tokens, len(prompt))
            if missing and place >= head:
                place = head
            held.hold(prompt[:place])
            timings = await child.read({**READ_ONLY, "prompt": prompt[:place], "id_slot": slot})
            self._pace.learn(timings["prompt_n"], timings["prompt_ms"] / 1000)
            if missing and place == head:
                missing = False
                await self._save(child, slot, prompt[:head])
            yield state.read(timings)

    async def _restored(self, child: Child, slot: int, head: list[int]) -> bool:
        """Whether the slot now holds this head because an earlier process had read it."""
        shelf = self._slots.shelf
        return shelf is not None and await self._slots.restore(child, slot, shelf.name(head), head)

    async def _save(self, child: Child, slot: int, head: list[int]) -> None:
        """Keep a head for later processes."""
        if self._slots.shelf is not None:
            await self._slots.save(child, slot, self._slots.shelf.name(head))

    async def _write(
        self, chunks: AsyncIterator[dict[str, Any]], request: Request, state: Counted
    ) -> AsyncGenerator[Event, None]:
        """Events of the last stretch and of the answer; returns early when it repeats itself."""
        watch = Repetition(request.repeat_limit)
        async for chunk in chunks:
            if chunk.get("stop"):
                state.over = True
                if chunk["content"]:
                    yield Delta(text=chunk["content"])
                yield state.ended(chunk)
                return
            event = state.event(chunk)
            if event is not None:
                yield event
            if isinstance(event, Delta) and watch.add(event.text):
                return
        raise EngineCrashed(
            "the engine died while it was answering",
            why="its answer has no end",
            remedy="try again: the next request starts it anew",
        )

    async def _ready(self, request: Request) -> tuple[Child, list[int]]:
        """A living child and the tokens to send; refuses what does not fit."""
        child = await self._running()
        prompt = await self._prompt(child, request)
        if len(prompt) + request.max_tokens > self.window:
            raise PromptTooLong(
                f"the prompt has {len(prompt)} tokens and the answer may have "
                f"{request.max_tokens}; {self._model.id} has a window of {self.window}",
                remedy=f"shorten the prompt by {len(prompt) + request.max_tokens - self.window} "
                "tokens, allow a shorter answer, or choose a model with a larger window",
            )
        return child, prompt

    async def _prompt(self, child: Child, request: Request) -> list[int]:
        assert self._profile is not None
        parts = pieces(request, self._profile)
        prompt: list[int] = []
        for number, part in enumerate(parts):
            prompt += await self._piece(child, part, first=number == 0)
        return prompt

    async def _piece(self, child: Child, piece: Piece, *, first: bool) -> list[int]:
        """Tokens of one piece, remembered: a conversation repeats all but its last turn."""
        key = (piece.text, piece.special, first)
        if (known := self._tokens.get(key)) is not None:
            self._tokens.move_to_end(key)
            return known
        refuse_invalid(piece.text)
        tokens = await child.tokenize(piece.text, special=piece.special, first=first)
        self._tokens[key] = tokens
        if len(self._tokens) > REMEMBERED_PIECES:
            self._tokens.popitem(last=False)
        return tokens

    def _profile_stop(self) -> tuple[str, ...]:
        return self._profile.stop if self._profile is not None else ()

    async def _running(self) -> Child:
        async with self._starting:
            if self._child is None or not self._child.alive:
                await self._end_child()
                self._child = await self._start()
            return self._child

    async def _start(self) -> Child:
        if not self._path.is_file():
            raise EngineUnavailable(
                f"the weights of {self._model.id} are not on this machine",
                why=f"{self._path} does not exist",
                remedy=f"homesmith models pull {self._model.id}",
            )
        tokens = self._plan.window * self._plan.parallel
        machine.refuse_if_too_large(self._model, tokens, machine.free_memory())
        if self._profile is None:
            header = await asyncio.to_thread(read_header, self._path)
            self._profile = profile_for(self._model, header.metadata)
            self._moves = not any(key.endswith(SLIDING) for key in header.metadata)
        return await Child.start(
            self._path,
            self._plan,
            start_seconds=self._start_seconds,
            stall_seconds=self._stall_seconds,
            saved=self._slots.shelf.folder if self._slots.shelf else None,
        )

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        self._slots.clear()
        if child is not None:
            await child.end()

    async def _stop(self, child: Child, chunks: AsyncGenerator[Any, None], slot: int) -> None:
        """Close the stream and see to it that the slot is idle, even if we are cancelled again."""
        task = asyncio.create_task(child.stop(chunks, slot))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        await asyncio.shield(task)
