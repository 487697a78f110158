"""Which words of a request speak of which name: what a small model must have before its eyes.

A sentence belongs to the names it mentions. One that mentions none belongs to names of its
paragraph that it calls by a word of theirs, else to those of the sentence before it. Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from homesmith.builder.literals import given
from homesmith.context.relevance import sentences

PARAGRAPH = re.compile(r"\n\s*\n")
WORD = re.compile(r"[a-z]{3,}")
SHOWING = re.compile(r"(`[\w-]+`)\s+(?:says|shows|tells|counts)\b")
"""What an output does; the word calls no button `show-all`."""
ACTED = re.compile(
    r"(?:\b(?:when|whenever|once|if|after|as soon as|by|on|each|every)\s+(?:\w+\s+){0,2}?"
    r"(?:chang|press|click|pick|choos|tick|hit)(?:e|es|ed|ing|t|ting)?|^\s*"
    r"(?:chang|press|click|pick|choos|tick|hitt)ing)\s+(?:o[nf]\s+)?"
    r"(?:(?:the|an?|any|one of the)\s+)?[`\"]?([a-z]{3,})"
)
"""What is operated, where the sentence goes on to say what happens then."""
DOES = re.compile(r"\b([A-Z][a-z]{2,}) (?:does|begins|stops|starts|goes|shows|sets|brings|ends)\b")
"""A button called by its label, and what it does."""
LISTED = re.compile(r"[-*+•]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence, the names it mentions, all names it belongs to, and those it acts on."""

    text: str
    names: tuple[str, ...]
    about: tuple[str, ...]
    acted: tuple[str, ...] = ()


def mentions(request: str, names: Sequence[str], outputs: Collection[str]) -> tuple[Said, ...]:
    """The sentences of a request in their order, each with the `names` that it is about.

    `outputs` are those that only show something: a sentence that mentions no other name says what
    the thing does that it calls in words, or that the sentence before it spoke of.
    """
    told: list[Said] = []
    other = {name: found[1] for name in outputs if (found := _other_name(name, request))}
    for paragraph in PARAGRAPH.split(request):
        here = named(paragraph, names)
        before: tuple[str, ...] = ()
        for sentence in sentences(paragraph):
            mine = named(sentence, names)
            acted = _acted(sentence, names)
            strong = tuple(name for name in mine if name not in outputs)
            called = (
                ()
                if strong
                else tuple(name for name in here if name not in mine and calls(name, sentence))
            )
            if not strong and not called:
                called = tuple(name for name in other if calls(other[name], sentence))
            about = tuple(dict.fromkeys((*acted, *mine, *called)))
            if not strong and not acted and not called:
                about = tuple(dict.fromkeys((*mine, *before)))
            told.append(Said(text=sentence, names=mine, about=about, acted=acted))
            before = about
    return tuple(told)


def named(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that stand in `text` in backquotes, or as a data-testid, in its order."""
    places = {name: found.start() for name in names if (found := place_of(name, text))}
    return tuple(sorted(places, key=lambda name: places[name]))


def texts_after(name: str, sentence: str, names: Sequence[str]) -> list[str]:
    """What a sentence gives word for word between a name and the next of `names`."""
    found = place_of(name, sentence)
    if not found:
        return []
    behind = sentence[found.end() :]
    ends = [place.start() for other in names if (place := place_of(other, behind))]
    return given(behind[: min(ends, default=None)])


def place_of(name: str, text: str) -> re.Match[str] | None:
    """Where a text names a name: in backquotes, or as a data-testid."""
    given = rf"`{re.escape(name)}`|data-testid\W{{1,4}}[\"“']{re.escape(name)}[\"”']"
    return re.search(given, text)


def _acted(sentence: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names of what a person operates in a sentence: "When I change the kind", "Start does"."""
    words = [found[1] for found in ACTED.finditer(sentence.lower())]
    words += [found[1].lower() for found in DOES.finditer(sentence)]
    return tuple(
        name
        for name in names
        if any(_alike(part, word) for part in name.split("-") if len(part) > 2 for word in words)
    )


def _other_name(name: str, request: str) -> re.Match[str] | None:
    """The word that stands for a name: "the answer (`result`)"."""
    return re.search(rf"\b([a-z]{{4,}}) \((?:data-testid )?`{re.escape(name)}`", request)


def calls(name: str, sentence: str) -> bool:
    """Whether the sentence has a word of the name: "Moving" calls `move-left`."""
    parts = [part for part in name.split("-") if len(part) > 3]
    heard = WORD.findall(SHOWING.sub(r"\1", sentence).lower())
    return any(_alike(part, word) for part in parts for word in heard)


def _alike(part: str, word: str) -> bool:
    """Whether a word is a form of a part of a name; short ones need an ending that words have."""
    if len(part) > 4:
        return word[: len(part) - 1] == part[:-1]
    stem = re.sub(r"(?<=..)[esy]$", "", part)
    ending = (
        rf"{re.escape(stem)}(?:{re.escape(stem[-1])}?(?:ed|ing|ings|er|ers)|e|es|s|n|en|ies|ied)"
    )
    return word == part or (word == stem and part.endswith("s")) or bool(re.fullmatch(ending, word))
