"""Twenty documents of which one holds the answer: the others share the question's words.

Built from NaturalQuestions-open with a gold document each (Liu et al., Lost in the Middle, 2023).
The distractors of a question are the documents of other questions that BM25 ranks highest for it
and that hold none of its answers. The same file gives the same sets.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from homesmith.core.errors import InvalidSettings

FILE = "nq-open-oracle.jsonl.gz"
DOCUMENTS = 20
K1, B = 1.2, 0.75
WORD = re.compile(r"\w+")
ARTICLES = frozenset(("a", "an", "the"))
Half = Literal["tune", "report"]
HALVES: dict[Half, int] = {"tune": 0, "report": 1}
"""Questions of even number are for choosing weights, those of odd number for telling figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A title and a paragraph."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with the documents a model would be given; `gold` counts from 0."""

    text: str
    answers: tuple[str, ...]
    documents: tuple[Document, ...]
    gold: int

    @property
    def prompt(self) -> str:
        """The documents as the paper writes them, an empty line between two."""
        return "\n\n".join(
            f"Document [{number}](Title: {one.title}) {one.text}"
            for number, one in enumerate(self.documents, start=1)
        )

    def answered_by(self, text: str) -> bool:
        """Whether one of the answers stands in the text, but for case, points and articles."""
        said = plain(text.replace("…", " \N{BLACK SQUARE} "))
        return any(plain(answer) in said for answer in self.answers)


def plain(text: str) -> str:
    """Words in small letters with one space around each; what is no word but … is lost."""
    apart = "".join(
        letter if letter.isalnum() or letter == "\N{BLACK SQUARE}" else " "
        for letter in text.lower()
    )
    return f" {' '.join(word for word in apart.split() if word not in ARTICLES)} "


def questions(folder: Path, half: Half, limit: int | None = None) -> Iterator[Question]:
    """The questions of one half, with their documents. Raises InvalidSettings."""
    rows = _rows(folder)
    pool = list(dict.fromkeys(_gold(row) for row in rows))
    search = _Search(pool)
    held = [plain(f"{one.title} {one.text}") for one in pool]
    for number in list(range(HALVES[half], len(rows), 2))[:limit]:
        row = rows[number]
        gold = _gold(row)
        answers = tuple(str(one) for one in row["answers"] if plain(str(one)).strip())
        if not answers:
            continue
        wrong: list[Document] = []
        for at in search.best(str(row["question"])):
            told = any(plain(answer) in held[at] for answer in answers)
            if pool[at] != gold and not told:
                wrong.append(pool[at])
            if len(wrong) == DOCUMENTS - 1:
                break
        place = number % DOCUMENTS
        yield Question(
            text=str(row["question"]),
            answers=answers,
            documents=(*wrong[:place], gold, *wrong[place:]),
            gold=min(place, len(wrong)),
        )


def _rows(folder: Path) -> list[dict[str, Any]]:
    path = folder / FILE
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
        for row in rows:
            _gold(row)
    except (
        *(OSError, EOFError, zlib.error),
        *(ValueError, LookupError, TypeError, RecursionError),
    ) as error:
        raise InvalidSettings(
            f"{path} cannot be read",
            why=f"{type(error).__name__}: {error}",
            remedy=f"put {FILE} of the Lost in the Middle data into {folder}",
        ) from error
    return rows


def _gold(row: dict[str, Any]) -> Document:
    """The first context of a row, which holds the answer."""
    contexts = row["ctxs"]
    asked = "question" in row and isinstance(row["answers"], list)
    if not isinstance(contexts, Sequence) or not asked:
        raise TypeError("no question with contexts and answers")
    return Document(title=str(contexts[0]["title"]), text=str(contexts[0]["text"]))


class _Search:
    """BM25 over a few thousand documents, by an inverted index."""

    def __init__(self, documents: Sequence[Document]) -> None:
        bags = [Counter(WORD.findall(f"{one.title} {one.text}".lower())) for one in documents]
        average = sum(bag.total() for bag in bags) / max(1, len(bags))
        self._total = len(bags)
        self._scores: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, bag in enumerate(bags):
            size = K1 * (1 - B + B * bag.total() / average)
            for word, often in bag.items():
                self._scores[word].append((at, often * (K1 + 1) / (often + size)))

    def best(self, query: str) -> list[int]:
        """The documents that share a word with the query, best first."""
        found: dict[int, float] = defaultdict(float)
        for word in set(WORD.findall(query.lower())):
            having = self._scores.get(word, [])
            rarity = math.log(1 + (self._total - len(having) + 0.5) / (len(having) + 0.5))
            for at, score in having:
                found[at] += rarity * score
        return sorted(found, key=lambda at: (-found[at], at))
