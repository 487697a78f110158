"""Times that people name in a question: "last week", "in March", "three days ago", "on 12 May".

English only. It reads what is written and guesses nothing: a question without a time has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from homesmith.memory.times import begin

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: number for number, word in enumerate(COUNTED, start=1)} | {
    "a": 1,
    "an": 1,
    "couple": 2,
    "few": 3,
}
UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
MONTH = "(?P<month>" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + r")\b\.?"
YEAR = r"(?:,? +(?P<year>\d{4}))?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
SLACK = {"day": 1, "week": 3, "month": 12, "year": 90}
"""Days on either side of "three weeks ago": people round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from `first` up to and without `end`; `said` is how the question named them."""

    first: date
    end: date
    said: str

    @property
    def times(self) -> tuple[str, str]:
        """From when, and up to but without when, as text to be compared with kept times."""
        return begin(self.first), begin(self.end)


def spans(question: str, today: date) -> tuple[Span, ...]:
    """Every time the question names, seen from `today`, in the order in which they are named."""
    found: dict[int, Span] = {}
    taken: list[tuple[int, int]] = []
    for pattern, meaning in RULES:
        for match in pattern.finditer(question):
            if any(match.start() < stop and start < match.end() for start, stop in taken):
                continue
            days = _meant(meaning, match, today)
            if days is not None:
                taken.append(match.span())
                found[match.start()] = Span(first=days[0], end=days[1], said=match[0].strip())
    return tuple(found[at] for at in sorted(found))


Days = tuple[date, date]
Meaning = Callable[[re.Match[str], date], Days | None]


def _meant(meaning: Meaning, match: re.Match[str], today: date) -> Days | None:
    """What a match means; None for a day no calendar has, as 31 June."""
    try:
        return meaning(match, today)
    except (ValueError, OverflowError):
        return None


def _iso(match: re.Match[str], _today: date) -> Days:
    day = date(int(match["year"]), int(match["number"]), int(match["day"]))
    return day, day + timedelta(days=1)


def _ago(match: re.Match[str], today: date) -> Days:
    word, unit = match["count"].lower(), match["unit"].lower()
    count = int(word) if word.isdigit() else NUMBERS[word.split()[-1]]
    middle = today - timedelta(days=count * UNITS[unit])
    slack = timedelta(days=SLACK[unit])
    return middle - slack, middle + slack + timedelta(days=1)


def _past(match: re.Match[str], today: date) -> Days:
    """Up to now, as "the past two weeks" or "last 3 days"."""
    word = (match["count"] or "1").lower()
    count = int(word) if word.isdigit() else NUMBERS[word.split()[-1]]
    back = timedelta(days=count * UNITS[match["unit"].lower()] + 1)
    return today - back, today + timedelta(days=1)


def _near_day(match: re.Match[str], today: date) -> Days:
    back = {"today": 0, "this morning": 0, "tonight": 0, "yesterday": 1, "last night": 1}
    day = today - timedelta(days=back[" ".join(match[0].lower().split())])
    return day, day + timedelta(days=1)


def _week(match: re.Match[str], today: date) -> Days:
    monday = today - timedelta(days=today.weekday())
    if match["which"].lower() == "this":
        return monday, today + timedelta(days=1)
    return min(monday, today) - timedelta(days=7), today if match["end"] else monday


def _this_or_last(match: re.Match[str], today: date) -> Days:
    this = match["which"].lower() == "this"
    if match["unit"].lower() == "year":
        year = today.year if this else today.year - 1
        return date(year, 1, 1), date(year + 1, 1, 1)
    first = today.replace(day=1)
    return _month_from(first if this else (first - timedelta(days=1)).replace(day=1))


def _weekday(match: re.Match[str], today: date) -> Days:
    back = (today.weekday() - DAYS.index(match["weekday"].lower())) % 7
    day = today - timedelta(days=back or 7)
    return day, day + timedelta(days=1)


def _month(match: re.Match[str], today: date) -> Days:
    return _month_from(date(_year(match, today), _number(match), 1))


def _day_of_month(match: re.Match[str], today: date) -> Days:
    day = date(_year(match, today), _number(match), int(match["day"]))
    if not match["year"] and day > today:
        day = day.replace(year=day.year - 1)
    return day, day + timedelta(days=1)


def _only_year(match: re.Match[str], _today: date) -> Days:
    return date(int(match["year"]), 1, 1), date(int(match["year"]) + 1, 1, 1)


def _number(match: re.Match[str]) -> int:
    start = match["month"].lower()[:3]
    return next(at for at, name in enumerate(MONTHS, start=1) if name.startswith(start))


def _year(match: re.Match[str], today: date) -> int:
    """The year that is named, else the newest in which the month has begun."""
    if match["year"]:
        return int(match["year"])
    return today.year if _number(match) <= today.month else today.year - 1


def _month_from(first: date) -> Days:
    return first, (first + timedelta(days=31)).replace(day=1)


COUNT = r"(?P<count>\d{1,3}|(?:a )?(?:" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + "))"
UNIT = r"(?P<unit>day|week|month|year)"


def _rule(
    pattern: str, meaning: Meaning, flags: re.RegexFlag = re.IGNORECASE
) -> tuple[re.Pattern[str], Meaning]:
    return re.compile(rf"\b{pattern}", flags), meaning


RULES: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    _rule(r"(?P<year>\d{4})[-/](?P<number>\d{1,2})[-/](?P<day>\d{1,2})\b", _iso),
    _rule(rf"{COUNT}(?: of)? +{UNIT}s? +ago\b", _ago),
    _rule(rf"(?:past|last|previous) +(?:{COUNT}(?: of)? +)?{UNIT}s\b", _past),
    _rule(rf"past +(?P<count>){UNIT}\b", _past),
    _rule(r"(?:today|this +morning|tonight|yesterday|last +night)\b", _near_day),
    _rule(r"(?P<which>this|last|previous) +week(?P<end>end)?\b", _week),
    _rule(r"(?P<which>this|last|previous) +(?P<unit>month|year)\b", _this_or_last),
    _rule(rf"(?:last|on|this past) +(?P<weekday>{'|'.join(DAYS)})\b", _weekday),
    _rule(rf"{MONTH} +{DAY}\b{YEAR}", _day_of_month),
    _rule(rf"{DAY} +(?:of +)?{MONTH}{YEAR}", _day_of_month),
    _rule(rf"(?:in|during|of|since|last|this|mid-?|early|late) *{MONTH}{YEAR}", _month),
    _rule(rf"(?!may\b)(?!mar\b){MONTH} +(?P<year>\d{{4}})\b", _month),
    _rule(r"(?:in|during|of) +(?P<year>(?:19|20)\d{2})\b", _only_year),
)
"""What is written, and what it means; the first that reads a place has it."""
