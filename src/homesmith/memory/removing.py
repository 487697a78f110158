"""Take what shall not be known any more out of one agent's memory, and say what went.

What engines keep goes for those agents alone whose prompts may hold it. A copy of the store holds
all agents, so backups are renewed whole, whoever forgot.

Where no memory, block, proposal, original or prompt contains a text, nothing is touched. It may
then still stand where it cannot be looked for: an earlier description of a block, or an earlier
prompt, in a backup until newer ones have taken its place, and in a file of the KV cache until the
next one has. To renew them at every try would throw away what was read, for nothing nearly always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from homesmith.core.errors import UsageError
from homesmith.core.memories import Receipt
from homesmith.memory.learning.rewriting import resting_on
from homesmith.store.database import Store

Removed = tuple[Counter[str], Sequence[str], Collection[str]]
"""What went, the places that are known to hold it still, and whose prompts may have held it."""


class Removing:
    """Removal from the memory of one agent, by its name and number. There is no undo.

    `let_go` removes what engines keep of a conversation, or of all for "", and says how many files.
    """

    def __init__(
        self, store: Store, name: str, number: int, *, let_go: Callable[[str], int]
    ) -> None:
        self._store = store
        self._name = name
        self._number = number
        self._let_go = let_go

    def memories(self, numbers: Sequence[int], prompt: Callable[[str], str]) -> Receipt:
        """Memories by number, as `Agent.forget` does."""

        def remove() -> Removed:
            told = self._store.memories.of(self._number, numbers)
            told += self._store.facts.learned_from([one.id for one in told])
            removed: Counter[str] = Counter()
            left: list[str] = []
            for block in self._store.blocks.all(self._number):
                history = self._store.blocks.history(self._number, block.label)
                places, edits = resting_on(block, history, told)
                left += places
                removed += self._store.forgetting.edits(self._number, block.label, edits)
            gone = self._store.forgetting.memories(self._number, numbers, prompt)
            return removed + gone, left, ()

        return self._done(f"memories {', '.join(map(str, numbers))} of {self._name}", remove)

    def words(self, words: str) -> Receipt:
        """All that contains these characters, as `Agent.forget_words` does."""
        if len(words.strip()) < 3:
            raise UsageError(
                f"{words!r} is too short to forget by",
                why="nearly every memory contains it",
                remedy="give at least three characters, or numbers of memories",
            )

        def remove() -> Removed:
            found = self._store.memories.containing(self._number, words)
            removed = self._store.forgetting.memories(self._number, found)
            cut, others = self._store.forgetting.words(self._number, words)
            originals, left = self._store.forgetting.originals(words)
            blocks = self._store.blocks.all(self._number)
            labels = [one.label for one in blocks if words.casefold() in one.label.casefold()]
            named = (f"the name of the block {one}" for one in labels)
            return removed + cut + originals, (*left, *named), others

        return self._done(f"all that contains {words!r} of {self._name}", remove)

    def block(self, label: str) -> Receipt:
        """A block with its history, as `Agent.forget_block` does."""
        forgetting = self._store.forgetting
        what = f"the block {label} of {self._name}"
        return self._done(what, lambda: (forgetting.block(self._number, label), (), ()))

    def agent(self) -> Receipt:
        """The agent with everything it has."""
        forgetting = self._store.forgetting
        what = f"the agent {self._name}"
        return self._done(what, lambda: (forgetting.agent(self._number), (), ()))

    def _done(self, what: str, remove: Callable[[], Removed]) -> Receipt:
        """Remove, wipe what that leaves in files, and give the receipt.

        After one that ended early nobody knows any more what it was about: all is let go.
        """
        purging = self._store.purging
        with purging.begun() as due:
            removed, left, others = remove()
            if removed.total() or due:
                whose = [""] if due else sorted({self._name, *others})
                removed["files of the KV cache"] += sum(map(self._let_go, whose))
                left = (*left, *purging.purge(removed))
            else:
                purging.spared()
        counts = tuple((where, number) for where, number in removed.items() if number)
        return Receipt(what=what, removed=counts, remains=tuple(left))
