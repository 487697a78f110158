"""What one process has read of a prompt's head, the next one does not read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from homesmith.core.messages import system, user
from homesmith.core.models import Model
from homesmith.core.requests import Ended, Request
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.machine import EnginePlan
from homesmith.engines.shelf import Shelf, weights_identity

PLAN = EnginePlan(threads=2, window=2048, batch=64, cache_mib=0)
RULES = " ".join(f"Rule {number}: say nothing about the number {number}." for number in range(30))


def put(shelf: Shelf, name: str, size: int = 100) -> None:
    (shelf.folder / shelf.draft(name)).write_bytes(b"x" * size)
    shelf.keep(name)


def used_at(shelf: Shelf, name: str, second: int) -> None:
    os.utime(shelf.folder / name, (second, second))


def test_the_least_recently_used_file_makes_room(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights", limit_bytes=250)
    for second, name in enumerate(("a.kv", "b.kv"), start=1):
        put(shelf, name)
        used_at(shelf, name, second)
    assert shelf.holds("a.kv")
    put(shelf, "c.kv")
    assert {file.name for file in tmp_path.iterdir()} == {"a.kv", "c.kv"}


def test_the_newest_file_stays_even_when_it_is_too_large(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights", limit_bytes=1)
    put(shelf, "large.kv")
    assert shelf.holds("large.kv")


def test_other_weights_or_tokens_have_other_names(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path, identity="weights")
    names = {shelf.name([1, 23]), shelf.name([12, 3]), shelf.name([1]), shelf.name([])}
    assert len(names) == 4
    assert shelf.name([1]) != Shelf(folder=tmp_path, identity="others").name([1])


async def answered(model: Model, weights: Path, shelf: Shelf, question: str) -> Ended:
    """One question to an engine of its own, as a command line would ask it."""
    engine = LlamaCppEngine(model, weights, PLAN, shelf=shelf)
    request = Request(
        model=model.id, messages=(system(RULES), user(question)), max_tokens=4, stable=1
    )
    try:
        events = [event async for event in engine.stream(request)]
    finally:
        await engine.close()
    assert isinstance(events[-1], Ended), events[-1]
    return events[-1]


@pytest.mark.model
async def test_a_second_process_reads_only_what_is_new(
    tmp_path: Path, smollm2: Model, smollm2_path: Path
) -> None:
    shelf = Shelf(folder=tmp_path / "read", identity=weights_identity(smollm2_path, "1"))
    first = await answered(smollm2, smollm2_path, shelf, "Which number do you like?")
    second = await answered(smollm2, smollm2_path, shelf, "And which one do you not like?")
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens > 400
    assert second.usage.prompt_tokens - second.usage.cached_tokens < 40
    (kept,) = shelf.folder.iterdir()

    kept.write_bytes(kept.read_bytes()[:1000])
    third = await answered(smollm2, smollm2_path, shelf, "Half a file is no file.")
    assert third.usage.cached_tokens == 0
    assert [file.stat().st_size > 1000 for file in shelf.folder.iterdir()] == [True]
