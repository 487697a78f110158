"""An agent: one conversation without end, and everything it remembers.

Written on every turn without a model. It does not know how an answer is made, nor where the
store is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from homesmith.core.embedders import Embedder
from homesmith.core.errors import EngineUnavailable, InvalidText, NotAllowed, UsageError
from homesmith.core.memories import Block, BlockEdit, Kind, Memory, Receipt, Trust
from homesmith.memory.chunks import chunks, head_of
from homesmith.memory.indexing import BATCH, index
from homesmith.memory.knowledge import Knowledge
from homesmith.memory.learning.learner import Learner
from homesmith.memory.names import named, typed
from homesmith.memory.narrowing import Wanted
from homesmith.memory.recall import Recall, Recollection
from homesmith.memory.removing import Removing
from homesmith.memory.times import begin, end, here
from homesmith.store.database import Store

PAUSE = timedelta(hours=1)
"""After so long without a word, what is said next is another session."""
SAID_BY: Mapping[str, Trust] = {"user": "person", "assistant": "model"}
"""Whose word a message is by its speaker; every other speaker is from outside."""
HALVES = re.compile("[\ud800-\udfff]")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Agent:
    """What one agent remembers. A new one, if `create` allows it, is made with the first thing that
    is written, not by looking. `count` measures tokens; without `embedder` only words are
    searched, and `without` says why. `let_go` removes what engines keep of the agent's
    conversation, or of all for "", and says how many files; it is called when something is
    forgotten. Safe to use from several processes.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        *,
        count: Callable[[str], int],
        embedder: Embedder | None = None,
        without: str = "",
        create: bool = True,
        clock: Callable[[], datetime] = _utc_now,
        let_go: Callable[[str], int] = lambda _: 0,
    ) -> None:
        self.name = name
        self._store = store
        self._known = store.memories.number(name) if create else store.memories.agent(name)
        if not self._known:
            typed(name)
        self._embedder = embedder
        self._without = without
        self._clock = clock
        self._let_go = let_go
        self._count = count
        self._recall: Recall | None = None

    @property
    def knowledge(self) -> Knowledge:
        """What it knows."""
        return Knowledge(self._store, self._number, made=self._made)

    @property
    def learner(self) -> Learner:
        """The work of learning from what it was told."""
        return Learner(self._store, self._number, clock=self._clock)

    def now(self) -> datetime:
        """The present moment, as what is remembered is dated."""
        return self._clock()

    # What was said

    def remember(
        self,
        user: str,
        assistant: str,
        *,
        at: datetime | None = None,
        session: str | None = None,
    ) -> tuple[int, ...]:
        """Keep one turn, both sides, verbatim; their numbers. On the disk when this returns."""
        return self.record([("user", user), ("assistant", assistant)], at=at, session=session)

    def record(
        self,
        said: Sequence[tuple[str, str]],
        *,
        at: datetime | None = None,
        session: str | None = None,
        kept: Sequence[int] = (),
    ) -> tuple[int, ...]:
        """Keep messages, each with its speaker, all or none.

        A speaker but "user" and "assistant" is from outside: the name of a file, a page, a tool.
        What a model `kept` while they were said rests on them, and is forgotten with them.
        Without `session` they go on with the last one, or begin another after a PAUSE. Half
        surrogates, which are no text, become U+FFFD.
        """
        when = (at or self._clock()).astimezone(UTC)
        stretch = self._session(when) if session is None else session
        new, asked = [], ""
        for speaker, given in said:
            text = _clean(given)
            stamp = when.isoformat(timespec="milliseconds")
            memory = Memory(
                id=0,
                kind="message",
                session=stretch,
                speaker=speaker,
                text=text,
                at=stamp,
                trust=SAID_BY.get(speaker, "outside"),
            )
            if speaker == "user":
                asked = text
            head = head_of(speaker=speaker, at=stamp, asked="" if speaker == "user" else asked)
            new.append((memory, chunks(text, head=head)))
        return self._store.memories.add(self._made(), new, resting=kept)

    def archive(
        self,
        text: str,
        *,
        tags: Sequence[str] = (),
        source: str = "",
        trust: Trust = "person",
        confirmed: bool = False,
        at: datetime | None = None,
    ) -> int:
        """Keep a passage for good; its number.

        Raises NotAllowed for text from outside (a file, a page, a tool) that nobody confirmed,
        and InvalidText when it is empty.
        """
        if not text.strip():
            raise InvalidText(
                "The passage is empty",
                why="there is nothing to remember",
                remedy="give the text to keep",
            )
        if trust == "outside" and not confirmed:
            raise NotAllowed(
                "Text from outside is not remembered without a confirmation",
                why=f"it comes from {source or 'an unnamed place'}, and may say anything",
                remedy="ask the person, then say that it is confirmed",
            )
        text, tagged = _clean(text), tuple(dict.fromkeys(_clean(tag) for tag in tags))
        memory = Memory(
            id=0,
            kind="passage",
            session=f"archive {_clean(source)}" if source else "archive",
            speaker="note",
            text=text,
            at=(at or self._clock()).astimezone(UTC).isoformat(timespec="milliseconds"),
            tags=tagged,
            source=_clean(source),
            trust=trust,
        )
        head = head_of(speaker=_clean(source) or "note", at=memory.at, tags=tagged)
        return self._store.memories.add(self._made(), [(memory, chunks(text, head=head))])[0]

    def memory(self, number: int) -> Memory:
        """One memory. Raises UsageError when the agent has none of this number."""
        found = self._store.memories.of(self._number, [number])
        if not found:
            raise UsageError(
                f"There is no memory {number}",
                why=f"{self.name} has none of this number, or forgot it",
                remedy=f"homesmith memory search WORDS --agent {shlex.quote(self.name)}",
            )
        return found[0]

    def messages(self, limit: int = 20) -> tuple[Memory, ...]:
        """The last messages, oldest first."""
        return self._store.memories.newest(self._number, limit, kind="message")

    def passages(self, limit: int = 20) -> tuple[Memory, ...]:
        """The last passages, oldest first."""
        return self._store.memories.newest(self._number, limit, kind="passage")

    def recall(
        self,
        query: str,
        k: int = 8,
        *,
        tokens: int = 2000,
        kind: Kind | None = None,
        tags: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        now: datetime | None = None,
        without: Collection[int] = (),
    ) -> Recollection:
        """The pieces that answer `query` best, at most `k` and `tokens`, each with its why.

        Only of one kind, with all of the tags, from the day `since` to the day `until`, if given,
        where the person is;
        none of the memories numbered in `without`, nor what was learned from these alone.
        """
        hidden = frozenset(without) | self._store.facts.resting(without)
        wanted = Wanted(
            kind=kind,
            tags=frozenset(tags),
            since=begin(since) if since else "",
            until=end(until) if until else "~",
            hidden=hidden,
        )
        today = (now or self._clock()).astimezone().date()
        return self._search.ask(query, k=k, tokens=tokens, today=today, wanted=wanted)

    def index(self, seconds: float | None = None, batch: int = BATCH) -> Iterator[int]:
        """Let the embedder read the backlog; yields how many pieces it has read so far."""
        if self._embedder is None:
            return iter(())
        return index(self._store, self._number, self._embedder, seconds=seconds, batch=batch)

    def needs_embedder(self) -> None:
        """Raises EngineUnavailable, saying what is missing, when meaning cannot be searched."""
        if self._embedder is None:
            raise EngineUnavailable(
                "Memories are searched by words only",
                why=self._without or "there is no embedder",
                remedy=f"homesmith memory index --fetch --agent {shlex.quote(self.name)}",
            )

    def unread(self) -> int:
        """How many pieces the embedder has not read yet."""
        if self._embedder is None:
            return 0
        return self._store.meanings.unread(self._number, self._embedder.id)

    # What it always sees

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, in the order in which it got them."""
        return self._store.blocks.all(self._number)

    def block(self, label: str) -> Block:
        """One block. Raises UsageError."""
        with named(self.name):
            return self._store.blocks.get(self._number, label)

    def create_block(self, block: Block, *, by: str = "person") -> Block:
        """A new block. Raises UsageError when the label is taken or the value too long."""
        clean = replace(block, label=typed(block.label), value=_clean(block.value))
        with named(self.name):
            self._store.blocks.check(clean)  # before the agent is made for it
            return self._store.blocks.create(self._made(), clean, by=by)

    def edit(self, label: str, change: Callable[[str], str], *, by: str = "person") -> Block:
        """Change a block's value by a pure function of it. Raises UsageError, NotAllowed."""
        with named(self.name):
            return self._store.blocks.change(
                self._number, label, lambda value: _clean(change(value)), by=by
            )

    def describe(
        self,
        label: str,
        *,
        description: str | None = None,
        limit: int | None = None,
        read_only: bool | None = None,
        change: Callable[[str], str] | None = None,
        by: str = "person",
    ) -> Block:
        """Change a block's description, limit, whether it may be edited, and its value at once.

        All or nothing. Raises UsageError, and NotAllowed as `edit` does.
        """
        with named(self.name):
            return self._store.blocks.describe(
                self._number,
                label,
                description=description,
                limit=limit,
                read_only=read_only,
                change=None if change is None else lambda value: _clean(change(value)),
                by=by,
            )

    def share(self, label: str, other: str) -> Block:
        """Let another agent see and edit the same block. Raises UsageError."""
        with named(self.name):
            return self._store.blocks.share(self._number, label, self._store.memories.agent(other))

    def history(self, label: str) -> tuple[BlockEdit, ...]:
        """Every edit of a block, oldest first."""
        with named(self.name):
            return self._store.blocks.history(self._number, label)

    def undo(self, label: str, version: int | None = None, *, by: str = "person") -> Block:
        """Take back the newest edit, or go to a version. Raises UsageError."""
        with named(self.name):
            return self._store.blocks.undo(self._number, label, by=by, version=version)

    # What its model has read

    @property
    def prompt(self) -> str:
        """How the conversation stands before its model, as whoever talks wrote it down.

        "" before that; after something was forgotten, a text that nobody wrote, each time another.
        """
        return self._store.prompts.get(self._number)

    def keep_prompt(self, change: Callable[[str], str]) -> str:
        """Put `change` of it in its place; two processes never overwrite each other."""
        return self._store.prompts.change(self._made(), change)

    # What shall not be known any more

    def forget(
        self, numbers: Sequence[int], *, prompt: Callable[[str], str] = lambda _: ""
    ) -> Receipt:
        """Remove memories by number with all that was learned from them. There is no undo.

        `prompt` makes of the prompt one without them in the same moment, "" where it cannot.

        Lines of blocks that seem to rest on them stay, and the receipt names them; edits that hold
        such lines which no block shows any more go.
        """
        return self._removing.memories(numbers, prompt)

    def forget_words(self, words: str) -> Receipt:
        """Remove every memory that contains these words, and cut them out of blocks.

        Letters of either case, in the text, the tags or the source. Where nothing contains them,
        nothing is touched, and the receipt is empty. Raises UsageError for fewer than three
        characters, which nearly everything contains.
        """
        return self._removing.words(words)

    def forget_block(self, label: str) -> Receipt:
        """Remove a block with its history; one that others see stays with them."""
        return self._removing.block(self.block(label).label)

    def forget_all(self) -> Receipt:
        """Remove the agent with everything it has. It cannot be used afterwards."""
        return self._removing.agent()

    @property
    def _removing(self) -> Removing:
        return Removing(self._store, self.name, self._number, let_go=self._let_go)

    @property
    def _search(self) -> Recall:
        """Kept, as it holds what it has read: made anew only when the agent was made meanwhile."""
        if self._recall is None or self._recall.agent != self._number:
            self._recall = Recall(
                self._store,
                self._number,
                self._embedder,
                count=self._count,
                without=self._without,
            )
        return self._recall

    @property
    def _number(self) -> int:
        """Its number in the store, 0 while nobody has written anything of it."""
        if not self._known:
            self._known = self._store.memories.number(self.name)
        return self._known

    def _made(self) -> int:
        """Its number, now that something of it is written."""
        if not self._known:
            self._known = self._store.memories.agent(self.name, create=True)
        return self._known

    def _session(self, when: datetime) -> str:
        last = self._store.memories.newest(self._number, 1, kind="message")
        since = here(last[0].at) if last else None
        if since is not None and timedelta(0) <= when - since < PAUSE:
            return last[0].session
        return when.isoformat(timespec="seconds")


def _clean(text: str) -> str:
    """The text without half surrogates, which no file can hold."""
    return HALVES.sub("\ufffd", text)
