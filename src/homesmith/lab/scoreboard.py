"""The scoreboard: which strategy measured best for which model and kind of task.

`auto` reads it. A strategy comes onto it with the figures that put it there and the ledgers they
stand in; every board that was is kept, so that the last change can be taken back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from homesmith.core.errors import UsageError, WorkspaceError
from homesmith.lab.attempts import Attempt, counted
from homesmith.lab.comparison import ALL, Comparison, compare

BASELINE, FOLLOWS = "direct", "auto"
CHANCE = 0.05
KEPT = 20
"""How many boards can be gone back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Why a strategy stands on the board: what it gained over the direct answer, and at what cost.

    `figures` compares the direct answer (first) with the strategy (second) on the same tasks.
    """

    model: str
    kind: str
    strategy: str
    suites: tuple[str, ...]
    figures: Comparison
    ledgers: tuple[str, ...]
    at: str
    version: str


class Scoreboard:
    """A file with the board that holds, and those before it. Absent at first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def choices(self, model: str) -> Mapping[str, str]:
        """The strategy for each kind of task that was measured for this model."""
        board = self.board().get(model, {})
        chosen = {kind: _strategy(standing) for kind, standing in board.items()}
        return {kind: name for kind, name in chosen.items() if name}

    def board(self) -> Mapping[str, Any]:
        """Model, then kind of task, then standing; a file that cannot be read is an empty board."""
        boards = self._boards()
        return boards[-1] if boards else {}

    def promote(self, standings: Sequence[Standing]) -> None:
        """Put these on the board; the former one can be gone back to. Raises WorkspaceError."""
        board = {model: dict(kinds) for model, kinds in self.board().items()}
        for standing in standings:
            board.setdefault(standing.model, {})[standing.kind] = asdict(standing)
        self._write([*self._boards(), board])

    def undo(self) -> bool:
        """Take the last change back; whether there was one. Raises WorkspaceError."""
        boards = self._boards()
        if not boards:
            return False
        self._write(boards[:-1])
        return True

    def _boards(self) -> list[Mapping[str, Any]]:
        try:
            boards = json.loads(self.path.read_text(encoding="utf-8"))["boards"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return []
        return [board for board in boards if _is_board(board)] if isinstance(boards, list) else []

    def _write(self, boards: Sequence[Mapping[str, Any]]) -> None:
        unfinished = self.path.with_suffix(".part")
        text = json.dumps({"boards": boards[-KEPT:]}, indent=1)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(text + "\n", encoding="utf-8")
            os.replace(unfinished, self.path)
        except OSError as error:
            raise WorkspaceError(
                f"The scoreboard {self.path} cannot be written",
                why=str(error),
                remedy="homesmith doctor",
            ) from error


def measured(
    tried: Iterable[Attempt], model: str, kind: str
) -> tuple[Mapping[str, Comparison], tuple[str, ...]]:
    """Each strategy of a model against the direct answer on one kind of task, and the suites.

    `auto` is none of them: it follows the board.
    """
    own = [one for one in tried if _is(one, model, kind)]
    return _beside_direct(own), tuple(dict.fromkeys(one.suite for one in own))


def _beside_direct(own: Sequence[Attempt]) -> Mapping[str, Comparison]:
    direct = [one for one in own if one.strategy == BASELINE]
    suites = {one.suite for one in own}
    found = {
        name: compare(
            direct,
            [one for one in own if one.strategy == name],
            (BASELINE, name),
            suite=next(iter(suites)) if len(suites) == 1 else ALL,
        )
        for name in dict.fromkeys(one.strategy for one in own)
        if name != FOLLOWS
    }
    return {name: one for name, one in found.items() if one.tasks}


def best(tried: Iterable[Attempt], model: str, kind: str) -> str:
    """The strategy that gained most beyond chance, the cheaper of equals; else the direct one.

    Several are set against each other on the tasks that all of them tried. Where there are none,
    the one that was measured on most tasks is taken.
    """
    own = [one for one in tried if _is(one, model, kind)]
    found = _beside_direct(own)
    better = [name for name, one in found.items() if one.difference > 0 and one.p < CHANCE]
    if not better:
        return BASELINE
    common = set.intersection(
        *({one.place for one in counted(own) if one.strategy == name} for name in better)
    )
    alike = _beside_direct([one for one in own if one.place in common])
    if not all(name in alike for name in better):
        return max(better, key=lambda name: found[name].tasks)
    return max(better, key=lambda name: (alike[name].difference, -alike[name].second_tokens, name))


def worthy(strategy: str, found: Mapping[str, Comparison]) -> Comparison:
    """The figures of a strategy. Raises UsageError when it solved fewer than the direct answer."""
    figures = found[strategy]
    if figures.difference < 0:
        raise UsageError(
            f'"{strategy}" solves fewer tasks than the direct answer',
            why=f"it gains {len(figures.only_second)} and loses {len(figures.only_first)} of "
            f"{figures.tasks}",
            remedy="homesmith eval promote, which takes what measured best",
        )
    return figures


def standings(
    ledgers: Mapping[str, Sequence[Attempt]],
    model: str,
    strategy: str | None,
    *,
    at: str,
    version: str,
) -> tuple[Standing, ...]:
    """What goes onto the board for each kind of task that was measured, from ledgers by place.

    `strategy` is what a person wants, None the best by its figures; without one, a kind of which
    only the direct answer was measured is left as it is. Raises UsageError.
    """
    if strategy == FOLLOWS:
        raise UsageError(
            f'"{FOLLOWS}" cannot be promoted',
            why="it does what the scoreboard says, which is what promoting changes",
            remedy="homesmith eval promote, which takes what measured best",
        )
    tried = [one for found in ledgers.values() for one in found if one.model == model]
    made = []
    for kind in dict.fromkeys(one.kind for one in tried):
        found, suites = measured(tried, model, kind)
        if not (strategy in found if strategy else found.keys() - {BASELINE}):
            continue
        name = strategy or best(tried, model, kind)
        places = [place for place, own in ledgers.items() if any(_is(o, model, kind) for o in own)]
        made.append(
            Standing(
                model=model,
                kind=kind,
                strategy=name,
                suites=suites,
                figures=worthy(name, found),
                ledgers=tuple(places),
                at=at,
                version=version,
            )
        )
    if not made:
        raise _unmeasured(tried, model, strategy)
    return tuple(made)


def _unmeasured(tried: Sequence[Attempt], model: str, strategy: str | None) -> UsageError:
    said = ", ".join(sorted({one.strategy for one in tried})) or "nothing"
    wanted = strategy or ("vote" if {one.kind for one in tried} == {"answer"} else "select,verify")
    if strategy == BASELINE:
        return UsageError(
            "The direct answer was not measured",
            why=f"of {model} there are figures for {said}",
            remedy=f"homesmith eval SUITE --strategy {BASELINE} --model {model}",
        )
    return UsageError(
        f'"{strategy}" was not measured beside the direct answer'
        if strategy
        else "No strategy was measured beside the direct answer",
        why=f"of {model} there are figures for {said}"
        + (f"; {FOLLOWS} only does what was promoted" if FOLLOWS in said else ""),
        remedy=f"homesmith eval SUITE --strategy {BASELINE},{wanted} --model {model}",
    )


def _is(attempt: Attempt, model: str, kind: str) -> bool:
    return attempt.model == model and attempt.kind == kind


def _strategy(standing: Any) -> str:
    name = standing.get("strategy") if isinstance(standing, dict) else None
    return name if isinstance(name, str) else ""


def _is_board(board: Any) -> bool:
    return isinstance(board, dict) and all(isinstance(kinds, dict) for kinds in board.values())
