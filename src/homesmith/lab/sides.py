"""What a person means by one side of a comparison: a strategy, of some model or in some file.

`STRATEGY` is that strategy with the model at hand; `STRATEGY@MODEL` with another one;
`STRATEGY@FILE` is in a ledger of its own, such as one kept from another day; `FILE` is a ledger
with one strategy in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.errors import UsageError
from homesmith.lab.attempts import Attempt, attempts
from homesmith.lab.ledger import Ledger

SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison, and all attempts that belong to it: one at least, of one model."""

    name: str
    attempts: tuple[Attempt, ...]

    @property
    def model(self) -> str:
        return self.attempts[0].model


def side(words: str, known: Sequence[Attempt], model: str) -> Side:
    """The side that the words name, among the attempts that are known. Raises UsageError."""
    strategy, _, place = words.partition("@")
    if not place and (words.endswith(SUFFIX) or Path(words).is_file()):
        strategy, place = "", words
    if place and (place.endswith(SUFFIX) or Path(place).is_file()):
        found = list(_in_file(Path(place).expanduser()))
    else:
        found = [one for one in known if one.model == (place or model)]
    strategies = sorted({one.strategy for one in found})
    if not strategy and len(strategies) == 1:
        strategy = strategies[0]
    if not strategy and strategies:
        raise UsageError(
            f"{place or model} holds several strategies",
            why=f"they are {', '.join(strategies)}",
            remedy=f"name one: {strategies[0]}@{place or model}",
        )
    chosen = tuple(one for one in found if one.strategy == strategy)
    if not chosen:
        raise UsageError(
            f'Nothing was measured of "{words}"',
            why=f"{place or model} has {', '.join(strategies) or 'no attempts at all'}",
            remedy=f"homesmith eval SUITE --strategy {strategy or 'direct'} "
            f"--model {place or model}",
        )
    _refuse_mixed(place, chosen)
    return Side(name=words, attempts=chosen)


def _refuse_mixed(place: str, chosen: Sequence[Attempt]) -> None:
    """One side is of one model: of two at the same task only one attempt would count."""
    models = sorted({one.model for one in chosen})
    if len(models) > 1:
        raise UsageError(
            f"{place} holds several models",
            why=f"they are {', '.join(models)}",
            remedy=f"homesmith eval compare {chosen[0].strategy}@{models[0]} "
            f"{chosen[0].strategy}@{models[1]}",
        )


def _in_file(path: Path) -> tuple[Attempt, ...]:
    found = attempts(Ledger(path))
    if not found:
        raise UsageError(
            f"{path} is not a ledger of attempts",
            why="no attempt stands in it" if path.is_file() else "there is no such file",
            remedy="homesmith eval compare direct auto",
        )
    return found
