"""An agent as JSON Lines, and back: the same recall on another machine, by another program.

The first line says what it is; then a line per block with its history, per job, per memory with
its chunks and their vectors, and per proposal. The last line says how many come before it, so that
a file that was cut is known. Shared blocks become the agent's own; numbers are given anew.
"""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace
from typing import Any

from homesmith.core.errors import InvalidText
from homesmith.core.learning import STEPS, Job, Proposal
from homesmith.core.memories import Block, BlockEdit, Chunk, Memory
from homesmith.memory.names import typed
from homesmith.memory.times import kept
from homesmith.memory.vectors import bits_of
from homesmith.store.database import Store
from homesmith.store.restoring import Restored, Vector

FORM = "homesmith-memory"
VERSION = 3
READABLE = (1, 2, VERSION)
"""The first version knew neither jobs nor proposals; before the third no last line told the end."""
ANOTHER = "give another name: --as NAME"
COUNTED = 3
"""The version from which on the last line says how many come before it."""


def exported(store: Store, name: str) -> Iterator[str]:
    """Everything an agent remembers, line by line. Raises UsageError when there is none."""
    lines = 0
    for plain in _told(store, name):
        lines += 1
        yield json.dumps(plain, ensure_ascii=False)
    yield json.dumps({"end": {"lines": lines}})


def imported(store: Store, lines: Iterable[str], name: str | None = None) -> tuple[str, int, int]:
    """Restore an agent under its own or another name: name, number of blocks, of memories.

    All of it or nothing: not from a file that ends before its last line, but for one of an older
    version, which has none. Times become those of UTC; one without an offset is taken for one of
    UTC. Raises InvalidText naming the line that cannot be read, UsageError when the name is taken
    or cannot be one.
    """
    numbered = _read(lines)
    _, head = next(numbered, (1, {}))
    if head.get("form") != FORM or head.get("version") not in READABLE:
        raise InvalidText(
            "This is not an exported memory",
            why=f"its first line does not say {FORM}, version {VERSION} or older",
            remedy="homesmith memory export FILE --agent NAME",
        )
    rest = _Rest(numbered, counted=head["version"] >= COUNTED)
    agent = typed(str(head.get("agent")) if name is None else name, remedy=ANOTHER)
    blocks, memories = store.restoring.agent(
        agent, rest.blocks(), rest.memories(), rest.jobs(), rest.proposals()
    )
    return agent, blocks, memories


def _told(store: Store, name: str) -> Iterator[dict[str, Any]]:
    """The lines before the last one."""
    agent = store.memories.agent(name)
    yield {"form": FORM, "version": VERSION, "agent": name}
    for block in store.blocks.all(agent):
        edits = list(map(asdict, store.blocks.history(agent, block.label)))
        yield {"block": asdict(block) | {"edits": edits}}
    for job in store.jobs.all(agent):
        yield {"job": asdict(job)}
    page = store.memories.every(agent)
    while page:
        numbers = [memory.id for memory in page]
        jobs, sources = store.jobs.of(numbers), store.facts.sources(numbers)
        for memory in page:
            plain = asdict(memory) | {"chunks": _chunks(store, agent, memory.id)}
            linked = {"job": jobs.get(memory.id), "sources": sources.get(memory.id, ())}
            yield {"memory": plain | linked}
        page = store.memories.every(agent, after=page[-1].id)
    for state in ("open", "refused"):
        for proposal in store.proposals.all(agent, state):
            yield {"proposal": asdict(proposal) | {"state": state}}


class _Rest:
    """The lines after the first: blocks, jobs, memories, proposals. Any other is an error.

    `counted` says that the last one tells how many come before it.
    """

    def __init__(self, lines: Iterator[tuple[int, dict[str, Any]]], *, counted: bool) -> None:
        self._lines = lines
        self._counted = counted
        self._read = 1
        self._next: tuple[int, dict[str, Any]] | None = next(lines, None)

    def blocks(self) -> Iterator[tuple[Block, list[BlockEdit]]]:
        return self._of("block", _block)

    def jobs(self) -> Iterator[Job]:
        return self._of("job", _job)

    def memories(self) -> Iterator[Restored]:
        return self._of("memory", _memory)

    def proposals(self) -> Iterator[tuple[Proposal, str]]:
        yield from self._of("proposal", _proposal)
        read = self._read
        ends = list(self._of("end", _lines_before)) if self._counted else []
        if self._next is not None:
            _checked(self._next[0], _nothing, self._next[1])
        if self._counted and ends != [read]:
            told = f"its last line speaks of {ends[-1]}" if ends else "its last line is not there"
            raise InvalidText(
                "Lines of the exported memory are missing, or too many",
                why=f"{read} were read, and {told}; nothing was imported",
                remedy="copy the file again, or export the agent again",
            )

    def _of(self, kind: str, made: Any) -> Iterator[Any]:
        while self._next is not None and kind in self._next[1]:
            number, value = self._next
            yield _checked(number, made, value[kind])
            self._read += 1
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
            remedy="correct this line, or export again; nothing was imported",
        ) from error


def _block(plain: dict[str, Any]) -> tuple[Block, list[BlockEdit]]:
    edits = [BlockEdit(**edit) for edit in plain["edits"]]
    given = _known(Block, plain) | {"shared_by": (), "version": 0}
    typed(given["label"])
    return Block(**given), edits


def _job(plain: dict[str, Any]) -> Job:
    job = Job(**_known(Job, plain))
    if job.step not in STEPS or job.state not in ("open", "done", "told"):
        raise ValueError(f"no job is {job.state} at {job.step}")
    return replace(job, report={str(what): int(job.report[what]) for what in job.report})


def _proposal(plain: dict[str, Any]) -> tuple[Proposal, str]:
    given = _known(Proposal, plain) | {"sources": tuple(map(int, plain["sources"]))}
    given["at"] = kept(plain["at"])
    if plain["state"] not in ("open", "refused"):
        raise ValueError(f"no proposal is {plain['state']}")
    return Proposal(**given), plain["state"]


def _lines_before(plain: dict[str, Any]) -> int:
    return int(plain["lines"])


def _nothing(value: dict[str, Any]) -> None:
    raise ValueError(f"nothing is called {', '.join(map(str, value))[:40]!r} here")


def _memory(plain: dict[str, Any]) -> Restored:
    given = _known(Memory, plain) | {"tags": tuple(plain["tags"]), "at": kept(plain["at"])}
    if plain.get("until"):
        given["until"] = kept(plain["until"])
    memory = Memory(**given)
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
        job=plain.get("job"),
        sources=tuple(map(int, plain.get("sources", ()))),
    )


def _vector(plain: dict[str, str]) -> Vector:
    value = base64.b64decode(plain["value"], validate=True)
    return Vector(model=plain["model"], value=value, bits=bits_of(value))


def _known(kind: type[Any], plain: dict[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {name: value for name, value in plain.items() if name in names}
