"""An agent as JSON Lines, and back: the same recall on another machine, by another program.

The first line says what it is; then a line per block with its history, and a line per memory with
its chunks and their vectors. Shared blocks become the agent's own.
"""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from homesmith.core.errors import InvalidText
from homesmith.core.memories import Block, BlockEdit, Chunk, Memory
from homesmith.memory.vectors import bits_of
from homesmith.store.database import Store
from homesmith.store.restoring import Restored, Vector

FORM = "homesmith-memory"
VERSION = 1


def exported(store: Store, name: str) -> Iterator[str]:
    """Everything an agent remembers, line by line. Raises UsageError when there is none."""
    agent = store.memories.agent(name)
    yield _line({"form": FORM, "version": VERSION, "agent": name})
    for block in store.blocks.all(agent):
        plain = asdict(block) | {
            "edits": list(map(asdict, store.blocks.history(agent, block.label)))
        }
        yield _line({"block": plain})
    page = store.memories.every(agent)
    while page:
        for memory in page:
            yield _line({"memory": asdict(memory) | {"chunks": _chunks(store, agent, memory.id)}})
        page = store.memories.every(agent, after=page[-1].id)


def imported(store: Store, lines: Iterable[str], name: str | None = None) -> tuple[str, int, int]:
    """Restore an agent under its own or another name: name, number of blocks, of memories.

    All of it or nothing. Raises InvalidText naming the line that cannot be read, UsageError when
    the name is taken.
    """
    numbered = _read(lines)
    _, head = next(numbered, (1, {}))
    if head.get("form") != FORM or head.get("version") != VERSION:
        raise InvalidText(
            "This is not an exported memory",
            why=f"its first line does not say {FORM}, version {VERSION}",
            remedy="homesmith memory export FILE --agent NAME",
        )
    rest = _Rest(numbered)
    agent = name or str(head.get("agent"))
    blocks, memories = store.restoring.agent(agent, rest.blocks(), rest.memories())
    return agent, blocks, memories


class _Rest:
    """The lines after the first: blocks, then memories."""

    def __init__(self, lines: Iterator[tuple[int, dict[str, Any]]]) -> None:
        self._lines = lines
        self._next: tuple[int, dict[str, Any]] | None = next(lines, None)

    def blocks(self) -> Iterator[tuple[Block, list[BlockEdit]]]:
        while self._next is not None and "block" in self._next[1]:
            number, value = self._next
            yield _checked(number, _block, value["block"])
            self._next = next(self._lines, None)

    def memories(self) -> Iterator[Restored]:
        while self._next is not None:
            number, value = self._next
            yield _checked(number, _memory, value)
            self._next = next(self._lines, None)


def _chunks(store: Store, agent: int, memory: int) -> list[dict[str, Any]]:
    pieces = store.memories.pieces_of(agent, memory)
    found = store.meanings.of([piece.chunk for piece in pieces])
    plain = []
    for piece in pieces:
        one: dict[str, Any] = {"start": piece.start, "stop": piece.stop, "head": piece.head}
        if piece.chunk in found:
            model, value = found[piece.chunk]
            one["vector"] = {"model": model, "value": base64.b64encode(value).decode()}
        plain.append(one)
    return plain


def _read(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _checked(number, _object, line)


def _object(line: str) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _checked(number: int, made: Any, given: Any) -> Any:
    """What `made` makes of `given`, or an error that names the line."""
    try:
        return made(given)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidText(
            f"Line {number} of the exported memory cannot be read",
            why=f"{type(error).__name__}: {error}",
            remedy="export it again; nothing was imported",
        ) from error


def _block(plain: dict[str, Any]) -> tuple[Block, list[BlockEdit]]:
    edits = [BlockEdit(**edit) for edit in plain["edits"]]
    given = _known(Block, plain) | {"shared_by": (), "version": 0}
    return Block(**given), edits


def _memory(line: dict[str, Any]) -> Restored:
    plain = line["memory"]
    memory = Memory(**(_known(Memory, plain) | {"tags": tuple(plain["tags"])}))
    readable = importlib.util.find_spec("numpy") is not None
    return Restored(
        memory=memory,
        chunks=[
            (
                Chunk(**_known(Chunk, chunk)),
                _vector(chunk["vector"]) if readable and "vector" in chunk else None,
            )
            for chunk in plain["chunks"]
        ],
    )


def _vector(plain: dict[str, str]) -> Vector:
    value = base64.b64decode(plain["value"], validate=True)
    return Vector(model=plain["model"], value=value, bits=bits_of(value))


def _known(kind: type[Any], plain: dict[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {name: value for name, value in plain.items() if name in names}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
