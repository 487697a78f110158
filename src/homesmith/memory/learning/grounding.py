"""Whether a sentence says what was said: by the words that carry it. Pure functions, no model.

English only, and by words alone: it knows no synonyms, and cannot tell that "not" is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from homesmith.memory.recall import COMMON

WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
ABOUT = "person user assistant someone says said say told mentions mentioned"
"""How a model names whom it writes about; nobody says that of themselves."""
LIKING = frozenset(("like", "need", "want", "never", "love"))
"""Common words that a fact can turn on."""
ENDINGS = ("ing", "ed", "es", "s")
SHARE = 2 / 3
"""Of the telling words of a sentence, so many must have been said."""
OWN = 1 / 3
"""And so many by whoever is to have said it, where another's question holds the rest."""
SAME = 0.8
"""Two sentences are one when they share so many of the telling words of both."""
NOT = re.compile(
    r"\b(?:not|no|never|nobody|nothing|neither|nor|without|cannot)\b|n['\u2019]t\b", re.IGNORECASE
)
SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")
OF_PERSON = re.compile(r"(?:the )?(?:person|user)\b(?!['\u2019]s)", re.IGNORECASE)
OF_OTHERS = re.compile(r"\W*(?:(?:and|but|so|now) )?(?:she|he|they)\b", re.IGNORECASE)
OWN_WORD = re.compile(r"\b(?:i|me|my|mine|we|us|our|ours)\b", re.IGNORECASE)
"""Who speaks of themselves uses one of these."""


def stem(word: str) -> str:
    """A word without its ending, so that "moved" and "moving" are one."""
    small = word.casefold()
    for ending in ENDINGS:
        if small.endswith(ending) and len(small) - len(ending) >= 3:
            small = small[: -len(ending)]
            break
    return small[:-1] if len(small) > 3 and small.endswith("e") else small


EMPTY = frozenset(stem(word) for word in (COMMON - LIKING) | frozenset(WORD.findall(ABOUT)))
"""Stems that say nothing of what a sentence is about."""


def telling(text: str) -> frozenset[str]:
    """The stems of the words that say what a text is about."""
    return frozenset(stem(word) for word in WORD.findall(text)) - EMPTY


def exact(text: str) -> frozenset[str]:
    """Numbers and names, which must have been said just so; a first word may be no name."""
    found = set()
    for sentence in SENTENCE.split(text):
        for at, word in enumerate(WORD.findall(sentence)):
            if word[0].isdigit() or (at and word[0].isupper()):
                found.add(stem(word))
    return frozenset(found) - EMPTY


def grounded(text: str, said: Iterable[str], asked: Iterable[str] = ()) -> bool:
    """Whether a text rests on what was said, perhaps in answer to what was asked.

    Numbers and names must have been said themselves. A text without a telling word rests on
    nothing.
    """
    words = telling(text)
    own = frozenset().union(*map(telling, said))
    whole = own.union(*map(telling, asked))
    if not words or not exact(text) <= own:
        return False
    return len(words & own) >= OWN * len(words) and len(words & whole) >= SHARE * len(words)


def contrary(text: str, said: Iterable[str]) -> bool:
    """Whether the sentence that says most of a text denies it, or the text denies the sentence."""
    return negated(_nearest(text, said)) != negated(text)


def of_another(text: str, said: Iterable[str]) -> bool:
    """Whether a text tells of the person what was said of somebody else: "She lives in Graz"."""
    if not OF_PERSON.match(text):
        return False
    nearest = _nearest(text, said)
    return bool(OF_OTHERS.match(nearest)) and not OWN_WORD.search(nearest)


def _nearest(text: str, said: Iterable[str]) -> str:
    """The sentence that says most of a text."""
    words = telling(text)
    sentences = [part for whole in said for part in SENTENCE.split(whole)]
    return max(sentences, key=lambda part: len(telling(part) & words), default="")


def negated(text: str) -> bool:
    """Whether a text denies something: an odd number of times, as far as words tell."""
    return len(NOT.findall(text)) % 2 == 1


def alike(one: str, other: str) -> bool:
    """Whether two sentences say the same; numbers and names decide where only they differ."""
    first, second = telling(one), telling(other)
    if not first or exact(one) ^ exact(other) or negated(one) != negated(other):
        return False
    return len(first & second) >= SAME * len(first | second)


def related(one: str, other: str) -> bool:
    """Whether two sentences can be about one matter: they share a telling word."""
    return bool(telling(one) & telling(other))
