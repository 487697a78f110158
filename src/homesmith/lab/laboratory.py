"""Where measurements are kept, and everything that is done with them without an engine."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from homesmith.core.errors import HomesmithError, UsageError
from homesmith.improve.strategies import STRATEGIES
from homesmith.lab.apps import WAYS
from homesmith.lab.attempts import Attempt, attempts
from homesmith.lab.figures import Figure
from homesmith.lab.ledger import Ledger
from homesmith.lab.measurement import Measurement, measurement
from homesmith.lab.origins import Origins
from homesmith.lab.scoreboard import Scoreboard, Standing, standings
from homesmith.lab.sides import measured_suites
from homesmith.lab.suite import Suite
from homesmith.lab.suites import Problems, is_path, load, place_of, renamed, tasks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """The folder of all measurements, and the one of suites. Naming them does not create them."""

    kept: Path
    suites: Path
    version: str

    def suite(self, name: str, data: Path | None) -> Problems | Suite:
        """The suite of this name or path, from `data`, else this folder, else `suites`.

        Raises UsageError, InvalidSettings.
        """
        return load(name, self.folders(data))

    def named(self, suite: Problems | Suite) -> Problems | Suite:
        """The suite as it is called from now on; one of one's own as no other is: see `origins`."""
        place = place_of(suite)
        return renamed(suite, self.origins.named(suite.name, place)) if place else suite

    def called(self, names: Sequence[str]) -> list[str]:
        """What suites are called here that a person names, or gives as paths."""
        places = {one.place: one.suite for one in self.origins.known().values()}
        return [
            places.get(Path(name).expanduser().resolve(), name) if is_path(name) else name
            for name in names
        ]

    @property
    def origins(self) -> Origins:
        """Where the suites of somebody's own are."""
        return Origins(self.kept / "suites" / "places.jsonl")

    def folders(self, data: Path | None) -> list[Path]:
        """Where the files of suites are looked for."""
        return [data] if data else [Path(), self.suites]

    def strategies(self, suite: Problems | Suite, names: Sequence[str]) -> tuple[str, ...]:
        """The strategies of these names for a suite, the usual ones for none. Raises UsageError."""
        if isinstance(suite, Problems):
            for name in names:
                _refuse_unknown(name)
            return tuple(names) or ("direct", "auto")
        unknown = [name for name in names if name not in WAYS]
        if unknown:
            raise UsageError(
                f'There is no way to build apps that is called "{unknown[0]}"',
                why="apps are built, or the bare model is asked once for the whole app",
                remedy=f"homesmith eval apps --strategy {','.join(WAYS)}",
            )
        return tuple(names) or WAYS[:1]

    def ledger(self, suite: str, model: str) -> Ledger:
        """Where the attempts at a suite with a model are kept."""
        return Ledger(self.kept / f"{_file(f'{suite}-{model}')}.jsonl")

    def answers(self, model: str) -> Ledger:
        """Where the answers of a model are kept, by exact request."""
        return Ledger(self.kept / "answers" / f"{_file(model)}.jsonl")

    def said(self, suite: str, way: str, model: str) -> Ledger:
        """Where what a model said in a way of a suite is kept; these are no attempts."""
        return Ledger(self.kept / "rooms" / f"{_file(f'{suite}-{way}-{model}')}.jsonl")

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt that was kept on this machine, but those at tasks that were removed."""
        return tuple(one for found in self._by_ledger().values() for one in found)

    def removed(self, models: Sequence[str], suites: Sequence[str] = ()) -> Mapping[str, int]:
        """How many tasks models tried that are no longer in their suite, by suite.

        That is known of suites of one's own which are still where they were evaluated. None named
        are all.
        """
        gone: dict[str, set[str]] = {}
        for found in self._by_ledger(there=False).values():
            for one in found:
                if one.model in models and (not suites or one.suite in suites):
                    gone.setdefault(one.suite, set()).add(one.task)
        return {suite: len(tasks) for suite, tasks in gone.items()}

    def measurement(
        self,
        sides: Sequence[tuple[str, Sequence[Attempt]]],
        *,
        model: str,
        figures: Sequence[Figure] = (),
    ) -> Measurement:
        """What several sides come to, the first of them the baseline."""
        return measurement(sides, model=model, at=_now(), version=self.version, figures=figures)

    @property
    def scoreboard(self) -> Scoreboard:
        """What `auto` goes by."""
        return Scoreboard(self.kept / "scoreboard.json")

    def promote(
        self, model: str, strategy: str | None, suites: Sequence[str]
    ) -> tuple[Standing, ...]:
        """Put what measured best on the scoreboard, one strategy for each kind of task measured.

        Raises UsageError when nothing was measured, or nothing of one of these suites, or
        `strategy` not, or not to its advantage.
        """
        found = {
            str(file): tuple(one for one in tried if one.model == model)
            for file, tried in self._by_ledger().items()
        }
        if suites:
            every = [one for own in found.values() for one in own]
            meant = measured_suites(every, suites, again="homesmith eval promote")
            found = {
                file: tuple(one for one in own if one.suite in meant) for file, own in found.items()
            }
        made = standings(found, model, strategy, at=_now(), version=self.version)
        self.scoreboard.promote(made)
        return made

    def _by_ledger(self, *, there: bool = True) -> Mapping[Path, tuple[Attempt, ...]]:
        """The attempts at tasks that are still there, or at the others."""
        tasks = self._tasks()
        return {
            file: tuple(
                one
                for one in attempts(Ledger(file))
                if (one.suite not in tasks or one.task in tasks[one.suite]) == there
            )
            for file in sorted(self.kept.glob("*.jsonl"))
        }

    def _tasks(self) -> Mapping[str, frozenset[str]]:
        """The tasks of each suite of one's own, as far as these can be read now."""
        found = {}
        for one in self.origins.known().values():
            with contextlib.suppress(HomesmithError, OSError):
                found[one.suite] = tasks_of(load(str(one.place), ()))
        return found


def _refuse_unknown(name: str) -> None:
    """Raises UsageError where tasks are not asked in this way."""
    if name in STRATEGIES:
        return
    known = ", ".join(sorted(STRATEGIES))
    if name in WAYS:
        raise UsageError(
            f'"{name}" is for suites of apps only',
            why=f"tasks are asked with one of {known}",
            remedy="homesmith eval SUITE --strategy direct,auto",
        )
    close = difflib.get_close_matches(name, STRATEGIES, n=1) or ["auto"]
    raise UsageError(
        f'There is no strategy "{name}"',
        why=f"known are {known}",
        remedy=f"homesmith eval SUITE --strategy {','.join(dict.fromkeys(('direct', *close)))}",
    )


def _file(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
