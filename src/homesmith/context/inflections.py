"""Which words are forms of one another: deploy, deploys, deploying and deployed.

It knows the endings of English verbs and plurals. It does not know what is derived of a word
(deployment, deployer), irregular forms (sold), or meanings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

ENDINGS = ("ing", "ed")
SHORTEST = 3
"""Letters that are left of a word without its ending: king is no form of k, nor red of r."""
DOUBLED = re.compile(r"([^aeiou\W\d_])\1$")
HISSING = re.compile(r"(?:ch|sh|ss|x|zz)e$")
"""Crashe is what crashes is without its s."""
NEEDS_E = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]$")
"""A short root that would have doubled its last letter: caring is of care, and not of car."""
THEIR_OWN = frozenset({"evening", "outing"})
"""No forms of even and out, which stand in many requests."""


def akin(words: Collection[str], others: Collection[str]) -> tuple[str, ...]:
    """Those of `words` that have a form among `others`, in their order; all of small letters."""
    known = {base for word in others for base in bases(word)}
    return tuple(word for word in words if not known.isdisjoint(bases(word)))


@lru_cache(maxsize=1 << 14)
def bases(word: str) -> frozenset[str]:
    """The word, and each word that it may be a form of: planning gives plan, hoping gives hope.

    What is no word, such as deploye, is among them; nobody writes it.
    """
    return frozenset({word, *_without_ending(word)})


def _without_ending(word: str) -> Iterator[str]:
    if HISSING.search(word):
        yield word[:-1]
    if word in THEIR_OWN:
        return
    if word.endswith("ied") and len(word) > SHORTEST + 1:
        yield f"{word[:-3]}y"
        return
    for ending in ENDINGS:
        root = word.removesuffix(ending)
        if root == word or len(root) < SHORTEST or not re.search("[aeiouy]", root):
            continue
        yield f"{root}e"
        if not NEEDS_E.fullmatch(root):
            yield root
        if DOUBLED.search(root) and len(root) > SHORTEST:
            yield root[:-1]
