"""What a model is to know of its person for one request: chosen within a budget, and why.

Pure functions. Two texts come out. The `head` (preferences, projects) depends on the files alone,
so that it is the same for every request and need not be read again; the `turn` (notes, the
project's own file) belongs to this request. It does not know where files are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from homesmith.context.fit import fit
from homesmith.context.inflections import akin
from homesmith.context.prompt.values import Example
from homesmith.context.relevance import rank, words
from homesmith.context.slices import SEPARATOR, Slice, joined
from homesmith.core.messages import Message, assistant, system, user
from homesmith.memory.personal.telling import (
    active,
    note_text,
    one_by_one,
    preferences_text,
    project_text,
    projects_text,
    sections,
)
from homesmith.memory.personal.values import PREFERENCES, PROJECTS, Note, Personal, Preference
from homesmith.runtime.examples import example_slices, examples_for

Count = Callable[[str], int]

SMALL = 300
"""Tokens. A text up to this is taken whole or not at all; a longer one by its parts."""
PACK = 100
"""Tokens. The lines of a large section of preferences are told in parts of about this size."""
WAITING = 4
"""Where not all of the head fits, this part of the budget, a quarter, is for what it leaves out:
a request that has its words is told it."""
ENOUGH_WORDS = 2
"""A part of a note has this many words of the request, or its title, tags or when has one."""
PROJECT_WORTH, LEFT_WORTH, NOTE_WORTH = 2.0, 1.5, 1.0
LETTERS_PER_TOKEN = 4
PARAGRAPHS = re.compile(r"\n(?=#{1,6}[ \t])|\n[ \t]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a model is told. `slices` are all that was looked at, kept or not, each with why.

    `examples` show the person's style in what the request asks for; `indentation` ("tabs",
    "2 spaces") is seen to by us, too.
    """

    head: str = ""
    turn: str = ""
    examples: tuple[Example, ...] = ()
    indentation: str = ""
    tokens: int = 0
    budget: int = 0
    slices: tuple[Slice, ...] = ()

    @property
    def text(self) -> str:
        """Head and turn together, for a prompt that has one place for them."""
        return SEPARATOR.join(part for part in (self.head, self.turn) if part)


NOTHING = Known()


