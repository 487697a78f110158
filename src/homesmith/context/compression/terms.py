"""The terms by which texts are compared: stems for words, trigrams for what stems miss.

Trigrams find `firefighter` for `fire fighting`, `CFCs` for `CFC's`, and languages without
spaces. It knows the endings of English; other languages are found by their trigrams alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
ENDINGS = tuple(
    sorted(
        WORD.findall(
            "ational ations ation ings ing edly ed ers er ors or ies es s ly ments ment al ions ion"
            " ive ity ists ist ians ian ans an ens en e y"
        ),
        key=lambda ending: (-len(ending), ending),
    )
)
SHORTEST_STEM = 3
LONGEST_WORD = 200
"""Letters; what is longer is no word, or one of a script without spaces."""
ASKING = frozenset(
    WORD.findall(
        "who whom whose what which when where why how do does did is was were are be been has have"
        " had the a an of in on at to for from by with and or that this it its as many much first"
        " name me tell please i you s"
    )
)
"""Words of a question that say nothing about where its answer stands."""


def folded(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


def plain_words(text: str) -> list[str]:
    """Every word, folded, in order."""
    return WORD.findall(folded(text))


def asked_words(query: str) -> list[str]:
    """The words of a question that an answer may share; all of them when none is left."""
    found = plain_words(query)
    return [word for word in found if word not in ASKING] or found


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A folded word without its ending: sings, singing and singer become sing."""
    if len(word) <= SHORTEST_STEM or not word.isalpha():
        return word
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    doubled = len(word) > SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "ls"
    return word[:-1] if doubled else word


@lru_cache(maxsize=1 << 16)
def trigrams(word: str) -> tuple[str, ...]:
    """The runs of three letters at the start of a word; a shorter word is its own."""
    starts = range(min(len(word) - 2, LONGEST_WORD))
    return tuple(word[at : at + 3] for at in starts) or (word,)
