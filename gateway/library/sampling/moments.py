"""Dates, times and durations: near today, or else near the bounds."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any, Final

from gateway.library.sampling.facets import Facets
from gateway.library.sampling.occasion import Occasion

_FORMATS: Final = {
    "date": "{0:%Y-%m-%d}",
    "time": "{0:%H:%M:%S}",
    "dateTime": "{0:%Y-%m-%dT%H:%M:%S}",
    "gYear": "{0:%Y}",
    "gYearMonth": "{0:%Y-%m}",
    "gMonth": "--{0:%m}",
    "gMonthDay": "--{0:%m-%d}",
    "gDay": "---{0:%d}",
}
_WITH_SECONDS: Final = ("time", "dateTime")
_ZONES: Final = ("", "Z", "+03:00")
_STEPS: Final = (timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=366))
_MIDNIGHT: Final = time()

_BOUND: Final = re.compile(
    r"(?:(?P<year>\d{4})|-)?(?:-(?P<month>\d\d))?(?:--?(?P<day>\d\d))?T?(?P<time>\d\d:\d\d:\d\d)?(?:\.\d+)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)
"""Any of the formats above, as far as Python has such a date: the years 1 to 9999."""

_DURATIONS: Final = ("D", "M", "Y", "TH", "TM", "TS")
_AMOUNTS: Final = (10, 1, 2, 5, 30, 100, 365, 1000, 10**5, 10**8, 0)


class Moments:
    """Yields values of one of the types that tell a moment, such as "gYearMonth"."""

    def __init__(self, type_name: str) -> None:
        self._format: Final = _FORMATS[type_name]
        self._fractions: Final = ("", ".000") if type_name in _WITH_SECONDS else ("",)

    def __call__(self, facets: Facets, occasion: Occasion) -> Iterator[str]:
        bounds = [str(bound) for bound in (*facets.lows, *facets.highs)]
        parsed = [match for match in map(_BOUND.fullmatch, bounds) if match]
        zones = dict.fromkeys([*(match["zone"] or "" for match in parsed), *_ZONES])
        moments = list(_moments(occasion, [_moment(match) for match in parsed]))
        for fraction, zone in product(self._fractions, zones):
            yield from (f"{self._format.format(_Written(moment))}{fraction}{zone}" for moment in moments)
        yield from bounds


class _Written:
    """A moment that formats itself with four digits of the year, whatever the system's strftime does."""

    def __init__(self, moment: datetime) -> None:
        self._moment: Final = moment

    def __format__(self, spec: str) -> str:
        return self._moment.strftime(spec.replace("%Y", f"{self._moment.year:04}"))


def durations(facets: Facets, occasion: Occasion) -> Iterator[str]:
    first = 1 + occasion.draw.below(30)
    for amount in (first, *_AMOUNTS):
        for unit in _DURATIONS:
            yield f"PT{amount}{unit[1]}" if unit.startswith("T") else f"P{amount}{unit}"
    bounds = [str(bound) for bound in (*facets.lows, *facets.highs)]
    yield from bounds
    yield from (f"{bound}{'' if 'T' in bound else 'T'}{more}" for bound in bounds for more in ("1S", "0.5S"))
    yield from (f"-P{amount}{unit}" for amount in _AMOUNTS for unit in ("D", "M", "Y"))
    yield "P1Y2M3DT4H5M6S"


def _moments(occasion: Occasion, bounds: list[datetime]) -> Iterator[datetime]:
    today = datetime.combine(occasion.today, _MIDNIGHT)
    yield from _near(today - timedelta(days=occasion.draw.below(365)) + _working_hours(occasion))
    yield from _near(today)
    if len(bounds) > 1:
        yield from _near(bounds[0] + (bounds[-1] - bounds[0]) / 2)
    for bound in bounds:
        yield from _near(bound, *_STEPS, *(-step for step in _STEPS))


def _near(moment: datetime, *steps: timedelta) -> Iterator[datetime]:
    yield moment.replace(microsecond=0)
    for step in steps:
        try:
            yield moment + step
        except OverflowError:
            continue


def _working_hours(occasion: Occasion) -> timedelta:
    return timedelta(hours=9 + occasion.draw.below(9), minutes=occasion.draw.below(60))


def _moment(match: "re.Match[str]") -> datetime:
    """Return the moment of a bound; what it leaves out is taken from 1 January 2000, a leap year."""
    found: dict[str, Any] = {key: int(match[key]) for key in ("year", "month", "day") if match[key]}
    day = date(**{"year": 2000, "month": 1, "day": 1, **found})
    clock = match["time"]
    # 24:00:00 is the next midnight, near enough for a bound.
    return datetime.combine(day, _MIDNIGHT if clock is None or clock[:2] == "24" else time.fromisoformat(clock))
