"""Which folder or file each suite of somebody's own is, so that two of one name stay apart.

The first one of a name is called by it, and keeps what was measured under that name before places
were written down; another one has a short hash of its place behind the name. A suite whose folder
was moved keeps its name: where the first one was there is nothing any more. It does not know what
is in a suite, and a place that cannot be written down is asked for again the next time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from homesmith.lab.ledger import Ledger

HASH = 6
"""Letters of the hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A suite of somebody's own: what it is called, the plain name for that, and where it is."""

    suite: str
    plain: str
    place: Path

    @property
    def there(self) -> bool:
        return os.access(self.place, os.F_OK)


class Origins:
    """What is known of all of them, in a ledger of its own: the last to take a name has it."""

    def __init__(self, path: Path) -> None:
        self._ledger = Ledger(path)

    def known(self) -> Mapping[str, Origin]:
        """Every suite of somebody's own that was evaluated here, by what it is called."""
        found = {}
        for entry in self._ledger.entries():
            suite, plain, place = (entry.get(key) for key in ("suite", "plain", "place"))
            if isinstance(suite, str) and isinstance(plain, str) and isinstance(place, str):
                found[suite] = Origin(suite=suite, plain=plain, place=Path(place))
        return found

    def named(self, plain: str, place: Path) -> str:
        """What the suite at this place is called, from now on."""
        known, place = self.known(), place.resolve()
        for one in known.values():
            if (one.plain, one.place) == (plain, place):
                return one.suite
        holder = known.get(plain)
        suite = plain
        if holder is not None and holder.there:
            suite = f"{plain}-{hashlib.sha256(os.fsencode(place)).hexdigest()[:HASH]}"
        with contextlib.suppress(OSError):
            self._ledger.add({"suite": suite, "plain": plain, "place": str(place)})
        return suite

    def namesake(self, suite: str) -> Path | None:
        """The place of the one that has the plain name, where this suite could not have it."""
        own = self.known().get(suite)
        if own is None or own.plain == suite:
            return None
        holder = self.known().get(own.plain)
        return holder.place if holder else None
