"""The days that a report is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from gateway.domain.clock import to_microseconds
from gateway.protocol.moments import in_moscow
from gateway.words import say

_DAY: Final = timedelta(days=1)


class InvalidPeriod(ValueError):
    """The first day comes after the last one."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Moscow, both inclusive; None is without an end.

    Raises: InvalidPeriod.
    """

    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        if self.first_day is not None and self.last_day is not None and self.first_day > self.last_day:
            first, last = self.first_day.isoformat(), self.last_day.isoformat()
            raise InvalidPeriod(
                say(f"from ({first}) позже, чем to ({last})", f"from ({first}) comes after to ({last})"),
            )

    @property
    def since(self) -> int | None:
        """The first moment, in microseconds since 1970."""
        return None if self.first_day is None else _midnight(self.first_day)

    @property
    def until(self) -> int | None:
        """The first moment that is over, in microseconds since 1970."""
        # Nothing is ever kept behind the last day of the calendar.
        return None if self.last_day in (None, date.max) else _midnight(self.last_day + _DAY)


def _midnight(day: date) -> int:
    return to_microseconds(in_moscow(datetime.combine(day, time())))
