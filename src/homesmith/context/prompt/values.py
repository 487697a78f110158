"""What the prompt of a conversation is made of, in the order in which a model reads it.

The head: instructions, what stands of the person, memory blocks. Then turns, each with what was
brought along for it. Nothing here changes once it was sent, but for a rebuild.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A text that a model always sees, such as a memory block. `label` says which."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text brought along for one message. `key` tells whether it stands in the prompt already.

    `source`, `tokens` and `why` are for people.
    """

    key: str
    source: str
    text: str
    tokens: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request and its answer that stand before a message, for the model to do likewise.

    `key` tells whether it stands in the prompt already; `source` is for people.
    """

    key: str
    source: str
    asked: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a model wrote to call tools, letter for letter, and what it was told of them.

    `told` is for people: each call with what came of it.
    """

    said: str
    result: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message, what stood before it, the calls of tools that it took, and its answer.

    `day` is said only where it is another day than before, `summary` where older turns were taken
    out for this one. `memories` are the numbers under which both sides are remembered, and what
    was kept by a call.
    """

    said: str
    answered: str = ""
    day: str = ""
    notes: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    examples: tuple[Example, ...] = ()
    memories: tuple[int, ...] = ()
    calls: tuple[Exchange, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A conversation as its model reads it.

    `standing` is the snapshot in the head, `told` what the model knows since by notes. `summary`
    stands for turns that were taken out before the first of `turns`, and may speak of memories up
    to the one numbered `summed`. `last` is the newest memory that was looked at, `epoch` counts
    rebuilds.
    """

    instructions: str = ""
    standing: tuple[Standing, ...] = ()
    told: tuple[Standing, ...] = ()
    summary: str = ""
    summed: int = 0
    turns: tuple[Turn, ...] = ()
    day: str = ""
    last: int = 0
    epoch: int = 0

    @property
    def memories(self) -> frozenset[int]:
        """The numbers of everything that is said in the prompt."""
        return frozenset(number for turn in self.turns for number in turn.memories)

    @property
    def passages(self) -> frozenset[str]:
        """The keys of everything that was brought along and still stands in the prompt."""
        return frozenset(passage.key for turn in self.turns for passage in turn.passages)

    @property
    def examples(self) -> frozenset[str]:
        """The keys of all examples that still stand in the prompt."""
        return frozenset(example.key for turn in self.turns for example in turn.examples)


def begun(instructions: str, standing: tuple[Standing, ...], last: int = 0) -> Layout:
    """A conversation in which nothing was said yet."""
    return Layout(instructions=instructions, standing=standing, told=standing, last=last)


def joined(*summaries: str) -> str:
    """What stands for what was said, one after the other."""
    return "\n".join(text for text in summaries if text)


def last_day(turns: Sequence[Turn]) -> str:
    """The day that was said last, "" where none was."""
    return next((turn.day for turn in reversed(turns) if turn.day), "")


def without_last(layout: Layout) -> Layout:
    """The conversation before its last turn; notes that went with it are to be said again.

    A summary that may speak of the turn goes too.
    """
    *before, gone = layout.turns
    spoken = layout.summed >= max(gone.memories, default=layout.summed + 1)
    return replace(
        layout,
        summary="" if spoken else joined(layout.summary, gone.summary),
        turns=tuple(before),
        day=last_day(before),
        told=layout.standing if gone.notes or gone.calls else layout.told,
    )
