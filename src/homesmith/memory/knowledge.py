"""What an agent knows: facts, each with its sources and its past, and proposals that wait.

For the person whose memory it is. How facts are found, `learning` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from homesmith.core.errors import UsageError
from homesmith.core.learning import Learned, Proposal
from homesmith.core.memories import Memory
from homesmith.memory.learning.extracting import fact
from homesmith.store.database import Store
from homesmith.store.proposals import no_proposal


class Knowledge:
    """The facts of one agent. `made` gives its number too, and makes it when it is new."""

    def __init__(self, store: Store, agent: int, *, made: Callable[[], int]) -> None:
        self._store = store
        self._agent = agent
        self._made = made

    def facts(self, limit: int = -1) -> tuple[Memory, ...]:
        """The newest facts that hold, oldest first; all of them without a limit."""
        return self._store.facts.current(self._agent, limit)

    def line(self, number: int) -> tuple[Memory, ...]:
        """What was true of the matter of a fact over time, oldest first. Raises UsageError."""
        line = self._store.facts.line(self._agent, number)
        if not line:
            if kept := self._store.memories.of(self._agent, [number]):
                raise UsageError(
                    f"{number} is a {kept[0].kind}, and no fact",
                    why="only facts hold from one day to another, and have a past",
                    remedy=f"homesmith memory show {number}",
                )
            raise UsageError(
                f"{number} is no fact",
                why="the agent has none of this number, or forgot it",
                remedy="homesmith memory show",
            )
        return line

    def sources(self, number: int) -> tuple[Memory, ...]:
        """The messages that a fact or a summary rests on."""
        rests = self._store.facts.sources([number]).get(number, ())
        return self._store.memories.of(self._agent, rests)

    def proposals(self) -> tuple[Proposal, ...]:
        """What waits for the person, oldest first."""
        return self._store.proposals.all(self._agent)

    def refused(self) -> tuple[str, ...]:
        """What the person does not want known, oldest first."""
        return tuple(one.text for one in self._store.proposals.all(self._agent, "refused"))

    def propose(self, text: str, *, at: str, session: str, origin: str) -> int | None:
        """Let a sentence wait for the person; its number, None where it waits or was refused."""
        made = Proposal(id=0, text=text, at=at, session=session, origin=origin)
        return self._store.proposals.add(self._made(), made)

    def rest(self, proposals: Sequence[int], on: Sequence[int]) -> None:
        """Let proposals rest on memories, so that they go when one of these goes."""
        if proposals:
            self._store.proposals.rest(self._agent, proposals, on)

    def confirm(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Make facts of proposals, all or none; the numbers of those that were not known already.

        Raises UsageError for one that does not wait.
        """
        waiting = self._waiting(numbers)
        made = [self._store.proposals.confirm(self._agent, one, _confirmed) for one in waiting]
        return tuple(fact for fact in made if fact is not None)

    def refuse(self, numbers: Sequence[int]) -> None:
        """Let proposals never come again, all or none. Raises UsageError as `confirm` does."""
        for number in self._waiting(numbers):
            self._store.proposals.refuse(self._agent, number)

    def _waiting(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """The numbers, each once, where all of them wait."""
        waiting = {one.id for one in self.proposals()}
        for number in numbers:
            if number not in waiting:
                raise no_proposal(number)
        return tuple(dict.fromkeys(numbers))


def _confirmed(proposal: Proposal) -> Learned:
    """The fact that a proposal becomes; its words are another's, to which the person agreed."""
    return fact(
        proposal.text,
        at=proposal.at,
        session=proposal.session,
        sources=proposal.sources,
        trust="outside",
        replaces=proposal.replaces,
    )
