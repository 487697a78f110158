"""Where measurements are kept, and everything that is done with them without an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from homesmith.core.errors import UsageError
from homesmith.improve.strategies import named
from homesmith.lab.apps import WAYS
from homesmith.lab.attempts import Attempt, attempts
from homesmith.lab.figures import Figure
from homesmith.lab.ledger import Ledger
from homesmith.lab.measurement import Measurement, measurement
from homesmith.lab.scoreboard import Scoreboard, Standing, standings
from homesmith.lab.suite import Suite
from homesmith.lab.suites import Problems, load


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

    def folders(self, data: Path | None) -> list[Path]:
        """Where the files of suites are looked for."""
        return [data] if data else [Path(), self.suites]

    def strategies(self, suite: Problems | Suite, names: Sequence[str]) -> tuple[str, ...]:
        """The strategies of these names for a suite, the usual ones for none. Raises UsageError."""
        if isinstance(suite, Problems):
            for name in names:
                named(name)
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
        """Every attempt that was kept on this machine."""
        return tuple(one for found in self._by_ledger().values() for one in found)

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

        Raises UsageError when nothing was measured, or `strategy` not, or not to its advantage.
        """
        found = {
            str(file): tuple(one for one in tried if not suites or one.suite in suites)
            for file, tried in self._by_ledger().items()
        }
        made = standings(found, model, strategy, at=_now(), version=self.version)
        self.scoreboard.promote(made)
        return made

    def _by_ledger(self) -> Mapping[Path, tuple[Attempt, ...]]:
        return {file: attempts(Ledger(file)) for file in sorted(self.kept.glob("*.jsonl"))}


def _file(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
