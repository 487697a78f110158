"""Who holds which slot of a child, and what each slot has read: one slot per conversation.

A slot that somebody else needs is kept on disk first, and so is a prompt that comes again, until
the child ends. It does not know requests or answers; what cannot be kept costs time, nothing else.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from homesmith.core.errors import EngineCrashed, EngineTimeout, HomesmithError
from homesmith.engines.llamacpp_process import Child
from homesmith.engines.llamacpp_wire import READ_ONLY
from homesmith.engines.pace import common_prefix
from homesmith.engines.shelf import WORTH_TOKENS, Shelf

COPY = -1
"""No token: the file of a copy never has the name of a head that is kept."""
ASIDE, WORTH_ASIDE = 4, 64
"""So many prompts are set aside at most, and only where that spares reading so many tokens: half a
second and more, against some hundredths for the file."""


@dataclass(slots=True, kw_only=True)
class Slot:
    """One slot: the tokens in its KV cache, and the conversation they belong to, "" for none.

    `size` is larger than their number where an answer goes on that was not told token by token.
    `saved`: the tokens of the file that holds what it read of the conversation. `recurs`: so many
    of its first tokens are a prompt that comes again.
    """

    tokens: list[int] = field(default_factory=list)
    size: int = 0
    owner: str = ""
    unsaved: bool = False
    saved: list[int] = field(default_factory=list)
    used: int = 0
    recurs: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hold(self, tokens: list[int], size: int = 0) -> None:
        """This is in its KV cache now."""
        self.tokens, self.size = tokens, size

    def known(self, prompt: list[int]) -> int:
        """How many tokens of a prompt it holds; at most so many where that is not told."""
        same = common_prefix(prompt, self.tokens)
        return min(len(prompt), max(same, self.size)) if same == len(self.tokens) else same


class Slots:
    """The slots of one engine. Whoever works with a slot holds its lock."""

    def __init__(self, number: int, shelf: Shelf | None) -> None:
        self._slots = [Slot() for _ in range(number)]
        self._shelf = shelf
        self._turn = count(1)
        self._aside: OrderedDict[str, list[int]] = OrderedDict()

    def __getitem__(self, number: int) -> Slot:
        return self._slots[number]

    @property
    def shelf(self) -> Shelf | None:
        return self._shelf

    def choose(self, wanted: int, conversation: str) -> int:
        """The slot of a conversation, else the one unused for longest; `wanted` for others."""
        number = wanted % len(self._slots)
        if conversation:
            held = self.holding(conversation)
            number = self._oldest() if held is None else held
        self._slots[number].used = next(self._turn)
        return number

    def holding(self, conversation: str) -> int | None:
        """The slot that holds this conversation now."""
        owners = [slot.owner for slot in self._slots]
        return owners.index(conversation) if conversation in owners else None

    def clear(self) -> None:
        """The child is gone, and with it all that was read."""
        for slot in self._slots:
            slot.hold([])
            slot.owner, slot.unsaved, slot.saved, slot.recurs = "", False, [], 0
        for name in list(self._aside):
            self._let_go(name)

    async def take(
        self, child: Child, number: int, conversation: str, prompt: Sequence[int]
    ) -> None:
        """Make the slot that conversation's; what it held is kept, what was kept comes back.

        Raises EngineCrashed, EngineTimeout.
        """
        slot = self._slots[number]
        if slot.owner and slot.owner != conversation:
            await self.keep(child, slot.owner)
        elif slot.recurs:
            await self._set_aside(child, number, list(prompt))
        if slot.owner != conversation:
            slot.unsaved, slot.saved = False, []
        if not conversation:
            await self._fetch(child, number, list(prompt))
        elif slot.owner != conversation:
            await self._bring_back(child, number, conversation, list(prompt))
        slot.owner, slot.recurs = conversation, 0
        while len(self._aside) > ASIDE:
            self._let_go(next(iter(self._aside)))

    async def keep(self, child: Child, conversation: str) -> str:
        """Save what was read of a conversation; "" or why not. Raises as `take`."""
        number = self.holding(conversation)
        if self._shelf is None:
            return "there is no place to keep it"
        if number is None or not self._slots[number].unsaved:
            return ""
        slot = self._slots[number]
        if len(slot.tokens) < WORTH_TOKENS:
            return ""
        await self._settle(child, number)
        name = self._shelf.of(conversation)
        if not await self.save(child, number, name):
            return "the engine could not save it, or the disk is full"
        if slot.owner != conversation:  # some of it was forgotten meanwhile
            self._shelf.drop(name)
            return ""
        slot.unsaved, slot.saved = False, self._shelf.tokens(name)
        if slot.saved:
            slot.hold(slot.saved)
        return ""

    def drop(self, conversation: str) -> None:
        """Let what a slot read of it belong to nobody; the file that it made of it goes too.

        The file of another process, which has gone on with the conversation, stays.
        """
        number = self.holding(conversation)
        if number is None:
            return
        slot = self._slots[number]
        if self._shelf is not None:
            name = self._shelf.of(conversation)
            if slot.saved and self._shelf.tokens(name) == slot.saved:
                self._shelf.drop(name)
        slot.owner, slot.unsaved, slot.saved, slot.recurs = "", False, [], 0

    async def restore(self, child: Child, number: int, name: str, tokens: list[int]) -> bool:
        """Whether the slot now holds these tokens because they had been kept. Raises as `take`."""
        assert self._shelf is not None
        if not self._shelf.holds(name):
            return False
        try:
            if await child.restore(number, name) == len(tokens):
                self._slots[number].hold(tokens)
                return True
        except (EngineCrashed, EngineTimeout):
            self._shelf.drop(name)
            raise
        except HomesmithError:
            pass
        self._shelf.drop(name)
        self._slots[number].hold([])
        return False

    async def save(self, child: Child, number: int, name: str) -> bool:
        """Keep what the slot holds for later processes; without room on the disk nothing is."""
        assert self._shelf is not None
        try:
            await child.save(number, self._shelf.draft(name))
        except (EngineCrashed, EngineTimeout):
            raise
        except (HomesmithError, OSError):
            self._shelf.drop(name)
            return False
        await asyncio.to_thread(self._shelf.keep, name)
        return True

    async def copy(self, child: Child, source: int, targets: Sequence[int]) -> None:
        """Let other slots hold what this one has read, by a file that goes at once.

        Without a shelf, or room on the disk, they read it themselves. Raises as `take`.
        """
        if self._shelf is None:
            return
        name = self._shelf.name([COPY, *self._slots[source].tokens])
        if not await self.save(child, source, name):
            return
        tokens = await asyncio.to_thread(self._shelf.tokens, name)
        try:
            for number in targets:
                await self.restore(child, number, name, tokens)
        finally:
            self._shelf.drop(name)

    async def _bring_back(
        self, child: Child, number: int, conversation: str, prompt: list[int]
    ) -> None:
        """Load the conversation's file where it spares more reading than the slot itself does."""
        slot = self._slots[number]
        if self._shelf is None:
            return
        name = self._shelf.of(conversation)
        kept = await asyncio.to_thread(self._shelf.tokens, name)
        if common_prefix(prompt, kept) > common_prefix(prompt, slot.tokens) and await self.restore(
            child, number, name, kept
        ):
            slot.saved = kept

    async def _set_aside(self, child: Child, number: int, prompt: list[int]) -> None:
        """Save the prompt that comes again, where another one takes its place. Raises as `take`."""
        recurring = self._slots[number].tokens[: self._slots[number].recurs]
        if (
            self._shelf is None
            or len(recurring) - common_prefix(prompt, recurring) < WORTH_ASIDE
            or any(known[: len(recurring)] == recurring for known in self._aside.values())
            or (name := self._shelf.aside(recurring)) in self._aside
        ):
            return
        self._aside[name] = []  # another slot that holds the same does not write it, too
        try:
            if await self.save(child, number, name):
                known = await asyncio.to_thread(self._shelf.tokens, name)
                if name in self._aside:  # else the child has ended meanwhile
                    self._aside[name] = known
        finally:
            if not self._aside.get(name):
                self._let_go(name)

    async def _fetch(self, child: Child, number: int, prompt: list[int]) -> None:
        """Load what was set aside, where it spares reading this prompt. Raises as `take`."""
        spared = {name: common_prefix(prompt, known) for name, known in self._aside.items()}
        name = max(spared, key=spared.__getitem__, default="")
        if not name or spared[name] - self._slots[number].known(prompt) < WORTH_ASIDE:
            return
        if not await self.restore(child, number, name, self._aside[name]):
            self._let_go(name)
        elif name in self._aside:  # else another slot has let it go meanwhile
            self._aside.move_to_end(name)

    def _let_go(self, name: str) -> None:
        assert self._shelf is not None
        self._aside.pop(name, None)
        self._shelf.drop(name)

    async def _settle(self, child: Child, number: int) -> None:
        """Have the last token of an answer read, too, so that a restored slot can go on behind it.

        A model with a sliding window goes on only where the server made a checkpoint, and it makes
        one where it reads, not where it writes. Raises as `take`.
        """
        slot = self._slots[number]
        if slot.size > len(slot.tokens):  # what it holds is not told
            return
        try:
            await child.read({**READ_ONLY, "prompt": slot.tokens, "id_slot": number})
        except (EngineCrashed, EngineTimeout):
            raise
        except HomesmithError:  # the window is full to the last token
            pass

    def _oldest(self) -> int:
        return min(range(len(self._slots)), key=lambda at: self._slots[at].used)
