"""Working days of the Russian production calendar, terms and the moments they end at.

The day of receipt is not counted (Civil Code, Art. 191); a term of working days ends with its last day.

The calendar is that of the package `holidays`, with what it lacks put right below: transfers of days off by decree are
known for 2010 to 2027. Later years up to 2100 have the holidays of the Labour Code, Art. 112, and no transfers, until a
newer release of the package knows them; before 1991 and after 2100 every Monday to Friday works. The non-working days
of spring 2020 and the shorter hours on the eve of a holiday are not in it.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self

from gateway.protocol.moments import MOSCOW


class TermUnit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working days"
    CALENDAR_DAYS = "calendar days"


_WRITTEN: Final = re.compile(r"(\d{1,4}) (hours?|working days?|calendar days?)")


class InvalidTerm(ValueError):
    """Not a term; the text says what was found."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number of hours, working days or calendar days; `str` gives what `parse` reads."""

    number: int
    unit: TermUnit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "48 hours", "5 working days", "30 calendar days".

        Raises: InvalidTerm.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise InvalidTerm(f"{text!r}")
        return cls(int(found[1]), TermUnit(found[2] if found[2].endswith("s") else f"{found[2]}s"))

    def __str__(self) -> str:
        unit = self.unit.value if self.number != 1 else self.unit.value.removesuffix("s")
        return f"{self.number} {unit}"


_TRANSFERRED: Final = frozenset({date(2014, 3, 10)})
"""Days off that the package does not know: 10 March 2014 stands for Saturday 8 March 2014."""

_DAY: Final = timedelta(days=1)
_MORNING: Final = (time(9), time(13))
_AFTERNOON: Final = (time(14), time(18))
_HOURS_A_DAY: Final = 8.0


@dataclass(frozen=True, slots=True)
class _Year:
    """The working days of a year, to count in and to look up."""

    in_order: tuple[date, ...]
    all: frozenset[date]


@lru_cache(128)
def _year(number: int) -> _Year:
    from holidays import country_holidays  # noqa: PLC0415 a gateway that nobody asks about a term starts without it

    calendar = country_holidays("RU", years=number)
    first = date(number, 1, 1).toordinal()
    days = map(date.fromordinal, range(first, date(number, 12, 31).toordinal() + 1))
    working = tuple(day for day in days if calendar.is_working_day(day) and day not in _TRANSFERRED)
    return _Year(working, frozenset(working))


def is_working_day(day: date) -> bool:
    """Tell whether `day` (a date, no datetime) is a working day of the five-day week."""
    return day in _year(day.year).all


def add_working_days(day: date, number: int) -> date:
    """Return the last of the `number` working days after `day`, which is not counted itself.

    With no days to add, it is `day`, or the next working day where `day` is none.

    Raises: ValueError for a negative number; OverflowError past the year 9999.
    """
    if number < 0:
        raise ValueError(f"expected a number of working days from 0 on, found {number}")
    year = day.year
    working = _year(year).in_order
    if number == 0 and is_working_day(day):
        return day
    place = bisect_left(working, day + _DAY) + max(number, 1) - 1
    while place >= len(working):
        place -= len(working)
        year += 1
        if year > date.max.year:
            raise OverflowError("date value out of range")
        working = _year(year).in_order
    return working[place]


def due(received: datetime, term: Term) -> datetime:
    """Return the last moment, in Moscow time, that is in time for `term` when it began at `received` (aware).

    A term of days ends with the last microsecond of its last day in Moscow; one of calendar days whose last day is no
    working day, on the next working day (Civil Code, Art. 193). Hours are plain hours.

    Raises: OverflowError past the year 9999.
    """
    if term.unit is TermUnit.HOURS:
        return (received.astimezone(UTC) + timedelta(hours=term.number)).astimezone(MOSCOW)
    day = received.astimezone(MOSCOW).date()
    if term.unit is TermUnit.WORKING_DAYS:
        last = add_working_days(day, term.number)
    else:
        last = add_working_days(day + term.number * _DAY, 0)
    return datetime.combine(last, time.max, MOSCOW)


def working_hours(start: datetime, end: datetime) -> float:
    """Return the hours of working time between two moments (aware); 0.0 when `end` does not come after `start`.

    Working time is 9 to 13 and 14 to 18 o'clock in Moscow on working days, eight hours each.
    """
    if end <= start:
        return 0.0
    first, last = start.astimezone(MOSCOW), end.astimezone(MOSCOW)
    days = _working_days_between(first.date(), last.date())
    return days * _HOURS_A_DAY + _hours_into_day(last) - _hours_into_day(first)


def next_working_moment(moment: datetime) -> datetime:
    """Return `moment` in Moscow time if it is within working time, else the moment at which work begins again."""
    local = moment.astimezone(MOSCOW)
    day, clock = local.date(), local.time()
    if not is_working_day(day) or clock >= _AFTERNOON[1]:
        return datetime.combine(add_working_days(day, 1), _MORNING[0], MOSCOW)
    for begins, ends in (_MORNING, _AFTERNOON):
        if clock < begins:
            return datetime.combine(day, begins, MOSCOW)
        if clock < ends:
            break
    return local


def _working_days_between(first: date, last: date) -> int:
    """Count the working days from `first` on, before `last`."""
    whole_years = sum(len(_year(year).in_order) for year in range(first.year, last.year))
    return whole_years + bisect_left(_year(last.year).in_order, last) - bisect_left(_year(first.year).in_order, first)


def _hours_into_day(local: datetime) -> float:
    """Return the working time of the day that is over at `local`."""
    if not is_working_day(local.date()):
        return 0.0
    hour = local.hour + (local.minute + (local.second + local.microsecond / 1_000_000) / 60) / 60
    return min(max(hour - 9, 0.0), 4.0) + min(max(hour - 14, 0.0), 4.0)
