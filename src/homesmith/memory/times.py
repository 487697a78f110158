"""Kept times, which are ISO 8601 in UTC, and the days and minutes that people mean by them.

People mean the time where they are. Both ways know when the clocks change there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

NO_TIME = (ValueError, OverflowError, OSError)
"""What is raised for text that is no time, and for days that no clock of a machine has."""


def kept(at: str) -> str:
    """A time as it is kept, in UTC to the millisecond; one without an offset is one of UTC.

    Raises ValueError for what is no time.
    """
    try:
        moment = datetime.fromisoformat(at)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds")
    except (TypeError, *NO_TIME) as error:
        raise ValueError(f"{at!r} is no time like 2026-01-31T18:05:00+00:00") from error


def here(at: str) -> datetime | None:
    """A kept time where the person is; None when it cannot be read."""
    try:
        return datetime.fromisoformat(at).astimezone()
    except NO_TIME:
        return None


def day(at: str) -> str:
    """The day of a kept time, as 2026-01-31; what cannot be read is cut to that length."""
    found = here(at)
    return at[:10] if found is None else found.date().isoformat()


def minute(at: str) -> str:
    """A kept time to the minute, as 2026-01-31 18:05."""
    found = here(at)
    return (at if found is None else found.isoformat())[:16].replace("T", " ")


def begin(of: date) -> str:
    """When a day begins, as text that can be compared with kept times."""
    try:
        moment = datetime.combine(of, time.min).astimezone(UTC)
    except NO_TIME:
        return of.isoformat()
    return moment.isoformat(timespec="minutes")[:16]


def end(of: date) -> str:
    """When a day ends, likewise; after all times where no day follows."""
    return "~" if of == date.max else begin(of + timedelta(days=1))