def conversation(known: Known, system_text: str | None, prompt: str) -> tuple[Message, ...]:
    """The messages of a first question: rules and head as the system, examples, the turn's own."""
    rules = SEPARATOR.join(part for part in (system_text or "", known.head) if part)
    asked = SEPARATOR.join(part for part in (known.turn, prompt) if part)
    shown = [part for one in known.examples for part in (user(one.asked), assistant(one.answer))]
    return (*((system(rules),) if rules else ()), *shown, user(asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfProject:
    """A file that the project at hand has for its helpers, such as AGENTS.md."""

    file: str
    text: str


def whole(known: Known, system_text: str | None, prompt: str, count: Count) -> tuple[Slice, ...]:
    """Everything a model sees of a first question, in its order, and what it does not see."""
    given = [("--system", system_text or "", "as you gave it"), ("your request", prompt, "always")]
    rules, asked = [
        [Slice(source=source, text=text, tokens=count(text), pinned=True, why=why)] if text else []
        for source, text, why in given
    ]
    return (*rules, *known.slices, *example_slices(known.examples, count), *asked)


def known(
    personal: Personal,
    request: str,
    *,
    budget: int,
    count: Count,
    project: OfProject | None = None,
) -> Known:
    """What to tell of `personal` for `request`, in at most `budget` tokens as `count` measures.

    Small texts whole, large ones by their parts; the least worth goes first.
    """
    head = head_of(personal, budget, count)
    left_out = [piece for piece in head if not piece.kept]
    wanted, unwanted = _turn(left_out, personal.notes, project, request, count)
    first = joined(_kept(head))
    left = max(0, budget - (count(first + SEPARATOR) if first else 0))
    examples = examples_for(request, personal.preferences, left, count) if first else ()
    shown = sum(one.tokens for one in example_slices(examples, count))
    turn = _fitted(wanted, left - shown, count)
    known = Known(
        head=first,
        turn=joined(_kept(turn)),
        examples=examples,
        indentation=str(personal.prefers("coding_style", "indentation") or ""),
        budget=budget,
        slices=(*_kept(head), *turn, *unwanted),
    )
    return replace(known, tokens=(count(known.text) if known.text else 0) + shown)


def head_of(personal: Personal, budget: int, count: Count) -> tuple[Slice, ...]:
    """What is told of preferences and projects to every request, and what there is no room for."""
    pieces = list(_head(personal, count))
    head = _fitted(pieces, budget, count)
    if len(_kept(head)) == len(pieces):
        return head
    return _fitted(pieces, budget - budget // WAITING, count)


def _kept(slices: Sequence[Slice]) -> tuple[Slice, ...]:
    return tuple(piece for piece in slices if piece.kept)


def _fitted(slices: Sequence[Slice], budget: int, count: Count) -> tuple[Slice, ...]:
    """The slices as `fit` has them; a kept one still says why it was wanted."""
    chosen = fit(slices, budget, count).slices
    return tuple(
        replace(after, why=before.why) if after.kept else after
        for before, after in zip(slices, chosen, strict=True)
    )


def _head(personal: Personal, count: Count) -> Iterator[Slice]:
    """Preferences and projects, without a look at any request."""
    yield from _whole_or_parts(
        PREFERENCES,
        preferences_text(personal.preferences),
        dict(_preference_parts(personal.preferences, count)),
        count,
        why="your preferences hold for every request",
        worth=4.0,
    )
    projects = active(personal)
    yield from _whole_or_parts(
        PROJECTS,
        projects_text(projects),
        {one.name: projects_text((one,)) for one in projects},
        count,
        why="what you work on",
        worth=3.0,
    )


def _preference_parts(preferences: Sequence[Preference], count: Count) -> Iterator[tuple[str, str]]:
    """The sections by name; the lines of a large one in parts, so that its beginning stays."""
    for name, of in sections(preferences).items():
        text = preferences_text(of)
        if count(text) <= SMALL:
            yield name, text
            continue
        for number, some in enumerate(_packs(of, count), start=1):
            yield f"{name} part {number}", preferences_text(some)


def _packs(preferences: Sequence[Preference], count: Count) -> Iterator[list[Preference]]:
    """Neighbours together, as many as fit into a pack; of a list that does not, its items."""
    held: list[Preference] = []
    large = (count(preferences_text((one,))) > PACK for one in preferences)
    pairs = zip(preferences, large, strict=True)
    for one in (part for item, cut in pairs for part in (one_by_one(item) if cut else (item,))):
        if held and count(preferences_text([*held, one])) > PACK:
            yield held
            held = []
        held.append(one)
    if held:
        yield held


def _whole_or_parts(
    source: str, whole: str, parts: dict[str, str], count: Count, *, why: str, worth: float
) -> Iterator[Slice]:
    """One slice for a small text, one for each part of a large one; the first are worth most."""
    if not whole:
        return
    if count(whole) <= SMALL:
        yield Slice(source=source, text=whole, worth=worth, why=why)
        return
    for number, (name, text) in enumerate(parts.items()):
        less = worth - number / (len(parts) + 1)
        yield Slice(source=f"{source}: {name}", text=text, worth=less, why=why)


def _turn(
    left_out: Sequence[Slice],
    notes: Sequence[Note],
    project: OfProject | None,
    request: str,
    count: Count,
) -> tuple[list[Slice], list[Slice]]:
    """What this request wants to know, and what it does not, each with why."""
    asked = set(words(request))
    parts = list(map(_left, left_out))
    parts += _project_parts(project, count) if project is not None else []
    unwanted = []
    for note in notes:
        near = _Part(source=note.file, text=note_text(note), found_by=_found_by(note))
        if near.reason(asked):
            parts += _parts(near, note, asked, count)
        else:
            unwanted.append(near.unwanted())
    wanted = [part for part in parts if part.reason(asked)]
    unwanted += [part.unwanted() for part in parts if not part.reason(asked)]
    scores = rank(request, {str(number): part.text for number, part in enumerate(wanted)})
    best = max((item.score for item in scores), default=0.0) or 1.0
    shares = {item.name: item.score / best for item in scores}
    return [
        Slice(
            source=part.source,
            text=part.text,
            worth=part.worth + shares[str(number)],
            why=part.reason(asked),
        )
        for number, part in enumerate(wanted)
    ], unwanted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A note or a part of one; `found_by` are words that make it wanted alone, `always` why.

    Of its other words it needs `enough`; `said` are they without what we say ourselves.
    """

    source: str
    text: str
    said: str = ""
    worth: float = NOTE_WORTH
    found_by: frozenset[str] = frozenset()
    enough: int = ENOUGH_WORDS
    always: str = ""

    def reason(self, asked: set[str]) -> str:
        """Why a request with these words wants it; "" when it does not."""
        if self.always:
            return self.always
        named = akin(sorted(asked), self.found_by)
        if named:
            return f"it is for: {', '.join(named[:5])}"
        shared = akin(sorted(asked), set(words(self.said or self.text)))
        return f"has: {', '.join(shared[:5])}" if len(shared) >= self.enough else ""

    def unwanted(self) -> Slice:
        """The part as dropped. Its tokens are a guess: nobody reads it."""
        return Slice(
            source=self.source,
            text=self.text,
            tokens=len(self.text) // LETTERS_PER_TOKEN,
            kept=False,
            why="too little in common with the request",
        )


def _left(piece: Slice) -> _Part:
    """What the head had no room for; one word is enough, because it holds for every request."""
    lines = piece.text.partition("\n")[2]
    return _Part(source=piece.source, text=piece.text, said=lines, worth=LEFT_WORTH, enough=1)


def _found_by(note: Note) -> frozenset[str]:
    return frozenset(words(f"{note.title} {' '.join(note.tags)} {note.when}"))


def _parts(whole: _Part, note: Note, asked: set[str], count: Count) -> list[_Part]:
    """A small note whole; of a large one each part for its own words, else how it begins."""
    if count(whole.text) <= SMALL:
        return [whole]
    parts = [
        _Part(source=f"{note.file} part {number}", text=note_text(note, part))
        for number, part in enumerate(_packed(note.text, count), start=1)
    ]
    if parts and not any(part.reason(asked) for part in parts):
        parts[0] = replace(parts[0], always=f"how the note begins; {whole.reason(asked)}")
    return parts


def _project_parts(project: OfProject, count: Count) -> Iterator[_Part]:
    whole = project_text(project.file, project.text)
    if count(whole) <= SMALL:
        always = "the project's own notes"
        yield _Part(
            source=f"{project.file} (project)",
            text=whole,
            worth=PROJECT_WORTH,
            always=always,
        )
        return
    for number, part in enumerate(_packed(project.text, count), start=1):
        yield _Part(
            source=f"{project.file} part {number} (project)",
            text=project_text(project.file, part),
            worth=PROJECT_WORTH,
            always="how the project's own notes begin" if number == 1 else "",
        )


def _packed(text: str, count: Count) -> Iterator[str]:
    """Neighbouring paragraphs together, as many as are still small."""
    held: list[str] = []
    tokens = 0
    for paragraph in filter(str.strip, PARAGRAPHS.split(text)):
        size = count(paragraph)
        if held and tokens + size > SMALL:
            yield "\n\n".join(held)
            held, tokens = [], 0
        held.append(paragraph.strip("\n"))
        tokens += size
    if held:
        yield "\n\n".join(held)
