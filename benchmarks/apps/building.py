"""Build an app with `homesmith build`, as a person would, and read what it said about it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

from homesmith.core.errors import (
    EngineUnavailable,
    SandboxUnavailable,
    UnknownModel,
    WeightsError,
    by_code,
)
from homesmith.lab.trial import Construction

SLACK = 60.0
"""Seconds beyond its budget after which a build is ended: it should have ended itself."""


async def build_ours(place: Path, *, model: str, seed: int, minutes: float) -> Construction:
    """Run the builder on `place/prompt.md`, into the new folder `place/app`.

    It sees a copy of the prompt in a folder of its own: the tests are nowhere near. Raises the
    error of a build that never began, because it says nothing about the builder.
    """
    command = [
        *(sys.executable, "-m", "homesmith.doors.cli", "build"),
        *("--prompt-file", "prompt.md", "--into", "app", "--model", model, "--seed", str(seed)),
        *("--budget-minutes", str(minutes), "--yes", "--json", "--no-context"),
    ]
    began = monotonic()
    ended = await _run(command, place, minutes * 60 + SLACK)
    seconds = monotonic() - began
    events = read_events(place / "build.jsonl")
    refuse_no_measurement(events)
    said = construction(events, seconds)
    if ended:
        return said
    note = f"ended by force after {seconds:.0f} s"
    return Construction(
        seconds=seconds,
        prompt_tokens=said.prompt_tokens,
        answer_tokens=said.answer_tokens,
        note=note,
    )


def refuse_no_measurement(events: Sequence[dict[str, Any]]) -> None:
    """Raise the error of a build for which this machine lacks a model or a sandbox."""
    error = events[-1].get("error") if events else None
    if not isinstance(error, dict):
        return
    kind = by_code(str(error.get("code")))
    if issubclass(kind, UnknownModel | EngineUnavailable | WeightsError | SandboxUnavailable):
        raise kind(
            str(error.get("message")),
            why=str(error.get("why", "")),
            remedy=str(error.get("remedy", "")),
        )


def construction(events: Sequence[dict[str, Any]], seconds: float) -> Construction:
    """What the events of a build add up to; `seconds` is the wall time we measured ourselves."""
    last = events[-1] if events else {}
    tried = [event for event in events if event.get("event") == "candidate"]
    return Construction(
        seconds=seconds,
        prompt_tokens=sum(int(event.get("prompt_tokens", 0)) for event in tried),
        answer_tokens=sum(int(event.get("answer_tokens", 0)) for event in tried),
        claimed=last.get("event") == "finished" and last.get("passed") is True,
        note=_note(last),
    )


def read_events(path: Path) -> list[dict[str, Any]]:
    """Every JSON object of the log; other lines are left out."""
    return list(_objects(path)) if path.is_file() else []


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _note(last: dict[str, Any]) -> str:
    if last.get("event") == "finished":
        return ""
    error = last.get("error")
    if isinstance(error, dict):
        return f"{error.get('message', '')} {error.get('why', '')}".strip()
    return "the build ended without a last event"


async def _run(command: list[str], place: Path, limit: float) -> bool:
    """Whether the command ended by itself; one that does not is ended with all its children."""
    with _new(place / "build.jsonl") as out, _new(place / "build.err") as err:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=place,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            await asyncio.wait_for(process.wait(), limit)
        except TimeoutError:
            return False
        finally:
            await _end(process)
    return True


def _new(path: Path) -> BinaryIO:
    return path.open("wb")


async def _end(process: asyncio.subprocess.Process) -> None:
    for way, patience in ((signal.SIGINT, 15.0), (signal.SIGKILL, 15.0)):
        if process.returncode is not None:
            return
        try:
            os.killpg(process.pid, way)
            await asyncio.wait_for(process.wait(), patience)
        except (ProcessLookupError, TimeoutError):
            continue
