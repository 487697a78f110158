"""What a person means by one side of a comparison: a strategy, of some model or in some file.

`STRATEGY` is that strategy with the model at hand; `STRATEGY@MODEL` with another one;
`STRATEGY@FILE` is in a ledger of its own, such as one kept from another day; `FILE` is a ledger
with one strategy in it. A ledger that is not in this folder is looked for where ledgers are kept.
"""

from __future__ import annotations

import difflib
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

    @property
    def strategy(self) -> str:
        return self.attempts[0].strategy

    @property
    def suites(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.suite for one in self.attempts))


def side(words: str, known: Sequence[Attempt], model: str, kept: Path) -> Side:
    """The side that the words name, among the attempts that are known. Raises UsageError.

    `kept` is the folder of ledgers.
    """
    strategy, at, place = words.partition("@")
    if at and not place:
        raise UsageError(
            f'"{words}" names no model and no ledger',
            why="one of them stands behind the @",
            remedy=f"homesmith eval compare {strategy or 'direct'} {strategy or 'direct'}@{model}",
        )
    if not place and (words.endswith(SUFFIX) or Path(words).is_file()):
        strategy, place = "", words
    if place and (place.endswith(SUFFIX) or Path(place).is_file()):
        found = list(_in_file(Path(place).expanduser(), kept))
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


def measured_suites(tried: Sequence[Attempt], names: Sequence[str], *, again: str) -> list[str]:
    """These suites. Raises UsageError where nothing was measured of one; `again` names one."""
    known = list(dict.fromkeys(one.suite for one in tried))
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1) or known[:1]
            raise UsageError(
                f'Nothing was measured of the suite "{name}"',
                why=f"measured: {', '.join(known) or 'nothing at all'}",
                remedy=f"{again} --suite {close[0]}"
                if close
                else "homesmith eval SUITE --strategy direct,auto",
            )
    return list(names)


def strangers(one: Side, two: Side) -> UsageError:
    """The error of two sides that have no task in common."""
    runs = {side.model: list[str]() for side in (one, two)}
    for side in (one, two):
        runs[side.model].append(side.strategy)
    return UsageError(
        f"{one.name} and {two.name} have no task in common",
        why=f"{one.name} was measured on {', '.join(one.suites)} and {two.name} on "
        f"{', '.join(two.suites)}; needed are the same tasks with the same seeds",
        remedy=" && ".join(
            f"homesmith eval SUITE --strategy {','.join(dict.fromkeys(names))} --model {model}"
            for model, names in runs.items()
        ),
    )


def refuse_itself(one: Side, two: Side) -> None:
    """Raises UsageError where both sides are the same attempts."""
    if one.attempts == two.attempts:
        other = "direct" if one.strategy != "direct" else "auto"
        raise UsageError(
            f"{one.name} and {two.name} are the same",
            why="what is compared with itself gains nothing and loses nothing",
            remedy=f"homesmith eval compare {one.name} {other}",
        )


def _in_file(path: Path, kept: Path) -> tuple[Attempt, ...]:
    place = path if path.is_file() or path.is_absolute() else kept / path
    found = attempts(Ledger(place))
    if not found:
        raise UsageError(
            f"{path} is not a ledger of attempts",
            why="no attempt stands in it"
            if place.is_file()
            else f"there is no such file, here or in {kept}",
            remedy="homesmith eval compare direct auto",
        )
    return found
